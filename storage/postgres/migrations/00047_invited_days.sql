-- +goose Up

-- A reminder about an invitation takes the day of its person too. It is sent by the notices of invitations; here stands that it was.
ALTER TABLE reminders DROP CONSTRAINT reminders_kind_check;
ALTER TABLE reminders ADD CONSTRAINT reminders_kind_check CHECK (kind IN ('draft', 'fix', 'lapse', 'invited'));
