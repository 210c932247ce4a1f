package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/locales"
	"titian/storage"
	"titian/storage/postgres"
)

// lane is a WhatsApp that a replica's way out sends to; what it answers is scripted.
type lane struct {
	*delivery.Delivery
	f    *fixture
	sent []string
	says func(id string) error
	away bool // another process owns the device
}

func (l *lane) Linked() bool { return !l.away }

func (l *lane) NameOf(m chat.Outgoing) string { return "3EB0" + m.ID }

func (l *lane) Send(_ context.Context, _ chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	if l.says != nil {
		if err := l.says(m.ID); err != nil {
			return chat.Receipt{}, err
		}
	}
	l.sent = append(l.sent, m.ID)
	return chat.Receipt{Ref: l.NameOf(m)}, nil
}

// book is a delivery's ledger and limiter where neither matters.
type book struct{ *postgres.DB }

func (book) Sent(context.Context, []storage.Sent) error       { return nil }
func (book) Renew(context.Context, []storage.ContactID) error { return nil }
func (book) Allow(context.Context, string, float64) (time.Duration, error) {
	return 0, nil
}
func (book) Grant(context.Context, string, float64, int) (time.Duration, int, error) {
	return 0, 1, nil
}

// lane is the way out of one more process.
func (f *fixture) lane() *lane {
	f.t.Helper()
	policy, err := delivery.ReadPolicy(locales.Files(""))
	f.must(err)
	l, db := &lane{f: f}, f.another()
	l.Delivery = delivery.New(delivery.Options{
		Senders: map[chat.Network]chat.Sender{chat.WhatsApp: l}, Ledger: book{db}, Limiter: book{db}, Now: f.clock.Now,
		Policy: func(chat.Network) *delivery.Policy { return policy }, Unasked: db, Calendar: f.calendar(),
	})
	f.t.Cleanup(func() { _ = l.Drain(context.Background()) })
	return l
}

// wa is a contact who wrote on WhatsApp a while ago.
func (f *fixture) wa(key string, ago time.Duration) storage.ContactID {
	f.t.Helper()
	c, err := f.Contact(f.t.Context(), chat.Address{Network: chat.WhatsApp, Key: key}, "", f.clock.Now().Add(-ago))
	f.must(err)
	return c.ID
}

func (l *lane) notice(c storage.ContactID, id string, class delivery.Class) error {
	_, err := l.Notice(l.f.t.Context(), c, chat.Address{Network: chat.WhatsApp, Key: string(c) + "@lid"}, chat.Outgoing{ID: id, Text: "kabar"}, class)
	return err
}

// soon sends at the first moment it may, unless that is not today.
func (l *lane) soon(c storage.ContactID, id string, class delivery.Class) error {
	for {
		err := l.notice(c, id, class)
		var later *delivery.Later
		if !errors.As(err, &later) || later.Why != delivery.TooSoon {
			return err
		}
		l.f.clock.Move(later.At.Sub(l.f.clock.Now()))
	}
}

func why(err error) delivery.Why {
	var later *delivery.Later
	var never *delivery.Never
	switch {
	case errors.As(err, &later):
		return later.Why
	case errors.As(err, &never):
		return never.Why
	}
	return ""
}

func TestReplicasShareTheDayOfANumberAndAKilledOneHasCounted(t *testing.T) {
	f := setup(t)
	one, two := f.lane(), f.lane()
	// A process dies between counting and sending; the next one sends the same message, which is not counted again.
	c := f.wa("0", time.Hour)
	killed := errors.New("killed")
	one.says = func(string) error { return &chat.SendError{Failure: chat.FailedBusy, Cause: killed} }
	if err := one.notice(c, "owner/0", delivery.Notice); !errors.Is(err, killed) {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count FROM lanes WHERE network = 'whatsapp'`); n != 1 {
		t.Errorf("before it is sent %d are counted", n)
	}
	one.says = nil
	f.clock.Move(time.Minute)
	three := f.lane()
	three.away = true
	if err := three.notice(c, "owner/0", delivery.Notice); chat.FailureOf(err) != chat.FailedBusy || f.laterIs(err) {
		t.Errorf("a process that does not own the device: %v", err)
	}
	f.must(two.soon(c, "owner/0", delivery.Notice))
	// And one dies between sending and saying so: the message is not sent again.
	f.clock.Move(time.Minute)
	f.must(one.notice(c, "owner/0", delivery.Notice))
	if len(one.sent)+len(two.sent) != 1 {
		t.Errorf("it was sent %d times", len(one.sent)+len(two.sent))
	}
	var last error
	for n := 1; last == nil; n++ {
		l := []*lane{one, two}[n%2]
		last = l.soon(f.wa(fmt.Sprint(n), time.Hour), fmt.Sprint("owner/", n), delivery.Notice)
	}
	if sent := len(one.sent) + len(two.sent); sent != 20 || why(last) != delivery.DayIsFull {
		t.Errorf("%d went on the first day, then %v", sent, last)
	}
	if next := wita("2026-11-24 09:00"); !f.laterAt(last).Equal(next) {
		t.Errorf("the next may go at %v, want %v", f.laterAt(last), next)
	}
}

func (f *fixture) laterIs(err error) bool {
	var later *delivery.Later
	return errors.As(err, &later)
}

func (f *fixture) laterAt(err error) time.Time {
	var later *delivery.Later
	if !errors.As(err, &later) {
		f.t.Fatalf("got %v, want a time", err)
	}
	return later.At
}

func TestOnlyWhoWroteLatelyIsWrittenToUnasked(t *testing.T) {
	f := setup(t)
	l := f.lane()
	gone := f.wa("gone", time.Hour)
	f.must(f.SetReachable(t.Context(), gone, false))
	back := f.wa("back", 40*24*time.Hour)
	f.run(`INSERT INTO snapshots (contact, seq, record, flow, question, owes, heard_at, changed_at) VALUES ($1, 1, '', '', '', false, $2, $2)`,
		back, f.clock.Now().Add(-time.Hour))
	elsewhere := f.contact("telegram only")
	for name, tt := range map[string]struct {
		c    storage.ContactID
		want delivery.Why
	}{
		"wrote an hour ago":               {f.wa("now", time.Hour), ""},
		"met long ago, wrote an hour ago": {back, ""},
		"wrote 27 days ago":               {f.wa("27", 27*24*time.Hour), ""},
		"wrote 29 days ago":               {f.wa("29", 29*24*time.Hour), delivery.Silent},
		"wrote on Telegram only":          {elsewhere, delivery.Silent},
		"nobody":                          {"nobody", delivery.Silent},
		"blocked the bot":                 {gone, delivery.Blocked},
	} {
		if err := l.May(t.Context(), chat.WhatsApp, tt.c, delivery.Broadcast); why(err) != tt.want {
			t.Errorf("%s: may %v", name, err)
		}
		err := l.soon(tt.c, "owner/"+name, delivery.Notice)
		if why(err) != tt.want || tt.want == "" && err != nil || tt.want != "" && chat.FailureOf(err) != chat.FailedBlocked {
			t.Errorf("%s: %v", name, err)
		}
		f.clock.Move(time.Minute)
	}
	if len(l.sent) != 3 {
		t.Errorf("%d were sent", len(l.sent))
	}
}

func TestTheFirst463StopsEveryReplicaUntilAnAdminReleasesTheBrake(t *testing.T) {
	f := setup(t)
	one, two := f.lane(), f.lane()
	f.run(`INSERT INTO lanes (network, day, warm_from) VALUES ('whatsapp', '2026-11-20', '2026-11-01')`) // the fourth week
	ani, budi := f.staff("Ani", storage.RoleAdmin), f.staff("Budi", storage.RoleOfficer)
	a, b := f.wa("a", time.Hour), f.wa("b", time.Hour)
	one.says = func(string) error {
		return &chat.SendError{Failure: chat.FailedBlocked, Cause: fmt.Errorf("%w: 463", chat.ErrCold)}
	}
	if err := one.notice(a, "owner/a", delivery.Broadcast); !errors.Is(err, chat.ErrCold) || delivery.CallWhy(err) != storage.CallCold {
		t.Fatal(err)
	}
	f.clock.Move(10 * time.Minute)
	for _, l := range []*lane{one, two} {
		if err := l.notice(b, "owner/b", delivery.Notice); why(err) != delivery.Braked {
			t.Errorf("with the brake on: %v", err)
		}
	}
	two.Reply(storage.Reply{Contact: b, ID: "1.0", Seq: 1, To: chat.Address{Network: chat.WhatsApp, Key: "b@lid"}, Message: chat.Outgoing{ID: "reply"}})
	f.must(two.Settled(t.Context(), b))
	if len(two.sent) != 1 || two.sent[0] != "reply" {
		t.Errorf("a reply meanwhile: %v", two.sent)
	}
	if n := f.count(`SELECT count(*) FROM river_job WHERE kind = 'notify_staff' AND args->>'kind' = 'brake'`); n != 1 {
		t.Errorf("%d admins are told", n)
	}
	until := f.clock.Now().Add(time.Hour)
	f.must(f.PullBrake(t.Context(), storage.Brake{Network: chat.WhatsApp, Cause: storage.BrakeTimelock, Until: until}))
	f.must(f.PullBrake(t.Context(), storage.Brake{Network: chat.WhatsApp, Cause: storage.BrakeTimelock, Until: until.Add(-time.Minute)}))
	release := storage.ReleaseBrake{Network: chat.WhatsApp}
	if out := f.does(budi, f.clock.Now(), release).Staff; out.Refused != storage.RefusedRights {
		t.Errorf("an officer: %+v", out)
	}
	if out := f.does(ani, f.clock.Now(), release).Staff; out.Refused != storage.RefusedEarly || !out.Until.Equal(until) {
		t.Errorf("before WhatsApp's own time is over: %+v, want %v", out, until)
	}
	f.clock.Move(time.Hour)
	if out := f.does(ani, f.clock.Now(), release).Staff; out.Refused != "" {
		t.Errorf("after it: %+v", out)
	}
	if out := f.does(ani, f.clock.Now(), release).Staff; out.Refused != storage.RefusedAlready {
		t.Errorf("once more: %+v", out)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'release brake' AND actor LIKE 'staff:%' AND before->'causes' = '["cold", "timelock"]'`); n != 1 {
		t.Error("no audit row says who released it")
	}
	l, err := f.Lane(t.Context(), chat.WhatsApp)
	if f.must(err); l.WarmFrom != "2026-11-09" {
		t.Errorf("warming up goes on as if begun on %s, want the third week", l.WarmFrom)
	}
	f.must(two.soon(b, "owner/b", delivery.Notice))
}

func TestWhatArrivesIsToldInAnyOrderAndAWaveOfWhatDoesNotPullsTheBrake(t *testing.T) {
	f := setup(t)
	l := f.lane()
	c := make([]storage.ContactID, 12)
	for n := range c {
		c[n] = f.wa(fmt.Sprint(n), time.Hour)
		f.must(l.soon(c[n], fmt.Sprint("cast/", n), delivery.Broadcast))
	}
	at := f.clock.Now()
	tick := func(n int, read bool, at time.Time) chat.Tick {
		return chat.Tick{Network: chat.WhatsApp, Ref: fmt.Sprint("3EB0cast/", n), Read: read, At: at}
	}
	// The second device, and the reading, are told before the first device's arrival.
	f.must(f.Ticked(t.Context(), []chat.Tick{tick(0, true, at.Add(2*time.Second)), tick(0, false, at.Add(time.Second)), tick(99, false, at)}))
	f.must(f.Ticked(t.Context(), []chat.Tick{tick(0, false, at), tick(0, true, at.Add(time.Hour)), tick(1, false, at)}))
	if n := f.count(`SELECT count(*) FROM sendings WHERE about = 'cast/0' AND delivered_at = $1 AND read_at = $2`, at, at.Add(2*time.Second)); n != 1 {
		t.Error("the earliest arrival and reading do not stand")
	}
	if n := f.count(`SELECT count(*) FROM sendings WHERE delivered_at IS NOT NULL`); n != 2 {
		t.Errorf("%d arrived", n)
	}
	// Ten are not there a day later.
	f.clock.Move(25 * time.Hour)
	if err := l.soon(f.wa("late", time.Hour), "cast/late", delivery.Broadcast); why(err) != delivery.Braked {
		t.Errorf("after a day: %v", err)
	}
	on, err := f.Brakes(t.Context(), chat.WhatsApp)
	if f.must(err); len(on) != 1 || on[0].Cause != storage.BrakeUndelivered {
		t.Errorf("the brake is %+v", on)
	}
	// What a person released it over does not pull it again; a wave of BERHENTI does.
	ani := f.staff("Ani", storage.RoleAdmin)
	f.does(ani, f.clock.Now(), storage.ReleaseBrake{Network: chat.WhatsApp})
	for n := range 3 {
		f.clock.Move(time.Minute)
		f.must(l.soon(c[n], fmt.Sprint("cast2/", n), delivery.Broadcast))
		f.clock.Move(time.Minute)
		f.does(&person{contact: c[n]}, f.clock.Now(), storage.StopAnnouncements{Consent: agreed("announcements")})
	}
	f.clock.Move(time.Minute)
	if err := l.soon(c[4], "cast2/4", delivery.Notice); why(err) != delivery.Braked {
		t.Errorf("after three of three said BERHENTI: %v", err)
	}
	if on, err = f.Brakes(t.Context(), chat.WhatsApp); err != nil || len(on) != 1 || on[0].Cause != storage.BrakeStops {
		t.Errorf("the brake is %+v, %v", on, err)
	}
}

func TestAnOwnerOnWhatsAppIsToldWhenItArrivesOrIsTelephoned(t *testing.T) {
	f := setup(t)
	l := f.lane()
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	events := map[string]string{}
	for n, name := range []string{"arrives", "on its way", "silent", "elsewhere"} {
		p := f.person(n + 1)
		if name != "elsewhere" {
			f.run(`UPDATE addresses SET network = 'whatsapp', used_at = $2 WHERE contact = $1`, p.contact, f.clock.Now())
		}
		id := f.done(p, start, clean(p, start)).Application.ID
		f.sentBack(ani, start, id)
		events[name] = f.notice(id, storage.OwnerFix)
		if name == "elsewhere" {
			continue
		}
		if name == "silent" {
			f.run(`UPDATE addresses SET used_at = $2 WHERE contact = $1`, p.contact, f.clock.Now().AddDate(0, 0, -30))
		}
		err := l.soon(p.contact, storage.AboutOwner+events[name], delivery.Notice)
		switch name {
		case "silent":
			f.must(f.OwnerUntold(t.Context(), events[name], delivery.CallWhy(err)))
		case "arrives": // before Send has returned
			f.must(f.Ticked(t.Context(), []chat.Tick{{Network: chat.WhatsApp, Ref: "3EB0" + storage.AboutOwner + events[name], At: f.clock.Now()}}))
			fallthrough
		default:
			f.must(err)
			f.must(f.OwnerTold(t.Context(), events[name], f.clock.Now()))
		}
	}
	f.must(f.OwnerTold(t.Context(), events["elsewhere"], f.clock.Now()))
	for name, arrived := range map[string]bool{"arrives": true, "on its way": false, "silent": false, "elsewhere": true} {
		if n := f.count(`SELECT count(*) FROM owner_notices WHERE id = $1 AND delivered_at IS NOT NULL AND due_at IS NOT NULL`, events[name]); n == 1 != arrived {
			t.Errorf("%s: its clock runs: %t", name, n == 1)
		}
		if n := f.count(`SELECT count(*) FROM owner_notices WHERE id = $1 AND sent_at IS NOT NULL`, events[name]); n == 1 != (name != "silent") {
			t.Errorf("%s: told %t", name, n == 1)
		}
	}
	called := func(want map[string]storage.CallWhy) {
		t.Helper()
		f.must(f.SweepClocks(t.Context()))
		for name, event := range events {
			n := f.count(`SELECT count(*) FROM calls WHERE notice = $1 AND why = $2`, event, want[name])
			if want[name] != "" && n != 1 || want[name] == "" && f.count(`SELECT count(*) FROM calls WHERE notice = $1`, event) != 0 {
				t.Errorf("%s: not on the list for %q", name, want[name])
			}
		}
	}
	called(map[string]storage.CallWhy{"silent": storage.CallSilent})
	f.clock.Move(25 * time.Hour)
	called(map[string]storage.CallWhy{"silent": storage.CallSilent, "on its way": storage.CallUndelivered})
	list, err := f.Calls(t.Context())
	if f.must(err); len(list) != 2 || list[0].Why != storage.CallSilent {
		t.Errorf("the list is %+v", list)
	}
	f.must(f.Ticked(t.Context(), []chat.Tick{{Network: chat.WhatsApp, Ref: "3EB0" + storage.AboutOwner + events["on its way"], At: f.clock.Now()}}))
	called(map[string]storage.CallWhy{"silent": storage.CallSilent})
}

func TestWhatABrakeHoldsBackForADayIsTelephonedWhateverItIs(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	var ids []storage.ApplicationID
	for n, network := range []string{"whatsapp", "telegram"} {
		p := f.person(n + 1)
		f.run(`UPDATE addresses SET network = $2 WHERE contact = $1`, p.contact, network)
		ids = append(ids, f.done(p, start, clean(p, start)).Application.ID)
		f.accept(ani, start, ids[n])
	}
	f.must(f.PullBrake(t.Context(), storage.Brake{Network: chat.WhatsApp, Cause: storage.BrakeCold}))
	f.must(f.SweepClocks(t.Context()))
	if n := f.count(`SELECT count(*) FROM calls`); n != 0 {
		t.Errorf("%d are to be telephoned at once", n)
	}
	f.clock.Move(25 * time.Hour)
	f.must(f.SweepClocks(t.Context()))
	if n := f.count(`SELECT count(*) FROM calls c JOIN owner_notices n ON n.id = c.notice WHERE n.kind = 'complete' AND n.application = $1 AND c.why = 'brake'`, ids[0]); n != 1 {
		t.Error("whose file is complete, and who cannot be told, is not telephoned")
	}
	if n := f.count(`SELECT count(*) FROM calls`); n != 1 {
		t.Errorf("%d are to be telephoned", n)
	}
}

func TestAnotherNumberAndOneThatWasLongAwayBeginToWarmUpAnew(t *testing.T) {
	f := setup(t)
	l, lasts := f.lane(), 28*24*time.Hour
	today := func() string { return f.clock.Now().In(time.FixedZone("WITA", 8*60*60)).Format(time.DateOnly) }
	first, sent := "", 0
	for _, step := range []struct {
		name, number string
		after        time.Duration
		anew         bool
	}{
		{"the first number", "6281200000001", 0, true},
		{"it is there still", "6281200000001", 14 * 24 * time.Hour, false},
		{"it is linked again", "6281200000001", 7 * 24 * time.Hour, false},
		{"another SIM", "6281200000002", 0, true},
		{"the first SIM again", "6281200000001", 24 * time.Hour, true},
		{"it comes back after five weeks", "6281200000001", 35 * 24 * time.Hour, true},
	} {
		f.clock.Move(step.after)
		f.must(f.LinkedAs(t.Context(), chat.WhatsApp, step.number, lasts))
		f.must(l.soon(f.wa(step.name, time.Hour), fmt.Sprint("owner/", step.name), delivery.Notice))
		if step.anew {
			first = today()
		}
		sent++
		at, err := f.Lane(t.Context(), chat.WhatsApp)
		f.must(err)
		if at.WarmFrom != first {
			t.Errorf("%s: it warms up since %s, want %s", step.name, at.WarmFrom, first)
		}
	}
	if len(l.sent) != sent {
		t.Errorf("%d went, want %d", len(l.sent), sent)
	}
	if n := f.count(`SELECT count(*) FROM lanes WHERE lanes::text LIKE '%81200000001%'`); n != 0 {
		t.Error("the number stands in clear")
	}
}
