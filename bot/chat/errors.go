package chat

import (
	"errors"
	"fmt"
	"time"
)

// Failure says what a caller may do about a failed send.
type Failure string

// The ways a send fails.
const (
	FailedBusy    Failure = "busy"    // not sent; wait Retry and try again
	FailedBlocked Failure = "blocked" // not sent, and will not be until the person writes again
	FailedInvalid Failure = "invalid" // not sent, and never will be as it is
	FailedUnsure  Failure = "unsure"  // may or may not have been sent
)

// ErrGone: the message to be changed is no longer in the chat. It is the Cause of a FailedInvalid *SendError.
var ErrGone = errors.New("the message is gone")

// ErrUnable: the network cannot edit or remove what was sent. It is the Cause of a FailedInvalid *SendError.
var ErrUnable = errors.New("the network cannot do that")

// ErrCold: the network lets the account not write first to this person. It is the Cause of a FailedBlocked *SendError.
var ErrCold = errors.New("the network refuses messages to somebody who did not write lately")

// ErrFile: the attached file cannot be had: its Open failed, or nothing says where it is. It is the Cause of a
// FailedInvalid *SendError, and nothing was sent.
var ErrFile = errors.New("the attached file cannot be read")

// SendError is why a message was not sent, or may not have been.
type SendError struct {
	Failure Failure
	Retry   time.Duration // with FailedBusy: how long the network asks to wait; 0 if it did not say
	Global  bool          // with FailedBusy: the whole bot is slowed, not this chat alone
	MovedTo string        // with FailedInvalid: the chat's new key, if the network named one
	Cause   error
}

// Error never holds the text of the message, a token or an address key.
func (e *SendError) Error() string { return fmt.Sprintf("send: %s: %v", e.Failure, e.Cause) }

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Cause }

// FailureOf says how a send failed. An error that is no SendError is FailedUnsure.
func FailureOf(err error) Failure {
	var s *SendError
	if errors.As(err, &s) {
		return s.Failure
	}
	return FailedUnsure
}

// FetchError is why a file cannot be had. Gone files are never there again;
// TooLarge ones may be sent smaller; any other failure is worth another try.
type FetchError struct {
	Gone     bool
	TooLarge bool
	Limit    int64 // with TooLarge, in bytes
	Cause    error
}

// Error says why.
func (e *FetchError) Error() string {
	switch {
	case e.TooLarge:
		return fmt.Sprintf("fetch: larger than %d bytes", e.Limit)
	case e.Gone:
		return fmt.Sprintf("fetch: gone: %v", e.Cause)
	}
	return fmt.Sprintf("fetch: %v", e.Cause)
}

// Unwrap returns the cause.
func (e *FetchError) Unwrap() error { return e.Cause }
