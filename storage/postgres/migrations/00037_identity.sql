-- +goose Up

-- One person has several addresses. kind tells the keys of one network apart; phone_index is that of the number by which
-- the network itself vouches for whoever writes from there.
ALTER TABLE addresses
    ADD COLUMN kind        text  NOT NULL DEFAULT '',
    ADD COLUMN phone_index bytea CHECK (octet_length(phone_index) = 32);
CREATE INDEX addresses_by_phone ON addresses (phone_index) WHERE phone_index IS NOT NULL;

-- A contact that turned out to be the same person as another leads to it, and holds nothing of its own any more.
ALTER TABLE contacts
    ADD COLUMN merged_into text REFERENCES contacts (id) ON DELETE CASCADE,
    ADD CONSTRAINT contacts_not_into_itself CHECK (merged_into <> id);
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;

-- 'number_moved': somebody else writes by the number of one who speaks for the owner.
ALTER TABLE flags
    DROP CONSTRAINT flags_kind_check,
    ADD CONSTRAINT flags_kind_check CHECK (kind IN ('same_nik', 'same_phone', 'nik_prefix', 'declined', 'other_nik', 'number_moved'));
