package whatsapp

import (
	"encoding/json"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/reflect/protoreflect"

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
	var flow struct{ ID string } // what a native flow is answered with
	if json.Unmarshal([]byte(m.GetInteractiveResponseMessage().GetNativeFlowResponseMessage().GetParamsJSON()), &flow) != nil {
		return ""
	}
	return flow.ID
}

// quiet is what nobody said: a reaction, the head of an album, a line of the phone's own about a call or a poll, keys between
// devices. What is sealed with another message's secret is read elsewhere.
func quiet(m *waE2E.Message) bool {
	return m == nil || isSecret(m) || bare(m) ||
		m.GetReactionMessage() != nil || m.GetEncReactionMessage() != nil || m.GetAlbumMessage() != nil ||
		m.GetKeepInChatMessage() != nil || m.GetPinInChatMessage() != nil || m.GetCallLogMesssage() != nil || m.GetPollResultSnapshotMessage() != nil
}

// bare says whether a message holds nothing but what devices tell each other.
func bare(m *waE2E.Message) bool {
	said := false
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		said = f.Name() != "messageContextInfo" && f.Name() != "senderKeyDistributionMessage"
		return !said
	})
	return !said
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
