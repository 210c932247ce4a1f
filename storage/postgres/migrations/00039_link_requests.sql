-- +goose Up

-- Admins who asked in their chat for codes to link the dinas's phone with. The codes themselves are kept nowhere.
CREATE TABLE link_requests (
    id       text        PRIMARY KEY CHECK (id <> ''),
    staff    text        NOT NULL REFERENCES staff (id),
    phone    bytea,                 -- where a code is to be typed, sealed; gone when it ended
    asked_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX link_requests_open ON link_requests (asked_at) WHERE ended_at IS NULL;
