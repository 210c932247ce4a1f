-- +goose Up

-- Dossiers that members of staff asked for in their chat. One that ended stays as what was handed out, and when.
CREATE TABLE handouts (
    id          text        PRIMARY KEY CHECK (id <> ''),
    application text        NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    staff       text        NOT NULL REFERENCES staff (id),
    asked_at    timestamptz NOT NULL,
    sent        text[]      NOT NULL DEFAULT '{}', -- the sums of the files that arrived, so that none goes twice
    ended_at    timestamptz
);
CREATE INDEX handouts_open ON handouts (application, staff) WHERE ended_at IS NULL;
