package main

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/storage/postgres"
	"titian/storage/storagetest"
	"titian/storage/vault"
)

// vaulted is a process with a vault on the disk and a database that know nothing.
func vaulted(t *testing.T) (p *process, put func(age time.Duration, known bool) string) {
	dir := t.TempDir()
	v, err := vault.Open(dir, bottest.Keys(t))
	if err != nil {
		t.Fatal(err)
	}
	return vaultedIn(t, v, func(id string, age time.Duration, put func()) {
		put()
		at := time.Now().Add(-age)
		if err := os.Chtimes(filepath.Join(dir, id[:2], id), at, at); err != nil {
			t.Fatal(err)
		}
	})
}

// vaultedInBucket is vaulted with a bucket.
func vaultedInBucket(t *testing.T) (p *process, put func(age time.Duration, known bool) string) {
	s := storagetest.S3(t)
	v, err := storedIn(s).openVault(bottest.Keys(t))
	if err != nil {
		t.Fatal(err)
	}
	return vaultedIn(t, v, func(_ string, age time.Duration, put func()) {
		s.Shift(-age)
		put()
		s.Shift(0)
	})
}

// vaultedIn is vaulted with any vault, and a way to let a file be put so long ago.
func vaultedIn(t *testing.T, v *vault.Vault, ago func(id string, age time.Duration, put func())) (p *process, put func(age time.Duration, known bool) string) {
	url := storagetest.PostgresFrom(t, bottest.Migrate)
	log := slog.New(slog.DiscardHandler)
	db, err := postgres.Open(t.Context(), url, postgres.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	rows, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rows.Close() })
	p = &process{stores: &stores{db: db, vault: v}, log: log}
	return p, func(age time.Duration, known bool) string {
		t.Helper()
		id := vault.NewID()
		ago(id, age, func() {
			if _, err := v.Put(t.Context(), id, strings.NewReader("photo"), 100); err != nil {
				t.Fatal(err)
			}
		})
		if known {
			if _, err := rows.Exec(`
				INSERT INTO files (id, contact, purpose, mime, size_bytes, sha256, created_at)
				VALUES ($1, 'c', 'photos', 'image/jpeg', 5, '', now())`, id); err != nil {
				t.Fatal(err)
			}
		}
		return id
	}
}

func (p *process) has(t *testing.T, id string) bool {
	t.Helper()
	r, err := p.vault.Get(t.Context(), id)
	if errors.Is(err, vault.ErrMissing) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	return true
}

func TestAFileWithoutARowGoesAfterADay(t *testing.T) {
	for where, vaulted := range map[string]func(*testing.T) (*process, func(time.Duration, bool) string){"the disk": vaulted, "a bucket": vaultedInBucket} {
		t.Run("from "+where, func(t *testing.T) {
			p, put := vaulted(t)
			known, fresh, orphan := put(48*time.Hour, true), put(23*time.Hour, false), put(25*time.Hour, false)
			if err := p.sweepFiles(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(p.has(t, known), p.has(t, fresh), p.has(t, orphan)); got != "true true false" {
				t.Errorf("known, fresh, orphan are there: %s", got)
			}
		})
	}
}

func TestTheVaultOfAnotherDatabaseIsLeftAlone(t *testing.T) {
	p, put := vaulted(t)
	var last string
	for range 60 {
		last = put(48*time.Hour, false)
	}
	if err := p.sweepFiles(t.Context()); !errors.Is(err, errStrangeVault) || !p.has(t, last) {
		t.Errorf("got %v", err)
	}
}
