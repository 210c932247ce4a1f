package storage

import "time"

// ApplicationID is one halal application (pengajuan).
type ApplicationID string

// ApplicationState says where an application stands.
type ApplicationState string

// The states, in the order of a good life. What is not yet sent lives in the conversation, not here.
const (
	StateParked    ApplicationState = "parked"    // an eligibility answer stands in the way; the reason says which
	StateSubmitted ApplicationState = "submitted" // everything required is in: staff review it
	StateFixing    ApplicationState = "fixing"    // sent back to the owner: some items are to be replaced
	StateComplete  ApplicationState = "complete"  // every item accepted (lengkap)
	StatePlaced    ApplicationState = "placed"    // holds a place of its programme
	StateHanded    ApplicationState = "handed"    // with a pendamping
	StateApplied   ApplicationState = "applied"   // submitted in SiHalal by the pendamping
	StateReturned  ApplicationState = "returned"  // SiHalal wants some items replaced; the place stays
	StateIssued    ApplicationState = "issued"    // the certificate is there (terbit)
	StateRefused   ApplicationState = "refused"   // by SiHalal or the dinas
	StateWithdrawn ApplicationState = "withdrawn" // by the owner
)

// Live says whether the state still needs somebody's work.
func (s ApplicationState) Live() bool {
	return s != StateIssued && s != StateRefused && s != StateWithdrawn && s != StateParked
}

// Undecided says whether a file of this state may still take the place of a later-ranked one.
func (s ApplicationState) Undecided() bool {
	return s == StateSubmitted || s == StateFixing || s == StateComplete
}

// HoldsPlace says whether the state counts against the quota.
func (s ApplicationState) HoldsPlace() bool {
	switch s {
	case StatePlaced, StateHanded, StateApplied, StateReturned, StateIssued:
		return true
	}
	return false
}

// Application is one halal application: one owner, one kind of product, in one programme.
type Application struct {
	ID        ApplicationID
	Number    string // "HAL-2026-000001"
	Owner     OwnerID
	Contact   ContactID // who brought it, and is told of it
	Programme ProgrammeID
	State     ApplicationState
	Since     time.Time // of the state
	Reason    string    // of a parked or refused one: a key such as "nib", or staff's own words

	FiledAt time.Time
	// RankAt is the network's time of the message that brought the last required item; Lot decides
	// between equals by a hash that no order of arrival can change.
	RankAt time.Time
	Lot    string
	Rank   int // 1 is first among those of the programme that hold no place and are undecided; 0: not ranked

	Name         string // of the owner
	Business     string
	Product      string // the kind of product, as the owner named it
	Registration string // the owner's number "IKM-…"

	ClaimedBy    StaffID // empty: nobody
	ClaimedName  string
	ClaimedUntil time.Time

	Pendamping  StaffID // who it was handed to, where they are staff; empty: by name only
	HandedTo    string  // the pendamping's name
	HandedAt    time.Time
	SiHalal     string // the number SiHalal gave
	SiHalalCode string // SiHalal's last status code, "OF74"
	Certificate string // "ID…"
	IssuedAt    time.Time
	// CertificateFile is the certificate: a PDF, or a photo of it as CertificateMIME says.
	CertificateFile FileID
	CertificateMIME string

	FlowVersion int
	ListVersion string // of the list of documents that was asked by

	Items []Item
	Tasks []Task
}

// Verdict is what staff said of one item.
type Verdict string

// The verdicts.
const (
	VerdictNone     Verdict = "" // not looked at since it last changed
	VerdictAccepted Verdict = "accepted"
	VerdictFix      Verdict = "fix"
)

// ItemKind tells documents from sections of answers.
type ItemKind string

// The kinds of items.
const (
	ItemDocument ItemKind = "document"
	ItemSection  ItemKind = "section"
)

// The sections, in SiHalal's own order. Documents have the keys of the document list.
const (
	SectionBusiness   = "usaha"
	SectionSupervisor = "penyelia"
	SectionFactory    = "pabrik"
	SectionMaterials  = "bahan"
	SectionProducts   = "produk"
	SectionProcess    = "proses"
)

// Item is one thing staff say a verdict on: a document or a section. It carries no content: a section's stands in the Dossier.
type Item struct {
	Key      string
	Kind     ItemKind
	Title    string // as the owner saw it
	Required bool
	Files    []FileID // of a document, in order
	Marks    []string // why a check wants an officer to look: "blurred", "pdf_differs" …
	Digest   string   // of its content: a replaced item has another one
	Revision int      // from 1; raised with every replacement
	AddedBy  StaffID  // brought to the counter: who added it

	Verdict   Verdict
	Reason    string // of a fix: a key of the ready reasons, or empty with Words
	Words     string // an officer's own
	VerdictBy StaffID
	VerdictAt time.Time
}

// Task is what staff have to find out for the owner: it stops nothing.
type Task struct {
	ID      int64
	Kind    string // "material_bulk", "material_unknown", "material_photo", "email", "supervisor_consent", "name", "outlet" …
	Subject string // what it is about, in the owner's words: "minyak goreng curah"
	Done    bool
}

// Stand is where an application stands, as its owner may know it.
type Stand struct {
	Application ApplicationID
	Owner       OwnerID
	Number      string
	Programme   string // its name
	Product     string
	State       ApplicationState
	Since       time.Time
	Reason      string
	Rank        int          // among the undecided of its programme; 0: none
	Left        int          // places not yet taken
	Missing     []Item       // to be replaced, each with its reason
	Corrections []Correction // that wait for the owner's word
	Until       time.Time    // with StateFixing: until when the rank is kept; zero: the clock has not begun
	HandedTo    string
	HandedAt    time.Time
	SiHalal     string
	SiHalalCode string
	Certificate string
	IssuedAt    time.Time
	// CertificateFile is the certificate: a PDF, or a photo of it as CertificateMIME says.
	CertificateFile FileID
	CertificateMIME string
}
