package storage

import "titian/bot/chat"

// The effects of the staff side. Each looks again, inside the transaction, whether
// the contact may; what came of it stands in Outcome.Staff. None fails for a refusal.

// JoinStaff makes the contact staff by a one-time code.
type JoinStaff struct{ Code string }

// InviteStaff makes a one-time code. Admins only.
type InviteStaff struct {
	Name string
	Role Role
}

// RemoveStaff ends someone's rights, or withdraws their invitation, at once. Admins only.
type RemoveStaff struct{ Name string }

// RegisterGroup lets a group hear of things without personal data, or no more. Admins only.
type RegisterGroup struct {
	Chat chat.Address
	Off  bool
}

// AllowMove makes the one-time word that moves an owner to another chat. Officers and admins.
type AllowMove struct{ Number string }

// MoveOwner moves the owner of a one-time word to the contact and detaches every other chat.
type MoveOwner struct{ Word string }

// SetHoliday sets a day apart from the calendar file. Admins only.
type SetHoliday struct{ Holiday Holiday }

// SetBinaan says whether an owner is in the dinas's guidance. Officers and admins.
type SetBinaan struct {
	Number string // of the registration
	Binaan bool
}

// ReleaseBrake lets unasked messages go out on a network again. Admins only.
type ReleaseBrake struct{ Network chat.Network }

// ReloadFiles tells every process to read its data files again. Admins only.
type ReloadFiles struct{}

func (JoinStaff) effect()     {}
func (InviteStaff) effect()   {}
func (RemoveStaff) effect()   {}
func (RegisterGroup) effect() {}
func (AllowMove) effect()     {}
func (MoveOwner) effect()     {}
func (SetHoliday) effect()    {}
func (SetBinaan) effect()     {}
func (ReleaseBrake) effect()  {}
func (ReloadFiles) effect()   {}
