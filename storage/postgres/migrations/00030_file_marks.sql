-- +goose Up

-- Why an officer should look at a file: it was taken though it is hard to read.
ALTER TABLE files ADD COLUMN marks text[] NOT NULL DEFAULT '{}';
