-- +goose Up

-- What staff wrote into a dossier. The owner's own words stay as they are; these are laid over them as long as what they
-- correct still stands there.
CREATE TABLE corrections (
    id            text        PRIMARY KEY CHECK (id <> ''),
    application   text        NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    field         text        NOT NULL CHECK (field <> ''),
    before_sealed bytea,
    after_sealed  bytea       NOT NULL,
    by            text        NOT NULL REFERENCES staff (id),
    at            timestamptz NOT NULL,
    state         text        NOT NULL CHECK (state IN ('asked', 'holds', 'declined', 'replaced')),
    answered_at   timestamptz
);
CREATE INDEX corrections_of ON corrections (application, at);
CREATE UNIQUE INDEX corrections_asked_once ON corrections (application, field) WHERE state = 'asked';
