package postgres_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"titian/storage"
	"titian/storage/postgres"
)

const oneDay = 24 * time.Hour

// reminding is what a sweep of now goes by.
func (f *fixture) reminding() storage.Reminding {
	return storage.Reminding{
		Unfinished: []time.Duration{oneDay, 3 * oneDay, 7 * oneDay}, SentBack: []time.Duration{2 * oneDay, 5 * oneDay},
		LapseBy: f.calendar().WorkingDaysAfter(f.clock.Now(), 1), Day: f.clock.Now().Add(8 * time.Hour).Format(time.DateOnly),
	}
}

// sweeps finds whom to remind and returns the ids of what waits to be sent, by contact.
func (f *fixture) sweeps() map[storage.ContactID]string {
	f.t.Helper()
	_, err := f.SweepReminders(f.t.Context(), f.reminding())
	f.must(err)
	return f.waits()
}

func (f *fixture) waits() map[storage.ContactID]string {
	f.t.Helper()
	rows, err := f.raw.Query(`SELECT contact, id FROM reminders WHERE ended_at IS NULL`)
	f.must(err)
	defer rows.Close()
	found := map[storage.ContactID]string{}
	for rows.Next() {
		var c, id string
		f.must(rows.Scan(&c, &id))
		if found[storage.ContactID(c)] != "" {
			f.t.Errorf("%s has two reminders that wait", c)
		}
		found[storage.ContactID(c)] = id
	}
	f.must(rows.Err())
	return found
}

// sends takes the day and ends a reminder, as one that was sent.
func (f *fixture) sends(id string) {
	f.t.Helper()
	begins, err := f.ReminderBegins(f.t.Context(), id, f.reminding().Day)
	f.must(err)
	if !begins {
		f.t.Fatalf("%s cannot be sent", id)
	}
	f.must(f.ReminderEnds(f.t.Context(), id))
}

// leaves is a contact that was heard just now and left a draft at a question.
func (f *fixture) leaves(name string, seq int64, flow, question string) storage.ContactID {
	f.t.Helper()
	c := f.contact(name)
	f.must(f.SaveSnapshots(f.t.Context(), []storage.Snapshot{{
		Record: storage.Record{Contact: c, Seq: seq}, Flow: flow, Question: question, HeardAt: f.clock.Now(), ChangedAt: f.clock.Now(),
	}}))
	return c
}

// month sends what each of so many days' noons finds, and says of which kind on which.
func (f *fixture) month(days int, c storage.ContactID) (sent []string) {
	f.t.Helper()
	for day := range days {
		if id := f.sweeps()[c]; id != "" {
			var kind string
			f.must(f.raw.QueryRow(`SELECT kind FROM reminders WHERE id = $1`, id).Scan(&kind))
			sent = append(sent, fmt.Sprint(kind, " ", day))
			f.sends(id)
		}
		f.clock.Move(oneDay)
	}
	return sent
}

func TestADraftIsRemindedOfAfterOneThreeAndSevenDaysAndThenNoMore(t *testing.T) {
	f := setup(t)
	c := f.leaves("1", 1, "registration", "registration.nib")
	if sent := f.month(40, c); !reflect.DeepEqual(sent, []string{"draft 1", "draft 3", "draft 7"}) {
		t.Fatalf("reminded on %q", sent)
	}
	f.leaves("1", 2, "registration", "registration.nib")
	if sent := f.month(10, c); !reflect.DeepEqual(sent, []string{"draft 1", "draft 3", "draft 7"}) {
		t.Errorf("who wrote again is reminded on %q", sent)
	}
	f.leaves("2", 1, "halal", "halal.nik")
	f.clock.Move(30 * oneDay) // nobody swept
	if waits := f.sweeps(); len(waits) != 0 {
		t.Errorf("what is long forgotten is reminded of: %v", waits)
	}
}

func TestWhoIsNotReminded(t *testing.T) {
	f := setup(t)
	draft := func(name string) storage.ContactID { return f.leaves(name, 1, "registration", "registration.nib") }
	want := draft("reminded")
	f.leaves("has not consented", 1, "registration", "registration.consent")
	f.leaves("left nothing", 1, "", "")
	f.must(f.SetReachable(t.Context(), draft("blocked the bot"), false))
	said := draft("said BERHENTI")
	f.commit(said, 1, storage.StopReminders{})
	wrote := draft("whose message waits")
	f.put(wrote, "1")
	ani := f.staff("Ani", storage.RoleOfficer)
	f.leaves("staffAni", 9, "registration", "registration.nib")
	f.commit(draft("asked to be deleted"), 1, storage.DeleteContact{})
	f.clock.Move(oneDay)
	f.must(f.DraftWarned(t.Context(), draft("warned")))
	if waits := f.sweeps(); len(waits) != 1 || waits[want] == "" {
		t.Fatalf("reminded are %v, want %s alone; staff is %s", waits, want, ani.contact)
	}
	read, err := f.Reminder(t.Context(), f.waits()[want])
	f.must(err)
	if read.Off || read.Begun || read.Kind != storage.RemindDraft || read.Seq != 1 || read.To.IsZero() {
		t.Errorf("read %+v", read)
	}
	stopped := storage.StopAnnouncements{Consent: agreed("announcements")}
	f.commit(want, 2, stopped)
	if read, err = f.Reminder(t.Context(), f.waits()[want]); err != nil || !read.Off {
		t.Errorf("after BERHENTI it may be sent: %+v, %v", read, err)
	}
	f.clock.Move(time.Minute)
	again := filing(wati())
	again.Consents[1].At = f.clock.Now()
	f.commit(want, 3, again)
	if read, err = f.Reminder(t.Context(), f.waits()[want]); err != nil || read.Off {
		t.Errorf("who wants announcements again is not reminded: %+v, %v", read, err)
	}
}

func TestWhatWasSentBackIsRemindedOfAndTheRankThatIsAboutToLapseFirst(t *testing.T) {
	for _, tt := range []struct {
		name, told string
		want       []string
	}{ // days after the owner was told; what a rank about to lapse told is not told again the day after
		{"a Monday: the rank lapses on Thursday night", "2026-11-23 10:00", []string{"lapse 2", "fix 5"}},
		{"a Friday: the rank lapses on Wednesday night", "2026-11-27 10:00", []string{"fix 2", "lapse 4"}},
		{"before Christmas: it lapses on Tuesday night, a week later", "2026-12-22 10:00", []string{"fix 2", "fix 5", "lapse 6"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setup(t)
			f.calendar()
			f.open(120)
			ani := f.staff("Ani", storage.RoleOfficer)
			p := f.person(1)
			f.clock.Move(wita(tt.told).Sub(f.clock.Now()) - oneDay)
			f.leaves("owner1", 9, "", "")
			id := f.done(p, start, clean(p, start)).Application.ID
			f.sentBack(ani, start, id)
			f.clock.Move(oneDay)
			if waits := f.sweeps(); len(waits) != 0 {
				t.Fatalf("reminded before the message arrived: %v", waits)
			}
			f.must(f.OwnerTold(t.Context(), f.notice(id, storage.OwnerFix), f.clock.Now()))
			f.clock.Move(time.Hour)
			if sent := f.month(30, p.contact); !reflect.DeepEqual(sent, tt.want) {
				t.Errorf("reminded on %q, want %q", sent, tt.want)
			}
		})
	}
}

func TestOfSeveralThingsAPersonIsRemindedOfTheMostUrgentAndOnceADay(t *testing.T) {
	f := setup(t)
	f.calendar()
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	p := f.person(1)
	id := f.done(p, start, clean(p, start)).Application.ID
	f.sentBack(ani, start, id)
	f.must(f.OwnerTold(t.Context(), f.notice(id, storage.OwnerFix), start))
	f.leaves("owner1", 9, "registration", "registration.nib") // and another draft
	f.clock.Move(2*oneDay + time.Hour)
	first := f.sweeps()[p.contact]
	if read, err := f.Reminder(t.Context(), first); err != nil || read.Kind != storage.RemindLapse || read.Application != id {
		t.Fatalf("two days later %+v is first, %v", read, err)
	}
	f.run(`INSERT INTO reminders (id, contact, kind, about, nth, seq, made_at) VALUES ('other', $1, 'draft', 'x', 1, 9, now())`, string(p.contact))
	f.sends(first)
	if begins, err := f.ReminderBegins(t.Context(), "other", f.reminding().Day); err != nil || begins {
		t.Errorf("a second one the same day begins: %v, %v", begins, err)
	}
	f.must(f.ReminderDrops(t.Context(), "other"))
	if waits := f.sweeps(); len(waits) != 0 {
		t.Errorf("the same day a second one waits: %v", waits)
	}
	f.repairs(p, id, f.clock.Now()) // moved on: nothing is sent back any more
	f.clock.Move(oneDay)
	if read, err := f.Reminder(t.Context(), f.sweeps()[p.contact]); err != nil || read.Kind != storage.RemindDraft {
		t.Errorf("the next day, with the file replaced, %+v is left, %v", read, err)
	}
}

func TestHoweverManySweepAReminderIsMadeOnceAndComesBackOnlyForANewReason(t *testing.T) {
	f := setup(t)
	const people = 40
	for i := range people {
		f.leaves(fmt.Sprint(i), 1, "registration", "registration.nib")
	}
	f.clock.Move(oneDay)
	by := f.reminding()
	var wg sync.WaitGroup
	var made [4]int
	for i, db := range []*postgres.DB{f.DB, f.DB, f.another(), f.another()} {
		wg.Go(func() {
			n, err := db.SweepReminders(context.WithoutCancel(t.Context()), by)
			if err != nil {
				t.Error(err)
			}
			made[i] = n
		})
	}
	wg.Wait()
	if n := made[0] + made[1] + made[2] + made[3]; n != people || f.count(`SELECT count(*) FROM river_job WHERE kind = 'remind'`) != people {
		t.Fatalf("four sweeps made %v of %d", made, people)
	}
	c := f.contact("0")
	id := f.waits()[c]
	again := func(when string, want bool) {
		t.Helper()
		if got := f.sweeps()[c]; (got != "") != want {
			t.Fatalf("%s it waits as %q, want one: %v", when, got, want)
		}
	}
	f.must(f.ReminderDrops(t.Context(), id))
	again("dropped for now,", true)
	f.must(f.ReminderEnds(t.Context(), f.waits()[c]))
	again("overtaken,", false)
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{{Record: storage.Record{Contact: c, Seq: 2}, Flow: "registration", Question: "registration.nib",
		HeardAt: f.clock.Now().Add(-oneDay), ChangedAt: f.clock.Now()}})) // staff wrote; the person did not
	again("overtaken by what was not the person's,", true)
	begun := f.waits()[c]
	if begins, err := f.ReminderBegins(t.Context(), begun, by.Day); err != nil || !begins {
		t.Fatal(begins, err)
	}
	if begins, err := f.another().ReminderBegins(t.Context(), begun, by.Day); err != nil || begins {
		t.Errorf("two begin to send it: %v", err)
	}
	if read, err := f.Reminder(t.Context(), begun); err != nil || !read.Begun {
		t.Errorf("a killed process left %+v, %v", read, err)
	}
	f.must(f.ReminderWaits(t.Context(), begun))
	if read, err := f.Reminder(t.Context(), begun); err != nil || read.Begun {
		t.Errorf("a busy network left %+v, %v", read, err)
	}
	f.sends(begun)
	again("sent,", false)
	if _, err := f.Reminder(t.Context(), begun); err == nil {
		t.Error("what was sent may be sent again")
	}
}

// throng are so many contacts with a snapshot each, heard over 90 days, half of which left something; those due were reminded, but for some.
func throng(f *fixture, n int) {
	f.run(`INSERT INTO contacts (id, created_at) SELECT 'c' || i, $2 FROM generate_series(1, $1) AS i`, n, f.clock.Now())
	f.run(`INSERT INTO addresses (network, key_index, key_sealed, contact, used_at)
		SELECT 'telegram', sha256(i::text::bytea), '\x00', 'c' || i, $2 FROM generate_series(1, $1) AS i`, n, f.clock.Now())
	f.run(`INSERT INTO snapshots (contact, seq, record, flow, question, owes, heard_at, changed_at)
		SELECT 'c' || i, 9, convert_to(repeat('x', 900), 'UTF8'), CASE WHEN i % 2 = 0 THEN 'registration' ELSE '' END, 'registration.nib', false,
		       $2::timestamptz - i * 7919 % 90 * interval '1 day', $2 FROM generate_series(1, $1) AS i`, n, f.clock.Now())
	f.run(`INSERT INTO reminders (id, contact, kind, about, nth, seq, made_at, day, ended_at)
		SELECT 'r' || s.contact, s.contact, 'draft', s.heard_at::text, 3, 9, $1::timestamptz - interval '1 day', $1::date - 1, $1
		FROM snapshots s WHERE s.flow <> '' AND substr(s.contact, 2)::int % 50 <> 0`, f.clock.Now())
	f.run(`VACUUM ANALYZE`)
}

func TestTheSweepFindsItsPeopleByAnIndexAndAtOnce(t *testing.T) {
	f := setup(t)
	throng(f, 20_000)
	begun := time.Now()
	made, err := f.SweepReminders(t.Context(), f.reminding())
	f.must(err)
	took := time.Since(begun)
	plan := f.PlanOfReminders(t.Context(), f.reminding())
	t.Logf("%d reminders made in %v; the search: %s", made, took, plan[strings.LastIndex(plan, "Execution"):])
	if made == 0 || !strings.Contains(plan, "snapshots_unfinished ") || strings.Contains(plan, "Seq Scan on snapshots") {
		t.Errorf("made %d by\n%s", made, plan)
	}
}

func BenchmarkSweepReminders(b *testing.B) {
	f := setup(b)
	throng(f, 100_000)
	by := f.reminding()
	_, err := f.SweepReminders(b.Context(), by)
	f.must(err)
	for b.Loop() { // nothing new: what every sweep costs
		_, err := f.SweepReminders(b.Context(), by)
		f.must(err)
	}
}
