package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow/types/events"
)

// Link is how the device stands with WhatsApp.
type Link string

// The ways a link stands.
const (
	Starting Link = "starting"
	Waiting  Link = "waiting"  // another process owns the device
	Unlinked Link = "unlinked" // no phone is linked: `titian whatsapp pair`
	Up       Link = "up"
	Down     Link = "down"     // the connection is lost, or says nothing, and is tried again
	Lost     Link = "lost"     // it has been down for long
	Replaced Link = "replaced" // another process logged in with the same device
	Banned   Link = "banned"   // for a while
	Outdated Link = "outdated" // WhatsApp wants a newer version of Titian
	Refused  Link = "refused"  // WhatsApp does not let the device in
)

// State is the link, since when, and until when it is known to last.
type State struct {
	Link  Link
	Since time.Time
	Until time.Time // zero: not known
	Code  int       // of a ban or a refusal
}

// State tells how the device stands with WhatsApp.
func (c *Channel) State() State { return *c.state.Load() }

// become notes a new state and, once each time, that it is one. A connection that is down for long counts as lost.
func (c *Channel) become(l Link, change func(*State)) {
	before := c.state.Load()
	if l == Down && before != nil && (before.Link == Down || before.Link == Lost) {
		return
	}
	next := State{Link: l, Since: c.now()}
	if change != nil {
		change(&next)
	}
	before = c.state.Swap(&next)
	if before == nil || before.Link == l {
		return
	}
	if l == Down {
		time.AfterFunc(c.pace.lost, func() {
			lost := State{Link: Lost, Since: next.Since, Code: next.Code}
			if c.state.CompareAndSwap(&next, &lost) {
				c.became(lost)
			}
		})
	}
	c.became(next)
}

func (c *Channel) became(next State) {
	l := next.Link
	c.changes(next)
	if l == Up || l == Waiting {
		c.log.Info("whatsapp", "link", string(l))
		return
	}
	c.log.Warn("whatsapp", "link", string(l), "code", next.Code)
}

// ended is the state that an event puts an end to the connection with, and how long to stay away; false: it goes on.
func (c *Channel) ended(event any) (l Link, change func(*State), rest time.Duration, over bool) {
	switch e := event.(type) {
	case *events.StreamReplaced:
		return Replaced, nil, c.pace.replaced, true
	case *events.LoggedOut:
		return Unlinked, func(s *State) { s.Code = int(e.Reason) }, c.pace.unlinked, true
	case *events.TemporaryBan:
		rest := max(e.Expire, c.pace.refused)
		return Banned, func(s *State) { s.Code, s.Until = int(e.Code), c.now().Add(e.Expire) }, rest, true
	case *events.ClientOutdated:
		return Outdated, nil, c.pace.refused, true
	case *events.ConnectFailure:
		return Refused, func(s *State) { s.Code = int(e.Reason) }, c.pace.refused, true
	}
	return "", nil, 0, false
}
