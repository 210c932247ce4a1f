-- +goose Up

-- The processes that ran: one without stopped_at whose beat is old ended uncleanly.
CREATE TABLE processes (
    id         text        PRIMARY KEY CHECK (id <> ''),
    networks   text[]      NOT NULL,
    started_at timestamptz NOT NULL,
    beat_at    timestamptz NOT NULL,
    stopped_at timestamptz
);
