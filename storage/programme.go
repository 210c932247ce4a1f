package storage

import (
	"time"

	"titian/flows/answer"
)

// ProgrammeID is a year's halal facilitation.
type ProgrammeID string

// Programme is a year's halal facilitation: so many places, between two days.
type Programme struct {
	ID     ProgrammeID
	Name   string
	Year   int
	Quota  int
	Opens  time.Time // zero: it is open
	Closes time.Time // zero: it stays open
	Taken  int       // places held now
	Queued int       // undecided applications without one
}

// Left is how many places nobody holds.
func (p Programme) Left() int { return max(0, p.Quota-p.Taken) }

// LikelyRank is the rank a file that is completed now would have among those that wait.
func (p Programme) LikelyRank() int { return p.Queued + 1 }

// Waits says whether a file of that rank would stand on the waiting list, and its number there.
func (p Programme) Waits(rank int) (number int, waits bool) {
	number = rank - p.Left()
	return max(0, number), number > 0
}

// OpenAt says whether applications are taken at a time.
func (p Programme) OpenAt(t time.Time) bool {
	return (p.Opens.IsZero() || !t.Before(p.Opens)) && (p.Closes.IsZero() || t.Before(p.Closes))
}

// Clocks are the waits that can cost a place. They begin when their message is delivered, or when a telephone call is
// noted, and count working hours only.
type Clocks struct {
	FixDays  int           // working days to replace what was sent back, and keep the rank
	CallAt   time.Duration // after this long undelivered, a person is to be telephoned
	ClaimFor time.Duration // how long a claim holds a file
	UndoFor  time.Duration // how long a verdict can be taken back

	AcceptFor time.Duration // working time to accept a place of an invitation that came free, from the delivery on
	AnswerFor time.Duration // how long whom a broadcast reached last has to answer before the places are given
}

// DefaultClocks are those of the first user.
var DefaultClocks = Clocks{FixDays: 3, CallAt: 24 * time.Hour, ClaimFor: 30 * time.Minute, UndoFor: 5 * time.Minute,
	AcceptFor: 24 * time.Hour, AnswerFor: 24 * time.Hour}

// Call is a person to be telephoned, because a message that can cost them a place, or any on WhatsApp, did not reach them.
type Call struct {
	ID          int64
	Application ApplicationID
	Number      string
	Name        string
	Phone       answer.Phone
	About       OwnerNoticeKind
	Since       time.Time
	Why         CallWhy
}

// CallWhy says why a message did not reach somebody.
type CallWhy string

// The reasons; one of before they were noted is empty.
const (
	CallNowhere     CallWhy = "nowhere"     // nothing is known of an address any more
	CallBlocked     CallWhy = "blocked"     // they blocked the bot, or are not on the network any more
	CallSilent      CallWhy = "silent"      // they did not write for too long: writing to them endangers the number
	CallCold        CallWhy = "cold"        // the network refused it, for they did not write lately
	CallBrake       CallWhy = "brake"       // everything unasked has been stopped for too long
	CallUndelivered CallWhy = "undelivered" // sent, and not arrived within a day
	CallLate        CallWhy = "late"        // not sent within a day
	CallUnsure      CallWhy = "unsure"      // nobody knows whether it arrived
)

// CallWhys are all of them.
var CallWhys = []CallWhy{CallNowhere, CallBlocked, CallSilent, CallCold, CallBrake, CallUndelivered, CallLate, CallUnsure}

// LedgerRow is one line of the berita acara: who got a place, or waits, and why.
type LedgerRow struct {
	Position     int // in the ledger, from 1
	Rank         int // of the file when the place was given; of the waiting list: its number
	Application  string
	Registration string
	Name         string // empty: deleted since
	Business     string
	RankAt       time.Time
	Lot          string
	State        ApplicationState
	GrantedAt    time.Time
	GrantedBy    string
	Override     string // the written reason of an admin who went out of order
	ReleasedAt   time.Time
	Release      string // why it was given back
	Accepted     int    // verdicts
	SentBack     int
}
