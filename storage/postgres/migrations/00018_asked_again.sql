-- +goose Up

-- Which Redis a process stands on: its run id. Another one after an unclean end may have lost the last second.
ALTER TABLE processes ADD COLUMN redis text NOT NULL DEFAULT '';

-- Whom an unclean end may have cost an answer: their question is put to them again, once.
CREATE TABLE questions_owed (
    contact text        PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE,
    since   timestamptz NOT NULL
);
