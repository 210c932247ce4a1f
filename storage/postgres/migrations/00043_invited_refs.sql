-- +goose Up

-- How the network calls the message, so that a reply to it is an answer to its invitation.
ALTER TABLE invited_notices ADD COLUMN ref text NOT NULL DEFAULT '';
CREATE INDEX invited_notices_by_ref ON invited_notices (ref) WHERE ref <> '';
