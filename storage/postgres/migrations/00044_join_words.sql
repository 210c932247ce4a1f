-- +goose Up

-- A one-time word that a person shows in one chat and types in another, to have both joined: good only where the network
-- vouches for the same number.
ALTER TABLE codes
    ADD COLUMN contact     text  NOT NULL DEFAULT '',
    ADD COLUMN phone_index bytea CHECK (octet_length(phone_index) = 32),
    DROP CONSTRAINT codes_kind_check,
    ADD CONSTRAINT codes_kind_check CHECK (kind IN ('join', 'move', 'agree', 'merge')),
    ADD CONSTRAINT codes_merge_check CHECK ((kind = 'merge') = (contact <> '') AND (kind = 'merge') = (phone_index IS NOT NULL));
