package remind_test

import (
	"database/sql"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/locales"
	"titian/storage/storagetest"
)

// town is a house whose snapshots are in Postgres before a person is answered, and a look at what is to be sent.
type town struct {
	*bottest.House
	rows *sql.DB
}

func setup(t *testing.T, o bottest.Options) *town {
	t.Helper()
	o.Frail = true
	if o.PostgresURL == "" {
		o.PostgresURL = storagetest.PostgresFrom(t, bottest.Migrate)
	}
	rows, err := sql.Open("postgres", o.PostgresURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rows.Close() })
	return &town{bottest.New(t, o), rows}
}

// at moves the clock to a time in Kendari, a little after it.
func (w *town) at(text string) {
	w.T.Helper()
	to, err := time.ParseInLocation("2006-01-02 15.04", text, locales.WITA)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Clock.Move(to.Sub(w.Clock.Now()))
}

// leaves lets a name begin to register, and say no more.
func (w *town) leaves(name string) *bottest.Person {
	w.T.Helper()
	p := w.Person(name)
	for _, line := range []string{"daftar", "setuju", "Contoh Satu"} {
		p.Says(line)
	}
	return p
}

func (w *town) sweeps() {
	w.T.Helper()
	if err := w.Reminders.Sweep(w.T.Context()); err != nil {
		w.T.Fatal(err)
	}
}

// waiting are the reminders whose jobs wait.
func (w *town) waiting() (ids []string) {
	w.T.Helper()
	rows, err := w.rows.Query(`SELECT args->>'id' FROM river_job j JOIN reminders r ON r.id = args->>'id' WHERE j.kind = 'remind' AND r.ended_at IS NULL ORDER BY j.id`)
	if err != nil {
		w.T.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			w.T.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// works works the jobs that wait, once each.
func (w *town) works() (waits []time.Duration) {
	w.T.Helper()
	for _, id := range w.waiting() {
		wait, err := w.Reminders.Remind(w.T.Context(), id)
		if err != nil {
			w.T.Fatal(err)
		}
		if wait > 0 {
			waits = append(waits, wait)
		}
	}
	return waits
}

// one is the one reminder that waits.
func (w *town) one() string {
	w.T.Helper()
	ids := w.waiting()
	if len(ids) != 1 {
		w.T.Fatalf("%d reminders wait, want one", len(ids))
	}
	return ids[0]
}

// heard is what a name was sent beyond the first n messages.
func (w *town) heard(name string, n int) (texts []string) {
	for _, m := range w.Network.Sent(name)[n:] {
		texts = append(texts, m.Text)
	}
	return texts
}

func TestPeopleAreRemindedOnOfficeDaysAndNeverAtNight(t *testing.T) {
	for _, tt := range []struct {
		name  string
		left  []string // when each of several people left a registration
		until string   // the clock goes on, an hour at a time
		want  [][]string
	}{
		{"a usual week", []string{"2026-11-23 09.30", "2026-11-23 22.30", "2026-11-27 10.30"}, "2026-12-08 12.00", [][]string{
			{"Tue 24 09", "Thu 26 09", "Mon 30 09"},
			{"Wed 25 08", "Fri 27 08", "Tue 01 08"},
			{"Mon 30 08", "Fri 04 10"}, // the first waits for the end of the weekend, and is the second too
		}},
		{"a Friday before a long weekend", []string{"2026-12-23 15.30"}, "2027-01-05 12.00", [][]string{{"Mon 28 08", "Wed 30 15"}}},
		{"Lebaran, and shorter hours before it", []string{"2026-03-16 15.30"}, "2026-04-08 12.00", [][]string{{"Wed 25 08"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, bottest.Options{})
			seen := make([]int, len(tt.left))
			got := make([][]string, len(tt.left))
			w.at(tt.left[0])
			for next := 0; ; {
				now := w.Clock.Now().In(locales.WITA)
				if now.Format("2006-01-02 15.04") > tt.until {
					break
				}
				if next < len(tt.left) && now.Format("2006-01-02 15.04") >= tt.left[next] {
					w.leaves(tt.left[next])
					seen[next] = len(w.Network.Sent(tt.left[next]))
					next++
				}
				w.sweeps()
				w.works()
				for i, name := range tt.left[:next] {
					if n := len(w.Network.Sent(name)); n > seen[i] {
						got[i], seen[i] = append(got[i], now.Format("Mon 02 15")), n
					}
				}
				w.Clock.Move(time.Hour)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("reminded on %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAfterTheReminderTheAnswerGoesOnWhereItWas(t *testing.T) {
	w := setup(t, bottest.Options{})
	p := w.leaves("contoh")
	w.Clock.Move(25 * time.Hour)
	w.sweeps()
	w.works()
	said := p.Hears()
	for _, words := range []string{"langkah 3 dari 17", "Yang belum diisi: NIK, Nomor HP", "dan ", "LANJUT", "BERHENTI"} {
		if !strings.Contains(said, words) {
			t.Errorf("the reminder %q does not say %q", said, words)
		}
	}
	if n := strings.Count(said, ". ") + strings.Count(said, "🙂 ") + 1; n > 3 {
		t.Errorf("the reminder has %d sentences: %q", n, said)
	}
	if said = p.Says("menyusul"); !strings.Contains(said, "Langkah 4 dari 17") {
		t.Errorf("the answer after it is met with %q", said)
	}
	w.Clock.Move(25 * time.Hour)
	w.sweeps()
	if said = p.Says("berhenti"); !strings.Contains(said, "Maksud Bapak/Ibu yang mana?") {
		t.Errorf("BERHENTI is met with %q", said)
	}
	p.Taps("Istirahat dulu")
	from := len(w.Network.Sent("contoh"))
	w.works()
	for range 8 {
		w.Clock.Move(25 * time.Hour)
		w.sweeps()
		w.works()
	}
	if heard := w.heard("contoh", from); len(heard) != 0 {
		t.Errorf("after BERHENTI it is said: %q", heard)
	}
}

func TestAReminderThatWaitsDoesNothingWhenItShouldNotBeSaidAnyMore(t *testing.T) {
	for _, tt := range []struct {
		name  string
		then  func(w *town, p *bottest.Person)
		waits bool
		sent  bool
	}{
		{name: "nothing happened", then: func(*town, *bottest.Person) {}, sent: true},
		{name: "the person went on", then: func(_ *town, p *bottest.Person) { p.Says("menyusul") }},
		{name: "the person asked for the menu", then: func(_ *town, p *bottest.Person) { p.Says("menu") }},
		{name: "the person said BERHENTI", then: func(_ *town, p *bottest.Person) { p.Says("berhenti") }},
		{name: "the person deleted everything", then: func(_ *town, p *bottest.Person) { p.Says("hapus data"); p.Says("hapus") }},
		{name: "the person blocked the bot", then: func(w *town, _ *bottest.Person) {
			if err := w.DB.SetReachable(w.T.Context(), w.Contact("contoh"), false); err != nil {
				w.T.Fatal(err)
			}
		}},
		{name: "the night came", then: func(w *town, _ *bottest.Person) { w.at("2026-11-24 16.30") }, waits: true},
		{name: "a day went by", then: func(w *town, _ *bottest.Person) { w.Clock.Move(24*time.Hour + time.Minute) }},
		{name: "a reminder of something else was sent today", then: func(w *town, _ *bottest.Person) {
			if _, err := w.rows.Exec(`INSERT INTO reminders (id, contact, kind, about, nth, seq, made_at, day, ended_at)
				SELECT 'other', contact, 'fix', 'x', 1, seq, made_at, '2026-11-24', made_at FROM reminders`); err != nil {
				w.T.Fatal(err)
			}
		}},
		{name: "the process that was sending it died", then: func(w *town, _ *bottest.Person) {
			if begins, err := w.DB.ReminderBegins(w.T.Context(), w.one(), "2026-11-24"); err != nil || !begins {
				w.T.Fatal(begins, err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, bottest.Options{})
			w.at("2026-11-23 09.00")
			p := w.leaves("contoh")
			w.at("2026-11-24 10.00")
			w.sweeps()
			w.one()
			tt.then(w, p)
			from := len(w.Network.Sent("contoh"))
			waits := w.works()
			if (len(waits) > 0) != tt.waits {
				t.Errorf("it waits %v, want a wait: %v", waits, tt.waits)
			}
			if heard := w.heard("contoh", from); (len(heard) > 0) != tt.sent {
				t.Errorf("it is said: %q, want words: %v", heard, tt.sent)
			}
		})
	}
}

func TestANetworkThatIsBusyIsAskedAgainAndOneThatIsUnsureIsNot(t *testing.T) {
	var failure *chat.SendError
	w := setup(t, bottest.Options{Posted: func(chat.Address, chat.Outgoing) error {
		if failure == nil {
			return nil
		}
		return failure
	}})
	w.at("2026-11-23 09.00")
	w.leaves("contoh")
	w.leaves("contoh dua")
	first, second := len(w.Network.Sent("contoh")), len(w.Network.Sent("contoh dua"))
	w.at("2026-11-24 10.00")
	w.sweeps()
	failure = &chat.SendError{Failure: chat.FailedBusy, Retry: 5 * time.Minute, Cause: errors.New("busy")}
	if waits := w.works(); len(waits) != 2 || waits[0] != 5*time.Minute {
		t.Fatalf("a busy network is asked again after %v", waits)
	}
	failure = &chat.SendError{Failure: chat.FailedUnsure, Cause: errors.New("timed out")}
	if _, err := w.Reminders.Remind(t.Context(), w.waiting()[0]); err != nil {
		t.Fatal(err)
	}
	failure = nil
	w.works()
	w.sweeps()
	w.works()
	if heard := append(w.heard("contoh", first), w.heard("contoh dua", second)...); len(heard) != 1 {
		t.Errorf("said is %q, want only the one that was busy", heard)
	}
}

func TestWhatAKilledProcessMadeAnotherSendsAndOfTwoReplicasOne(t *testing.T) {
	w := setup(t, bottest.Options{})
	w.at("2026-11-23 09.00")
	w.leaves("contoh")
	from := len(w.Network.Sent("contoh"))
	w.at("2026-11-24 10.00")
	w.sweeps()
	w.Kill()
	w.Options.Staff, w.Options.Reminding = true, true
	one, two := w.Reopen(), w.Reopen()
	w.Network.Await(t, "contoh", from+1)
	w.at("2026-11-24 12.00")
	for _, h := range []*bottest.House{one, two} {
		if err := h.Reminders.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if heard := w.heard("contoh", from); len(heard) != 1 || len(w.waiting()) != 0 {
		t.Errorf("the replicas said %q, and %d wait", heard, len(w.waiting()))
	}
}
