-- +goose Up

-- By which number a network is reached, as an index, and when it last was: warming up begins anew with another one.
ALTER TABLE lanes ADD COLUMN number_index bytea CHECK (octet_length(number_index) = 32);
ALTER TABLE lanes ADD COLUMN linked_at timestamptz;
