package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

// byHand says whether staff wrote to somebody on the phone itself, or on another of its linked devices. What devices of an
// account tell each other, a reaction and a note to oneself are no such thing.
func byHand(e *events.Message) bool {
	i := e.Info
	return i.IsFromMe && !i.IsGroup && i.Category != "peer" && i.Chat.User != i.Sender.User &&
		(i.Chat.Server == types.DefaultUserServer || i.Chat.Server == types.HiddenUserServer) &&
		e.Message.GetProtocolMessage() == nil && !quiet(e.Message)
}

// byHand says of the person written to that staff took over. What was written is not passed on.
func (h *hearing) byHand(e *events.Message) bool {
	at := e.Info.MessageSource
	at.Sender, at.SenderAlt = at.Chat, at.RecipientAlt
	who := h.who(h.life, at)
	m := envelope(e.Info, who)
	m.Kind, m.Name, m.Vouched = chat.TakenOver, "", ""
	return h.take(m)
}
