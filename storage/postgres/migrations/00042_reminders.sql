-- +goose Up

-- Whoever said BERHENTI is reminded of nothing, those of earlier releases neither.
ALTER TABLE contacts ADD COLUMN reminders_off_at timestamptz;
UPDATE contacts SET reminders_off_at = stopped_at WHERE stopped_at IS NOT NULL;

-- What people are or were reminded of. A sweep makes each once, however many sweep, and a person has one a day.
CREATE TABLE reminders (
    id          text        PRIMARY KEY CHECK (id <> ''),
    contact     text        NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    kind        text        NOT NULL CHECK (kind IN ('draft', 'fix', 'lapse')),
    about       text        NOT NULL, -- when the person was last heard; or the notice that told of what was sent back
    nth         integer     NOT NULL CHECK (nth > 0),
    seq         bigint      NOT NULL CHECK (seq >= 0), -- of the conversation that the sweep saw
    application text        NOT NULL DEFAULT '',
    made_at     timestamptz NOT NULL,
    day         date, -- of WITA, on which it is sent: taken before it is
    ended_at    timestamptz,
    UNIQUE (contact, kind, about, nth),
    UNIQUE (contact, day)
);
CREATE INDEX reminders_by_age ON reminders (made_at);

-- Who left what, and when they were last heard, without looking into the snapshot itself. It stands in for the index that
-- found all who are silent, which no question asked.
CREATE INDEX snapshots_unfinished ON snapshots (heard_at) INCLUDE (contact, seq, question) WHERE flow <> '';
DROP INDEX snapshots_by_silence;
