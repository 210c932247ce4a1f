-- +goose Up

-- A draft may change until it starts; a second person confirms the edition they were shown, and no other.
ALTER TABLE broadcasts ADD COLUMN edition integer NOT NULL DEFAULT 1 CHECK (edition > 0);
ALTER TABLE broadcasts ADD COLUMN asked_at timestamptz; -- when a second person was asked to confirm this edition
