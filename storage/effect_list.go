package storage

import "time"

// SendList has the list of an invitation sent to the member of staff who asks, into their private chat: who answered, or with
// Calls whom to telephone. Officers and admins; of a broadcast with places that started. What came of it stands in
// Outcome.Broadcast.
type SendList struct {
	Broadcast BroadcastID
	Calls     bool
}

func (SendList) effect() {}

// ListAsked is a list on its way to who asked for it.
type ListAsked struct {
	Broadcast BroadcastID `json:"broadcast"`
	Staff     StaffID     `json:"staff"`
	Calls     bool        `json:"calls"`
	At        time.Time   `json:"at"`
}

// Recorded is what came of one RecordInvited.
type Recorded struct {
	Number string // of the registration
	InvitationOutcome
}
