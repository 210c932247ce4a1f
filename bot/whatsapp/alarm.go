package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow/types/events"
)

// Alarm is WhatsApp's sign that it minds what is sent: nothing unasked may go out any more.
type Alarm struct {
	Kind  AlarmKind
	Code  int       // WhatsApp's, where it gave one
	Until time.Time // zero: not known
}

// AlarmKind says what WhatsApp did.
type AlarmKind string

// The kinds.
const (
	AlarmTimelock AlarmKind = "timelock" // the account may write first to nobody for a while
	AlarmBan      AlarmKind = "ban"      // the account is banned for a while
	AlarmLocked   AlarmKind = "locked"   // logged out with 403
	AlarmBanned   AlarmKind = "banned"   // logged out with 406
)

// alarm reads an event; false: WhatsApp minds nothing.
func (c *Channel) alarm(event any) (a Alarm, minds bool) {
	switch e := event.(type) {
	case *events.NotifyAccountReachoutTimelock:
		return Alarm{Kind: AlarmTimelock, Until: e.TimeEnforcementEnds.Time}, e.IsActive
	case *events.TemporaryBan:
		return Alarm{Kind: AlarmBan, Code: int(e.Code), Until: c.now().Add(e.Expire)}, true
	case *events.LoggedOut:
		switch e.Reason {
		case events.ConnectFailureMainDeviceGone:
			return Alarm{Kind: AlarmLocked, Code: int(e.Reason)}, true
		case events.ConnectFailureUnknownLogout:
			return Alarm{Kind: AlarmBanned, Code: int(e.Reason)}, true
		}
	}
	return a, false
}
