package storage

import "time"

// Wish is a person's call for a human that no one has settled yet.
type Wish struct {
	Contact  ContactID
	Owner    OwnerID // empty: about no one in particular
	Reason   string  // as in AskOfficer
	Question string  // the key of the question on the table; empty outside a flow
	At       time.Time
}
