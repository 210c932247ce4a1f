-- +goose Up

-- What admins are told the set-up needs, once a day per cause. No personal data.
CREATE TABLE operator_causes (
    event    text        PRIMARY KEY, -- "<key>/<day>"
    says     text        NOT NULL,
    found_at timestamptz NOT NULL
);
