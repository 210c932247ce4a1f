-- +goose Up

-- Filling the ledger of a big broadcast looked for the same broadcast once a person, and kept an index by contact twice, and one
-- by the network's name of a message, by which nobody looks. Whoever fills it holds its broadcast locked, and broadcasts are
-- never deleted.
ALTER TABLE recipients DROP CONSTRAINT recipients_broadcast_fkey;
DROP INDEX recipients_by_ref;
DROP INDEX recipients_of_contact;
DROP INDEX recipients_once;
CREATE UNIQUE INDEX recipients_once ON recipients (contact, broadcast) WHERE contact IS NOT NULL;
