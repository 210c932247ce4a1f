package storage

import "time"

// ThreadID names what one contact and staff say to each other, from a wish to its end.
type ThreadID string

// Thread is one, as staff see it. A contact has one open thread at most.
type Thread struct {
	ID        ThreadID
	Contact   ContactID
	Owner     Event // Name, Business, Kecamatan, Number; empty where it is not clear which owner is meant
	Officer   StaffID
	Answering string    // the officer's name
	SaidAt    time.Time // the last word of either side
	Answered  time.Time // the last word of an officer
	Waiting   time.Time // since when nobody answered; zero: nobody waits
	Reminded  time.Time
	Reminders int
	Closed    bool
}

// ThreadSilence closes a thread in which nobody waits for an answer.
const ThreadSilence = 24 * time.Hour

// Post is one message of a contact on its way to one officer.
type Post struct {
	Message  int64         // 0: there is none left
	Wait     time.Duration // another job is about to show what comes first
	Words    string
	File     FileID
	MIME     string
	Wish     string // the id of the wish it came with
	Question string // the question that a photo answered meanwhile
}

// Said is one message of an officer on its way to a contact.
type Said struct {
	Message int64
	Contact ContactID
	Staff   StaffID
	Name    string // the officer's
	At      time.Time
	Words   string
	File    FileID
	MIME    string
	Ref     string // how the officer's network calls it
	Taken   bool   // it stands in the contact's conversation already
}

// ThreadOutcome is what an effect of a thread came to; Refused is RefusedUnknown when it is closed, RefusedClaimed when
// another officer answers.
type ThreadOutcome struct {
	Refused Refusal
	Thread  Thread
}

// SayToStaff adds what a contact says to its open thread, and opens one where there is none.
type SayToStaff struct {
	Words    string
	File     FileID
	MIME     string
	Question string // the photo answered this one: the officer is told, nobody waits
}

// EndThread closes the contact's own open thread.
type EndThread struct{}

// AnswerOwner says something to a contact. Whoever answers first goes on alone.
type AnswerOwner struct {
	Thread ThreadID
	Words  string
	File   FileID
	MIME   string
	Ref    string
}

// HandThread lets others answer.
type HandThread struct{ Thread ThreadID }

// CloseThread closes a thread by staff.
type CloseThread struct{ Thread ThreadID }

func (SayToStaff) effect()  {}
func (EndThread) effect()   {}
func (AnswerOwner) effect() {}
func (HandThread) effect()  {}
func (CloseThread) effect() {}
