package postgres_test

import (
	"testing"
	"time"

	"titian/storage"
)

func TestHandingOverStandsInTheAuditBeforeAnythingIsRead(t *testing.T) {
	f := setup(t)
	f.open(120)
	filed := f.files(f.person(1), start.Add(time.Hour)).Application
	a, dossier, err := f.HandOver(t.Context(), filed.Number, "command line: contoh")
	f.must(err)
	if a.ID != filed.ID || len(a.Items) != 3 || dossier.Applicant.NIK != nik(1) {
		t.Fatalf("handed over %+v", a)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'take dossier' AND subject = $1 AND actor = 'command line: contoh'`, a.ID); n != 1 {
		t.Errorf("%d rows in the audit", n)
	}
	f.run(`UPDATE applications SET dossier_sealed = 'broken' WHERE id = $1`, a.ID)
	if _, _, err := f.HandOver(t.Context(), filed.Number, "command line: contoh"); err == nil {
		t.Error("what cannot be opened was handed over")
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'take dossier'`); n != 2 {
		t.Errorf("%d rows in the audit after a try that failed", n)
	}
	_, _, err = f.HandOver(t.Context(), "HAL-2026-999999", "command line: contoh")
	f.is(err, storage.ErrNotFound)
}

func TestAFileIsOfTheApplicationThatNamesItAndOfNoOther(t *testing.T) {
	f := setup(t)
	f.open(120)
	one, two := f.person(1), f.person(2)
	first := f.files(one, start.Add(time.Hour)).Application
	second := f.files(two, start.Add(2*time.Hour)).Application
	f.does(two, start.Add(3*time.Hour), kept(two, "stray", 1))
	f.run(`UPDATE applications SET files = files || $2::text WHERE id = $1`, first.ID, file(two, "nib", 1)) // a fault somewhere
	f.run(`UPDATE application_items SET files = files || $2::text WHERE application = $1 AND key = 'ktp'`, first.ID, file(two, "stray", 1))
	asked := []storage.FileID{file(one, "ktp", 1), file(two, "ktp", 1), file(two, "nib", 1), file(two, "stray", 1), "no such file"}
	files, err := f.FilesSeenFrom(t.Context(), first.ID, asked)
	f.must(err)
	want := map[storage.FileID]storage.ApplicationID{asked[0]: first.ID, asked[1]: second.ID, asked[2]: second.ID, asked[3]: ""}
	if len(files) != len(want) {
		t.Fatalf("%+v", files)
	}
	for _, file := range files {
		if of, ok := want[file.ID]; !ok || file.Application != of || file.MIME != "image/jpeg" || file.SizeBytes != 10 {
			t.Errorf("%+v, want it of %q", file, of)
		}
	}
}
