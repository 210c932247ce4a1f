package storage

import "titian/bot/chat"

// Heard is what a message meant to the staff side.
type Heard struct {
	Effects []Effect
	// Say is what is answered once the effects are carried out; nil, or no message, is a silence.
	Say func(Outcome) []chat.Outgoing
	// Begin are the facts of the flow StaffWords, when an act needs words first: what Say says comes before its first
	// question, and there are no effects yet.
	Begin map[string]string
}
