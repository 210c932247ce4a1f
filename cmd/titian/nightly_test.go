package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/locales"
	"titian/storage/backup"
	"titian/storage/postgres"
	"titian/storage/storagetest"
)

func TestTheNightBeginsAtTwoInKendari(t *testing.T) {
	for now, want := range map[string]string{
		"2026-11-24T02:00:00+08:00": "2026-11-24T02:00:00+08:00",
		"2026-11-24T01:59:59+08:00": "2026-11-23T02:00:00+08:00",
		"2026-11-23T18:00:00Z":      "2026-11-24T02:00:00+08:00",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := lastTwo(at).Format(time.RFC3339); got != want {
			t.Errorf("at %s the last night began %s, want %s", now, got, want)
		}
	}
}

func TestABackupIsDueOnceANightAndAMissedNightIsACause(t *testing.T) {
	ctx := context.Background()
	db, err := postgres.Open(ctx, storagetest.PostgresFrom(t, bottest.Migrate), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	p := &process{settings: &settings{Backup: "somewhere"}, stores: &stores{db: db}}
	now := time.Date(2026, 11, 24, 2, 0, 30, 0, locales.WITA)
	is := func(at time.Time, due bool, cause string) {
		t.Helper()
		got, err := p.backupDue(ctx, at)
		said, failed := p.backupCause(ctx, at)
		if err != nil || failed != nil || got != due || !strings.Contains(said, cause) || (cause == "") != (said == "") {
			t.Errorf("at %v: due %v, cause %q: %v %v", at, got, said, err, failed)
		}
	}
	is(now, true, "belum ada")
	if err := db.NoteBackup(ctx, postgres.Backup{MadeAt: now, Name: "x", SizeBytes: 1}); err != nil {
		t.Fatal(err)
	}
	is(now.Add(23*time.Hour), false, "")
	is(now.Add(24*time.Hour), true, "")
	is(now.Add(26*time.Hour+time.Second), true, "lebih dari 26 jam")
	p.Backup = ""
	if said, err := p.backupCause(ctx, now.AddDate(1, 0, 0)); said != "" || err != nil {
		t.Errorf("without a folder the cause is %q: %v", said, err)
	}
}

func TestOldBackupsGoAndWhateverElseIsThereStays(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, locales.WITA)
	for day := range 40 {
		if err := os.WriteFile(filepath.Join(dir, backup.Name(now.AddDate(0, 0, -day))), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "surat.pdf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := dropOld(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) < 9 || len(left) > 12 || left[len(left)-1].Name() != backup.Name(now) || left[0].Name() != "surat.pdf" {
		t.Errorf("%d are left: %v %v", len(left), left, err)
	}
}
