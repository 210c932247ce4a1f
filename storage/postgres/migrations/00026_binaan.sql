-- +goose Up

-- Whether an owner is in the dinas's guidance, as staff say; and the list of the dinas they stood in, when they came from one.
ALTER TABLE registrations
    ADD COLUMN binaan boolean NOT NULL DEFAULT false,
    ADD COLUMN list   text    NOT NULL DEFAULT '';
