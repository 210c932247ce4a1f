package storage

// Effect is a lasting result of a turn. A store carries out all effects of a
// turn in one transaction, or none.
type Effect interface{ effect() }

// File files a registration: a new owner, or an amendment of a known one.
type File struct {
	Registration Registration
	Consents     []Consent
	Claims       ImportedID // the row of the dinas's list that the owner said is theirs
	Declines     ImportedID // or said is not
}

// KeepFile records an uploaded file that now belongs to a conversation.
type KeepFile struct {
	ID        FileID
	Purpose   string // the key of the question it answers
	MIME      string
	SizeBytes int64
	SHA256    string
	Marks     []string // why an officer should look at it: "blurred", "dark"
}

// DropFiles gives up files; they are deleted from the vault by a job.
type DropFiles struct{ IDs []FileID }

// AskOfficer records that a person wants, or needs, a human.
type AskOfficer struct {
	Reason string // "asked", "stuck", "underage", "locked"
	Where  string // the question on the table; empty outside a flow
	Owner  OwnerID
	Words  string // what the person wants to ask, if they said so
}

// StopAnnouncements withdraws the consent to announcements of the contact and
// of every owner it speaks for.
type StopAnnouncements struct{ Consent Consent }

// StartAnnouncements gives that consent again.
type StartAnnouncements struct{ Consent Consent }

// ShowOwner reads everything stored about one owner into the Outcome and writes an audit row.
type ShowOwner struct{ Owner OwnerID }

// DeleteOwner erases one owner that the contact speaks for: registration,
// files, consents' answers; a tombstone stays.
type DeleteOwner struct{ Owner OwnerID }

// DeleteContact erases everything about the contact that is not an owner's:
// drafts, files, wishes, and the row of the dinas's list that they said is
// theirs. A tombstone stays.
type DeleteContact struct{ Listed ImportedID }

func (File) effect()               {}
func (KeepFile) effect()           {}
func (DropFiles) effect()          {}
func (AskOfficer) effect()         {}
func (StopAnnouncements) effect()  {}
func (StartAnnouncements) effect() {}
func (ShowOwner) effect()          {}
func (DeleteOwner) effect()        {}
func (DeleteContact) effect()      {}

// Outcome is what carrying out a turn's effects taught, for the reply.
type Outcome struct {
	Owner        OwnerID
	Number       string        // of the registration that was filed
	Flags        []Flag        // raised for staff; never told to the person
	Registration *Registration // what ShowOwner read
	Invited      []Invited     // with it: every invitation the owner was sent, the newest first
	Deleted      string        // number of the deleted registration
	Kept         []string      // numbers "HAL-…" whose row in the ledger of places outlives the deletion, without a name
	Staff        StaffOutcome  // of an effect of the staff side
	Halal        HalalOutcome  // of an effect of a halal application
	Thread       ThreadOutcome // of an effect of a thread by staff
	Invitation   InvitationOutcome
	Recorded     []Recorded       // of the effects RecordInvited, in their order
	Join         JoinOutcome      // of an effect about joining chats
	Broadcast    BroadcastOutcome // of an effect of a broadcast by staff
}
