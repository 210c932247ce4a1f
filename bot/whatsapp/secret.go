package whatsapp

import (
	"encoding/hex"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

// secret reads what is sealed with the secret of an earlier message: a vote, and the newer form of an edit. A vote on a poll whose
// secret this device does not have says nothing; an edit that cannot be read counts as a message that cannot.
func (h *hearing) secret(e *events.Message, from who) (chat.Message, bool) {
	m := envelope(e.Info, from)
	if update := e.Message.GetPollUpdateMessage(); update != nil {
		v, err := h.client.DecryptPollVote(h.life, e)
		return voted(m, update, v), err == nil
	}
	if e.Message.GetSecretEncryptedMessage().GetSecretEncType() != waE2E.SecretEncryptedMessage_MESSAGE_EDIT {
		return m, false
	}
	now, err := h.client.DecryptSecretEncryptedMessage(h.life, e)
	if err != nil {
		m.Kind = chat.Undecryptable
		return m, true
	}
	return edited(m, rewritten(e.Message.GetSecretEncryptedMessage().GetTargetMessageKey(), now))
}

// isSecret says whether a message is sealed with the secret of another.
func isSecret(m *waE2E.Message) bool {
	return m.GetPollUpdateMessage() != nil || m.GetSecretEncryptedMessage() != nil
}

// voted says which options of a poll somebody has chosen now; none: the vote was taken back.
func voted(m chat.Message, update *waE2E.PollUpdateMessage, v *waE2E.PollVoteMessage) chat.Message {
	m.Kind, m.ReplyTo = chat.Voted, update.GetPollCreationMessageKey().GetID()
	for _, hash := range v.GetSelectedOptions() {
		m.Votes = append(m.Votes, hex.EncodeToString(hash))
	}
	return m
}

// rewritten is what a sealed edit held, as the older form of an edit says it.
func rewritten(of *waCommon.MessageKey, now *waE2E.Message) *waE2E.ProtocolMessage {
	if inner := now.GetEditedMessage().GetMessage(); inner != nil {
		now = inner
	}
	if change := now.GetProtocolMessage(); change != nil {
		return change
	}
	return &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: of, EditedMessage: now}
}
