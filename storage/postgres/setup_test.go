package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/storage"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/storagetest"
)

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// fixture is a database of the test's own with a real keyset, and a second connection that looks past the package.
type fixture struct {
	*postgres.DB
	t     testing.TB
	url   string
	raw   *sql.DB
	keys  *keys.Keyset
	clock *clock
}

func setup(t testing.TB) *fixture {
	t.Helper()
	return over(t, storagetest.PostgresFrom(t, migrated))
}

func migrated(url string) error {
	db, err := postgres.Open(context.Background(), url, postgres.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(context.Background(), nil)
}

func over(t testing.TB, url string) *fixture {
	t.Helper()
	k, err := keys.New()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, url: url, keys: k, clock: &clock{t: start}}
	f.DB = f.another()
	if f.raw, err = sql.Open("postgres", url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.raw.Close() })
	return f
}

// another opens the same database once more, as a second process does.
func (f *fixture) another() *postgres.DB {
	f.t.Helper()
	db, err := postgres.Open(f.t.Context(), f.url, postgres.Options{Now: f.clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.t.Fatal(err)
	}
	db.UseKeys(f.keys)
	f.t.Cleanup(func() { db.Close() })
	return db
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) is(err, want error) {
	f.t.Helper()
	if !errors.Is(err, want) {
		f.t.Fatalf("got error %v, want %v", err, want)
	}
}

// count runs a query for one number.
func (f *fixture) count(query string, args ...any) int {
	f.t.Helper()
	var n int
	f.must(f.raw.QueryRow(query, args...).Scan(&n))
	return n
}

func (f *fixture) run(query string, args ...any) {
	f.t.Helper()
	_, err := f.raw.Exec(query, args...)
	f.must(err)
}

// contact is someone new, or whoever wrote from that key before.
func (f *fixture) contact(key string) storage.ContactID {
	f.t.Helper()
	c, err := f.Contact(f.t.Context(), chat.Address{Network: chat.Telegram, Key: key}, "poster", f.clock.Now())
	f.must(err)
	return c.ID
}

func key(c storage.ContactID, seq int64) storage.TurnKey {
	return storage.TurnKey{Contact: c, Seq: seq, MessageID: fmt.Sprint("m", seq), Network: "telegram", At: start}
}

// finish is what the bot does last in a turn: the record of the new state, and a reply that names the number.
func finish(k storage.TurnKey) func(storage.Outcome) (storage.Record, error) {
	return func(o storage.Outcome) (storage.Record, error) {
		return storage.Record{Contact: k.Contact, Seq: k.Seq, Seen: []string{k.MessageID}, State: []byte("state"),
			Owed: []storage.Owed{{ID: fmt.Sprintf("%d.0", k.Seq), Body: []byte("number " + o.Number)}}}, nil
	}
}

// commit carries out effects as one turn and returns what they taught.
func (f *fixture) commit(c storage.ContactID, seq int64, effects ...storage.Effect) storage.Outcome {
	f.t.Helper()
	out, err := try(f.t.Context(), f.DB, key(c, seq), effects...)
	f.must(err)
	return out
}

func try(ctx context.Context, db *postgres.DB, k storage.TurnKey, effects ...storage.Effect) (storage.Outcome, error) {
	var out storage.Outcome
	_, err := db.Commit(ctx, k, effects, func(o storage.Outcome) (storage.Record, error) {
		out = o
		return finish(k)(o)
	})
	return out, err
}

func ptr[T any](v T) *T { return &v }

// wati is a registration with every answer given.
func wati() storage.Registration {
	return storage.Registration{
		Name: "Wati Binti La Ode", NIK: "7471014107850001", Phone: "+6281234567890", Business: "Abon Wati", Sector: "pangan",
		Products: []string{"abon ikan", "abon \"super\", pedas"}, Kecamatan: "Kadia", Kelurahan: "Bende", Address: "Jl. Bunga 3",
		Latitude: ptr(-3.9778), Longitude: ptr(122.5151), Workers: 3, Turnover: ptr(answer.Rupiah(7654321)), HasNIB: ptr(true),
		NIB: "1234567890123", Permits: []string{"pirt"}, Announcements: ptr(true), TypedBy: storage.TypedBySelf,
		Network: "telegram", Source: "poster", FlowVersion: 1, Missing: []string{},
		Answers: map[string]string{"nik": "7471014107850001", "phone": "+6281234567890", "turnover": "7654321"},
	}
}

func agreed(purpose string) storage.Consent {
	return storage.Consent{Purpose: purpose, TextVersion: "1", TextSHA256: "abc", Answer: "SETUJU wati", Given: true,
		MessageID: "m1", At: start, TypedBy: storage.TypedBySelf}
}

func filing(r storage.Registration) storage.File {
	return storage.File{Registration: r, Consents: []storage.Consent{agreed("registration"), agreed("announcements")}}
}
