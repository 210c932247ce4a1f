-- +goose Up

-- What an owner is told of their application. Of a message that can cost a place the clock begins when it is delivered,
-- or when a telephone call is noted, and not before.
CREATE TABLE owner_notices (
    id           text        PRIMARY KEY CHECK (id <> ''),
    kind         text        NOT NULL CHECK (kind <> ''),
    application  text        NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    at           timestamptz NOT NULL,
    delivered_at timestamptz,
    refused_at   timestamptz, -- cannot be delivered: blocked, or nowhere to send to
    due_at       timestamptz,
    lapsed_at    timestamptz,
    ended_at     timestamptz, -- answered, or overtaken: there is nothing to tell any more
    said_sealed  bytea        -- what it tells beside the application itself
);
CREATE INDEX owner_notices_open ON owner_notices (application, kind) WHERE ended_at IS NULL;
CREATE INDEX owner_notices_silent ON owner_notices (at) WHERE delivered_at IS NULL AND ended_at IS NULL;

-- Telepon: persons to be telephoned, because a message that can cost them a place did not reach them.
CREATE TABLE calls (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notice    text        NOT NULL UNIQUE REFERENCES owner_notices (id) ON DELETE CASCADE,
    since     timestamptz NOT NULL,
    called_at timestamptz,
    called_by text        NOT NULL DEFAULT ''
);
CREATE INDEX calls_open ON calls (since) WHERE called_at IS NULL;

-- A one-time word by which a penyelia agrees, in their own chat.
ALTER TABLE codes ADD COLUMN application text NOT NULL DEFAULT '';
ALTER TABLE codes DROP CONSTRAINT codes_kind_check;
ALTER TABLE codes ADD CONSTRAINT codes_kind_check CHECK (kind IN ('join', 'move', 'agree'));
ALTER TABLE codes ADD CONSTRAINT codes_agree_check CHECK ((kind = 'agree') = (application <> ''));
