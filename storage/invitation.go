package storage

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
)

// Rule says in which order those who want to come get the places. It is fixed before anybody is asked and printed on the list.
type Rule string

// The rules.
const (
	RuleLot      Rule = "lot"      // by Lot
	RuleRegister Rule = "register" // who registered first
	RuleFirst    Rule = "first"    // who answered first after the opening; who answered before it is as early as each other, by Lot
	RuleStaff    Rule = "staff"    // staff choose, each with a reason
)

// Rules are all of them.
var Rules = []Rule{RuleLot, RuleRegister, RuleFirst, RuleStaff}

// Invitation is what a broadcast with places promises. Nothing of it changes once the broadcast was confirmed or started.
type Invitation struct {
	Broadcast BroadcastID
	Event     string    // "Studi tiru ke Makassar", as it stands in a sentence
	Day       time.Time // when it begins
	Places    int
	Rule      Rule
	Seed      string    // of the lot: 32 hex digits, made with the invitation and told to nobody before the places are filled
	Opens     time.Time // when the places are filled; zero: once everybody was attempted, see FillAt
	Deadline  time.Time // until when people may say that they come

	FilledAt  time.Time      // zero: answers are collected, without rank
	State     BroadcastState // of the broadcast
	Attempted time.Time      // when the last recipient was attempted; zero: not all were
}

// Commitment is the SHA-256 of the seed in hex: it may be known before the seed is, and shows afterwards that the seed is the one
// of before.
func (i Invitation) Commitment() string {
	sum := sha256.Sum256([]byte(i.Seed))
	return hex.EncodeToString(sum[:])
}

// Lot is the number that a person draws: the SHA-256 of "SEED:NUMBER" in hex, the smallest first. Anybody can draw it again:
// printf '%s:%s' SEED IKM-2026-000001 | sha256sum.
func Lot(seed, number string) string {
	sum := sha256.Sum256([]byte(seed + ":" + number))
	return hex.EncodeToString(sum[:])
}

// FillAt is when the places are filled: at the opening, where one was stated. Else once everybody was attempted, at the
// deadline at the latest; but so that the last one has as good a chance as the first, not before that one had AnswerFor to
// answer, unless it is first come anyway. False: that is not known yet.
func (i Invitation) FillAt(c Clocks) (time.Time, bool) {
	switch {
	case !i.Opens.IsZero():
		return i.Opens, true
	case i.Attempted.IsZero():
		return i.Deadline, false
	case i.Rule == RuleFirst:
		return earlier(i.Attempted, i.Deadline), true
	}
	return earlier(i.Attempted.Add(c.AnswerFor), i.Deadline), true
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Before is the moment by which everybody must have been attempted: else the slower network loses the race.
func (i Invitation) Before() time.Time {
	if !i.Opens.IsZero() {
		return earlier(i.Opens, i.Deadline)
	}
	return i.Deadline
}

// Shortfall is by how much a broadcast that ends then misses what was promised; 0 or less: it does not.
func (i Invitation) Shortfall(ends time.Time) time.Duration { return ends.Sub(i.Before()) }

// Candidate is one who wants to come.
type Candidate struct {
	Person     int
	Number     string // of the registration
	Registered time.Time
	Said       time.Time // when they said so
}

// InOrder puts candidates in the order of the invitation's rule, which nothing but their own lines decides: not their network,
// and not the order in which they are given. Who said so after the moment of the filling comes behind those.
func (i Invitation) InOrder(from []Candidate, filling time.Time) []Candidate {
	opened := i.Opens
	if opened.IsZero() {
		opened = i.Attempted
	}
	type ranked struct {
		Candidate
		late bool
		at   time.Time
		lot  string
	}
	list := make([]ranked, len(from))
	for n, c := range from {
		r := ranked{Candidate: c, lot: Lot(i.Seed, c.Number), late: i.Rule != RuleFirst && c.Said.After(filling)}
		switch {
		case r.late, i.Rule == RuleFirst && c.Said.After(opened):
			r.at = c.Said
		case i.Rule == RuleRegister:
			r.at = c.Registered
		}
		list[n] = r
	}
	slices.SortFunc(list, func(a, b ranked) int {
		if a.late != b.late {
			return cmp.Compare(number(a.late), number(b.late))
		}
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.lot, b.lot), cmp.Compare(a.Person, b.Person))
	})
	ordered := make([]Candidate, len(list))
	for n, r := range list {
		ordered[n] = r.Candidate
	}
	return ordered
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ParticipantState is where a person of an invitation stands.
type ParticipantState string

// The states. Held, Offered and Attended take a place.
const (
	ParticipantSilent    ParticipantState = ""          // did not answer
	ParticipantComing    ParticipantState = "coming"    // wants to come; no places are filled yet
	ParticipantDeclined  ParticipantState = "declined"  // does not come
	ParticipantHeld      ParticipantState = "held"      // has a place
	ParticipantOffered   ParticipantState = "offered"   // is offered one that came free
	ParticipantWaiting   ParticipantState = "waiting"   // stands on the waiting list
	ParticipantUnchosen  ParticipantState = "unchosen"  // staff chose others
	ParticipantWithdrawn ParticipantState = "withdrawn" // gave up a place, an offer, or the waiting
	ParticipantLapsed    ParticipantState = "lapsed"    // let an offer pass
	ParticipantAttended  ParticipantState = "attended"  // was there
)

// Standings are how many of the invited stand where.
type Standings map[ParticipantState]int

// Participant is one of the people who were invited. Of the deleted no name is left.
type Participant struct {
	Person int
	Number string // of the registration
	Reached
	Kecamatan string
	Phone     answer.Phone // only in a list of whom to call
	Network   chat.Network
	Sent      RecipientState
	Cause     Cause // why the message did not go, or not arrive

	State      ParticipantState
	Waits      int    // number on the waiting list, from 1
	Rank       int    // by the rule, from 1; 0: none yet
	Lot        string // drawn with the seed, once the places are filled
	Registered time.Time
	SaidAt     time.Time
	SaidBy     string // who of the staff wrote it down; empty: the person
	Reason     string // why staff chose them
	Due        time.Time
}

// InvitationRefusal says why an invitation does not do what was asked.
type InvitationRefusal string

// The refusals.
const (
	InvitationUnknown   InvitationRefusal = "unknown"    // no such invitation, or this person is not invited
	InvitationClosed    InvitationRefusal = "closed"     // not sent yet, or cancelled
	InvitationLate      InvitationRefusal = "late"       // after the deadline, or the event
	InvitationNoPlace   InvitationRefusal = "no_place"   // none is free, or the person has none
	InvitationNotComing InvitationRefusal = "not_coming" // the person did not say that they come
	InvitationNotRule   InvitationRefusal = "rule"       // only where staff choose
	InvitationTooSoon   InvitationRefusal = "soon"       // before everybody was attempted; before the event
	InvitationReason    InvitationRefusal = "reason"     // a choice needs one
	InvitationFixed     InvitationRefusal = "fixed"      // the broadcast was confirmed or started
	InvitationWrong     InvitationRefusal = "wrong"      // the times are not in order, no places, no such rule
)

// InvitationOutcome is what came of an answer.
type InvitationOutcome struct {
	Refused    InvitationRefusal
	Invitation Invitation
	State      ParticipantState
	Was        ParticipantState // before; the same as State: nothing changed
	Waits      int              // number on the waiting list
	Due        time.Time        // of an offer
}

// Invited is an invitation that a contact may still answer, and where they stand.
type Invited struct {
	Invitation Invitation
	State      ParticipantState
	SentAt     time.Time // zero: it did not reach them
}

// InvitedKind says what an invited person hears of.
type InvitedKind string

// What invited people hear of.
const (
	InvitedPlace    InvitedKind = "place"    // they have a place
	InvitedWaiting  InvitedKind = "waiting"  // their number on the waiting list
	InvitedUnchosen InvitedKind = "unchosen" // staff chose others
	InvitedOffer    InvitedKind = "offer"    // a place came free: its clock begins with the delivery
	InvitedLapsed   InvitedKind = "lapsed"   // they let it pass
	InvitedRemind   InvitedKind = "remind"   // they did not answer yet
	InvitedTomorrow InvitedKind = "tomorrow" // they have a place, and it is the day before
)

// InvitedNotice is the job that tells an invited person of one event: ids only.
type InvitedNotice struct {
	Kind  InvitedKind
	Event string
}

// InvitedEvent is what an invited person is told, read when it is sent.
type InvitedEvent struct {
	Kind        InvitedKind
	Contact     ContactID
	To          chat.Address // zero: nothing is known of an address any more
	Unreachable bool         // blocked the bot, or said BERHENTI to what is no business of theirs
	Told        bool         // delivered already
	Invitation  Invitation
	Waits       int
	Due         time.Time // of an offer that is delivered now
}
