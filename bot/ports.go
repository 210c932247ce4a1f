package bot

import (
	"context"
	"io"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// Contacts knows who writes from where, and whom they speak for.
type Contacts interface {
	Writer(ctx context.Context, w storage.Writer, now time.Time) (storage.Contact, error)
	// Known says whether anybody wrote from an address.
	Known(ctx context.Context, a chat.Address) (bool, error)
	Owners(ctx context.Context, c storage.ContactID) ([]storage.Owner, error)
	// Twin is the network of another chat of the same person, as far as the networks vouch for it; "": there is none.
	Twin(ctx context.Context, c storage.ContactID) (chat.Network, error)
	SetReachable(ctx context.Context, c storage.ContactID, reachable bool) error
}

// Roster is the dinas's own list of owners, as far as nobody claimed it; see storage/postgres. What nobody claimed, or
// never stood there, is storage.ErrNotFound.
type Roster interface {
	// Listed is the likeliest row with a number; none of those left out.
	Listed(ctx context.Context, phone answer.Phone, nik answer.NIK, name string, but []storage.ImportedID) (storage.Imported, error)
	Imported(ctx context.Context, id storage.ImportedID) (storage.Imported, error)
}

// Halal knows the programme that takes applications and where those of a contact's owners stand; see storage/postgres.
type Halal interface {
	// CurrentProgramme is storage.ErrNotFound when none takes applications.
	CurrentProgramme(ctx context.Context, now time.Time) (storage.Programme, error)
	// Stands are the applications of a contact's owners, the one that changed last at the front.
	Stands(ctx context.Context, c storage.ContactID) ([]storage.Stand, error)
}

// Invitations knows what a contact is invited to; see storage/postgres.
type Invitations interface {
	// OpenInvitations are those that are not over, the one that was sent last at the front.
	OpenInvitations(ctx context.Context, c storage.ContactID) ([]storage.Invited, error)
	// InvitationOf is what a message of that name in the contact's chat invited to; storage.ErrNotFound when to nothing.
	InvitationOf(ctx context.Context, c storage.ContactID, n chat.Network, ref string) (storage.BroadcastID, error)
}

// Ledger keeps lasting results, and the turns they belong to, in one transaction.
type Ledger interface {
	// Conversation is what is stored of a conversation.
	Conversation(ctx context.Context, c storage.ContactID) (storage.Stored, error)
	// Commit carries out effects and stores the record that finish makes of
	// their outcome; storage.ErrConflict when a row for the key exists.
	Commit(ctx context.Context, k storage.TurnKey, effects []storage.Effect,
		finish func(storage.Outcome) (storage.Record, error)) (storage.Record, error)
	// StoredTurn is the row of one seq; void when it was given up.
	StoredTurn(ctx context.Context, c storage.ContactID, seq int64) (rec storage.Record, void bool, err error)
	// Void gives a seq up; storage.ErrConflict when a row exists.
	Void(ctx context.Context, c storage.ContactID, seq int64) error
	// Merge makes one contact of two, as a lasting turn of the one that goes; waits: messages wait for the other.
	Merge(ctx context.Context, m storage.Merge) (waits bool, err error)
	SaveSnapshots(ctx context.Context, snapshots []storage.Snapshot) error
	// Owing are contacts whose snapshot, not changed since, says that they are owed replies.
	Owing(ctx context.Context, since time.Time, limit int) ([]storage.ContactID, error)
}

// Inbox holds sealed messages that could not be worked at once.
type Inbox interface {
	InboxPut(ctx context.Context, m storage.Inboxed) (fresh bool, err error)
	InboxTake(ctx context.Context, worker string, lease time.Duration, networks []string, contacts int) ([]storage.Inboxed, error)
	InboxRenew(ctx context.Context, ids []int64, lease time.Duration) error
	InboxRelease(ctx context.Context, ids []int64) error
	InboxDone(ctx context.Context, id int64) (more bool, err error)
	InboxWaiting(ctx context.Context, c storage.ContactID) (bool, error)
}

// Tries counts how often a message was tried, durably, and parks it.
type Tries interface {
	CountTry(ctx context.Context, network, messageID string) (int, error)
	ClearTries(ctx context.Context, network, messageID string) error
	Park(ctx context.Context, p storage.Parked) error
}

// Running keeps the records of running conversations; see storage/redis.
type Running interface {
	Load(ctx context.Context, c storage.ContactID) (storage.Record, error)
	Commit(ctx context.Context, rec storage.Record, fromInbox bool) error
	Mark(ctx context.Context, c storage.ContactID, seq int64, messageID string, fromInbox bool) error
	Settle(ctx context.Context, rec storage.Record, messageID string) error
	Void(ctx context.Context, c storage.ContactID, seq int64, messageID string) error
	Raise(ctx context.Context, rec storage.Record) error
	SetInboxed(ctx context.Context, c storage.ContactID, waiting bool) error
	Lapsed(ctx context.Context, limit int) ([]storage.ContactID, error)
	Trim(ctx context.Context, sent []storage.Sent) error
}

// Sealer seals what must not be readable on a stolen disk.
type Sealer interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
}

// Files keeps uploaded files, checked and sealed.
type Files interface {
	// Keep reads, checks and seals one file, and says what is known of it. A
	// *Refusal says why it will not do.
	Keep(ctx context.Context, id storage.FileID, want flow.Wanted, r io.Reader) (flow.FileAnswer, error)
}

// Refusal is why a file will not do, as a reason a person is told: a key of
// "flow.file." in the locale.
type Refusal flow.Refusal

// Error names the reason.
func (r *Refusal) Error() string { return "file refused: " + r.Reason }

// Desk is the staff side; see bot/desk.
type Desk interface {
	// Hear says what a message means to staff; false: nothing, it is the owner's.
	Hear(ctx context.Context, m chat.Message, c storage.ContactID) (heard storage.Heard, handled bool, err error)
	// After is what is said, on a network, once the words that an act of a contact's needed were carried out.
	After(who storage.Staff, at chat.Network, key string, o storage.Outcome) []chat.Outgoing
	// Who is the member of staff behind a contact; storage.ErrNotFound when there is none.
	Who(ctx context.Context, c storage.ContactID) (storage.Staff, error)
	// Wanted says whether a message in a group is for the desk; of any other nothing is kept or answered.
	Wanted(ctx context.Context, m chat.Message) (bool, error)
	// Done lets effects that were carried out take hold in this process.
	Done(ctx context.Context, effects []storage.Effect)
}

// Replies is the way out for answers; see bot/delivery.
type Replies interface {
	// Reply sends in order per contact, never blocks, and ignores what it is already sending.
	Reply(replies ...storage.Reply)
	// Courtesy sends one message that nobody keeps: it may be lost.
	Courtesy(to chat.Address, m chat.Outgoing)
	Typing(to chat.Address)
}

// Meter counts what an operator watches.
type Meter interface {
	Turn(network chat.Network, flow string, lasting bool, took time.Duration)
	Refused(network chat.Network, reason string)
	Parked(network chat.Network)
	Diverted(network chat.Network)
	Conflict()
	Snapshots(conversations int) // written in one batch
}

type noMeter struct{}

func (noMeter) Turn(chat.Network, string, bool, time.Duration) {}
func (noMeter) Refused(chat.Network, string)                   {}
func (noMeter) Parked(chat.Network)                            {}
func (noMeter) Diverted(chat.Network)                          {}
func (noMeter) Conflict()                                      {}
func (noMeter) Snapshots(int)                                  {}
