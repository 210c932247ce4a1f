package broadcast

import (
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/locales"
	"titian/storage"
)

func TestStaffReadThatAnAnnouncementWaitsForTheMorningAndForItsHour(t *testing.T) {
	office, err := locales.ReadOffice("")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := locales.Texts("")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, locales.WITA) }
	due := storage.Counts{{Network: chat.Terminal, State: storage.RecipientPending, N: 2}}
	for name, tt := range map[string]struct {
		now, sendAt time.Time
		ends, waits string
	}{
		"by day":                      {now: at(26, 10), ends: "26-11-2026 10.00"},
		"at night":                    {now: at(26, 22), ends: "27-11-2026 08.00", waits: "27-11-2026 08.00"},
		"after midnight":              {now: at(27, 1), ends: "27-11-2026 08.00", waits: "27-11-2026 08.00"},
		"put off to an hour":          {now: at(26, 10), sendAt: at(26, 15), ends: "26-11-2026 15.00", waits: "26-11-2026 15.00"},
		"put off to an hour of night": {now: at(26, 10), sendAt: at(26, 21), ends: "27-11-2026 08.00", waits: "27-11-2026 08.00"},
		"put off to what has passed":  {now: at(26, 10), sendAt: at(26, 9), ends: "26-11-2026 10.00"},
	} {
		for network, rate := range map[string]float64{"without a limit": 0, "at 25 a second": 25} {
			p := New(Options{Texts: texts, Office: office, Rate: func(chat.Network) float64 { return rate }, Now: func() time.Time { return tt.now }})
			b := storage.Broadcast{ID: 7, Text: "Halo", State: storage.BroadcastRunning, StartedAt: tt.now, SendAt: tt.sendAt}
			if said := p.Preview(b, storage.Invitation{}, storage.Plan{Counts: due}); !strings.Contains(said, "selesai "+tt.ends+" WITA") || !strings.Contains(said, "1 detik") {
				t.Errorf("%s, %s: the preview is %q", name, network, said)
			}
			card := p.Card(b, due)
			if waits := strings.Contains(card, "Menunggu sampai "+tt.waits+" WITA"); waits != (tt.waits != "") {
				t.Errorf("%s, %s: the card is %q", name, network, card)
			}
		}
	}
}
