-- +goose Up

-- A person's file that could not be fetched from its network yet. It is tried again by a job, which keeps each cause.
CREATE TABLE fetches (
    id       text        PRIMARY KEY CHECK (id <> ''), -- of the file it becomes
    contact  text        NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    body     bytea       NOT NULL,                     -- where the file is and what it was sent for, sealed
    at       timestamptz NOT NULL,
    tries    integer     NOT NULL DEFAULT 0,
    cause    text        NOT NULL DEFAULT '',          -- of the last try
    ended_at timestamptz,
    outcome  text        NOT NULL DEFAULT ''           -- taken, staff, known, refused
);
CREATE INDEX fetches_waiting ON fetches (at) WHERE ended_at IS NULL;
CREATE INDEX fetches_of_contact ON fetches (contact);
