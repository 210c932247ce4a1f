package whatsapp

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

// message says what an event means. False: nothing that a person said to the dinas. It is pure.
func message(e *events.Message, from who) (chat.Message, bool) {
	if !private(e.Info.MessageSource) {
		return chat.Message{}, false
	}
	m, w := envelope(e.Info, from), e.Message
	if c := answers(w); c != nil {
		m.ReplyTo = c.GetStanzaID()
	}
	if change := w.GetProtocolMessage(); change != nil {
		return edited(m, change)
	}
	switch {
	case quiet(w):
		return m, false
	case words(w) != "":
		m.Kind, m.Text = chat.Text, words(w)
	case picked(w) != "":
		m.Kind, m.Choice = chat.Tap, picked(w)
	case w.GetImageMessage() != nil || w.GetDocumentMessage() != nil:
		files(&m, e)
	case w.GetLocationMessage() != nil || w.GetLiveLocationMessage() != nil:
		place(&m, w)
	case w.GetContactMessage() != nil || w.GetContactsArrayMessage() != nil:
		card(&m, w, from)
	case w.GetAudioMessage() != nil:
		m.Kind = chat.Voice
	case w.GetVideoMessage() != nil || w.GetPtvMessage() != nil:
		m.Kind = chat.Video
	case w.GetStickerMessage() != nil || w.GetLottieStickerMessage() != nil:
		m.Kind = chat.Sticker
	default: // a poll, an event, an order, whatever WhatsApp thinks of next
		m.Kind = chat.Unsupported
	}
	return m, true
}

// envelope is what every message carries: from whom, when, under which id.
func envelope(i types.MessageInfo, from who) chat.Message {
	return chat.Message{
		ID: from.id(i.ID), Ref: i.ID, From: from.address(), Alias: from.alias(), Chat: chat.Address{Network: chat.WhatsApp, Key: i.Chat.ToNonAD().String()},
		At: i.Timestamp.UTC(), Name: i.PushName, Vouched: from.vouched(),
	}
}

// words are a text, in whichever of the two fields it stands.
func words(m *waE2E.Message) string {
	if t := m.GetConversation(); t != "" {
		return t
	}
	return m.GetExtendedTextMessage().GetText()
}

// picked is the id behind a button or a row that was chosen.
func picked(m *waE2E.Message) string {
	for _, id := range []string{
		m.GetButtonsResponseMessage().GetSelectedButtonID(),
		m.GetListResponseMessage().GetSingleSelectReply().GetSelectedRowID(),
		m.GetTemplateButtonReplyMessage().GetSelectedID(),
	} {
		if id != "" {
			return id
		}
	}
	return ""
}

// quiet is what nobody said: a reaction, a vote, the head of an album, keys between devices.
func quiet(m *waE2E.Message) bool {
	switch {
	case m == nil,
		m.GetReactionMessage() != nil, m.GetEncReactionMessage() != nil,
		m.GetPollUpdateMessage() != nil, m.GetAlbumMessage() != nil,
		m.GetKeepInChatMessage() != nil, m.GetPinInChatMessage() != nil:
		return true
	}
	return m.GetSenderKeyDistributionMessage() != nil && words(m) == "" && m.GetImageMessage() == nil && m.GetDocumentMessage() == nil
}

// edited reads the new text of a message. Deletions and what devices tell each other say nothing to the bot.
func edited(m chat.Message, change *waE2E.ProtocolMessage) (chat.Message, bool) {
	if change.GetType() != waE2E.ProtocolMessage_MESSAGE_EDIT {
		return m, false
	}
	now := change.GetEditedMessage()
	m.Kind, m.Edits, m.Text = chat.Edited, change.GetKey().GetID(), words(now)
	if m.Text == "" {
		m.Text = caption(now)
	}
	return m, m.Edits != ""
}

// answers is where a message names the one it answers.
func answers(m *waE2E.Message) *waE2E.ContextInfo {
	switch {
	case m.GetExtendedTextMessage() != nil:
		return m.GetExtendedTextMessage().GetContextInfo()
	case m.GetImageMessage() != nil:
		return m.GetImageMessage().GetContextInfo()
	case m.GetDocumentMessage() != nil:
		return m.GetDocumentMessage().GetContextInfo()
	}
	return nil
}
