package storage

// AnswerInvitation says whether the person of the contact comes. What came of it stands in Outcome.Invitation; none of these
// effects fails for a refusal.
type AnswerInvitation struct {
	Broadcast BroadcastID
	Coming    bool
}

// RecordInvited is an answer that a member of staff heard from a person, or how else they write down what became of one:
// with State ParticipantHeld they choose them for Reason, with ParticipantAttended the person was there. Officers and admins.
type RecordInvited struct {
	Broadcast BroadcastID
	Number    string           // of the registration
	State     ParticipantState // ParticipantComing, ParticipantDeclined, ParticipantHeld or ParticipantAttended
	Reason    string
}

// CloseChoice ends the choosing of staff: whom they did not choose is told so. Officers and admins.
type CloseChoice struct{ Broadcast BroadcastID }

func (AnswerInvitation) effect() {}
func (RecordInvited) effect()    {}
func (CloseChoice) effect()      {}
