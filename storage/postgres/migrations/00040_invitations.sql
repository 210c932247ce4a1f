-- +goose Up

-- A broadcast with places. Nothing of it but the times at the end changes once the broadcast was confirmed or started.
CREATE TABLE invitations (
    broadcast    bigint      PRIMARY KEY REFERENCES broadcasts (id),
    event_sealed bytea       NOT NULL,
    day          timestamptz NOT NULL,                -- when the event begins
    places       integer     NOT NULL CHECK (places > 0),
    rule         text        NOT NULL CHECK (rule IN ('lot', 'register', 'first', 'staff')),
    seed         text        NOT NULL CHECK (seed ~ '^[0-9a-f]{32}$'),
    opens        timestamptz CHECK (opens <= deadline),
    deadline     timestamptz NOT NULL CHECK (deadline <= day),
    made_by      text        NOT NULL CHECK (made_by <> ''),
    made_at      timestamptz NOT NULL,
    attempted_at timestamptz,                         -- when everybody had been sent to, or could not be
    filled_at    timestamptz,                         -- before it answers have no rank
    reminded_at  timestamptz,
    eve_at       timestamptz,                         -- when those with a place were reminded the day before
    UNIQUE (broadcast, places)
);

-- A row a person who answered, or for whom staff did. A place is one of the numbers from 1 to places, and one person's: whoever
-- writes a place too many is stopped here.
CREATE TABLE participants (
    broadcast bigint      NOT NULL,
    person    integer     NOT NULL,
    state     text        NOT NULL CHECK (state IN ('coming', 'declined', 'held', 'offered', 'waiting', 'unchosen', 'withdrawn', 'lapsed', 'attended')),
    at        timestamptz NOT NULL,                   -- of the state
    said_at   timestamptz NOT NULL,
    said_by   text        NOT NULL DEFAULT '',        -- who wrote it down; empty: the person
    rank      integer     CHECK (rank > 0),           -- by the rule
    place     integer     CHECK (place BETWEEN 1 AND places),
    places    integer     NOT NULL,
    due_at    timestamptz CHECK (due_at IS NULL OR state = 'offered'), -- until when an offer that was delivered holds
    reason    text        NOT NULL DEFAULT '',        -- why staff chose them
    PRIMARY KEY (broadcast, person),
    FOREIGN KEY (broadcast, person) REFERENCES recipients (broadcast, person),
    FOREIGN KEY (broadcast, places) REFERENCES invitations (broadcast, places),
    CHECK ((place IS NOT NULL) = (state IN ('held', 'offered', 'attended')))
);
CREATE UNIQUE INDEX participants_places ON participants (broadcast, place) WHERE place IS NOT NULL;
CREATE UNIQUE INDEX participants_ranks ON participants (broadcast, rank) WHERE rank IS NOT NULL;

-- What invited people are told after the invitation itself.
CREATE TABLE invited_notices (
    id           text        PRIMARY KEY CHECK (id <> ''),
    kind         text        NOT NULL CHECK (kind <> ''),
    broadcast    bigint      NOT NULL,
    person       integer     NOT NULL,
    at           timestamptz NOT NULL,
    delivered_at timestamptz,
    refused_at   timestamptz, -- cannot be delivered: a person telephones
    ended_at     timestamptz, -- overtaken: there is nothing to tell any more
    FOREIGN KEY (broadcast, person) REFERENCES recipients (broadcast, person)
);
CREATE INDEX invited_notices_open ON invited_notices (broadcast, person) WHERE ended_at IS NULL;
