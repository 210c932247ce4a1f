package storage

import (
	"time"

	"titian/bot/chat"
)

// ReminderKind says what a person is reminded of.
type ReminderKind string

// What people are reminded of, the most urgent first. A person is reminded of one thing at a time.
const (
	RemindLapse ReminderKind = "lapse" // the rank of what was sent back is about to lapse
	RemindFix   ReminderKind = "fix"   // documents that are asked for again did not come
	RemindDraft ReminderKind = "draft" // a registration or a halal file is unfinished
)

// Reminder is one reminder of one person, made by a sweep. It tells of the conversation as that was at Seq, and of no other.
type Reminder struct {
	ID          string
	Contact     ContactID
	Seq         int64
	Kind        ReminderKind
	Application ApplicationID // of RemindFix and RemindLapse
	MadeAt      time.Time
	To          chat.Address // zero: nothing is known of an address any more
	Off         bool         // the person said BERHENTI, cannot be reached, or wrote a moment ago: nothing is sent
	Begun       bool         // sending was begun before, and nobody knows how it ended
}

// Reminding is what a sweep goes by.
type Reminding struct {
	Unfinished []time.Duration // since the person was last heard, ascending
	SentBack   []time.Duration // since the owner was told, ascending
	LapseBy    time.Time       // a rank that lapses until then is about to; zero: none is
	Day        string          // today in WITA, "2026-11-23"
}

// StopReminders ends what the contact is reminded of, until it wants announcements again.
type StopReminders struct{}

func (StopReminders) effect() {}
