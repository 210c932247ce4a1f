package whatsapp

import (
	"go.mau.fi/whatsmeow/proto/waE2E"

	"titian/bot/chat"
)

// place reads a shared location; of one that goes on, where it began.
func place(m *chat.Message, w *waE2E.Message) {
	m.Kind = chat.Location
	if at := w.GetLocationMessage(); at != nil {
		m.Place = &chat.Place{Latitude: at.GetDegreesLatitude(), Longitude: at.GetDegreesLongitude()}
		return
	}
	at := w.GetLiveLocationMessage()
	m.Place = &chat.Place{Latitude: at.GetDegreesLatitude(), Longitude: at.GetDegreesLongitude()}
}
