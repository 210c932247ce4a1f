-- +goose Up

-- A file in the vault. A row goes when the vault has let go of its file.
CREATE TABLE files (
    id         text        PRIMARY KEY CHECK (id <> ''),
    contact    text        NOT NULL,
    owner      text        REFERENCES owners (id),
    purpose    text        NOT NULL,
    mime       text        NOT NULL,
    size_bytes bigint      NOT NULL CHECK (size_bytes >= 0),
    sha256     text        NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE INDEX files_of_contact ON files (contact);
CREATE INDEX files_of_owner ON files (owner) WHERE owner IS NOT NULL;

-- A person wants, or needs, a human.
CREATE TABLE wishes (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact    text        NOT NULL REFERENCES contacts (id),
    owner      text        REFERENCES owners (id),
    reason     text        NOT NULL CHECK (reason <> ''),
    question   text        NOT NULL,
    at         timestamptz NOT NULL,
    settled_at timestamptz
);
CREATE INDEX wishes_open ON wishes (at) WHERE settled_at IS NULL;
CREATE INDEX wishes_of_contact ON wishes (contact);
