package storage

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"titian/bot/chat"
)

// Role is what a person of the dinas may do.
type Role string

// The roles. A petugas hears of registrations and wishes; a pendamping (companion of
// the halal process) only belongs; an admin also invites, removes, reloads and sets holidays.
const (
	RoleOfficer   Role = "petugas"
	RoleCompanion Role = "pendamping"
	RoleAdmin     Role = "admin"
)

// Roles are all of them, the least first.
var Roles = []Role{RoleOfficer, RoleCompanion, RoleAdmin}

// StaffID is a person of the dinas.
type StaffID string

// Staff is a person of the dinas who writes from one contact, or who was invited.
type Staff struct {
	ID      StaffID // empty: invited, and has not come yet
	Name    string
	Role    Role
	Contact ContactID
	Since   time.Time // when they came, or were invited
}

// How long a code may wait for the person it is for, and how often one chat may miss.
const (
	CodeLife   = 24 * time.Hour
	CodeMisses = 5 // an hour; after that nothing is said
)

// Refusal says why a code, or what a staff member asked for, came to nothing.
type Refusal string

// The refusals.
const (
	RefusedNothing   Refusal = ""
	RefusedCode      Refusal = "code"      // wrong, used, withdrawn or too old: which of them is not told
	RefusedSilently  Refusal = "silent"    // missed too often: nothing is said
	RefusedRights    Refusal = "rights"    // not staff, or not in that role
	RefusedTaken     Refusal = "taken"     // the name belongs to someone else
	RefusedAlready   Refusal = "already"   // it is so already
	RefusedUnknown   Refusal = "unknown"   // there is no such person, number or group
	RefusedLastAdmin Refusal = "lastadmin" // nobody could invite any more
	RefusedEarly     Refusal = "early"     // not before Until
)

// StaffOutcome is what a staff effect came to.
type StaffOutcome struct {
	Refused Refusal
	Code    string // of an invitation or a move, to be shown once
	Person  Staff
	Number  string    // of the registration it is about
	Until   time.Time // with RefusedEarly
}

// Recipient is where a notice to staff goes: the chat of a person, or a group.
type Recipient struct {
	ID      string // of the staff member, or of the group
	Group   bool
	Role    Role
	Contact ContactID // empty: a group
	To      chat.Address
}

// NoticeJob says who is to hear of what: ids only.
type NoticeJob struct {
	Kind      NoticeKind `json:"kind"`
	Event     string     `json:"id"`
	Recipient string     `json:"recipient"`
}

// NoticeKind says what staff hear of.
type NoticeKind string

// What staff hear of; Event is the id of an owner, a wish, an owner, a day, a contact and a cause.
const (
	NoticeFiled     NoticeKind = "filed"
	NoticeWish      NoticeKind = "wish"
	NoticeReport    NoticeKind = "report" // someone asked for money: admins only
	NoticeDuplicate NoticeKind = "duplicate"
	NoticeListed    NoticeKind = "listed" // the dinas's list names somebody else, or another NIK
	NoticeDigest    NoticeKind = "digest"
	NoticeCause     NoticeKind = "cause"     // the set-up needs somebody: admins only
	NoticeBrake     NoticeKind = "brake"     // nothing unasked goes out on a network: admins only, at any hour
	NoticeLink      NoticeKind = "link"      // the dinas's WhatsApp is not reached: admins only, at any hour
	NoticeHalal     NoticeKind = "halal"     // a halal application was filed: Event is its id
	NoticeReplaced  NoticeKind = "replaced"  // its owner replaced what was sent back: "<application>/<event>"
	NoticeFreed     NoticeKind = "freed"     // a place came free, and it is the next: "<application>/<event>"
	NoticeHanded    NoticeKind = "handed"    // to the pendamping it was handed to: "<application>/<event>"
	NoticeAnswering NoticeKind = "answering" // who answers a thread: "<thread>/<event>"
	NoticeWaiting   NoticeKind = "waiting"   // nobody answered for four working hours: "<thread>/<since>/<count>"
	NoticeEnded     NoticeKind = "ended"     // an owner ended a thread: Event is its id
	// NoticeNumberMoved: another WhatsApp account writes by the number of somebody known: "<contact>/<contact of the other>".
	NoticeNumberMoved NoticeKind = "number_moved"
	NoticeBroadcast   NoticeKind = "broadcast" // it waits for a second person: "<broadcast>/<edition>"
	NoticeDeclined    NoticeKind = "declined"  // to who made it, that somebody said no: "<broadcast>/<edition>/<staff>"
	NoticeApproved    NoticeKind = "approved"  // to who made it, that somebody said yes: the same
	NoticeDetached    NoticeKind = "detached"  // to the chat an owner moved away from, not to staff
)

// AdminsOnly says whether nobody but admins may hear of it.
func (k NoticeKind) AdminsOnly() bool {
	return k == NoticeReport || k == NoticeCause || k.AnyHour()
}

// AnyHour says whether it is told at night too.
func (k NoticeKind) AnyHour() bool { return k == NoticeBrake || k == NoticeLink }

// About is the network that is in trouble, where it tells of one: whoever has a chat elsewhere is told there.
func (k NoticeKind) About() chat.Network {
	if k == NoticeBrake || k == NoticeLink {
		return chat.WhatsApp
	}
	return ""
}

// Counts says whether it is one of those that more than a few an hour become a counter.
func (k NoticeKind) Counts() bool {
	return !slices.Contains([]NoticeKind{NoticeDigest, NoticeCause, NoticeBrake, NoticeLink, NoticeAnswering, NoticeEnded, NoticeBroadcast, NoticeDeclined, NoticeApproved}, k)
}

// Event is what a notice tells, read when it is sent.
type Event struct {
	Name      string // empty: nobody who is registered
	Business  string
	Kecamatan string
	Number    string
	Reason    string   // of a wish; the words of a cause
	Question  string   // of a wish: the key of the question on the table
	Flags     []string // kinds, of a duplicate and of what the dinas's list says otherwise
	Others    []string // numbers of the lookalikes
	Digest    Digest
	Product   string   // of a halal application, whose number stands in Number
	Rank      int      // of it
	Replaced  []string // titles of the items without a verdict
	Thread    ThreadID // of a wish, and of what happens to a thread
	Answering string   // the officer's name
	Waiting   time.Time
	Brake     Brake
}

// Digest counts what came since the digest before it.
type Digest struct {
	Since, Until                       time.Time
	Filed, Wishes, Duplicates, Reports int
}

// Holiday is one day that differs from the calendar file.
type Holiday struct {
	Day  string // 2006-01-02
	Name string
	Open bool // a working day after all
}

// Claim says how a recipient is told of an event.
type Claim struct {
	Done    bool          // told already
	Wait    time.Duration // not yet: part of a counter whose hour is not over
	Counter bool          // Events go as one counter message
	Last    bool          // the last that goes by itself before Until
	Until   time.Time
	Events  []string // what the message stands for
}

// StaffName is a name as it is kept: 2 to 60 characters in one line.
func StaffName(typed string) (string, bool) {
	name := strings.Join(strings.Fields(typed), " ")
	n := utf8.RuneCountInString(name)
	return name, n >= 2 && n <= 60
}

// ParseRole reads a role.
func ParseRole(typed string) (Role, bool) {
	role := Role(strings.ToLower(strings.TrimSpace(typed)))
	return role, slices.Contains(Roles, role)
}
