package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/telegram/telegramtest"
	"titian/storage"
)

// town are owners who registered long ago and agreed to announcements, each in a Telegram chat of their own.
type town struct {
	*place
	people []*telegramtest.User
}

// settle fills a migrated place with n owners, past the bot.
func settle(p *place, api *telegramtest.Server, n int) *town {
	p.Helper()
	p.prints("", "migrate")
	c := &settings{Data: p.data}
	for _, v := range p.env {
		if url, ok := strings.CutPrefix(v, "DATABASE_URL="); ok {
			c.DatabaseURL = Secret(url)
		}
		if url, ok := strings.CutPrefix(v, "REDIS_URL="); ok {
			c.RedisURL = Secret(url)
		}
	}
	opened, err := openResults(p.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		p.Fatal(err)
	}
	defer opened.close()
	w := &town{place: p}
	for i := range n {
		w.people = append(w.people, api.User(int64(bottest.FirstOfTown+i), "Contoh").Known())
	}
	if err := bottest.Town(p.database(), opened.keys, n); err != nil {
		p.Fatal(err)
	}
	return w
}

// drafts makes a broadcast to a segment, confirmed by a second member of staff.
func (w *town) drafts(text, to string) string {
	w.Helper()
	path := filepath.Join(w.data, "siaran.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
	if _, err := w.database().Exec(`INSERT INTO staff (id, contact, name, role, since) VALUES ('second', 'nobody', 'Contoh Kedua', 'admin', now())`); err != nil {
		w.Fatal(err)
	}
	said := w.prints("", "broadcast", "create", "--text", path, "--to", to)
	_, after, _ := strings.Cut(said, "Siaran ")
	id, _, _ := strings.Cut(after, " ")
	w.prints("", "broadcast", "confirm", id, "--staff", "Contoh Kedua")
	return id
}

// report is the ledger of a broadcast as staff get it: a state a person, in their order.
func (w *town) report(id string) (states []storage.RecipientState) {
	w.Helper()
	var rows []struct {
		Person int    `json:"person"`
		State  string `json:"state"`
	}
	if err := json.Unmarshal([]byte(w.prints("", "broadcast", "report", id, "--format", "json")), &rows); err != nil {
		w.Fatal(err)
	}
	states = make([]storage.RecipientState, len(rows))
	for _, r := range rows {
		states[r.Person-1] = storage.RecipientState(r.State)
	}
	return states
}

// ends waits until a broadcast is done.
func (w *town) ends(id string, within time.Duration) {
	w.Helper()
	db := w.database()
	var state string
	if !await(within, func() bool {
		return db.QueryRow(`SELECT state FROM broadcasts WHERE id = $1`, id).Scan(&state) == nil && state == "done"
	}) {
		w.Fatalf("broadcast %s is %s: %s", id, state, w.prints("", "broadcast", "show", id))
	}
}

// heard is how often a person was told words.
func heard(u *telegramtest.User, words string) (n int) {
	for _, m := range u.Events() {
		if strings.Contains(m.Text, words) {
			n++
		}
	}
	return n
}

func TestKilledTimeAndAgainDuringABroadcastNobodyIsLostAndNobodyHearsTwice(t *testing.T) {
	t.Parallel()
	killedAgainAndAgain(t, 600, 6, 100)
}

// killedAgainAndAgain announces to people while the program is killed so often, and says what became of them. Twice are those who
// heard it more than once, lost those of whom the ledger knows nothing or the wrong thing.
func killedAgainAndAgain(t testing.TB, people, kills, perSecond int) (sum map[storage.RecipientState]int, twice, lost int) {
	inFlight := 2 * perSecond / 10 // the pump sends to a tenth of a second at a time, and leases as many again
	api := botAPI(t, telegramtest.Options{})
	w := settle(elsewhere(t, append(onTelegram(api), fmt.Sprintf("TELEGRAM_RATE=%d", perSecond))...), api, people)
	id := w.drafts("Pelatihan untuk {usaha}, Bapak/Ibu {nama}", "kecamatan:Kambu dan sektor:pangan")
	r := seed(t)
	at := address()
	l := w.workday(at)
	l.up()
	w.prints("", "broadcast", "start", id)
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	begun := time.Now()
	sure := people - kills*inFlight // so many are sent to whatever the deaths take along
	for i := range kills {
		if err := api.AwaitCalls(ctx, "sendMessage", i*sure/(kills+1)+1+r.IntN(sure/(kills+1)/2)); err != nil {
			t.Fatal(err)
		}
		l.dies()
		l = w.workday(at)
	}
	l.up()
	w.ends(id, 2*patience)
	t.Logf("%d deaths and %d messages took %s", kills, people, time.Since(begun).Round(time.Millisecond))
	l.stops()
	sum = map[storage.RecipientState]int{}
	for i, state := range w.report(id) {
		sum[state]++
		got := heard(w.people[i], fmt.Sprintf("Bapak/Ibu Contoh %d\n", i+1))
		if got > 1 {
			twice++
		}
		if state != storage.RecipientUnsure && (state != storage.RecipientSent || got == 0) {
			lost++
		}
		if state == storage.RecipientSent && got != 1 || got > 1 {
			t.Errorf("person %d is %s and heard %d times", i+1, state, got)
		}
	}
	t.Log(sum)
	if sum[storage.RecipientSent]+sum[storage.RecipientUnsure] != people || sum[storage.RecipientUnsure] > kills*inFlight {
		t.Errorf("the ledger says %v of %d", sum, people)
	}
	return sum, twice, lost
}
