-- +goose Up

-- A year's halal facilitation. Its row is the lock under which places are given.
CREATE TABLE programmes (
    id     text        PRIMARY KEY CHECK (id <> ''),
    name   text        NOT NULL CHECK (name <> ''),
    year   integer     NOT NULL CHECK (year BETWEEN 2000 AND 9999),
    quota  integer     NOT NULL CHECK (quota >= 0),
    opens  timestamptz,
    closes timestamptz,
    set_by text        NOT NULL,
    set_at timestamptz NOT NULL,
    CHECK (opens < closes)
);
CREATE UNIQUE INDEX programmes_by_name ON programmes (year, lower(name));

-- The last number given in a year of WITA; numbers have no gaps, as those of registrations.
CREATE TABLE application_numbers (
    year integer PRIMARY KEY CHECK (year BETWEEN 2000 AND 9999),
    last integer NOT NULL CHECK (last BETWEEN 1 AND 999999)
);

-- One halal application (pengajuan). A parked one was never filed: it has no number, no rank and no items.
CREATE TABLE applications (
    id               text        PRIMARY KEY CHECK (id <> ''),
    number           text        UNIQUE CHECK (number ~ '^HAL-[0-9]{4}-[0-9]{6}$'),
    owner            text        NOT NULL REFERENCES owners (id),
    contact          text        NOT NULL,
    programme        text        REFERENCES programmes (id),
    state            text        NOT NULL CHECK (state IN ('parked', 'submitted', 'fixing', 'complete', 'placed', 'handed',
                                                           'applied', 'returned', 'issued', 'refused', 'withdrawn')),
    since            timestamptz NOT NULL,
    reason_sealed    bytea,
    product          text        NOT NULL,
    filed_at         timestamptz,
    rank_at          timestamptz,
    lot              text        CHECK (lot ~ '^[0-9a-f]{64}$'),
    nik_index        bytea       CHECK (octet_length(nik_index) = 32),
    nib_index        bytea       CHECK (octet_length(nib_index) = 32),
    claimed_by       text        REFERENCES staff (id),
    claimed_until    timestamptz,
    pendamping       text        REFERENCES staff (id),
    handed_to        text        NOT NULL DEFAULT '',
    handed_at        timestamptz,
    sihalal          text        NOT NULL DEFAULT '',
    sihalal_code     text        NOT NULL DEFAULT '',
    certificate      text        NOT NULL DEFAULT '',
    certificate_file text        NOT NULL DEFAULT '',
    issued_at        timestamptz,
    flow_version     integer     NOT NULL,
    list_version     text        NOT NULL,
    files            text[]      NOT NULL, -- those the dossier names
    dossier_sealed   bytea,
    answers_sealed   bytea       NOT NULL,
    CHECK (number IS NOT NULL OR state IN ('parked', 'withdrawn')),
    CHECK ((number IS NULL) = (filed_at IS NULL) AND (number IS NULL) = (rank_at IS NULL)
       AND (number IS NULL) = (lot IS NULL) AND (number IS NULL) = (nik_index IS NULL) AND (number IS NULL) = (dossier_sealed IS NULL)),
    CHECK (number IS NULL OR programme IS NOT NULL),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
);
CREATE INDEX applications_by_rank ON applications (programme, rank_at, lot) WHERE state IN ('submitted', 'fixing', 'complete');
CREATE INDEX applications_of_owner ON applications (owner);
CREATE INDEX applications_of_pendamping ON applications (pendamping) WHERE pendamping IS NOT NULL;
CREATE UNIQUE INDEX applications_parked_once ON applications (owner, coalesce(programme, '')) WHERE state = 'parked';

-- What staff said, the last word of an item being the one its row names. An undone one stays as history.
CREATE TABLE verdicts (
    id           text        PRIMARY KEY CHECK (id <> ''),
    application  text        NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    item         text        NOT NULL,
    revision     integer     NOT NULL,
    verdict      text        NOT NULL CHECK (verdict IN ('accepted', 'fix')),
    reason       text        NOT NULL,
    words_sealed bytea,
    by           text        NOT NULL REFERENCES staff (id),
    at           timestamptz NOT NULL,
    undone_at    timestamptz,
    CHECK (verdict = 'accepted' OR reason <> '' OR words_sealed IS NOT NULL)
);
CREATE INDEX verdicts_of_item ON verdicts (application, item, at);

-- One thing staff say a verdict on: a document, or a section of the answers.
CREATE TABLE application_items (
    application text    NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    key         text    NOT NULL CHECK (key <> ''),
    place       integer NOT NULL, -- in the order the owner saw
    kind        text    NOT NULL CHECK (kind IN ('document', 'section')),
    title       text    NOT NULL,
    required    boolean NOT NULL,
    files       text[]  NOT NULL,
    marks       text[]  NOT NULL,
    digest      text    NOT NULL,
    sent        text    NOT NULL, -- the digest of what the owner sent last: what staff added is not lost by a repetition of it
    revision    integer NOT NULL CHECK (revision > 0),
    added_by    text    REFERENCES staff (id), -- brought to the counter
    verdict     text    REFERENCES verdicts (id),
    PRIMARY KEY (application, key)
);

-- What staff have to find out for the owner: it stops nothing.
CREATE TABLE application_tasks (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application    text        NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    kind           text        NOT NULL CHECK (kind <> ''),
    subject_sealed bytea,
    made_at        timestamptz NOT NULL,
    done_at        timestamptz,
    done_by        text        NOT NULL DEFAULT ''
);
CREATE INDEX application_tasks_of ON application_tasks (application);
