-- +goose Up

-- Lasting turns. The primary key decides between a late writer and whoever gave the turn up: a void row has no record.
-- An erased row lost its record because it told of someone who was deleted.
CREATE TABLE turns (
    contact text        NOT NULL,
    seq     bigint      NOT NULL CHECK (seq > 0),
    void    boolean     NOT NULL,
    record  bytea,
    at      timestamptz NOT NULL,
    PRIMARY KEY (contact, seq),
    CHECK (NOT (void AND record IS NOT NULL))
);
CREATE INDEX turns_by_time ON turns (at);

CREATE TABLE snapshots (
    contact    text        PRIMARY KEY,
    seq        bigint      NOT NULL CHECK (seq >= 0),
    record     bytea       NOT NULL,
    flow       text        NOT NULL,
    question   text        NOT NULL,
    owes       boolean     NOT NULL,
    heard_at   timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX snapshots_by_silence ON snapshots (heard_at);

-- Messages that wait. A network's message id may hold a phone number: it is found by its index. A done row stays for a
-- while, empty, so that a message delivered again is known.
CREATE TABLE inbox (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact        text        NOT NULL,
    network        text        NOT NULL,
    message_index  bytea       NOT NULL CHECK (octet_length(message_index) = 32),
    message_sealed bytea,
    body           bytea,
    received_at    timestamptz NOT NULL,
    tries          integer     NOT NULL DEFAULT 0 CHECK (tries >= 0),
    leased_by      text        NOT NULL DEFAULT '',
    leased_until   timestamptz,
    done_at        timestamptz,
    UNIQUE (network, message_index),
    CHECK ((done_at IS NULL) = (body IS NOT NULL)),
    CHECK ((done_at IS NULL) = (message_sealed IS NOT NULL))
);
CREATE INDEX inbox_waiting ON inbox (id) WHERE done_at IS NULL;
CREATE INDEX inbox_of_contact ON inbox (contact, id) WHERE done_at IS NULL;
CREATE INDEX inbox_done ON inbox (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE tries (
    network       text        NOT NULL,
    message_index bytea       NOT NULL CHECK (octet_length(message_index) = 32),
    n             integer     NOT NULL CHECK (n > 0),
    at            timestamptz NOT NULL,
    PRIMARY KEY (network, message_index)
);

CREATE TABLE parked (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact        text        NOT NULL,
    network        text        NOT NULL,
    message_index  bytea       NOT NULL CHECK (octet_length(message_index) = 32),
    message_sealed bytea       NOT NULL,
    body           bytea       NOT NULL,
    cause          text        NOT NULL,
    parked_at      timestamptz NOT NULL,
    UNIQUE (network, message_index)
);
CREATE INDEX parked_of_contact ON parked (contact);
