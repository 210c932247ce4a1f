package storage

import "time"

// The effects of a halal application. The owner's come from their conversation, staff's from the desk; each looks again,
// inside the transaction, whether the contact may. What came of it stands in Outcome.Halal; none fails for a refusal.

// FileApplication files a complete application, or replaces what was sent back. Items that are not what they were get a
// new revision and lose their verdict; tasks replace those that are open.
type FileApplication struct {
	Application ApplicationID // empty: a new one
	Owner       OwnerID
	Programme   ProgrammeID
	Product     string
	Dossier     Dossier
	Items       []Item // Key, Kind, Title, Required, Files, Marks, Digest
	Tasks       []Task
	// CompletedAt is the network's time of the message that brought the last required item: the rank.
	CompletedAt time.Time
	FlowVersion int
	ListVersion string
	Answers     map[string]string // for reopening; kept sealed
	Consents    []Consent
}

// ParkApplication notes why an application cannot go on now. The answers so far are kept sealed, so that it goes on from there.
type ParkApplication struct {
	Owner     OwnerID
	Programme ProgrammeID
	Reason    string
	Answers   map[string]string
}

// WithdrawApplication takes an application back by its owner's word; its place goes to the next.
type WithdrawApplication struct{ Application ApplicationID }

// OpenApplication reads an application and its answers into the Outcome, for its owner.
type OpenApplication struct{ Application ApplicationID }

// AgreeSupervisor notes, by a one-time word typed in their own chat, that a named penyelia agrees. Outcome.Staff.Refused
// says that the word is none; Outcome.Halal.Refused is RefusedRights for the owner's own chat.
type AgreeSupervisor struct {
	Word    string
	Consent Consent
}

// ClaimApplication takes a file for review, or the next by rank with an empty id.
type ClaimApplication struct{ Application ApplicationID }

// ReleaseClaim gives a file back.
type ReleaseClaim struct{ Application ApplicationID }

// GiveVerdict says a verdict on one item of a claimed file. A fix has a ready reason, or words.
type GiveVerdict struct {
	Application ApplicationID
	Item        string
	Revision    int // what the officer looked at; another one is refused
	Verdict     Verdict
	Reason      string
	Words       string
}

// AcceptRest accepts every item without a verdict that no check marked.
type AcceptRest struct{ Application ApplicationID }

// UndoVerdict takes back an officer's own verdict within Clocks.UndoFor.
type UndoVerdict struct {
	Application ApplicationID
	Item        string
}

// SendBack ends a review: the owner is told which items to replace. With no item to replace the file is complete.
type SendBack struct{ Application ApplicationID }

// ShowItem writes the audit row of an officer who opens a document, before it is shown.
type ShowItem struct {
	Application ApplicationID
	Item        string
}

// GrantPlace gives a complete file a place. Out of order only by an admin, with a reason.
type GrantPlace struct {
	Application ApplicationID
	Override    string
}

// MoveApplication carries an application along the table of moves by staff: handed, applied, returned, issued, refused.
type MoveApplication struct {
	Application ApplicationID
	To          ApplicationState
	At          time.Time // the day of the act, where staff said another than today
	Person      string    // handed: the pendamping's name, or staff name
	SiHalal     string    // applied: the number
	Code        string    // SiHalal's status code
	Items       []string  // returned: what is to be replaced
	Reason      string    // returned, refused
	Certificate string    // issued: "ID…"
	File        FileID    // issued: the certificate's PDF
}

// NoteCode records SiHalal's status code of an application that is with SiHalal.
type NoteCode struct {
	Application ApplicationID
	Code        string
}

// AddByStaff puts a document that was brought to the counter into an application; another officer accepts it where there is
// one. The files are those that this contact sent.
type AddByStaff struct {
	Application ApplicationID
	Item        string
	Files       []FileID
}

// CorrectAnswer writes one answer of the dossier by staff; see Correction for when it holds.
type CorrectAnswer struct {
	Application ApplicationID
	Field       string // one of Dossier.Fields
	Value       string
}

// AnswerCorrection is what an owner says to a correction.
type AnswerCorrection struct {
	ID     string
	Agreed bool
}

// SettleTask notes that a task is done.
type SettleTask struct{ Task int64 }

// SetProgramme makes or changes a year's facilitation. Admins only.
type SetProgramme struct{ Programme Programme }

// NoteCall notes that a person was telephoned: their clock begins.
type NoteCall struct{ Call int64 }

func (FileApplication) effect()     {}
func (ParkApplication) effect()     {}
func (WithdrawApplication) effect() {}
func (OpenApplication) effect()     {}
func (AgreeSupervisor) effect()     {}
func (ClaimApplication) effect()    {}
func (ReleaseClaim) effect()        {}
func (GiveVerdict) effect()         {}
func (AcceptRest) effect()          {}
func (UndoVerdict) effect()         {}
func (SendBack) effect()            {}
func (ShowItem) effect()            {}
func (GrantPlace) effect()          {}
func (MoveApplication) effect()     {}
func (NoteCode) effect()            {}
func (AddByStaff) effect()          {}
func (CorrectAnswer) effect()       {}
func (AnswerCorrection) effect()    {}
func (SettleTask) effect()          {}
func (SetProgramme) effect()        {}
func (NoteCall) effect()            {}

// The refusals of a halal effect, beside RefusedRights and RefusedUnknown.
const (
	RefusedClaimed   Refusal = "claimed"   // another officer holds the file
	RefusedUnclaimed Refusal = "unclaimed" // take the file first
	RefusedChanged   Refusal = "changed"   // the item is not what was looked at
	RefusedMove      Refusal = "move"      // not a move of the table
	RefusedTooLate   Refusal = "toolate"   // the time for undoing is over
	RefusedFull      Refusal = "full"      // no place is left
	RefusedOrder     Refusal = "order"     // an earlier-ranked file is undecided
	RefusedTwice     Refusal = "twice"     // the NIK or the NIB holds a place of this programme already
	RefusedReason    Refusal = "reason"    // it needs a written reason
	RefusedClosed    Refusal = "closed"    // the programme takes none now
	RefusedNIK       Refusal = "nik"       // without a NIK there is no place
	RefusedOwnWork   Refusal = "ownwork"   // another officer has to accept what this one added
	RefusedEmpty     Refusal = "empty"     // there is nothing to take
	RefusedUnseen    Refusal = "unseen"    // some items have no verdict yet
)

// HalalOutcome is what a halal effect came to.
type HalalOutcome struct {
	Refused     Refusal
	Application Application
	Dossier     *Dossier          // with OpenApplication and ClaimApplication
	Answers     map[string]string // with OpenApplication
	HeldBy      string            // with RefusedClaimed: the officer's name
	Ahead       int               // with RefusedOrder: how many are undecided before it
	Stand       Stand
	Correction  Correction // with CorrectAnswer and AnswerCorrection
	Asked       bool       // with CorrectAnswer: the owner is asked first
	// Word is for a penyelia who did not agree yet: with it they do, in a chat of their own. It is told once.
	Word string
}
