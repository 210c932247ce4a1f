package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

// ticks tells what a person's device says of messages it was sent. What other devices of the dinas's own say is none of it.
func (h *hearing) ticks(e *events.Receipt) {
	if e.IsFromMe || e.IsGroup {
		return
	}
	read := false
	switch e.Type {
	case types.ReceiptTypeDelivered, types.ReceiptTypeInactive:
	case types.ReceiptTypeRead, types.ReceiptTypePlayed:
		read = true
	default:
		return
	}
	for _, id := range e.MessageIDs {
		h.ticked(chat.Tick{Network: chat.WhatsApp, Ref: id, Read: read, At: e.Timestamp})
	}
}
