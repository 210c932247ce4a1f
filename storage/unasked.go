package storage

import (
	"time"

	"titian/bot/chat"
)

// Sending is one unasked message that is about to go out on a network that is careful of them, or went. It holds ids only.
type Sending struct {
	Network chat.Network
	Ref     string // what the network will call the message; kept as an index
	Contact ContactID
	Many    bool   // one of many: an announcement
	About   string // the Outgoing.ID: what it tells of
}

// Lane is how far a network's unasked messages have come; days are of WITA, "2006-01-02".
type Lane struct {
	Day      string    // whose messages Count counts
	Count    int       // turns taken that day, whatever became of them
	Run      int       // turns taken since the last rest
	NextAt   time.Time // none before
	NoticeAt time.Time // a message about one's own file was told to come back then: announcements let it pass; zero: none
	WarmFrom string    // the first day of warming up; empty: it has not begun
}

// Standing is what decides whether one unasked message may go now.
type Standing struct {
	Lane        Lane
	Brake       Brake     // the oldest that is on; zero ID: none
	Unreachable bool      // the contact blocked the bot
	Heard       time.Time // when the contact last wrote on that network; zero: never
	Taken       bool      // this message had its turn before, and was counted
	Sent        bool      // and the network took it
	Week        Week
}

// Week is what became of the messages of the last seven days, or of those since a brake was last released.
type Week struct {
	Due         int // taken by the network more than 24 hours ago
	Undelivered int // of these, not delivered yet
	Written     int // contacts written to
	Stopped     int // of these, who said BERHENTI since
}

// Decision is what follows from a Standing: the lane as it is then, whether the message has its turn, and a brake to pull.
type Decision struct {
	Lane Lane
	Take bool
	Pull *Brake
}

// Brake stops everything unasked on a network until a person releases it.
type Brake struct {
	ID      string // of a stored one
	Network chat.Network
	Cause   BrakeCause
	Code    int       // the network's, where it gave one
	Since   time.Time // when it was pulled
	Until   time.Time // it cannot be released before; zero: at any time
}

// BrakeCause says why nothing unasked goes out.
type BrakeCause string

// The causes.
const (
	BrakeCold        BrakeCause = "cold"        // the network refused a message to somebody who did not write lately (WhatsApp: 463)
	BrakeTimelock    BrakeCause = "timelock"    // the network lets the account write first to nobody for a while
	BrakeBan         BrakeCause = "ban"         // the network banned the account for a while
	BrakeLocked      BrakeCause = "locked"      // the network locked the account (WhatsApp: logged out with 403)
	BrakeBanned      BrakeCause = "banned"      // the network banned the account (WhatsApp: logged out with 406)
	BrakeStops       BrakeCause = "stops"       // too many said BERHENTI
	BrakeUndelivered BrakeCause = "undelivered" // too much did not arrive
)

// BrakeCauses are all of them.
var BrakeCauses = []BrakeCause{BrakeCold, BrakeTimelock, BrakeBan, BrakeLocked, BrakeBanned, BrakeStops, BrakeUndelivered}
