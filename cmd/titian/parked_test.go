package main

import (
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"titian/storage"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/storagetest"
)

// opensResults opens the database of a program whose first command has run.
func opensResults(t *testing.T, url, data string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), url, postgres.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	k, err := keys.LoadFile(filepath.Join(data, "keyset.json"))
	if err != nil {
		t.Fatal(err)
	}
	db.UseKeys(k)
	return db
}

// dataOf is the data folder of a program that servedBy gave.
func dataOf(p program) string { return strings.TrimPrefix(p.env[0], "TITIAN_DATA=") }

func TestParkedMessagesAreListedRetriedAndDroppedWithAReason(t *testing.T) {
	url := storagetest.Postgres(t)
	p := servedBy(t, url, storagetest.Redis(t))
	if out := p.prints("", "parked"); out != "nothing is parked\n" {
		t.Errorf("of nothing it says %q", out)
	}
	db := opensResults(t, url, dataOf(p))
	for _, id := range []string{"m1", "m2"} {
		if err := db.Park(t.Context(), storage.Parked{Contact: "orang", Network: "telegram", MessageID: id, ParkedAt: time.Now(),
			Cause: "text message failed 3 times", Body: []byte("sealed")}); err != nil {
			t.Fatal(err)
		}
	}
	parked, err := db.Parked(t.Context())
	if err != nil || len(parked) != 2 {
		t.Fatalf("%v, %v", parked, err)
	}
	first, second := strconv.FormatInt(parked[0].ID, 10), strconv.FormatInt(parked[1].ID, 10)
	out := p.prints("", "parked", "list")
	if !strings.Contains(out, "text message failed 3 times") || strings.Count(out, "\n") != 3 || strings.Contains(out, "m1") {
		t.Errorf("it lists %q", out)
	}
	p.prints("", "parked", "retry", first)
	if n, _, err := db.InboxDepth(t.Context()); err != nil || n != 1 {
		t.Errorf("%d messages wait, %v", n, err)
	}
	for _, args := range [][]string{{"parked", "retry", first}, {"parked", "drop", second}, {"parked", "drop", second, "--reason", " "}, {"parked", "drop", first, "--reason", "x"}} {
		if _, errs, code := p.runs("", args...); code != exitComplaint || errs == "" {
			t.Errorf("titian %v: exit %d: %s", args, code, errs)
		}
	}
	p.prints("", "parked", "drop", second, "--reason", "sudah ditelepon")
	if n, err := db.ParkedCount(t.Context()); err != nil || n != 0 {
		t.Errorf("%d are parked, %v", n, err)
	}
}
