-- +goose Up

-- Owners from the dinas's own list. They gave no consent and are never written to: a row waits until its owner comes.
-- One person is known again by NIK, by number and name, or, where the list has neither, by name, business and kecamatan.
CREATE TABLE imported_owners (
    id              text        PRIMARY KEY CHECK (id <> ''),
    source          text        NOT NULL CHECK (source <> ''),
    name            text        NOT NULL CHECK (name <> ''),
    business        text        NOT NULL,
    sector          text        NOT NULL,
    products        text[]      NOT NULL,
    kecamatan       text        NOT NULL,
    kelurahan       text        NOT NULL,
    address         text        NOT NULL,
    workers         integer     NOT NULL CHECK (workers >= 0),
    nib             text        NOT NULL,
    permits         text        NOT NULL,
    binaan          boolean     NOT NULL,
    nik_sealed      bytea,
    nik_index       bytea,
    phone_sealed    bytea,
    phone_index     bytea,
    turnover_sealed bytea,
    person_index    bytea,
    list_index      bytea       NOT NULL CHECK (octet_length(list_index) = 32),
    content_index   bytea       NOT NULL CHECK (octet_length(content_index) = 32),
    imported_at     timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    claimed_by      text        REFERENCES owners (id) ON DELETE SET NULL,
    claimed_at      timestamptz,
    CHECK ((nik_sealed IS NULL) = (nik_index IS NULL)),
    CHECK ((phone_sealed IS NULL) = (phone_index IS NULL)),
    CHECK ((phone_index IS NULL) = (person_index IS NULL))
);
CREATE UNIQUE INDEX imported_owners_by_nik ON imported_owners (nik_index) WHERE nik_index IS NOT NULL;
CREATE INDEX imported_owners_by_phone ON imported_owners (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX imported_owners_by_person ON imported_owners (person_index) WHERE person_index IS NOT NULL;
CREATE INDEX imported_owners_by_list ON imported_owners (list_index);
