-- +goose Up

-- Brands of bahan that staff confirmed, so that no owner types a certificate number. The id stands in owners' answers:
-- it is never given again.
CREATE TABLE brands (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    material   text        NOT NULL CHECK (material <> ''), -- the id in bahan.toml
    name       text        NOT NULL CHECK (name <> ''),
    producer   text        NOT NULL,
    halal      text        NOT NULL CHECK (halal <> ''),    -- the certificate's number
    expires_at timestamptz,                                 -- none: for ever
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX brands_of_material ON brands (material, lower(name));
