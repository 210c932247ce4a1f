-- +goose Up

-- Whose keyset sealed this database.
CREATE TABLE key_check (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    value bytea   NOT NULL CHECK (octet_length(value) > 0)
);

CREATE TABLE contacts (
    id         text        PRIMARY KEY CHECK (id <> ''),
    source     text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    reachable  boolean     NOT NULL DEFAULT true,
    warned_at  timestamptz,
    deleted_at timestamptz
);

-- An address key may be a phone number: it is found by its index and read by unsealing.
CREATE TABLE addresses (
    network    text        NOT NULL CHECK (network <> ''),
    key_index  bytea       NOT NULL CHECK (octet_length(key_index) = 32),
    key_sealed bytea       NOT NULL,
    contact    text        NOT NULL REFERENCES contacts (id),
    used_at    timestamptz NOT NULL,
    PRIMARY KEY (network, key_index)
);
CREATE INDEX addresses_of_contact ON addresses (contact, used_at DESC);

-- What stays of the deleted: that they were, and when they went.
CREATE TABLE tombstones (
    kind       text        NOT NULL CHECK (kind IN ('owner', 'contact')),
    id         text        NOT NULL,
    number     text        NOT NULL DEFAULT '',
    reason     text        NOT NULL,
    deleted_at timestamptz NOT NULL,
    PRIMARY KEY (kind, id)
);

-- Who did what, with the names of the answers before and after, never their values.
CREATE TABLE audit (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    actor   text        NOT NULL CHECK (actor <> ''),
    action  text        NOT NULL CHECK (action <> ''),
    subject text        NOT NULL DEFAULT '',
    before  jsonb,
    after   jsonb
);
CREATE INDEX audit_of_subject ON audit (subject, at);
