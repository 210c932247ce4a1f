-- +goose Up

-- A person of the dinas, writing from one contact.
CREATE TABLE staff (
    id         text        PRIMARY KEY CHECK (id <> ''),
    contact    text        NOT NULL,
    name       text        NOT NULL CHECK (name <> ''),
    role       text        NOT NULL CHECK (role IN ('petugas', 'pendamping', 'admin')),
    since      timestamptz NOT NULL,
    removed_at timestamptz,
    removed_by text        NOT NULL DEFAULT '',
    CHECK ((removed_at IS NULL) = (removed_by = ''))
);
CREATE UNIQUE INDEX staff_by_contact ON staff (contact) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX staff_by_name ON staff (lower(name)) WHERE removed_at IS NULL;

-- One-time codes: found by their index, never stored themselves. kind 'join' names the person, kind 'move' the owner.
CREATE TABLE codes (
    code_index bytea       PRIMARY KEY CHECK (octet_length(code_index) = 32),
    kind       text        NOT NULL CHECK (kind IN ('join', 'move')),
    name       text        NOT NULL DEFAULT '',
    role       text        NOT NULL DEFAULT '',
    owner      text        NOT NULL DEFAULT '',
    made_by    text        NOT NULL,
    made_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz, -- used or withdrawn
    CHECK ((kind = 'join') = (name <> '' AND role <> '')),
    CHECK ((kind = 'move') = (owner <> ''))
);
CREATE UNIQUE INDEX codes_by_name ON codes (lower(name)) WHERE ended_at IS NULL AND kind = 'join';
CREATE INDEX codes_by_time ON codes (expires_at);

-- Codes that were typed and are none.
CREATE TABLE misses (
    contact text        NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX misses_of_contact ON misses (contact, at);

-- Groups that only receive, and nothing personal.
CREATE TABLE staff_groups (
    id            text        PRIMARY KEY CHECK (id <> ''),
    network       text        NOT NULL,
    key_index     bytea       NOT NULL CHECK (octet_length(key_index) = 32),
    key_sealed    bytea       NOT NULL,
    registered_by text        NOT NULL,
    since         timestamptz NOT NULL,
    removed_at    timestamptz
);
CREATE UNIQUE INDEX staff_groups_by_address ON staff_groups (network, key_index) WHERE removed_at IS NULL;

-- Who was told of what. A row stands before its notice is sent, so that a notice is never lost and hardly ever doubled.
CREATE TABLE staff_notices (
    recipient  text        NOT NULL,
    event      text        NOT NULL,
    counted    boolean     NOT NULL, -- one of those that a counter message stands for
    claimed_at timestamptz NOT NULL,
    sent_at    timestamptz,
    PRIMARY KEY (recipient, event)
);
CREATE INDEX staff_notices_lately ON staff_notices (recipient, claimed_at);

CREATE TABLE digests (
    day   date        PRIMARY KEY,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL
);

-- Days that differ from the calendar file.
CREATE TABLE holidays (
    day    date        PRIMARY KEY,
    name   text        NOT NULL,
    opens  boolean     NOT NULL, -- a working day after all
    set_by text        NOT NULL,
    set_at timestamptz NOT NULL
);
