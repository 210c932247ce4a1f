-- +goose Up

-- When a contact said BERHENTI: nothing is announced to it until it says otherwise.
ALTER TABLE contacts ADD COLUMN stopped_at timestamptz;
UPDATE contacts c SET stopped_at = s.at
FROM (SELECT contact, max(at) AS at FROM consents WHERE purpose = 'announcements' AND owner IS NULL AND NOT given GROUP BY contact) s
WHERE s.contact = c.id AND NOT EXISTS (
    SELECT 1 FROM consents g WHERE g.contact = c.id AND g.purpose = 'announcements' AND g.given AND g.at > s.at);

-- Queries that staff gave a name.
CREATE TABLE segments (
    name     text        PRIMARY KEY CHECK (name <> ''),
    query    text        NOT NULL CHECK (query <> ''),
    saved_by text        NOT NULL,
    saved_at timestamptz NOT NULL
);

-- Lists of telephone numbers from a file, by the same keyed index as in registrations and with nothing else.
CREATE TABLE number_lists (
    name     text        PRIMARY KEY CHECK (name <> ''),
    saved_by text        NOT NULL,
    saved_at timestamptz NOT NULL
);
CREATE TABLE listed_numbers (
    list        text  NOT NULL REFERENCES number_lists (name) ON DELETE CASCADE,
    phone_index bytea NOT NULL CHECK (octet_length(phone_index) = 32),
    PRIMARY KEY (list, phone_index)
);

-- One message to many. Of a version that started nothing but its state changes.
CREATE TABLE broadcasts (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    former       bigint      REFERENCES broadcasts (id),
    version      integer     NOT NULL CHECK (version > 0),
    state        text        NOT NULL CHECK (state IN ('draft', 'confirmed', 'running', 'paused', 'done', 'cancelled')),
    audience     text        NOT NULL CHECK (audience <> ''),
    text_sealed  bytea       CHECK (text_sealed IS NOT NULL OR file IS NOT NULL),
    file         jsonb,                   -- a chat.Attachment of the vault
    places       integer     NOT NULL CHECK (places >= 0),
    send_at      timestamptz,
    made_by      text        NOT NULL CHECK (made_by <> ''),
    made_at      timestamptz NOT NULL,
    confirmed_by text        NOT NULL DEFAULT '' CHECK (confirmed_by <> made_by),
    confirmed_at timestamptz,
    started_by   text        NOT NULL DEFAULT '',
    started_at   timestamptz,             -- the audience is as it was then
    ended_at     timestamptz,
    shown_at     timestamptz,             -- to staff, how far it is
    CHECK ((confirmed_at IS NULL) = (confirmed_by = '')),
    CHECK ((started_at IS NULL) = (started_by = ''))
);

-- How each network calls the file once it was uploaded: a second recipient is sent it by that name. It may hold a key.
CREATE TABLE broadcast_files (
    broadcast  bigint NOT NULL REFERENCES broadcasts (id),
    network    text   NOT NULL,
    ref_sealed bytea  NOT NULL,
    PRIMARY KEY (broadcast, network)
);

-- The message in which a member of staff sees how far a broadcast is.
CREATE TABLE broadcast_cards (
    broadcast bigint NOT NULL REFERENCES broadcasts (id),
    staff     text   NOT NULL,
    ref       text   NOT NULL,
    PRIMARY KEY (broadcast, staff)
);

-- A row a person of the audience, also those who are left out: they add up. Who had their data deleted keeps a row without
-- contact and owner.
CREATE TABLE recipients (
    broadcast   bigint      NOT NULL REFERENCES broadcasts (id),
    person      integer     NOT NULL, -- in the order of registration numbers
    contact     text,
    owner       text,
    network     text        NOT NULL DEFAULT '',
    state       text        NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'delivered', 'read', 'failed', 'blocked', 'unsure', 'skipped')),
    cause       text        NOT NULL DEFAULT '',
    tries       smallint    NOT NULL DEFAULT 0,
    leased_by   text        NOT NULL DEFAULT '',
    at          timestamptz NOT NULL, -- of the state
    sent_at     timestamptz,
    answered_at timestamptz,
    ref         text        NOT NULL DEFAULT '', -- the network's name of the message
    PRIMARY KEY (broadcast, person)
);
CREATE UNIQUE INDEX recipients_once ON recipients (broadcast, contact) WHERE contact IS NOT NULL;
CREATE INDEX recipients_open ON recipients (broadcast, network, person) WHERE state IN ('pending', 'sending');
CREATE INDEX recipients_of_contact ON recipients (contact) WHERE contact IS NOT NULL;
CREATE INDEX recipients_of_owner ON recipients (owner) WHERE owner IS NOT NULL;
CREATE INDEX recipients_by_ref ON recipients (network, ref) WHERE ref <> '';
