-- +goose Up

-- What a contact and staff say to each other. A contact has one open thread at most.
CREATE TABLE threads (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact       text        NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    opened_at     timestamptz NOT NULL,
    said_at       timestamptz NOT NULL, -- the last word of either side
    waiting_since timestamptz,          -- the first word of the contact that nobody answered
    reminded_at   timestamptz,          -- that it waits
    reminders     integer     NOT NULL DEFAULT 0,
    officer       text,                 -- who answers: whose answer came first
    closed_at     timestamptz,
    closed_by     text        NOT NULL DEFAULT '' CHECK (closed_by IN ('', 'owner', 'staff', 'silence')),
    CHECK ((closed_at IS NULL) = (closed_by = ''))
);
CREATE UNIQUE INDEX threads_open ON threads (contact) WHERE closed_at IS NULL;
CREATE INDEX threads_of_contact ON threads (contact);

CREATE TABLE thread_messages (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thread       bigint      NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    staff        text,                          -- who wrote it; NULL: the contact
    at           timestamptz NOT NULL,
    words_sealed bytea,
    file         text,                          -- in the vault
    mime         text        NOT NULL DEFAULT '',
    wish         bigint,                        -- the wish it came with
    question     text        NOT NULL DEFAULT '', -- the question that a photo answered meanwhile
    ref          text        NOT NULL DEFAULT '', -- the network's name of an officer's message
    taken_at     timestamptz,                   -- an officer's: it stands in the contact's conversation
    arrived_at   timestamptz,                   -- and the network has it
    failed_at    timestamptz,                   -- or it cannot be delivered
    CHECK (taken_at IS NULL OR staff IS NOT NULL)
);
CREATE INDEX thread_messages_of ON thread_messages (thread, id);

-- Which message was shown to whom, and how their network calls it: an answer to it is found by that.
CREATE TABLE thread_posts (
    message    bigint      NOT NULL REFERENCES thread_messages (id) ON DELETE CASCADE,
    staff      text        NOT NULL,
    claimed_at timestamptz NOT NULL,
    sent_at    timestamptz,
    refs       text[]      NOT NULL DEFAULT '{}',
    PRIMARY KEY (message, staff)
);
CREATE INDEX thread_posts_of ON thread_posts (staff);
