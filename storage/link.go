package storage

import (
	"time"

	"titian/flows/answer"
)

// LinkFor is how long a code that links the dinas's phone is offered in an admin's chat: WhatsApp's codes last 160 s.
const LinkFor = 150 * time.Second

// CauseUnlinked is the key of what admins are told of when no phone is linked.
const CauseUnlinked = "whatsapp unlinked"

// LinkWhatsApp has codes sent to the admin who asks, into their private chat, that link the dinas's phone anew.
// RefusedAlready: they are being sent to somebody; RefusedUnknown: no process that runs speaks on WhatsApp and where they write.
type LinkWhatsApp struct {
	Phone answer.Phone // on which a code is typed; empty: codes to be scanned
}

func (LinkWhatsApp) effect() {}

// LinkRequest is what an admin asked for by LinkWhatsApp.
type LinkRequest struct {
	ID    string
	Staff StaffID
	Phone answer.Phone
}
