-- +goose Up

-- Who got a place, for the auditor: one row a place given, held until it is released. Rows name nobody and outlive the
-- application: a person who had their data deleted stays in the count.
CREATE TABLE places (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme    text        NOT NULL REFERENCES programmes (id),
    application  text        NOT NULL,
    number       text        NOT NULL,
    registration text        NOT NULL,
    nik_index    bytea       NOT NULL CHECK (octet_length(nik_index) = 32),
    nib_index    bytea       CHECK (octet_length(nib_index) = 32),
    rank         integer     NOT NULL CHECK (rank > 0),
    rank_at      timestamptz NOT NULL,
    lot          text        NOT NULL,
    granted_at   timestamptz NOT NULL,
    granted_by   text        NOT NULL REFERENCES staff (id),
    override     text        NOT NULL, -- the written reason of an admin who went out of order
    released_at  timestamptz,
    release      text        NOT NULL DEFAULT '',
    accepted     integer     NOT NULL, -- verdicts when the place was given
    sent_back    integer     NOT NULL,
    state        text        NOT NULL, -- as it was when the application was deleted
    CHECK ((released_at IS NULL) = (release = ''))
);
CREATE UNIQUE INDEX places_by_nik ON places (programme, nik_index) WHERE released_at IS NULL;
CREATE UNIQUE INDEX places_by_nib ON places (programme, nib_index) WHERE released_at IS NULL;
CREATE UNIQUE INDEX places_by_application ON places (application) WHERE released_at IS NULL;
CREATE INDEX places_of_programme ON places (programme, granted_at);
