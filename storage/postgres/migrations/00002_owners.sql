-- +goose Up

CREATE TABLE owners (
    id         text        PRIMARY KEY CHECK (id <> ''),
    created_at timestamptz NOT NULL
);

CREATE TABLE speaks_for (
    contact text        NOT NULL REFERENCES contacts (id),
    owner   text        NOT NULL REFERENCES owners (id),
    role    text        NOT NULL CHECK (role IN ('self', 'family', 'companion')),
    since   timestamptz NOT NULL,
    PRIMARY KEY (contact, owner)
);
CREATE INDEX speaks_for_owner ON speaks_for (owner);

-- The last number given in a year of WITA (UTC+8): numbers have no gaps, because giving one and filing are one transaction.
CREATE TABLE registration_numbers (
    year integer PRIMARY KEY CHECK (year BETWEEN 2000 AND 9999),
    last integer NOT NULL CHECK (last BETWEEN 1 AND 999999)
);

CREATE TABLE registrations (
    owner           text             PRIMARY KEY REFERENCES owners (id),
    number          text             NOT NULL UNIQUE CHECK (number ~ '^IKM-[0-9]{4}-[0-9]{6}$'),
    name            text             NOT NULL CHECK (name <> ''),
    business        text             NOT NULL,
    sector          text             NOT NULL,
    products        text[]           NOT NULL,
    kecamatan       text             NOT NULL,
    kelurahan       text             NOT NULL,
    address         text             NOT NULL,
    latitude        double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude       double precision CHECK (longitude BETWEEN -180 AND 180),
    workers         integer          NOT NULL CHECK (workers >= 0),
    has_nib         boolean,
    nib             text             NOT NULL DEFAULT '',
    permits         text[]           NOT NULL,
    photos          text[]           NOT NULL,
    missing         text[]           NOT NULL,
    announcements   boolean,
    typed_by        text             NOT NULL CHECK (typed_by IN ('self', 'family', 'companion')),
    network         text             NOT NULL,
    source          text             NOT NULL,
    flow_version    integer          NOT NULL,
    filed_at        timestamptz      NOT NULL,
    amended_at      timestamptz      CHECK (amended_at >= filed_at),
    nik_sealed      bytea,
    nik_index       bytea,
    phone_sealed    bytea,
    phone_index     bytea,
    turnover_sealed bytea,
    answers_sealed  bytea            NOT NULL,
    CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CHECK ((nik_sealed IS NULL) = (nik_index IS NULL)),
    CHECK ((phone_sealed IS NULL) = (phone_index IS NULL))
);
CREATE INDEX registrations_by_nik ON registrations (nik_index) WHERE nik_index IS NOT NULL;
CREATE INDEX registrations_by_phone ON registrations (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX registrations_by_time ON registrations (filed_at, number);

-- UU 27/2022: who agreed to which words, and when. A row is kept as proof when its owner is erased, without the words
-- the person typed; a withdrawal is a new row.
CREATE TABLE consents (
    id           text        PRIMARY KEY,
    contact      text        NOT NULL,
    owner        text,
    purpose      text        NOT NULL CHECK (purpose <> ''),
    text_version text        NOT NULL,
    text_sha256  text        NOT NULL,
    given        boolean     NOT NULL,
    typed_by     text        NOT NULL,
    network      text        NOT NULL,
    at           timestamptz NOT NULL,
    word_sealed  bytea
);
CREATE INDEX consents_of_owner ON consents (owner, at);
CREATE INDEX consents_of_contact ON consents (contact, at);

-- +goose StatementBegin
CREATE FUNCTION consents_are_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.word_sealed IS NULL
       AND to_jsonb(NEW) - 'word_sealed' = to_jsonb(OLD) - 'word_sealed' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a consent may lose its words, and nothing else' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER consents_are_proof BEFORE UPDATE OR DELETE ON consents
    FOR EACH ROW EXECUTE FUNCTION consents_are_proof();

-- What staff should look at. A flag never blocks a registration.
CREATE TABLE flags (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner      text        NOT NULL REFERENCES owners (id),
    kind       text        NOT NULL CHECK (kind IN ('same_nik', 'same_phone', 'nik_prefix')),
    other      text        REFERENCES owners (id),
    raised_at  timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by text        NOT NULL DEFAULT '',
    CHECK (owner IS DISTINCT FROM other),
    CHECK ((settled_at IS NULL) = (settled_by = ''))
);
CREATE UNIQUE INDEX flags_once ON flags (owner, kind, coalesce(other, '')) WHERE settled_at IS NULL;
CREATE INDEX flags_of_other ON flags (other) WHERE other IS NOT NULL;
