package postgres_test

import (
	"testing"
	"time"

	"titian/locales"
	"titian/storage"
)

// wita is a time in Kendari.
func wita(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, locales.WITA)
	if err != nil {
		panic(err)
	}
	return t
}

// calendar gives the fixture the office of the first user.
func (f *fixture) calendar() *locales.Office {
	f.t.Helper()
	office, err := locales.ReadOffice("")
	f.must(err)
	f.UseOffice(office)
	return office
}

// until is until when a file that was sent back keeps its rank, as its owner is told.
func (f *fixture) until(p *person) time.Time {
	f.t.Helper()
	stands, err := f.Stands(f.t.Context(), p.contact)
	f.must(err)
	return stands[0].Until
}

func TestTheClockOfARepairCountsWorkingDaysFromTheDelivery(t *testing.T) {
	for _, tt := range []struct{ name, told, last string }{
		{"a Monday morning", "2026-11-23 10:00", "2026-11-26"},
		{"a Friday night", "2026-11-27 22:00", "2026-12-02"},
		{"a Sunday", "2026-11-29 09:00", "2026-12-02"},
		{"two days of Christmas and a weekend", "2026-12-23 09:00", "2026-12-30"},
		{"after hours in Ramadan", "2026-02-23 16:30", "2026-02-26"},
		{"the seven days of Lebaran", "2026-03-17 08:00", "2026-03-27"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setup(t)
			f.calendar()
			f.open(120)
			ani := f.staff("Ani", storage.RoleOfficer)
			p := f.person(1)
			id := f.done(p, start, clean(p, start)).Application.ID
			f.sentBack(ani, start, id)
			if !f.until(p).IsZero() {
				t.Error("the clock began before the message was delivered")
			}
			f.must(f.OwnerTold(t.Context(), f.notice(id, storage.OwnerFix), wita(tt.told)))
			last := wita(tt.last + " 23:59")
			if until := f.until(p); until.Before(last) || until.After(last.Add(time.Minute)) {
				t.Errorf("told %s, the rank is kept until %v, want the end of %s", tt.told, until.In(locales.WITA), tt.last)
			}
			if out := f.repairs(p, id, last); !out.Application.RankAt.Equal(start) || out.Application.State != storage.StateSubmitted {
				t.Errorf("replaced in the last minute it is %s with the rank of %v", out.Application.State, out.Application.RankAt)
			}
			late := last.Add(2 * time.Minute)
			f.sentBack(ani, start, id)
			f.must(f.OwnerTold(t.Context(), f.notice(id, storage.OwnerFix), wita(tt.told)))
			if out := f.repairs(p, id, late); !out.Application.RankAt.Equal(late) {
				t.Errorf("replaced a minute too late it has the rank of %v", out.Application.RankAt)
			}
		})
	}
}

func TestAMessageThatDidNotArriveInADayIsTelephonedAndTheCallBeginsTheClock(t *testing.T) {
	f := setup(t)
	f.calendar()
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	p := f.person(1)
	id := f.done(p, start, clean(p, start)).Application.ID
	f.sentBack(ani, start, id)
	calls := func() []storage.Call {
		t.Helper()
		f.must(f.SweepClocks(t.Context()))
		list, err := f.Calls(t.Context())
		f.must(err)
		return list
	}
	f.clock.Move(24*time.Hour - time.Second)
	if list := calls(); len(list) != 0 {
		t.Fatalf("telephoned before a day is over: %+v", list)
	}
	f.clock.Move(2 * time.Second)
	list := calls()
	if len(list) != 1 || list[0].About != storage.OwnerFix || list[0].Name != "Contoh 1" || list[0].Phone == "" {
		t.Fatalf("after a day the list is %+v", list)
	}
	f.clock.Move(30 * 24 * time.Hour)
	if list := calls(); len(list) != 1 {
		t.Fatalf("a month later the list is %+v", list)
	}
	if n := f.count(`SELECT count(*) FROM owner_notices WHERE kind = 'lapsed'`); n != 0 || !f.until(p).IsZero() {
		t.Fatal("a message that never arrived cost the rank")
	}
	called := wita("2026-12-23 09:00")
	f.done(ani, called, storage.NoteCall{Call: list[0].ID})
	if until := f.until(p); until.Before(wita("2026-12-30 23:59")) || until.After(wita("2026-12-31 00:00")) {
		t.Errorf("after the call the rank is kept until %v", until.In(locales.WITA))
	}
	if list := calls(); len(list) != 0 {
		t.Errorf("who was called is still on the list: %+v", list)
	}
	f.refused(ani, called, storage.NoteCall{Call: list[0].ID}, storage.RefusedUnknown)
	before := f.until(p)
	f.must(f.OwnerTold(t.Context(), f.notice(id, storage.OwnerFix), called.Add(24*time.Hour)))
	if !f.until(p).Equal(before) {
		t.Error("the message that came after the call moves the clock")
	}
}

func TestWhoIsReachedAfterAllIsNotTelephoned(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	p := f.person(1)
	id := f.done(p, start, clean(p, start)).Application.ID
	f.sentBack(ani, start, id)
	f.must(f.OwnerUntold(t.Context(), f.notice(id, storage.OwnerFix), storage.CallBlocked))
	f.must(f.OwnerTold(t.Context(), f.notice(id, storage.OwnerFix), start.Add(time.Hour)))
	if list, err := f.Calls(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("the list is %+v, %v", list, err)
	}
	f.must(f.SweepClocks(t.Context()))
	if list, err := f.Calls(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("after a sweep the list is %+v, %v", list, err)
	}
}

func TestALapseIsToldOnceThoughTheClockJumpsBackAndNothingLapsesEarly(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	people, ids := f.line(2)
	f.sentBack(ani, start, ids[0])
	f.must(f.OwnerTold(t.Context(), f.notice(ids[0], storage.OwnerFix), start))
	lapsed := func() int {
		t.Helper()
		f.must(f.SweepClocks(t.Context()))
		return f.count(`SELECT count(*) FROM owner_notices WHERE kind = 'lapsed'`)
	}
	f.clock.Move(-30 * 24 * time.Hour)
	if lapsed() != 0 {
		t.Error("a clock that went back took the rank")
	}
	f.clock.Move(30*24*time.Hour + f.until(people[0]).Sub(start))
	if lapsed() != 0 {
		t.Error("the rank was lost before its time")
	}
	f.clock.Move(time.Second)
	if lapsed() != 1 {
		t.Error("the time is over and nobody is told")
	}
	f.clock.Move(-48 * time.Hour)
	lapsed()
	f.clock.Move(96 * time.Hour)
	if n := lapsed(); n != 1 {
		t.Errorf("told %d times", n)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'rank lapsed'`); n != 1 {
		t.Errorf("the lapse stands in %d rows of the audit", n)
	}
}

func TestAClaimOutlivesAClockThatJumpsBackAndEndsAgain(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, budi := f.staff("Ani", storage.RoleOfficer), f.staff("Budi", storage.RoleOfficer)
	p := f.person(1)
	id := f.done(p, start, clean(p, start)).Application.ID
	f.done(ani, start, storage.ClaimApplication{Application: id})
	back := start.Add(-6 * time.Hour)
	f.refused(budi, back, storage.ClaimApplication{Application: id}, storage.RefusedClaimed)
	f.done(ani, back, storage.AcceptRest{Application: id}) // and holds it for half an hour of the new time
	f.done(budi, back.Add(31*time.Minute), storage.ClaimApplication{Application: id})
}

func TestAHolidayThatIsSetWhileAClockRunsGivesMoreTimeAndNoneTakesAny(t *testing.T) {
	f := setup(t)
	office := f.calendar()
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	p := f.person(1)
	id := f.done(p, start, clean(p, start)).Application.ID
	f.sentBack(ani, start, id)
	f.must(f.OwnerTold(t.Context(), f.notice(id, storage.OwnerFix), wita("2026-11-23 10:00")))
	for _, day := range []struct {
		days map[string]locales.Day
		last string
	}{
		{map[string]locales.Day{"2026-11-25": {Name: "Banjir"}}, "2026-11-27"},
		{nil, "2026-11-27"}, // said is said
	} {
		office.SetDays(day.days)
		f.must(f.SweepClocks(t.Context()))
		if until := f.until(p); until.Before(wita(day.last+" 23:59")) || until.After(wita(day.last+" 23:59").Add(time.Minute)) {
			t.Errorf("with %v the rank is kept until %v, want %s", day.days, until.In(locales.WITA), day.last)
		}
	}
}
