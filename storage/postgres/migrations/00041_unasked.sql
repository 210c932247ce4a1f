-- +goose Up

-- How far each careful network's unasked messages have come: shared by replicas, and not forgotten when a process dies.
CREATE TABLE lanes (
    network   text        PRIMARY KEY CHECK (network <> ''),
    day       text        NOT NULL DEFAULT '',
    count     integer     NOT NULL DEFAULT 0 CHECK (count >= 0),
    run       integer     NOT NULL DEFAULT 0 CHECK (run >= 0),
    next_at   timestamptz,
    notice_at timestamptz,
    warm_from text        NOT NULL DEFAULT ''
);

-- Unasked messages: a row stands before its message goes out. The network's name for one is found by its index.
CREATE TABLE sendings (
    network      text        NOT NULL CHECK (network <> ''),
    ref_index    bytea       NOT NULL CHECK (octet_length(ref_index) = 32),
    contact      text        NOT NULL CHECK (contact <> ''),
    many         boolean     NOT NULL,
    about        text        NOT NULL,
    taken_at     timestamptz NOT NULL,
    sent_at      timestamptz,
    delivered_at timestamptz,
    read_at      timestamptz,
    PRIMARY KEY (network, ref_index)
);
CREATE INDEX sendings_by_time ON sendings (network, taken_at);
CREATE INDEX sendings_about ON sendings (about);
CREATE INDEX sendings_of_contact ON sendings (contact);

-- What stops everything unasked on a network, until a person releases it.
CREATE TABLE brakes (
    id          text        PRIMARY KEY CHECK (id <> ''),
    network     text        NOT NULL CHECK (network <> ''),
    cause       text        NOT NULL CHECK (cause <> ''),
    code        integer     NOT NULL DEFAULT 0,
    pulled_at   timestamptz NOT NULL,
    until_at    timestamptz,
    released_at timestamptz,
    released_by text        NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX brakes_on ON brakes (network, cause) WHERE released_at IS NULL;

-- An owner was sent a message where the network tells of its arrival later.
ALTER TABLE owner_notices ADD COLUMN sent_at timestamptz;
UPDATE owner_notices SET sent_at = delivered_at;

-- Why a person has to be telephoned.
ALTER TABLE calls ADD COLUMN why text NOT NULL DEFAULT '';
