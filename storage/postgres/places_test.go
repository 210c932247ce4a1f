package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"titian/storage"
)

// crowd makes n owners with a contact each, past the package: what is tested begins with their applications.
func (f *fixture) crowd(n int) []*person {
	f.t.Helper()
	for _, query := range []string{
		`INSERT INTO contacts (id, source, created_at) SELECT 'c' || g, '', $2 FROM generate_series(1, $1::integer) g`,
		`INSERT INTO owners (id, created_at) SELECT 'o' || g, $2 FROM generate_series(1, $1::integer) g`,
		`INSERT INTO speaks_for (contact, owner, role, since) SELECT 'c' || g, 'o' || g, 'self', $2 FROM generate_series(1, $1::integer) g`,
		`INSERT INTO registrations (owner, number, name, business, sector, products, kecamatan, kelurahan, address, workers, permits, photos,
			missing, typed_by, network, source, flow_version, filed_at, answers_sealed)
		SELECT 'o' || g, 'IKM-2026-' || lpad(g::text, 6, '0'), 'Contoh ' || g, '', '', '{}', '', '', '', 1, '{}', '{}', '{}', 'self', '', '', 1, $2, ''
		FROM generate_series(1, $1::integer) g`,
	} {
		f.run(query, n, start)
	}
	people := make([]*person, n)
	for i := range people {
		people[i] = &person{contact: storage.ContactID(fmt.Sprint("c", i+1)), owner: storage.OwnerID(fmt.Sprint("o", i+1)), n: i + 1}
	}
	return people
}

// held are the numbers of owners, by registration, that hold a place.
func (f *fixture) held(programme storage.ProgrammeID) []string {
	f.t.Helper()
	ledger, err := f.Ledger(f.t.Context(), programme)
	f.must(err)
	var list []string
	for _, row := range ledger {
		if !row.GrantedAt.IsZero() && row.ReleasedAt.IsZero() {
			list = append(list, row.Registration)
		}
	}
	slices.Sort(list)
	return list
}

// wholeReview is what an officer does with a clean file, in one turn.
func wholeReview(id storage.ApplicationID) []storage.Effect {
	return []storage.Effect{storage.ClaimApplication{Application: id}, storage.AcceptRest{Application: id}, storage.SendBack{Application: id}}
}

// clean is a file in which no check marked anything.
func clean(p *person, at time.Time) storage.FileApplication {
	e := application(p, at)
	e.Items[1].Marks, e.Consents, e.Tasks = nil, nil, nil
	return e
}

func TestTwoHundredOwnersWhoRaceFor120PlacesComeOutExactly120AndTheRightOnes(t *testing.T) {
	f := setup(t)
	programme := f.open(120)
	people := f.crowd(200)
	officers := []*person{}
	for n := range 6 {
		officers = append(officers, f.staff(fmt.Sprint("Petugas ", n), storage.RoleOfficer))
	}
	ids := make([]storage.ApplicationID, len(people))
	parallel(len(people), 6, func(_, n int) {
		at := start.Add(time.Duration(n) * time.Second)
		ids[n] = f.does(people[n], at, clean(people[n], at)).Halal.Application.ID
	})
	if n := f.count(`SELECT last FROM application_numbers`); n != 200 || f.count(`SELECT count(DISTINCT number) FROM applications`) != 200 {
		t.Fatalf("numbers end at %d", n)
	}
	order := rand.New(rand.NewPCG(1, 2)).Perm(len(people))
	var granted atomic.Int32
	parallel(len(people), len(officers), func(worker, n int) {
		id := ids[order[n]]
		f.does(officers[worker], start.Add(time.Hour), wholeReview(id)...)
		if out := f.says(officers[worker], start.Add(time.Hour), storage.GrantPlace{Application: id}); out.Refused == "" {
			granted.Add(1)
		} else if out.Refused != storage.RefusedOrder && out.Refused != storage.RefusedFull {
			t.Errorf("refused: %s", out.Refused)
		}
	})
	want := []string{}
	for n := range 120 {
		want = append(want, fmt.Sprintf("IKM-2026-%06d", n+1))
	}
	if got := f.held(programme); granted.Load() != 120 || !slices.Equal(got, want) {
		t.Fatalf("%d granted, %d held: %v", granted.Load(), len(got), got)
	}
}

// parallel runs do for every n below count, with so many workers.
func parallel(count, workers int, do func(worker, n int)) {
	var next atomic.Int32
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for n := int(next.Add(1)) - 1; n < count; n = int(next.Add(1)) - 1 {
				do(w, n)
			}
		})
	}
	all.Wait()
}

func TestTheSame300FilesGiveTheSame120InWhateverOrderTheyAreReviewedAndAfterAnOutage(t *testing.T) {
	f := setup(t)
	programme := f.open(120)
	people := f.crowd(300)
	officer := f.staff("Ani", storage.RoleOfficer)
	var first []string
	for run, seed := range []uint64{1, 2, 3} {
		f.run(`DELETE FROM applications`)
		f.run(`DELETE FROM places`)
		late := time.Duration(0)
		if run == 2 {
			late = 6 * time.Hour // the bot was down: every message is worked later than it was sent
		}
		got := f.season(rand.New(rand.NewPCG(seed, 7)), people, officer, programme, late)
		if len(got) != 120 {
			t.Fatalf("run %d: %d places", run, len(got))
		}
		if first == nil {
			first = got
		}
		if !slices.Equal(got, first) {
			t.Fatalf("run %d gives other people the places: %v instead of %v", run, got, first)
		}
	}
}

// season files and reviews everyone in a random order. Every 7th file is sent back and replaced in time, every 11th too
// late, every 13th is refused; five share each moment, so that lots decide.
func (f *fixture) season(chance *rand.Rand, people []*person, o *person, programme storage.ProgrammeID, late time.Duration) []string {
	f.t.Helper()
	ids := make([]storage.ApplicationID, len(people))
	for _, n := range chance.Perm(len(people)) {
		sent := start.Add(time.Duration(n/5) * time.Minute)
		ids[n] = f.does(people[n], sent.Add(late), clean(people[n], sent)).Halal.Application.ID
	}
	office := start.Add(late).Add(10 * time.Hour)
	var waiting []storage.ApplicationID
	grant := func(most int) { // officers try whoever they like
		chance.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
		tries := 0
		waiting = slices.DeleteFunc(waiting, func(id storage.ApplicationID) bool {
			tries++
			return tries <= most && f.says(o, office, storage.GrantPlace{Application: id}).Refused == ""
		})
	}
	for _, n := range chance.Perm(len(people)) {
		switch {
		case n%13 == 0:
			f.done(o, office, storage.MoveApplication{Application: ids[n], To: storage.StateRefused, Reason: "bukan makanan"})
			continue
		case n%7 == 0, n%11 == 0:
			f.does(o, office, storage.ClaimApplication{Application: ids[n]},
				storage.GiveVerdict{Application: ids[n], Item: "ktp", Revision: 1, Verdict: storage.VerdictFix, Reason: "blurred"}, storage.SendBack{Application: ids[n]})
			var event string
			f.must(f.raw.QueryRow(`SELECT id FROM owner_notices WHERE application = $1 AND kind = 'fix'`, string(ids[n])).Scan(&event))
			f.must(f.OwnerTold(f.t.Context(), event, start.Add(11*time.Hour)))
			sent := start.Add(20 * time.Hour)
			if n%7 != 0 {
				sent = start.AddDate(0, 0, 9).Add(time.Duration(n) * time.Second)
			}
			e := clean(people[n], sent)
			e.Application, e.Items[0].Digest = ids[n], "k2"
			f.does(people[n], sent.Add(late), e)
		}
		f.does(o, office, wholeReview(ids[n])...)
		waiting = append(waiting, ids[n])
		if chance.IntN(20) == 0 {
			grant(20)
		}
	}
	grant(len(waiting))
	return f.held(programme)
}

func TestAPlaceIsGivenInTheOrderOfRankAndOutOfItOnlyByAnAdminWithAReason(t *testing.T) {
	f := setup(t)
	programme := f.open(1)
	ani, admin := f.staff("Ani", storage.RoleOfficer), f.staff("Dewi", storage.RoleAdmin)
	first, second := f.person(1), f.person(2)
	a, b := f.files(first, start).Application.ID, f.files(second, start.Add(time.Second)).Application.ID
	f.refused(ani, start, storage.GrantPlace{Application: b}, storage.RefusedMove)
	f.accept(ani, start, b)
	if out := f.refused(ani, start, storage.GrantPlace{Application: b}, storage.RefusedOrder); out.Ahead != 1 {
		t.Fatalf("%d ahead", out.Ahead)
	}
	f.refused(ani, start, storage.GrantPlace{Application: b, Override: "bazar"}, storage.RefusedOrder)
	f.refused(admin, start, storage.GrantPlace{Application: b}, storage.RefusedReason)
	f.done(admin, start, storage.GrantPlace{Application: b, Override: "Bazar pekan depan, disetujui kepala dinas"})
	f.accept(ani, start, a)
	f.refused(admin, start, storage.GrantPlace{Application: a, Override: "juga"}, storage.RefusedFull)
	ledger, err := f.Ledger(t.Context(), programme)
	f.must(err)
	if len(ledger) != 2 || ledger[0].Application != "HAL-2026-000002" || ledger[0].Rank != 2 || ledger[0].Override == "" || ledger[0].GrantedBy != "Dewi" ||
		ledger[0].Accepted != 3 || ledger[1].Rank != 1 || !ledger[1].GrantedAt.IsZero() {
		t.Fatalf("ledger %+v", ledger)
	}
	refused, err := f.SetProgramme(t.Context(), storage.Programme{ID: programme, Name: "SEHATI Contoh", Year: 2026, Quota: 0})
	f.must(err)
	if refused != storage.RefusedFull {
		t.Fatalf("a quota below the places that are held: %q", refused)
	}
}

func TestOnePersonAndOneNIBHoldOnePlaceOfAProgramme(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	p, sameNIK, sameNIB := f.person(1), f.person(2), f.person(3)
	a := f.files(p, start).Application.ID
	second := clean(p, start)
	second.Product = "keripik"
	b := f.done(p, start, second).Application.ID
	e := clean(sameNIK, start)
	e.Dossier.Applicant.NIK = nik(1)
	c := f.done(sameNIK, start, e).Application.ID
	e = clean(sameNIB, start)
	e.Dossier.Applicant.NIB = "0000000000001"
	d := f.done(sameNIB, start, e).Application.ID
	for _, id := range []storage.ApplicationID{a, b, c, d} {
		f.accept(ani, start, id)
	}
	f.done(ani, start, storage.GrantPlace{Application: a})
	for _, id := range []storage.ApplicationID{b, c, d} {
		f.refused(ani, start, storage.GrantPlace{Application: id}, storage.RefusedTwice)
	}
}

func TestAPlaceThatIsGivenBackGoesToTheNextWhoIsTold(t *testing.T) {
	f := setup(t)
	programme := f.open(1)
	ani := f.staff("Ani", storage.RoleOfficer)
	first, second := f.person(1), f.person(2)
	a, b := f.files(first, start).Application.ID, f.files(second, start.Add(time.Second)).Application.ID
	f.accept(ani, start, a)
	f.accept(ani, start, b)
	f.done(ani, start, storage.GrantPlace{Application: a})
	f.refused(ani, start, storage.GrantPlace{Application: b}, storage.RefusedFull)
	f.done(first, start.Add(time.Hour), storage.WithdrawApplication{Application: a})
	if n := f.count(`SELECT count(*) FROM owner_notices WHERE kind = 'next' AND application = $1`, string(b)); n != 1 {
		t.Fatal("the next is not told")
	}
	if n := f.count(`SELECT count(*) FROM river_job WHERE kind = 'notify_owner' AND args->>'kind' = 'next'`); n != 1 {
		t.Fatal("no job tells the next")
	}
	if n := f.count(`SELECT count(*) FROM river_job WHERE kind = 'notify_staff' AND args->>'kind' = 'freed'`); n != 1 {
		t.Fatal("no job tells staff")
	}
	f.done(ani, start.Add(time.Hour), storage.GrantPlace{Application: b})
	ledger, err := f.Ledger(t.Context(), programme)
	f.must(err)
	if len(ledger) != 2 || ledger[0].Release != "withdrawn" || ledger[0].State != storage.StateWithdrawn || ledger[1].Application != "HAL-2026-000002" {
		t.Fatalf("ledger %+v", ledger)
	}
}

func TestHapusDataAfterAPlaceKeepsTheRowOfTheLedgerWithoutAName(t *testing.T) {
	for _, tt := range []struct {
		name     string
		issued   bool
		released string
	}{
		{"before the certificate the place goes to the next", false, "deleted"},
		{"after it the place is spent", true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setup(t)
			programme := f.open(1)
			ani := f.staff("Ani", storage.RoleOfficer)
			p := f.person(1)
			id := f.files(p, start).Application.ID
			f.accept(ani, start, id)
			f.done(ani, start, storage.GrantPlace{Application: id})
			if tt.issued {
				f.done(ani, start, storage.MoveApplication{Application: id, To: storage.StateHanded, Person: "Pendamping Contoh"})
				f.done(ani, start, storage.MoveApplication{Application: id, To: storage.StateApplied, SiHalal: "SH2026-1-000001"})
				f.done(ani, start, storage.MoveApplication{Application: id, To: storage.StateIssued, Certificate: "ID00000000000001"})
			}
			out := f.does(p, start.Add(time.Hour), storage.DeleteOwner{Owner: p.owner})
			if !slices.Equal(out.Kept, []string{"HAL-2026-000001"}) {
				t.Fatalf("the reply cannot say what is kept: %v", out.Kept)
			}
			ledger, err := f.Ledger(t.Context(), programme)
			f.must(err)
			if len(ledger) != 1 || ledger[0].Name != "" || ledger[0].Business != "" || ledger[0].Application != "HAL-2026-000001" ||
				ledger[0].Release != tt.released || ledger[0].Accepted != 3 {
				t.Fatalf("ledger %+v", ledger)
			}
			if n := f.count(`SELECT count(*) FROM applications`) + f.count(`SELECT count(*) FROM files WHERE deleted_at IS NULL`); n != 0 {
				t.Fatalf("%d applications and files are left", n)
			}
		})
	}
}
