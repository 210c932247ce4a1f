package postgres_test

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"titian/flows/answer"
	"titian/storage"
)

// sari is one owner of the dinas's list.
func sari() storage.Imported {
	amount := answer.Rupiah(2_000_000)
	return storage.Imported{Name: "Contoh Sari", NIK: "7471014107850003", Phone: "+6281200000003", Business: "Dapur Sari", Sector: "food",
		Products: []string{"abon ikan", "stik, pedas"}, Kecamatan: "Kadia", Kelurahan: "Bende", Address: "Jl. Contoh No. 3", Workers: 4,
		Turnover: &amount, NIB: "0000000000017", Permits: "PIRT", Binaan: true}
}

func (f *fixture) imports(list ...storage.Imported) storage.ImportCount {
	f.t.Helper()
	n, err := f.ImportOwners(f.t.Context(), "ikm.xlsx", "test", false, list)
	f.must(err)
	return n
}

// met is the row that a number meets.
func (f *fixture) met(phone answer.Phone) storage.Imported {
	f.t.Helper()
	o, err := f.Listed(f.t.Context(), phone, "", "", nil)
	f.must(err)
	return o
}

// claiming files a registration of sari, who says that the row is theirs.
func claiming(id storage.ImportedID) storage.File {
	e := filing(wati())
	e.Registration.Name, e.Registration.NIK, e.Registration.Phone, e.Registration.PhoneOwn = "Contoh Sari", "7471014107850003", "+6281200000003", true
	e.Claims = id
	return e
}

func (f *fixture) filed(owner storage.OwnerID) storage.Registration {
	f.t.Helper()
	r, err := f.Registration(f.t.Context(), owner)
	f.must(err)
	return r
}

func TestANumberMeetsTheLikeliestRowThatNobodyClaimed(t *testing.T) {
	f := setup(t)
	ctx := t.Context()
	_, err := f.Listed(ctx, "+6281200000003", "", "", nil)
	f.is(err, storage.ErrNotFound)
	husband := storage.Imported{Name: "Contoh Suami", NIK: "7471010107850004", Phone: "+6281200000003", Business: "Tenun Contoh"}
	f.imports(sari(), husband)
	whole, want := f.met("+6281200000003"), sari()
	if whole.Name == husband.Name {
		want = husband
	}
	if want.ID = whole.ID; whole.ID == "" || !reflect.DeepEqual(whole.Name, want.Name) || whole.NIK != want.NIK {
		t.Fatalf("met %+v, want %+v", whole, want)
	}
	byNIK, err := f.Listed(ctx, "+6281200000003", "7471014107850003", "Contoh Suami", nil)
	f.must(err)
	want = sari()
	if want.ID = byNIK.ID; !reflect.DeepEqual(byNIK, want) {
		t.Errorf("by NIK it met %+v, want %+v", byNIK, want)
	}
	byName, err := f.Listed(ctx, "+6281200000003", "", "contoh  SUAMI", nil)
	if f.must(err); byName.Name != husband.Name {
		t.Errorf("by name it met %s", byName.Name)
	}
	next, err := f.Listed(ctx, "+6281200000003", "7471014107850003", "", []storage.ImportedID{byNIK.ID})
	if f.must(err); next.ID != byName.ID {
		t.Errorf("past the one that was declined it met %s", next.Name)
	}
	f.commit(f.contact("1"), 1, claiming(byNIK.ID))
	_, err = f.Imported(ctx, byNIK.ID)
	f.is(err, storage.ErrNotFound)
	if o, err := f.Listed(ctx, "+6281200000003", "7471014107850003", "", nil); err != nil || o.ID != byName.ID {
		t.Errorf("a claimed row is met again: %+v, %v", o, err)
	}
	_, err = f.Listed(ctx, "+6281200000009", "7471014107850003", "Contoh Sari", nil)
	f.is(err, storage.ErrNotFound) // a NIK is no key to the list
}

func TestAClaimCarriesSourceAndBinaanInTheSameTransaction(t *testing.T) {
	f := setup(t)
	f.imports(sari())
	id := f.met("+6281200000003").ID
	c := f.contact("1")
	boom := fmt.Errorf("boom")
	_, err := f.Commit(t.Context(), key(c, 1), []storage.Effect{claiming(id)}, func(storage.Outcome) (storage.Record, error) { return storage.Record{}, boom })
	f.is(err, boom)
	if f.met("+6281200000003").ID != id {
		t.Fatal("a filing that came to nothing claimed the row")
	}
	out := f.commit(c, 2, claiming(id))
	if r := f.filed(out.Owner); r.List != "ikm.xlsx" || !r.Binaan || !r.PhoneOwn || len(out.Flags) != 0 {
		t.Errorf("filed is %+v, flags %v", r, out.Flags)
	}
	if n := f.count(`SELECT count(*) FROM imported_owners WHERE claimed_by = $1 AND claimed_at = $2`, string(out.Owner), start); n != 1 {
		t.Error("the row does not say who claimed it")
	}
	other := sari()
	other.NIK, other.Phone, other.Name = "7471014107850007", "+6281200000007", "Contoh Lain"
	f.imports(other)
	e := claiming(f.met("+6281200000007").ID)
	if out = f.commit(f.contact("2"), 1, e); len(out.Flags) == 0 || out.Flags[len(out.Flags)-1].Kind != "other_nik" && out.Flags[0].Kind != "other_nik" {
		t.Errorf("another NIK than the list's raises %v", out.Flags)
	}
}

func TestOfTwoChatsThatClaimOneRowOneWinsAndTheOtherFilesWithoutIt(t *testing.T) {
	f := setup(t)
	f.imports(sari())
	id := f.met("+6281200000003").ID
	var both sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		c := f.contact(fmt.Sprint(i))
		both.Go(func() { _, errs[i] = try(context.WithoutCancel(t.Context()), f.DB, key(c, 1), claiming(id)) })
	}
	both.Wait()
	for _, err := range errs {
		f.must(err)
	}
	if n := f.count(`SELECT count(*) FROM registrations`); n != len(errs) {
		t.Errorf("%d were filed", n)
	}
	if n := f.count(`SELECT count(*) FROM registrations WHERE list = 'ikm.xlsx' AND binaan`); n != 1 {
		t.Errorf("%d carry what stood on the list, want the one who was first", n)
	}
}

func TestWhoDeclinesARowIsFlaggedAndAnAmendmentKeepsTheFlagAndTheMark(t *testing.T) {
	f := setup(t)
	f.imports(sari())
	e := filing(wati())
	e.Declines = f.met("+6281200000003").ID
	c := f.contact("1")
	out := f.commit(c, 1, e)
	if len(out.Flags) != 1 || out.Flags[0].Kind != "declined" {
		t.Fatalf("flags %v", out.Flags)
	}
	e = filing(wati())
	e.Registration.Owner = out.Owner
	f.commit(c, 2, e)
	if n := f.count(`SELECT count(*) FROM flags WHERE kind = 'declined' AND settled_at IS NULL`); n != 1 {
		t.Error("an amendment settled the flag")
	}
	if f.met("+6281200000003").ID == "" {
		t.Error("the row is gone")
	}
}

func TestWhoIsDeletedGoesFromTheListTooAndTheListDoesNotBringThemBack(t *testing.T) {
	typed := filing(wati())
	typed.Registration.NIK, typed.Registration.Phone = "", "+6281200000003"
	own := filing(wati())
	own.Registration.NIK, own.Registration.Phone, own.Registration.PhoneOwn = "", "+6281200000003", true
	byNIK := filing(wati())
	byNIK.Registration.NIK = "7471014107850003"
	declined := filing(wati())
	declined.Registration.NIK, declined.Registration.Phone, declined.Registration.PhoneOwn = "", "+6281200000003", true
	for name, tt := range map[string]struct {
		file storage.File
		gone bool
	}{
		"who claimed the row":                                  {claiming("it"), true},
		"who never claimed it and has the NIK":                 {byNIK, true},
		"who never claimed it and has the number, vouched for": {own, true},
		"who typed the number":                                 {typed, false},
		"who said that the row is somebody else's":             {declined, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := setup(t)
			f.imports(sari())
			id := f.met("+6281200000003").ID
			if tt.file.Claims != "" {
				tt.file.Claims = id
			}
			if name == "who said that the row is somebody else's" {
				tt.file.Declines = id
			}
			c := f.contact("1")
			out := f.commit(c, 1, tt.file)
			f.commit(c, 2, storage.DeleteOwner{Owner: out.Owner})
			n := f.imports(sari())
			left := f.count(`SELECT count(*) FROM imported_owners`)
			if tt.gone && (n.Deleted != 1 || n.New != 0 || left != 0) || !tt.gone && (n.Same != 1 || left != 1) {
				t.Errorf("the list again: %+v, %d rows", n, left)
			}
			if !tt.gone {
				return
			}
			if n := f.count(`SELECT count(*) FROM unlisted_owners u WHERE to_jsonb(u)::text ~ '74710141|62812|Sari'`); n != 0 {
				t.Error("what stays can be read")
			}
			if again, err := f.ImportOwners(t.Context(), "another list", "test", false, []storage.Imported{sari()}); err != nil || again.Deleted != 1 {
				t.Errorf("another list: %+v, %v", again, err)
			}
			sister := sari()
			sister.Name, sister.NIK = "Contoh Kakak", "7471014107850009"
			if n := f.imports(sister); n.New != 1 {
				t.Errorf("somebody else with the same number is left out too: %+v", n)
			}
		})
	}
}

func TestWhoDeletesADraftGoesFromTheListOnlyWhenTheySaidItIsThem(t *testing.T) {
	f := setup(t)
	f.imports(sari())
	c := f.contact("1")
	f.commit(c, 1, storage.DeleteContact{})
	id := f.met("+6281200000003").ID
	f.commit(c, 2, storage.DeleteContact{Listed: id})
	if n := f.imports(sari()); n.Deleted != 1 {
		t.Errorf("the list again: %+v", n)
	}
}

func TestAMarkThatIsNewInTheListReachesWhoClaimedTheRowOnce(t *testing.T) {
	f := setup(t)
	plain := sari()
	plain.Binaan = false
	f.imports(plain)
	out := f.commit(f.contact("1"), 1, claiming(f.met("+6281200000003").ID))
	if f.filed(out.Owner).Binaan {
		t.Fatal("marked by nobody")
	}
	if n := f.imports(sari()); n.Claimed != 1 || !f.filed(out.Owner).Binaan {
		t.Errorf("%+v: the mark of the list did not come over", n)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'set binaan' AND before->>'binaan' = 'false' AND after->>'binaan' = 'true'`); n != 1 {
		t.Errorf("%d rows of the audit tell of it", n)
	}
	f.run(`UPDATE registrations SET binaan = false`) // as staff do
	if f.imports(sari()); f.filed(out.Owner).Binaan {
		t.Error("the same list overrules staff")
	}
}

func TestANumberStaysOnesOwnWhileItStaysTheSame(t *testing.T) {
	f := setup(t)
	c := f.contact("1")
	e := claiming("")
	out := f.commit(c, 1, e)
	e.Registration.Owner, e.Registration.PhoneOwn = out.Owner, false
	if f.commit(c, 2, e); !f.filed(out.Owner).PhoneOwn {
		t.Error("an amendment of something else took it away")
	}
	e.Registration.Phone = "+6281200000009"
	if f.commit(c, 3, e); f.filed(out.Owner).PhoneOwn {
		t.Error("a number that was typed is taken for vouched for")
	}
}
