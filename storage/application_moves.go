package storage

import "slices"

// Mover says who may carry an application from one state to another.
type Mover string

// The movers. An admin may do what an officer may.
const (
	MoverOwner     Mover = "owner"
	MoverOfficer   Mover = "officer"
	MoverCompanion Mover = "companion" // the pendamping it was handed to
)

// Move is one allowed move of an application.
type Move struct {
	From, To ApplicationState
	By       []Mover
}

var (
	byOwner        = []Mover{MoverOwner}
	byOfficer      = []Mover{MoverOfficer}
	byStaff        = []Mover{MoverOfficer, MoverCompanion}
	byOwnerOfficer = []Mover{MoverOwner, MoverOfficer}
)

// Moves are all the moves there are; no other is possible.
var Moves = []Move{
	{"", StateParked, byOwner},
	{"", StateSubmitted, byOwner},
	{StateParked, StateSubmitted, byOwner},
	{StateParked, StateWithdrawn, byOwner},
	{StateSubmitted, StateFixing, byOfficer},
	{StateSubmitted, StateComplete, byOfficer},
	{StateSubmitted, StateRefused, byOfficer},
	{StateSubmitted, StateWithdrawn, byOwner},
	{StateFixing, StateSubmitted, byOwnerOfficer}, // an officer adds what was brought to the counter
	{StateFixing, StateRefused, byOfficer},
	{StateFixing, StateWithdrawn, byOwner},
	{StateComplete, StateFixing, byOfficer}, // a verdict undone
	{StateComplete, StateSubmitted, byOfficer},
	{StateComplete, StatePlaced, byOfficer},
	{StateComplete, StateRefused, byOfficer},
	{StateComplete, StateWithdrawn, byOwner},
	{StatePlaced, StateHanded, byOfficer},
	{StatePlaced, StateRefused, byOfficer},
	{StatePlaced, StateWithdrawn, byOwner},
	{StateHanded, StateHanded, byOfficer}, // to another pendamping
	{StateHanded, StateApplied, byStaff},
	{StateHanded, StateReturned, byStaff}, // the pendamping found something
	{StateHanded, StateRefused, byOfficer},
	{StateHanded, StateWithdrawn, byOwner},
	{StateApplied, StateReturned, byStaff},
	{StateApplied, StateIssued, byStaff},
	{StateApplied, StateRefused, byStaff},
	{StateApplied, StateWithdrawn, byOwner},
	{StateReturned, StateApplied, byStaff}, // fixed, and sent again
	{StateReturned, StateRefused, byStaff},
	{StateReturned, StateWithdrawn, byOwner},
}

// MayMove says whether a move stands in the table for this mover.
func MayMove(from, to ApplicationState, by Mover) bool {
	return slices.ContainsFunc(Moves, func(m Move) bool {
		return m.From == from && m.To == to && slices.Contains(m.By, by)
	})
}
