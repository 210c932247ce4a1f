package postgres_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"titian/flows/answer"
	"titian/storage"
)

func TestAnAmendmentKeepsNumberAndTimeAndTellsTheAuditOnlyNamesOfAnswers(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	filed := f.commit(c, 1, filing(wati()))
	r := wati()
	r.Owner, r.Network, r.Source = filed.Owner, "whatsapp", "other"
	r.Address, r.NIK, r.Turnover = "Jl. Baru 9", "7471014107850002", nil
	k := key(c, 2)
	k.At = start.Add(time.Hour)
	out, err := try(t.Context(), f.DB, k, filing(r))
	f.must(err)
	if out.Number != filed.Number || out.Owner != filed.Owner {
		t.Fatalf("outcome %+v", out)
	}
	got, err := f.Registration(t.Context(), filed.Owner)
	f.must(err)
	if got.Address != "Jl. Baru 9" || got.NIK != "7471014107850002" || got.Turnover != nil || !got.FiledAt.Equal(start) ||
		!got.AmendedAt.Equal(k.At) || got.Network != "telegram" || got.Source != "poster" {
		t.Fatalf("got %+v", got)
	}
	var after string
	f.must(f.raw.QueryRow(`SELECT after->>'changed' FROM audit WHERE action = 'amend'`).Scan(&after))
	if after != `["nik", "address", "turnover"]` {
		t.Fatalf("audit says %s", after)
	}
	if n := f.count(`SELECT count(*) FROM consents`); n != 2 {
		t.Fatalf("%d consents: the same word was stored again", n)
	}
}

func TestFlagsAreRaisedForStaffAndBlockNobody(t *testing.T) {
	change := func(do func(*storage.Registration)) storage.Registration {
		r := wati()
		do(&r)
		return r
	}
	other := func(r *storage.Registration) { r.NIK, r.Name = "7471014107850077", "La Ode" }
	for _, tt := range []struct {
		name     string
		second   storage.Registration
		sameChat bool
		want     []string
	}{
		{"the same person again from another chat", wati(), false, []string{"same_nik", "same_phone"}},
		{"the same NIK in one chat", wati(), true, []string{"same_nik"}},
		{"a family sharing a phone in one chat", change(other), true, nil},
		{"the same phone in another chat", change(other), false, []string{"same_phone"}},
		{"no NIK and the same name in one chat", change(func(r *storage.Registration) { r.NIK, r.Name = "", "WATI binti la ode" }), true, []string{"same_phone"}},
		{"no NIK and another name in one chat", change(func(r *storage.Registration) { r.NIK, r.Name = "", "La Ode" }), true, nil},
		{"a NIK of no province", change(func(r *storage.Registration) { r.NIK, r.Phone = "9971014107850001", "" }), false, []string{"nik_prefix"}},
		{"nothing in common", change(func(r *storage.Registration) { r.NIK, r.Phone = "7471014107850099", "+628999" }), false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setup(t)
			first, second := f.contact("1"), f.contact("2")
			was := f.commit(first, 1, filing(wati()))
			k := key(second, 1)
			if tt.sameChat {
				k = key(first, 2)
			}
			out, err := try(t.Context(), f.DB, k, filing(tt.second))
			f.must(err)
			var kinds []string
			for _, flag := range out.Flags {
				kinds = append(kinds, flag.Kind)
				if flag.Kind != "nik_prefix" && flag.Other != was.Owner {
					t.Errorf("flag %+v names another owner", flag)
				}
			}
			if !reflect.DeepEqual(kinds, tt.want) || f.count(`SELECT count(*) FROM flags WHERE owner = $1`, out.Owner) != len(tt.want) {
				t.Fatalf("flags %v, want %v", kinds, tt.want)
			}
		})
	}
}

func TestAnAmendmentSettlesTheFlagsItPutsRight(t *testing.T) {
	f := setup(t)
	f.commit(f.contact("1"), 1, filing(wati()))
	c := f.contact("2")
	r := wati()
	r.Owner = f.commit(c, 1, filing(r)).Owner
	f.commit(c, 2, filing(r))
	if n := f.count(`SELECT count(*) FROM flags WHERE settled_at IS NULL`); n != 2 {
		t.Fatalf("%d flags: amending without a change raised them again", n)
	}
	r.NIK = "7471014107850099"
	f.commit(c, 3, filing(r))
	if open, settled := f.count(`SELECT count(*) FROM flags WHERE settled_at IS NULL`), f.count(`SELECT count(*) FROM flags WHERE settled_by = 'amendment'`); open != 1 || settled != 1 {
		t.Fatalf("%d open, %d settled", open, settled)
	}
}

func TestTwoFilingsOfOneNIKAtOnceDoNotMissEachOther(t *testing.T) {
	f := setup(t)
	first, second := key(f.contact("1"), 1), key(f.contact("2"), 1)
	r := wati()
	r.Phone = ""
	end, done := f.inFlight(first, filing(r))
	outcome := make(chan storage.Outcome, 1)
	go func() {
		out, err := try(t.Context(), f.DB, second, filing(r))
		if err != nil {
			t.Error(err)
		}
		outcome <- out
	}()
	f.waiters(1)
	end <- nil
	f.must(<-done)
	if out := <-outcome; len(out.Flags) != 1 || out.Flags[0].Kind != "same_nik" || out.Number != "IKM-2026-000002" {
		t.Fatalf("outcome %+v", out)
	}
}

func TestOneContactSpeaksForSeveralOwnersOldestFirst(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	r := wati()
	r.Photos = []storage.FileID{"f1", "f2"}
	f.commit(c, 1, storage.KeepFile{ID: "f1", Purpose: "photos"}, storage.KeepFile{ID: "f2", Purpose: "photos"}, filing(r))
	k := key(c, 2)
	k.At = start.Add(time.Hour)
	_, err := try(t.Context(), f.DB, k, storage.File{Registration: storage.Registration{Name: "La Ode", Business: "Tenun", TypedBy: storage.TypedByFamily, Missing: []string{"nik"}}})
	f.must(err)
	got, err := f.Owners(t.Context(), c)
	f.must(err)
	want := []storage.Owner{
		{ID: got[0].ID, Name: "Wati Binti La Ode", Business: "Abon Wati", Number: "IKM-2026-000001", FiledAt: start, NIKTail: "0001", Missing: []string{}, Files: 2},
		{ID: got[1].ID, Name: "La Ode", Business: "Tenun", Number: "IKM-2026-000002", FiledAt: k.At, Missing: []string{"nik"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
	if none, err := f.Owners(t.Context(), "nobody"); err != nil || len(none) != 0 {
		t.Fatalf("%v, %v", none, err)
	}
}

func TestStoppingAnnouncementsReachesEveryOwnerOfTheContactAndNobodyElse(t *testing.T) {
	f := setup(t)
	c, stranger := f.contact("1"), f.contact("2")
	mine := []storage.OwnerID{f.commit(c, 1, filing(wati())).Owner, f.commit(c, 2, filing(wati())).Owner}
	theirs := f.commit(stranger, 1, filing(wati())).Owner
	f.commit(c, 3, storage.StopAnnouncements{Consent: storage.Consent{TextVersion: "1", Answer: "berhenti", At: start.Add(time.Minute)}})
	for _, o := range append(mine, theirs) {
		r, err := f.Registration(t.Context(), o)
		f.must(err)
		if *r.Announcements != (o == theirs) {
			t.Errorf("announcements of %s: %v", o, *r.Announcements)
		}
	}
	if n := f.count(`SELECT count(*) FROM consents WHERE purpose = 'announcements' AND NOT given`); n != 3 {
		t.Fatalf("%d withdrawals", n)
	}
}

func TestConsentsCannotBeChangedOrRemoved(t *testing.T) {
	f := setup(t)
	f.commit(f.contact("1"), 1, filing(wati()))
	for _, change := range []string{`UPDATE consents SET given = false`, `UPDATE consents SET word_sealed = 'x'`, `DELETE FROM consents`} {
		if _, err := f.raw.Exec(change); err == nil {
			t.Errorf("%s went through", change)
		}
	}
	f.run(`UPDATE consents SET word_sealed = NULL`)
}

func TestShowingAnOwnerReadsEverythingAndIsAudited(t *testing.T) {
	f := setup(t)
	c := f.contact("1")
	filed := f.commit(c, 1, filing(wati()))
	out := f.commit(c, 2, storage.ShowOwner{Owner: filed.Owner})
	if out.Registration == nil || out.Registration.NIK != wati().NIK || *out.Registration.Turnover != answer.Rupiah(7654321) {
		t.Fatalf("outcome %+v", out)
	}
	if f.count(`SELECT count(*) FROM audit WHERE action = 'show' AND subject = $1 AND actor = $2`, string(filed.Owner), "contact:"+string(c)) != 1 {
		t.Fatal("no audit row")
	}
	_, err := try(t.Context(), f.DB, key(f.contact("2"), 1), storage.ShowOwner{Owner: filed.Owner})
	f.is(err, storage.ErrNotFound)
}

func TestDroppedFilesAreTheContactsOwn(t *testing.T) {
	f := setup(t)
	c := f.contact("1")
	f.commit(c, 1, storage.KeepFile{ID: "a"}, storage.KeepFile{ID: "b", SHA256: "x"})
	f.commit(f.contact("2"), 1, storage.DropFiles{IDs: []storage.FileID{"a"}})
	f.commit(c, 2, storage.DropFiles{IDs: []storage.FileID{"b", "unknown"}})
	known, err := f.KnownFiles(t.Context(), []storage.FileID{"a", "b", "unknown"})
	f.must(err)
	if !known["a"] || len(known) != 1 {
		t.Fatalf("known %v", known)
	}
	var args []string
	rows, err := f.raw.Query(`SELECT args::text FROM river_job WHERE kind = 'delete_files'`)
	f.must(err)
	defer rows.Close()
	for rows.Next() {
		var a string
		f.must(rows.Scan(&a))
		args = append(args, a)
	}
	if !slices.Equal(args, []string{`{"file_ids": ["b"]}`}) {
		t.Fatalf("jobs %v", args)
	}
}

func TestAWishNamesOnlyAnOwnerTheContactSpeaksFor(t *testing.T) {
	f := setup(t)
	c := f.contact("1")
	own := f.commit(c, 1, filing(wati())).Owner
	f.commit(c, 2, storage.AskOfficer{Reason: "asked", Owner: own, Where: "nib"}, storage.AskOfficer{Reason: "stuck", Owner: "stranger"})
	if f.count(`SELECT count(*) FROM wishes WHERE owner = $1`, string(own)) != 1 || f.count(`SELECT count(*) FROM wishes WHERE owner IS NULL`) != 1 {
		t.Fatal("a wish names the wrong owner")
	}
}

func TestAPhotoThatAnAmendmentLeavesOutIsGivenUp(t *testing.T) {
	f := setup(t)
	c := f.contact("1")
	r := wati()
	r.Photos = []storage.FileID{"old", "kept"}
	r.Owner = f.commit(c, 1, storage.KeepFile{ID: "old"}, storage.KeepFile{ID: "kept"}, filing(r)).Owner
	r.Photos = []storage.FileID{"kept", "new"}
	f.commit(c, 2, storage.KeepFile{ID: "new"}, filing(r))
	known, err := f.KnownFiles(t.Context(), []storage.FileID{"old", "kept", "new"})
	f.must(err)
	if len(known) != 2 || known["old"] || f.owners(c)[0].Files != 2 {
		t.Fatalf("known %v, %d files", known, f.owners(c)[0].Files)
	}
}

func TestAFileIsNotedAnewOnceItIsKnownWhatItIsFor(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	f.commit(c, 1, storage.KeepFile{ID: "a", Purpose: "papers", Marks: []string{"blurred", "dark"}})
	f.commit(c, 2, storage.KeepFile{ID: "a", Purpose: "ktp", Marks: []string{"blurred"}})
	if f.count(`SELECT count(*) FROM files WHERE id = 'a' AND purpose = 'ktp' AND marks = '{blurred}'`) != 1 {
		t.Fatal("the file keeps its first purpose")
	}
	_, err := f.Commit(t.Context(), key(f.contact("200"), 1), []storage.Effect{storage.KeepFile{ID: "a", Purpose: "mine"}},
		func(storage.Outcome) (storage.Record, error) { return storage.Record{}, nil })
	if err == nil {
		t.Fatal("somebody else took the file")
	}
}
