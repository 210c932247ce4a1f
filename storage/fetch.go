package storage

import "time"

// FetchLater keeps a file that could not be fetched, for another try by a job.
type FetchLater struct {
	ID   FileID
	Body []byte // where it is and what it was sent for; the store seals it
}

// EndFetch notes what became of a file that was fetched late, or given up: "taken", "staff", "known", "refused".
type EndFetch struct {
	ID      FileID
	Outcome string
}

func (FetchLater) effect() {}
func (EndFetch) effect()   {}

// LateFile is a file that waits to be fetched.
type LateFile struct {
	ID      FileID
	Contact ContactID
	Body    []byte
	At      time.Time // when it was kept
}
