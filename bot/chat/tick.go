package chat

import "time"

// Tick is what a network tells of a message that was sent: that it arrived, or was read. The same may be told several
// times, once for each of a person's devices, and before Send has returned.
type Tick struct {
	Network Network
	Ref     string // of the Receipt
	Read    bool   // and so it has arrived
	At      time.Time
}

// Namer is a Sender that knows the Ref a message will have before it is sent; its ID must be set.
type Namer interface {
	NameOf(m Outgoing) string
}

// Linked is a Sender that knows whether it could send now: another process may own its device.
type Linked interface {
	Linked() bool
}
