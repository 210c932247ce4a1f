package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/locales"
	"titian/storage/backup"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/storagetest"
	"titian/storage/vault"
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

// watchman is the clock of the nights. Its loops wait for it; each pass lets all of them go once, side by side.
type watchman struct {
	t     *testing.T
	mu    sync.Mutex
	at    time.Time
	loops []*loop
}

type loop struct {
	asked chan time.Duration // how long it would wait
	on    chan struct{}
	wait  time.Duration // as it asked last
}

func (w *watchman) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *watchman) set(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = at
}

// watches runs the loop of a process until the test ends.
func (w *watchman) watches(b *backups) *loop {
	l := &loop{asked: make(chan time.Duration), on: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.nightly(ctx, func(ctx context.Context, d time.Duration) bool {
			select {
			case l.asked <- d:
			case <-ctx.Done():
				return false
			}
			select {
			case <-l.on:
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	w.t.Cleanup(func() { cancel(); <-ended })
	l.wait = <-l.asked
	w.loops = append(w.loops, l)
	return l
}

// pass is the moment of that time: every loop looks once.
func (w *watchman) pass(at time.Time) {
	w.set(at)
	for _, l := range w.loops {
		l.on <- struct{}{}
	}
	for _, l := range w.loops {
		l.wait = <-l.asked
	}
}

// replica is a process that backs up, on the same database and place as others.
type replica struct {
	*process
	rows *sql.DB
}

// household is a database with an admin, a vault with a file, a recovery key and a place for backups.
type household struct {
	*watchman
	url    string
	c      *settings
	k      *keys.Keyset
	vault  *vault.Vault
	secret string
}

func aHousehold(t *testing.T) *household {
	t.Helper()
	h := &household{watchman: &watchman{t: t, at: time.Date(2026, 10, 26, 12, 0, 0, 0, locales.WITA)}, url: storagetest.PostgresFrom(t, bottest.Migrate)}
	h.c = &settings{Data: t.TempDir(), Backup: filepath.Join(t.TempDir(), "cadangan"), DatabaseURL: Secret(h.url), RedisURL: "redis://127.0.0.1:1/0"}
	opened, err := openResults(t.Context(), h.c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.k = opened.keys
	opened.close()
	if h.vault, err = h.c.openVault(h.k); err != nil {
		t.Fatal(err)
	}
	if _, err := h.vault.Put(t.Context(), vault.NewID(), strings.NewReader("foto"), 100); err != nil {
		t.Fatal(err)
	}
	var public string
	if h.secret, public, err = backup.NewKey(); err == nil {
		err = saveRecovery(h.c, public)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// replica opens one more process; place is where it backs up.
func (h *household) replica(place backup.Place) *replica {
	h.t.Helper()
	log := slog.New(slog.DiscardHandler)
	db, err := postgres.Open(h.t.Context(), h.url, postgres.Options{Now: h.now, Log: log})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { db.Close() })
	db.UseKeys(h.k)
	rows, err := sql.Open("postgres", h.url)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { rows.Close() })
	p := &process{settings: h.c, stores: &stores{db: db, keys: h.k, vault: h.vault}, log: log, now: h.now}
	p.backups = &backups{stores: p.stores, settings: h.c, place: place, now: h.now, log: log}
	return &replica{p, rows}
}

func (r *replica) count(t *testing.T, query string) (n int) {
	t.Helper()
	if err := r.rows.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func standing(t *testing.T, place backup.Place) (names []string) {
	t.Helper()
	if err := place.List(t.Context(), func(name string, _ int64, _ time.Time) error { names = append(names, name); return nil }); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEachNightMakesOneTestedBackupAndSevenDaysAndFourWeeksStay(t *testing.T) {
	for _, where := range []string{"a folder", "a bucket"} {
		t.Run("in "+where, func(t *testing.T) {
			h := aHousehold(t)
			if where == "a bucket" {
				s := storagetest.S3(t)
				h.c.Backup, h.c.Store = s.URL+"/cadangan", storedIn(s).Store
			}
			place, err := h.c.at("TITIAN_BACKUP", h.c.Backup)
			if err != nil {
				t.Fatal(err)
			}
			if err := place.Put(t.Context(), "surat.pdf", func(io.Writer) error { return nil }); err != nil {
				t.Fatal(err)
			}
			p := h.replica(place)
			h.watches(p.backups)
			made := func(want int) {
				t.Helper()
				if n := p.count(t, `SELECT count(*) FROM backups WHERE tested AND files = 1`); n != want {
					t.Fatalf("at %v there were %d tested backups, want %d", h.now(), n, want)
				}
			}
			h.pass(h.now()) // the first one at once
			made(1)
			night := time.Date(2026, 10, 27, 2, 0, 0, 0, locales.WITA)
			for n := range 30 {
				h.pass(night.Add(-time.Second))
				made(1 + n)
				h.pass(night.Add(time.Second))
				made(2 + n)
				h.pass(night.Add(time.Hour))
				made(2 + n)
				night = night.AddDate(0, 0, 1)
			}
			// The last night is a Wednesday's: seven days, and of the two weeks before them the Sundays.
			var want []string
			for _, day := range []string{"2026-11-08", "2026-11-15", "2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"} {
				at, err := time.ParseInLocation("2006-01-02 15:04:05", day+" 02:00:01", locales.WITA)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, backup.Name(at))
			}
			if got := standing(t, place); !slices.Equal(got, append([]string{"surat.pdf"}, want...)) {
				t.Errorf("there stand %q, want %q", got, want)
			}
			sum, spoiled, err := h.c.checkBackup(t.Context(), h.c.Backup+"/"+want[len(want)-1], h.secret, p.log)
			if err != nil || spoiled > 0 || sum.Files != 1 || sum.AllRows() == 0 {
				t.Errorf("the paper key reads %+v, %d spoiled: %v", sum, spoiled, err)
			}
		})
	}
}

// fickle is a place that fails as a test wants.
type fickle struct {
	backup.Place
	full    error // of Put
	spoiled bool  // what is read back is not what was written
}

func (f *fickle) Put(ctx context.Context, name string, write func(io.Writer) error) error {
	return f.Place.Put(ctx, name, func(w io.Writer) error { return errors.Join(write(w), f.full) })
}

func (f *fickle) Open(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	r, n, err := f.Place.Open(ctx, name)
	if err == nil && f.spoiled {
		return struct {
			io.Reader
			io.Closer
		}{io.LimitReader(r, n-100), r}, n, nil
	}
	return r, n, err
}

func TestANightThatFailsIsTriedAgainAndAdminsHearOnceADay(t *testing.T) {
	h := aHousehold(t)
	place := &fickle{Place: backup.Folder(h.c.Backup)}
	p := h.replica(place)
	for _, statement := range []string{
		`INSERT INTO contacts (id, created_at) VALUES ('a', now()), ('b', now())`,
		`INSERT INTO addresses (contact, network, key_index, key_sealed, used_at)
			VALUES ('a', 'telegram', decode(repeat('0a', 32), 'hex'), 'a', now()), ('b', 'telegram', decode(repeat('0b', 32), 'hex'), 'b', now())`,
		`INSERT INTO staff (id, contact, name, role, since) VALUES ('a', 'a', 'Contoh Satu', 'admin', now()), ('b', 'b', 'Contoh Dua', 'admin', now())`,
	} {
		if _, err := p.rows.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	told := func(want int) {
		t.Helper()
		if err := p.lookAfter(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := p.count(t, `SELECT count(*) FROM river_job WHERE kind = 'notify_staff' AND args ->> 'id' LIKE 'backup/%'`); n != want {
			t.Errorf("at %v %d notices were given of the backup, want %d", h.now(), n, want)
		}
	}
	l := h.watches(p.backups)
	night := time.Date(2026, 10, 27, 2, 0, 1, 0, locales.WITA)
	h.pass(night)
	told(0)
	night = night.AddDate(0, 0, 1)
	good := standing(t, place)
	for hour := range 3 {
		place.full = map[bool]error{true: errors.New("no space left on device")}[hour == 0]
		place.spoiled = hour > 0
		h.pass(night.Add(time.Duration(hour) * time.Hour))
		if l.wait != backupRetry || !slices.Equal(standing(t, place), good) {
			t.Errorf("after a failure it waits %v, and there stand %q", l.wait, standing(t, place))
		}
		told(map[bool]int{true: 2}[hour > 2])
	}
	h.set(night.Add(2*time.Hour + time.Second)) // 26 hours since the last good one
	told(2)
	told(2)
	h.set(night.Add(24 * time.Hour))
	told(4)
	place.full, place.spoiled = nil, false
	h.pass(night.Add(25 * time.Hour))
	if n := p.count(t, `SELECT count(*) FROM backups`); n != 2 || len(standing(t, place)) != 2 {
		t.Errorf("%d backups, there stand %q", n, standing(t, place))
	}
	h.set(night.Add(48 * time.Hour))
	told(4)
}

func TestTwoReplicasMakeOneBackupANight(t *testing.T) {
	h := aHousehold(t)
	place := backup.Folder(h.c.Backup)
	first, second := h.replica(place), h.replica(place)
	h.watches(first.backups)
	h.watches(second.backups)
	night := time.Date(2026, 10, 27, 2, 0, 1, 0, locales.WITA)
	for n := range 5 {
		h.pass(night)
		h.pass(night.Add(time.Minute))
		if made := first.count(t, `SELECT count(*) FROM backups`); made != n+1 || len(standing(t, place)) != n+1 {
			t.Fatalf("after %d nights there are %d, %q", n+1, made, standing(t, place))
		}
		night = night.AddDate(0, 0, 1)
	}
	h.set(night)
	// The second one found a backup due and was overtaken before it had the lock.
	if err := errors.Join(first.backups.tonight(t.Context()), second.backups.tonight(t.Context())); err != nil || first.count(t, `SELECT count(*) FROM backups`) != 6 {
		t.Errorf("%v: %d backups", err, first.count(t, `SELECT count(*) FROM backups`))
	}
}

func TestWhatAKilledBackupLeftGoesWithTheNextOne(t *testing.T) {
	h := aHousehold(t)
	place := backup.Folder(h.c.Backup)
	for _, name := range []string{backup.PartName(backup.Name(h.now())), "surat.part"} {
		if err := place.Put(t.Context(), name, func(io.Writer) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	h.set(h.now().Add(time.Second))
	if err := h.replica(place).backups.tonight(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(standing(t, place)), fmt.Sprint([]string{"surat.part", backup.Name(h.now())}); got != want {
		t.Errorf("there stand %s, want %s", got, want)
	}
}

func TestABackupIsDueOnceANightAndAMissedNightIsACause(t *testing.T) {
	ctx := context.Background()
	db, err := postgres.Open(ctx, storagetest.PostgresFrom(t, bottest.Migrate), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var at time.Time
	b := &backups{stores: &stores{db: db}, now: func() time.Time { return at }}
	now := time.Date(2026, 11, 24, 2, 0, 30, 0, locales.WITA)
	is := func(when time.Time, due bool, cause string) {
		t.Helper()
		at = when
		got, err := b.due(ctx)
		said, failed := b.cause(ctx)
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
}
