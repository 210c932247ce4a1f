package storage

import (
	"time"

	"titian/bot/chat"
)

// Record is a conversation as every store keeps it. State and the bodies of
// Owed are sealed by the bot; the rest is in clear, so that a script can
// compare it.
type Record struct {
	Contact ContactID `json:"contact"`
	Seq     int64     `json:"seq"`
	Seen    []string  `json:"seen,omitempty"` // ids of the last messages handled, oldest first
	Mark    string    `json:"mark,omitempty"` // id of the message whose lasting result is unfinished
	State   []byte    `json:"state,omitempty"`
	Owed    []Owed    `json:"owed,omitempty"` // replies not yet known to be sent, in order
	Deleted bool      `json:"deleted,omitempty"`
	Inboxed bool      `json:"-"` // older messages of the contact wait in the inbox, as storage/redis knows
}

// MaxSeen bounds Record.Seen. Telegram shows at most 100 unconfirmed updates,
// so a redelivered one is always among them.
const MaxSeen = 128

// Owed is a reply that was promised and is not yet known to be sent.
type Owed struct {
	ID   string `json:"id"` // "<seq>.<n>": sorts nowhere, unique within the contact
	Body []byte `json:"body"`
}

// Sent names replies that were sent, or given up, and are owed no longer.
type Sent struct {
	Contact ContactID
	IDs     []string // of Owed
}

// Reply is an owed answer, opened for sending. With an empty ID no record owes
// it: it is a courtesy that may be lost.
type Reply struct {
	Contact  ContactID     `json:"-"`
	ID       string        `json:"id"`
	Seq      int64         `json:"-"` // of the turn that made it; lower ones go first
	To       chat.Address  `json:"to"`
	Message  chat.Outgoing `json:"message"`
	Accepted time.Time     `json:"at"` // when the message it answers came in
}

// HasSeen says whether a message id was handled before.
func (r Record) HasSeen(id string) bool {
	for _, s := range r.Seen {
		if s == id {
			return true
		}
	}
	return false
}

// See adds a message id, forgetting the oldest over MaxSeen.
func (r *Record) See(id string) {
	seen := append(append(make([]string, 0, len(r.Seen)+1), r.Seen...), id)
	if over := len(seen) - MaxSeen; over > 0 {
		seen = seen[over:]
	}
	r.Seen = seen
}

// Snapshot is a record on its way to Postgres, with what staff and reminders
// may see without opening it.
type Snapshot struct {
	Record    Record
	Flow      string    // the draft that waits; empty when none
	Question  string    // the key of the question on the table
	HeardAt   time.Time // when the person last wrote
	ChangedAt time.Time
}

// Stored is what Postgres knows of a conversation.
type Stored struct {
	Snapshot *Record // nil: none
	Turn     *Record // the lasting turn with the highest seq; nil: none
	Inboxed  bool    // messages of this contact wait in the inbox
	Taken    int64   // the highest seq of a lasting turn, carried out or void: a next one must be above it
	// Into is the contact that this one was merged into; Seen are messages handled by those that were merged into it.
	Into ContactID
	Seen []string
}

// Merge makes one contact of two: From leads to Into from then on. Record is what stays of From's conversation, a lasting
// turn of it: nothing but the replies it owes.
type Merge struct {
	From, Into ContactID
	Record     Record
	Drop       []FileID // of a draft of From's that nobody goes on with
}

// TurnKey names the lasting turn a message causes.
type TurnKey struct {
	Contact   ContactID
	Seq       int64 // the seq the record has after the turn
	MessageID string
	Network   string
	At        time.Time
}

// Inboxed is a message that waits, sealed, in the inbox.
type Inboxed struct {
	ID         int64
	Contact    ContactID
	Network    string
	MessageID  string
	ReceivedAt time.Time
	NotBefore  time.Time // zero: it may be worked at once; else it and what waits with it are left until then
	Body       []byte    // sealed chat.Message
	Tries      int       // how often it was tried before this lease
}

// InboxRun is how many messages of one contact are handed out at a time.
const InboxRun = 64

// Parked is a message that failed three times, kept sealed with its cause.
type Parked struct {
	ID        int64
	Contact   ContactID
	Network   string
	MessageID string
	ParkedAt  time.Time
	Cause     string // no message text, no personal data
	Body      []byte
}
