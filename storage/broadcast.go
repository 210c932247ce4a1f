package storage

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"titian/bot/chat"
)

// BroadcastID numbers a broadcast, as staff say it: 7.
type BroadcastID int64

// BroadcastState says what becomes of a broadcast.
type BroadcastState string

// The states. The audience is frozen when it starts; what stood before may still change.
const (
	BroadcastDraft     BroadcastState = "draft"
	BroadcastConfirmed BroadcastState = "confirmed" // by a second person, where the audience is large
	BroadcastRunning   BroadcastState = "running"   // started: being sent, or waiting for its hour
	BroadcastPaused    BroadcastState = "paused"
	BroadcastDone      BroadcastState = "done" // nothing is left to send; what is unsure may still be
	BroadcastCancelled BroadcastState = "cancelled"
)

// ConfirmOver is the largest audience that one person may send to alone.
const ConfirmOver = 100

// Broadcast is one message to many. One that started is never edited: its new version is a broadcast of its own that names
// it as Former, and is not sent to whom the former reached.
type Broadcast struct {
	ID       BroadcastID
	Former   BroadcastID // 0: this is no new version
	Version  int         // 1, or one more than that of Former
	State    BroadcastState
	Audience string           // the query, as it is printed
	Text     string           // with fields such as {nama}
	File     *chat.Attachment // of the vault; nil: none
	Places   int              // 0: no invitation
	SendAt   time.Time        // zero: at once
	Edition  int              // from 1, one more with every change of a draft: a confirmation is of one edition
	AskedAt  time.Time        // when a second person was asked to confirm this edition; zero: nobody was

	MadeBy      string // a StaffID, or the account of a command line
	MadeAt      time.Time
	ConfirmedBy string
	ConfirmedAt time.Time
	StartedBy   string
	StartedAt   time.Time // when the audience was frozen
	EndedAt     time.Time
}

// Title is what staff know a broadcast by: the first words of its text, 40 code points at most.
func (b Broadcast) Title() string {
	text := strings.Join(strings.Fields(b.Text), " ")
	if rs := []rune(text); len(rs) > 40 {
		return string(rs[:39]) + "…"
	}
	return text
}

// RecipientState says what became of the message to one person.
type RecipientState string

// The states of a recipient.
const (
	RecipientPending   RecipientState = "pending"
	RecipientSending   RecipientState = "sending"   // leased by a process
	RecipientSent      RecipientState = "sent"      // the network has it
	RecipientDelivered RecipientState = "delivered" // and the phone
	RecipientRead      RecipientState = "read"
	RecipientFailed    RecipientState = "failed"  // will never arrive as it is
	RecipientBlocked   RecipientState = "blocked" // the person blocked the bot
	RecipientUnsure    RecipientState = "unsure"  // may have arrived: sent again by nobody but staff
	RecipientSkipped   RecipientState = "skipped" // left out, for the cause
)

// RecipientStates are all of them, in the order of a report.
var RecipientStates = []RecipientState{RecipientPending, RecipientSending, RecipientSent, RecipientDelivered, RecipientRead,
	RecipientUnsure, RecipientFailed, RecipientBlocked, RecipientSkipped}

// Cause says why a recipient was left out, or a message failed.
type Cause string

// The causes of RecipientSkipped.
const (
	CauseNoContact Cause = "no_contact" // nobody speaks for them in a chat
	CauseOptedOut  Cause = "opted_out"  // said BERHENTI
	CauseNoConsent Cause = "no_consent" // never agreed to announcements
	CauseBlocked   Cause = "blocked"    // blocked the bot before
	CauseSilent    Cause = "silent"     // wrote nothing on WhatsApp for SilentAfter
	CauseHadIt     Cause = "had_it"     // the version before reached them
	CauseLate      Cause = "late"       // an invitation that could not be answered any longer when their turn came
	CauseCancelled Cause = "cancelled"  // the broadcast was, before their turn
	CauseDeleted   Cause = "deleted"    // had their data deleted
)

// The causes of RecipientFailed and RecipientUnsure.
const (
	CauseInvalid  Cause = "invalid"   // the network will never take it
	CauseFile     Cause = "file"      // its file cannot be had
	CauseNoAnswer Cause = "no_answer" // the network did not say in time
	CauseDied     Cause = "died"      // the process did, while it was on its way
)

// Causes are those of RecipientSkipped, in the order of a report.
var Causes = []Cause{CauseOptedOut, CauseNoConsent, CauseBlocked, CauseSilent, CauseNoContact, CauseHadIt, CauseLate, CauseDeleted, CauseCancelled}

// SilentAfter is how long a person on WhatsApp may write nothing and still be sent announcements: unasked messages to the
// silent are what numbers are banned for.
const SilentAfter = 28 * 24 * time.Hour

// Count is how many recipients are in one state, on one network, for one cause.
type Count struct {
	Network chat.Network
	State   RecipientState
	Cause   Cause
	N       int
}

// Counts add up to the audience, to the last person.
type Counts []Count

// Of is how many are in any of the states; of none named, how many there are at all.
func (c Counts) Of(states ...RecipientState) (n int) {
	for _, one := range c {
		if len(states) == 0 {
			n += one.N
		}
		for _, s := range states {
			if one.State == s {
				n += one.N
			}
		}
	}
	return n
}

// Open is how many are still to be sent to.
func (c Counts) Open() int { return c.Of(RecipientPending, RecipientSending) }

// Arrived is how many messages the network has.
func (c Counts) Arrived() int { return c.Of(RecipientSent, RecipientDelivered, RecipientRead) }

// Reached is what one of an audience is called in their message.
type Reached struct {
	Name     string
	Business string
}

// Plan is what a broadcast would do if it started now.
type Plan struct {
	Counts Counts    // pending, and skipped by cause
	First  []Reached // the first three that get it
	// Unknown are the numbers, of the stored lists that the audience names, that no registration has: whose they are nobody agreed to
	// announcements, also where they wrote to the bot, and they are no part of the audience.
	Unknown int
}

// Leased is one recipient whom this process, and no other, sends the message to.
type Leased struct {
	Person  int // in its broadcast
	Contact ContactID
	To      chat.Address
	Reached
	Tries int // before this one
}

// Fate is what became of a Leased. State is one of Sent, Failed, Blocked, Skipped, Unsure, or Pending: to be sent
// later.
type Fate struct {
	Person int
	State  RecipientState
	Cause  Cause  // of Failed, Skipped and Unsure; with Pending: why it is tried again, empty where it was not tried at all
	Ref    string // the network's name of the message
}

// BroadcastRow is one recipient in a report. Of the deleted no name is left.
type BroadcastRow struct {
	Broadcast BroadcastID
	Person    int
	Number    string // of the registration
	Reached
	Kecamatan  string
	Network    chat.Network
	State      RecipientState
	Cause      Cause
	At         time.Time // of the state
	SentAt     time.Time
	AnsweredAt time.Time
	Stands     ParticipantState // of an invitation
}

// BroadcastRefusal says why a broadcast does not do what was asked.
type BroadcastRefusal string

// The refusals.
const (
	RefusedState       BroadcastRefusal = "state"     // not from the state it is in: it may have been done already
	RefusedUnconfirmed BroadcastRefusal = "confirm"   // over ConfirmOver people, and nobody else confirmed it
	RefusedSamePerson  BroadcastRefusal = "same"      // who made it cannot confirm it
	RefusedNotStaff    BroadcastRefusal = "not_staff" // nobody of that name, or not in that role
	RefusedNobody      BroadcastRefusal = "nobody"    // nobody would get it
	RefusedNoBroadcast BroadcastRefusal = "unknown"   // there is none of that number
	RefusedFormerDraft BroadcastRefusal = "former"    // the former is still a draft: edit that
	RefusedNoRule      BroadcastRefusal = "no_rule"   // it has places, and nothing says who gets them
	RefusedEdition     BroadcastRefusal = "edition"   // it was changed since it was looked at
	RefusedDeadline    BroadcastRefusal = "deadline"  // the last would be attempted after the places are given; see Invitation.Shortfall
)

// AboutRecipient is the Outgoing.ID of the message to one person of a broadcast.
func AboutRecipient(id BroadcastID, person int) string {
	return fmt.Sprintf("broadcast/%d/%d", id, person)
}

// RecipientOf reads an AboutRecipient.
func RecipientOf(about string) (id BroadcastID, person int, ok bool) {
	n, err := fmt.Sscanf(about, "broadcast/%d/%d", &id, &person)
	return id, person, err == nil && n == 2
}

// Watcher is a member of staff who sees how far a broadcast is, in one message that changes.
type Watcher struct {
	Staff   StaffID
	Contact ContactID
	To      chat.Address
	Ref     string // of that message; empty: none yet
}

// String is the number as staff and people say it.
func (id BroadcastID) String() string { return strconv.FormatInt(int64(id), 10) }
