package postgres_test

import (
	"slices"
	"testing"
	"time"

	"titian/storage"
)

// line files n clean files a second apart.
func (f *fixture) line(n int) (people []*person, ids []storage.ApplicationID) {
	f.t.Helper()
	for i := range n {
		p, at := f.person(i+1), start.Add(time.Duration(i)*time.Second)
		people = append(people, p)
		ids = append(ids, f.done(p, at, clean(p, at)).Application.ID)
	}
	return people, ids
}

// reached wants exactly these to have been told, once each, that a place reaches them, and staff as often.
func (f *fixture) reached(when string, ids ...storage.ApplicationID) {
	f.t.Helper()
	rows, err := f.raw.Query(`SELECT application FROM owner_notices WHERE kind = 'next' ORDER BY at, application`)
	f.must(err)
	defer rows.Close()
	var told, want []string
	for rows.Next() {
		var id string
		f.must(rows.Scan(&id))
		told = append(told, id)
	}
	for _, id := range ids {
		want = append(want, string(id))
	}
	slices.Sort(told)
	slices.Sort(want)
	if !slices.Equal(told, want) {
		f.t.Fatalf("%s: %d are told that a place reaches them, want %d: %v, want %v", when, len(told), len(want), told, want)
	}
}

func TestWhoAPlaceReachesIsToldExactlyOnceHoweverItCame(t *testing.T) {
	f := setup(t)
	f.open(1)
	ani := f.staff("Ani", storage.RoleOfficer)
	people, ids := f.line(6)
	f.accept(ani, start, ids[0])
	f.done(ani, start, storage.GrantPlace{Application: ids[0]})
	f.done(people[4], start, storage.WithdrawApplication{Application: ids[4]})
	f.reached("somebody behind gave up")
	f.done(people[0], start, storage.WithdrawApplication{Application: ids[0]})
	f.reached("the place was given back", ids[1])
	f.done(people[1], start, storage.WithdrawApplication{Application: ids[1]})
	f.reached("the next gave up", ids[1], ids[2])
	f.done(ani, start, storage.MoveApplication{Application: ids[2], To: storage.StateRefused, Reason: "bukan makanan"})
	f.reached("the one after was refused", ids[1], ids[2], ids[3])
	f.does(people[3], start, storage.DeleteOwner{Owner: people[3].owner})
	f.reached("the one after was deleted", ids[1], ids[2], ids[5])
	late := f.person(9)
	first := f.done(late, start, clean(late, start.Add(-time.Hour))).Application.ID // its message waited while the bot was down
	f.done(late, start, storage.WithdrawApplication{Application: first})
	f.reached("it was pushed back and reached again", ids[1], ids[2], ids[5])
}

func TestMorePlacesReachThoseWhoWaited(t *testing.T) {
	f := setup(t)
	programme := f.open(1)
	_, ids := f.line(4)
	set := func(quota int) {
		t.Helper()
		refused, err := f.SetProgramme(t.Context(), storage.Programme{ID: programme, Name: "SEHATI Contoh", Year: 2026, Quota: quota})
		f.must(err)
		if refused != "" {
			t.Fatal(refused)
		}
	}
	set(3)
	f.reached("two more places", ids[1], ids[2])
	set(1)
	set(3)
	f.reached("fewer and more again", ids[1], ids[2])
}

func TestWhoHoldsAPlaceIsNotTheNextAndAPersonCountsOnce(t *testing.T) {
	f := setup(t)
	f.open(2)
	ani := f.staff("Ani", storage.RoleOfficer)
	people, ids := f.line(2)
	second := clean(people[0], start.Add(2*time.Second))
	second.Product = "keripik"
	f.done(people[0], start, second)
	third := f.person(3)
	for range 2 { // two files of one person
		f.done(third, start, clean(third, start.Add(3*time.Second)))
	}
	fourth := f.person(4)
	next := f.done(fourth, start, clean(fourth, start.Add(4*time.Second))).Application.ID
	for _, id := range ids {
		f.accept(ani, start, id)
		f.done(ani, start, storage.GrantPlace{Application: id})
	}
	f.done(people[1], start, storage.WithdrawApplication{Application: ids[1]})
	if n := f.count(`SELECT count(*) FROM owner_notices n JOIN applications a ON a.id = n.application WHERE n.kind = 'next' AND a.owner = $1`, string(third.owner)); n != 1 {
		t.Errorf("the third person is told %d times, want once: the first has a place already", n)
	}
	if n := f.count(`SELECT count(*) FROM owner_notices WHERE kind = 'next' AND application = $1`, string(next)); n != 0 {
		t.Error("one place reaches two persons")
	}
}

func TestARankThatLapsedBringsThePlaceToTheNext(t *testing.T) {
	f := setup(t)
	f.open(1)
	ani := f.staff("Ani", storage.RoleOfficer)
	people, ids := f.line(3)
	f.sentBack(ani, start, ids[0])
	f.must(f.OwnerTold(t.Context(), f.notice(ids[0], storage.OwnerFix), start))
	f.clock.Move(5 * 24 * time.Hour)
	for range 2 {
		f.must(f.SweepClocks(t.Context()))
	}
	f.reached("the first did not replace in time", ids[1])
	sent := start.Add(5 * 24 * time.Hour)
	if out := f.repairs(people[0], ids[0], sent); out.Application.Rank != 3 || !out.Application.RankAt.Equal(sent) {
		t.Errorf("replaced too late it has rank %d of %v", out.Application.Rank, out.Application.RankAt)
	}
}
