-- +goose Up

-- The network itself named the number as that of whoever filed.
ALTER TABLE registrations ADD COLUMN phone_own boolean NOT NULL DEFAULT false;

-- 'declined': the number stands on the dinas's list, and its holder said that the person there is somebody else.
-- 'other_nik': they said that it is them, and the NIK there is another.
ALTER TABLE flags
    ADD COLUMN listed text NOT NULL DEFAULT '',
    DROP CONSTRAINT flags_kind_check,
    ADD CONSTRAINT flags_kind_check CHECK (kind IN ('same_nik', 'same_phone', 'nik_prefix', 'declined', 'other_nik')),
    ADD CONSTRAINT flags_listed_check CHECK ((kind IN ('declined', 'other_nik')) = (listed <> ''));

-- Who asked to be deleted, by the same keyed indexes as in imported_owners and with nothing else: a list given again
-- does not bring them back.
CREATE TABLE unlisted_owners (
    nik_index    bytea,
    phone_index  bytea,
    person_index bytea,
    list_index   bytea       NOT NULL CHECK (octet_length(list_index) = 32),
    deleted_at   timestamptz NOT NULL
);
CREATE INDEX unlisted_owners_by_nik ON unlisted_owners (nik_index) WHERE nik_index IS NOT NULL;
CREATE INDEX unlisted_owners_by_person ON unlisted_owners (person_index) WHERE person_index IS NOT NULL;
CREATE INDEX unlisted_owners_by_list ON unlisted_owners (list_index);
CREATE INDEX imported_owners_of_owner ON imported_owners (claimed_by) WHERE claimed_by IS NOT NULL;
