package whatsapp

import (
	"slices"
	"strings"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"titian/bot/chat"
)

// card reads a contact card; of several, the sender's own, else the first. It is the sender's own when it holds the number WhatsApp vouches for.
func card(m *chat.Message, w *waE2E.Message, from who) {
	m.Kind = chat.Contact
	one := w.GetContactMessage()
	if all := w.GetContactsArrayMessage().GetContacts(); one == nil && len(all) > 0 {
		one = all[max(0, slices.IndexFunc(all, func(c *waE2E.ContactMessage) bool {
			_, waid := number(c.GetVcard())
			return waid != "" && waid == from.pn.User
		}))]
	}
	phone, waid := number(one.GetVcard())
	m.Card = &chat.Card{Phone: phone, Name: one.GetDisplayName(), Own: !from.pn.IsEmpty() && waid == from.pn.User}
}

// number is the first number of a vCard, and the WhatsApp user it names beside it.
func number(vcard string) (phone, waid string) {
	for line := range strings.Lines(vcard) {
		head, value, found := strings.Cut(strings.TrimSpace(line), ":")
		name, params, _ := strings.Cut(head, ";")
		if _, after, grouped := strings.Cut(name, "."); grouped { // item1.TEL
			name = after
		}
		if !found || !strings.EqualFold(name, "TEL") {
			continue
		}
		for param := range strings.SplitSeq(params, ";") {
			if id, ok := strings.CutPrefix(strings.ToLower(param), "waid="); ok {
				waid = id
			}
		}
		return strings.TrimPrefix(value, "tel:"), waid
	}
	return "", ""
}
