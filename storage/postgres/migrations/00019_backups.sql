-- +goose Up

-- The good backups: written, read back whole and, where tested, restored on trial.
CREATE TABLE backups (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    made_at    timestamptz NOT NULL,
    name       text        NOT NULL CHECK (name <> ''),
    size_bytes bigint      NOT NULL CHECK (size_bytes > 0),
    rows       bigint      NOT NULL CHECK (rows >= 0),
    files      bigint      NOT NULL CHECK (files >= 0),
    tested     boolean     NOT NULL
);
CREATE INDEX backups_by_time ON backups (made_at);
