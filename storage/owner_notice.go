package storage

import (
	"time"

	"titian/bot/chat"
)

// OwnerNotice is the job that tells an owner of one event of their application: ids only.
type OwnerNotice struct {
	Kind  OwnerNoticeKind `json:"kind"`
	Event string          `json:"id"`
}

// AboutOwner begins the Outgoing.ID of what an owner is told of an event, before the event's id.
const AboutOwner = "owner/"

// OwnerNoticeKind says what an owner hears of.
type OwnerNoticeKind string

// What owners hear of.
const (
	OwnerFix       OwnerNoticeKind = "fix"       // items are to be replaced; the clock begins with its delivery
	OwnerPlace     OwnerNoticeKind = "place"     // a place was given
	OwnerNext      OwnerNoticeKind = "next"      // a place came free, and the file is now among those it reaches
	OwnerLapsed    OwnerNoticeKind = "lapsed"    // the time for replacing is over: the rank is that of the replacement
	OwnerComplete  OwnerNoticeKind = "complete"  // every item accepted
	OwnerHanded    OwnerNoticeKind = "handed"    // with a pendamping
	OwnerApplied   OwnerNoticeKind = "applied"   // in SiHalal
	OwnerCode      OwnerNoticeKind = "code"      // SiHalal's status changed
	OwnerReturned  OwnerNoticeKind = "returned"  // SiHalal wants items replaced; the place stays
	OwnerIssued    OwnerNoticeKind = "issued"    // the certificate is there
	OwnerRefused   OwnerNoticeKind = "refused"   // with the reason in Stand
	OwnerCorrected OwnerNoticeKind = "corrected" // staff changed an answer: the owner confirms
)

// OwnerEvent is what an owner is told, read when it is sent.
type OwnerEvent struct {
	Kind        OwnerNoticeKind
	At          time.Time
	Contact     ContactID
	To          chat.Address  // zero: nothing is known of an address any more
	Unreachable bool          // blocked the bot
	Told        bool          // delivered already
	Behind      time.Duration // an earlier one of the same application goes first, in about so long; 0: none does
	Stand       Stand
	Correction  Correction // with OwnerCorrected
	File        FileID     // with OwnerIssued: the certificate
}
