package postgres_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"titian/flows/answer"
	"titian/storage"
)

// open makes a programme of so many places and returns its id.
func (f *fixture) open(quota int) storage.ProgrammeID {
	f.t.Helper()
	refused, err := f.SetProgramme(f.t.Context(), storage.Programme{Name: "SEHATI Contoh", Year: 2026, Quota: quota})
	f.must(err)
	if refused != "" {
		f.t.Fatalf("the programme is refused: %s", refused)
	}
	p, err := f.CurrentProgramme(f.t.Context(), f.clock.Now())
	f.must(err)
	return p.ID
}

// person is an owner with a contact of their own; n makes the NIK.
type person struct {
	contact storage.ContactID
	owner   storage.OwnerID
	n       int
	seq     int64
}

func (f *fixture) person(n int) *person {
	f.t.Helper()
	p := &person{contact: f.contact(fmt.Sprint("owner", n)), n: n}
	r := wati()
	r.Name, r.NIK, r.Phone = fmt.Sprintf("Contoh %d", n), nik(n), answer.Phone(fmt.Sprintf("+62812%08d", n))
	p.owner = f.does(p, start, filing(r)).Owner
	return p
}

func nik(n int) answer.NIK { return answer.NIK(fmt.Sprintf("747101%02d0785%04d", n%28+1, n)) }

// turn is the key of a person's next turn.
func (p *person) turn(at time.Time) storage.TurnKey {
	p.seq++
	k := key(p.contact, p.seq)
	k.At = at
	return k
}

// does carries out effects as the next turn of a person, whose message came at a time.
func (f *fixture) does(p *person, at time.Time, effects ...storage.Effect) storage.Outcome {
	f.t.Helper()
	out, err := try(f.t.Context(), f.DB, p.turn(at), effects...)
	f.must(err)
	return out
}

// application is a complete file of three items.
func application(p *person, at time.Time) storage.FileApplication {
	return storage.FileApplication{
		Owner: p.owner, Product: "abon ikan", CompletedAt: at, FlowVersion: 1, ListVersion: "1",
		Dossier: storage.Dossier{Applicant: storage.Applicant{Name: fmt.Sprint("Contoh ", p.n), NIK: nik(p.n), NIB: answer.NIB(fmt.Sprintf("%013d", p.n))},
			Products: []storage.Product{{ID: "p1", Name: "Abon Contoh"}}},
		Items: []storage.Item{
			{Key: "ktp", Kind: storage.ItemDocument, Title: "KTP", Required: true, Files: []storage.FileID{file(p, "ktp", 1)}, Digest: "k1"},
			{Key: "nib", Kind: storage.ItemDocument, Title: "NIB", Required: true, Files: []storage.FileID{file(p, "nib", 1)}, Digest: "n1", Marks: []string{"blurred"}},
			{Key: storage.SectionMaterials, Kind: storage.ItemSection, Title: "Bahan", Required: true, Digest: "b1"},
		},
		Tasks:    []storage.Task{{Kind: "material_bulk", Subject: "minyak goreng curah"}},
		Answers:  map[string]string{"product": "abon ikan"},
		Consents: []storage.Consent{agreed("halal")},
	}
}

func file(p *person, item string, n int) storage.FileID {
	return storage.FileID(fmt.Sprintf("%s-%d-%d", item, p.n, n))
}

func kept(p *person, item string, n int) storage.KeepFile {
	return storage.KeepFile{ID: file(p, item, n), Purpose: item, MIME: "image/jpeg", SizeBytes: 10, SHA256: "sum"}
}

// files files a complete application whose last message came at a time.
func (f *fixture) files(p *person, at time.Time) storage.HalalOutcome {
	f.t.Helper()
	out := f.does(p, at, kept(p, "ktp", 1), kept(p, "nib", 1), application(p, at)).Halal
	if out.Refused != "" {
		f.t.Fatalf("filing is refused: %s", out.Refused)
	}
	return out
}

func TestAnApplicationIsFiledWithItsNumberRankItemsAndTasks(t *testing.T) {
	f := setup(t)
	f.open(120)
	out := f.files(f.person(1), start.Add(time.Hour))
	a := out.Application
	if a.Number != "HAL-2026-000001" || a.State != storage.StateSubmitted || a.Rank != 1 || !a.RankAt.Equal(start.Add(time.Hour)) || len(a.Lot) != 64 {
		t.Fatalf("filed %+v", a)
	}
	if len(a.Items) != 3 || a.Items[0].Key != "ktp" || a.Items[1].Marks[0] != "blurred" || a.Items[2].Revision != 1 || a.Tasks[0].Subject != "minyak goreng curah" {
		t.Fatalf("items %+v, tasks %+v", a.Items, a.Tasks)
	}
	if s := out.Stand; s.Rank != 1 || s.Left != 120 || s.Programme != "SEHATI Contoh" {
		t.Fatalf("stands %+v", s)
	}
	p, err := f.CurrentProgramme(t.Context(), f.clock.Now())
	f.must(err)
	if p.Queued != 1 || p.Taken != 0 || p.LikelyRank() != 2 {
		t.Fatalf("programme %+v", p)
	}
	dossier, err := f.Dossier(t.Context(), a.ID)
	f.must(err)
	if dossier.Applicant.NIK != nik(1) {
		t.Fatal("the dossier is not what was filed")
	}
	byNumber, err := f.Application(t.Context(), a.Number)
	f.must(err)
	if byNumber.ID != a.ID || byNumber.Name != "Contoh 1" || byNumber.Registration != "IKM-2026-000001" {
		t.Fatalf("by its number %+v", byNumber)
	}
}

func TestNoBackupShowsWhatAnApplicationTells(t *testing.T) {
	f := setup(t)
	f.open(120)
	f.files(f.person(1), start)
	dump := f.pgDump()
	for _, s := range []string{string(nik(1)), "minyak goreng curah", "0000000000001", "Abon Contoh"} {
		if strings.Contains(dump, s) || strings.Contains(dump, hex.EncodeToString([]byte(s))) {
			t.Errorf("the dump shows %q", s)
		}
	}
}

func TestAParkedApplicationGoesOnUnderOneRowWhenItIsFiled(t *testing.T) {
	f := setup(t)
	p := f.person(1)
	parked := f.does(p, start, storage.ParkApplication{Owner: p.owner, Reason: "nib", Answers: map[string]string{"has_nib": "no"}}).Halal
	if parked.Application.State != storage.StateParked || parked.Stand.Reason != "nib" || parked.Application.Number != "" {
		t.Fatalf("parked %+v", parked.Application)
	}
	again := f.does(p, start, storage.ParkApplication{Owner: p.owner, Reason: "turnover", Answers: map[string]string{"turnover": "20"}}).Halal
	if again.Application.ID != parked.Application.ID || again.Application.Reason != "turnover" {
		t.Fatalf("parked again %+v", again.Application)
	}
	opened := f.does(p, start, storage.OpenApplication{Application: parked.Application.ID})
	if opened.Halal.Answers["turnover"] != "20" || opened.Halal.Dossier != nil {
		t.Fatalf("opened %+v", opened.Halal)
	}
	f.open(120)
	filed := f.files(p, start)
	if filed.Application.ID != parked.Application.ID || filed.Application.State != storage.StateSubmitted || filed.Application.Reason != "" {
		t.Fatalf("filed %+v", filed.Application)
	}
	stands, err := f.Stands(t.Context(), p.contact)
	f.must(err)
	if len(stands) != 1 || stands[0].Number != "HAL-2026-000001" {
		t.Fatalf("stands %+v", stands)
	}
}

func TestFilingIsRefusedWithoutANIKAndWithoutAProgrammeThatIsOpen(t *testing.T) {
	f := setup(t)
	p := f.person(1)
	if out := f.does(p, start, application(p, start)).Halal; out.Refused != storage.RefusedClosed {
		t.Fatalf("without a programme: %+v", out)
	}
	f.open(120)
	none := application(p, start)
	none.Dossier.Applicant.NIK = ""
	if out := f.does(p, start, none).Halal; out.Refused != storage.RefusedNIK {
		t.Fatalf("without a NIK: %+v", out)
	}
	stranger := f.person(2)
	other := f.files(stranger, start).Application
	if out := f.does(p, start, storage.OpenApplication{Application: other.ID}).Halal; out.Refused != storage.RefusedUnknown || out.Dossier != nil {
		t.Fatalf("the application of somebody else: %+v", out)
	}
	if out := f.does(p, start, storage.WithdrawApplication{Application: other.ID}).Halal; out.Refused != storage.RefusedUnknown {
		t.Fatalf("withdrawing that of somebody else: %+v", out)
	}
}

func TestAWithdrawnApplicationWaitsNoLongerAndCannotBeWithdrawnTwice(t *testing.T) {
	f := setup(t)
	f.open(120)
	first, second := f.person(1), f.person(2)
	a := f.files(first, start).Application
	b := f.files(second, start.Add(time.Minute)).Application
	if b.Rank != 2 {
		t.Fatalf("rank %d, want 2", b.Rank)
	}
	if out := f.does(first, start, storage.WithdrawApplication{Application: a.ID}).Halal; out.Application.State != storage.StateWithdrawn || out.Stand.Rank != 0 {
		t.Fatalf("withdrawn %+v", out)
	}
	if out := f.does(first, start, storage.WithdrawApplication{Application: a.ID}).Halal; out.Refused != storage.RefusedMove {
		t.Fatalf("withdrawn twice: %+v", out)
	}
	stands, err := f.Stands(t.Context(), second.contact)
	f.must(err)
	if stands[0].Rank != 1 {
		t.Fatalf("the next has rank %d", stands[0].Rank)
	}
}

func TestFilesThatAnApplicationNamesStayWhenTheRegistrationLetsThemGo(t *testing.T) {
	f := setup(t)
	f.open(120)
	p := f.person(1)
	r := wati()
	r.Owner, r.NIK, r.Photos = p.owner, nik(1), []storage.FileID{"photo"}
	f.does(p, start, storage.KeepFile{ID: "photo"}, filing(r))
	e := application(p, start)
	e.Dossier.Products[0].Photo = "photo"
	f.does(p, start, e)
	r.Photos = nil
	f.does(p, start, filing(r))
	if n := f.count(`SELECT count(*) FROM files WHERE id = 'photo' AND deleted_at IS NULL`); n != 1 {
		t.Fatal("the photo of a product is gone with the registration's")
	}
}
