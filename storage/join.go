package storage

import (
	"time"

	"titian/bot/chat"
)

// JoinLife is how long the word that joins two chats may be typed in the other.
const JoinLife = 15 * time.Minute

// OfferJoin makes the word by which another chat of the same person is joined to this one; a word made before is withdrawn.
// Outcome.Join.Word is empty where there is no such chat any more.
type OfferJoin struct{}

// JoinChats joins the chat that shows a word to this one. Outcome.Staff.Refused: the word is none here, whatever the reason.
type JoinChats struct{ Word string }

func (OfferJoin) effect() {}
func (JoinChats) effect() {}

// JoinOutcome is what an effect about joining chats came to.
type JoinOutcome struct {
	Word  string       // to be shown once
	Other chat.Network // the network of the other chat
	With  ContactID    // to be made one contact with this one, after the turn
}
