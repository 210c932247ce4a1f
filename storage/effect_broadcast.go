package storage

import (
	"titian/bot/chat"
	"titian/storage/segment"
)

// WriteBroadcast stores a draft of the officer who writes it, or what they changed of one that did not start: from then on it
// is theirs, and whoever confirmed it before confirmed something else. Officers and admins.
type WriteBroadcast struct {
	Broadcast  Broadcast    // ID 0: a new one
	Audience   segment.Expr // what its Audience reads as
	Invitation Invitation   // Places 0: it invites nobody
}

// BroadcastAct is what staff do with a broadcast.
type BroadcastAct string

// The acts.
const (
	BroadcastSend    BroadcastAct = "send"    // start it; where its audience is over ConfirmOver, ask the others
	BroadcastApprove BroadcastAct = "approve" // as a second person: confirm and start it
	BroadcastDecline BroadcastAct = "decline" // as a second person: it is a draft again
	BroadcastPause   BroadcastAct = "pause"
	BroadcastResume  BroadcastAct = "resume"
	BroadcastCancel  BroadcastAct = "cancel"
	BroadcastRetry   BroadcastAct = "retry" // send once more to whom it may not have reached
)

// MoveBroadcast does an act of an officer or an admin.
type MoveBroadcast struct {
	ID       BroadcastID
	Act      BroadcastAct
	Edition  int          // that was looked at; of Send, Approve and Decline
	Audience segment.Expr // what its Audience reads as; of Send and Approve
}

// Announced is a picture or a PDF of the vault as a broadcast carries it.
func Announced(id FileID, mime string, sizeBytes int64) *chat.Attachment {
	a := chat.StoredFile(string(id), "pengumuman", mime)
	a.SizeBytes = sizeBytes
	return &a
}

func (WriteBroadcast) effect() {}
func (MoveBroadcast) effect()  {}

// BroadcastOutcome is what came of it, with the broadcast as it is now.
type BroadcastOutcome struct {
	Refused    BroadcastRefusal
	Invited    InvitationRefusal // why what it promises will not do
	Broadcast  Broadcast
	Invitation Invitation // Places 0: none
	Plan       Plan       // of a draft
	Counts     Counts     // of one that started
	Standings  Standings  // of an invitation that started; nil: not looked at
	Asked      bool       // the others were asked to confirm
	Again      int        // people who are sent to once more
}
