package storage

import "time"

// Handout is a dossier on its way to the member of staff who asked for it.
type Handout struct {
	ID          string
	Application ApplicationID
	Staff       StaffID
	AskedAt     time.Time // it dates the dossier, so that a second try makes the same files
	Sent        []string  // the sums of the files that arrived
}

// SendDossier has the dossier of an application sent to the member of staff who asks, into their private chat.
// RefusedAlready: it is on its way to them.
type SendDossier struct{ Application ApplicationID }

func (SendDossier) effect() {}

// HasDossier says whether there is something to hand on in this state.
func (s ApplicationState) HasDossier() bool {
	return s != StateParked && s != StateRefused && s != StateWithdrawn
}
