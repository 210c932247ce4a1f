package delivery

import (
	"errors"
	"fmt"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Why says why an unasked message does not go.
type Why string

// The reasons of a Later, and then those of a Never.
const (
	OutsideHours Why = "hours" // it is night, or no working day
	DayIsFull    Why = "full"  // the day's messages are sent
	TooSoon      Why = "soon"  // another one has just gone
	Braked       Why = "brake" // everything unasked is stopped until a person releases the brake

	Silent  Why = "silent"  // the contact has not written there for too long, or never
	Blocked Why = "blocked" // the contact blocked the bot
)

// Later is why an unasked message was not sent yet: ask again at At, no sooner. It is the Cause of a FailedBusy *chat.SendError
// whose Retry is the time until then: whoever works a job snoozes it for that long. Under a brake, which nobody knows the
// end of, it is some minutes.
type Later struct {
	At  time.Time
	Why Why
}

func (l *Later) Error() string {
	return fmt.Sprintf("not before %s: %s", l.At.Format(time.RFC3339), l.Why)
}

// Never is why an unasked message will not be sent, until the contact writes again. It is the Cause of a FailedBlocked
// *chat.SendError.
type Never struct{ Why Why }

func (n *Never) Error() string { return "not to this contact: " + string(n.Why) }

// asFailure is a Later or a Never as Notice returns it; nil stays nil.
func asFailure(why error, now time.Time) *chat.SendError {
	switch why := why.(type) {
	case nil:
		return nil
	case *Later:
		return &chat.SendError{Failure: chat.FailedBusy, Retry: max(why.At.Sub(now), time.Second), Cause: why}
	case *Never:
		return &chat.SendError{Failure: chat.FailedBlocked, Cause: why}
	}
	return notSent(why)
}

// CallWhy says why a message did not reach somebody, by an error of Notice that is not Busy.
func CallWhy(err error) storage.CallWhy {
	var never *Never
	switch {
	case errors.As(err, &never) && never.Why == Silent:
		return storage.CallSilent
	case errors.Is(err, chat.ErrCold):
		return storage.CallCold
	case chat.FailureOf(err) == chat.FailedUnsure:
		return storage.CallUnsure
	}
	return storage.CallBlocked
}
