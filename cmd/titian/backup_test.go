package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"titian/bot/telegram/telegramtest"
	"titian/storage/keys"
	"titian/storage/vault"
)

// paperKey makes a recovery key and reads it off the paper.
func (p *place) paperKey() string {
	p.Helper()
	said := p.prints("", "backup", "--new-key")
	key := regexp.MustCompile(`(?s)AGE-S.*?\n\n`).FindString(said)
	if key == "" {
		p.Fatalf("no key is printed: %s", said)
	}
	return strings.TrimSpace(key)
}

// backsUp makes a backup and returns its file.
func (p *place) backsUp(dir string) string {
	p.Helper()
	said := p.prints("", "backup", "--to", dir)
	if !strings.Contains(said, "restored on trial") || strings.Contains(said, "not restored") {
		p.Errorf("it says %q", said)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) != 1 {
		p.Fatalf("the folder holds %q", files)
	}
	return files[0]
}

func aPhoto(t testing.TB) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 900, 700))
	for i := range picture.Pix {
		picture.Pix[i] = byte(100 + (i*7+i/900*13)%120)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnEmptyPlaceGoesOnWithTheConversationFromABackup(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	from := elsewhere(t, onTelegram(api)...)
	key := from.paperKey()
	from.refuses("recovery key already", "backup", "--new-key")
	l := from.serves()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	filed, running := newOwner(api, 1), newOwner(api, 2)
	if err := filed.registers(ctx, withPhoto(t)); err != nil {
		t.Fatal(err)
	}
	if err := running.registers(ctx, append(questions[:5:5], question{"registration.business", nil})); err != nil {
		t.Fatal(err)
	}
	l.stops()
	dir := filepath.Join(from.data, "backups")
	file := from.backsUp(dir)
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st, err)
	}
	if said := from.prints(key, "backup", "--verify", file, "--key", "-"); !strings.Contains(said, "is whole") {
		t.Errorf("it says %q", said)
	}

	to := elsewhere(t, onTelegram(api)...)
	other, _ := newKeyFor(t)
	to.refuses("another recovery key", "restore", file, "--key", other)
	to.refuses("not a recovery key", "restore", file, "--key", "AGE-SECRET-KEY-1X")
	to.refuses("cannot be read", "restore", file+".no", "--key", strings.Join(strings.Fields(key), ""))
	said := to.prints(key, "restore", file, "--key", "-")
	if !strings.Contains(said, "pair it again") || !strings.Contains(said, "1 files") {
		t.Errorf("it says %q", said)
	}
	if st, err := os.Stat(filepath.Join(to.data, "keyset.json")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st, err)
	}
	to.allFiled([]*owner{filed})
	to.opensPhotos(1)
	next := to.serves()
	running.Say("Dapur " + running.name)
	if err := running.goesOn(ctx, questions[6:]); err != nil {
		t.Fatal(err)
	}
	next.stops()
	to.allFiled([]*owner{filed, running})
	to.refuses("holds data already", "restore", file, "--key", strings.Join(strings.Fields(key), ""))
	to.prints(key, "restore", file, "--key", "-", "--over", overWord)
	to.allFiled([]*owner{filed})
	if said := to.prints("", "backup", "--to", filepath.Join(to.data, "again")); !strings.Contains(said, "1 files") {
		t.Errorf("the restored place backs up %q", said)
	}
}

func TestADamagedBackupChangesNothing(t *testing.T) {
	t.Parallel()
	from := elsewhere(t)
	key := from.paperKey()
	from.prints(aRegistration, "chat")
	file := from.backsUp(filepath.Join(from.data, "backups"))
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b[:len(b)-20], 0o600); err != nil {
		t.Fatal(err)
	}
	key = strings.Join(strings.Fields(key), "")
	from.refuses("damaged or cut short", "restore", file, "--key", key, "--over", overWord)
	from.refuses("damaged or cut short", "backup", "--verify", file, "--key", key)
	if len(from.exported()) != 1 {
		t.Error("the database was touched")
	}
}

func TestWithoutARecoveryKeyNothingIsBackedUpAndTheNightIsNotPromised(t *testing.T) {
	t.Parallel()
	p := elsewhere(t)
	p.refuses("backup --new-key", "backup", "--to", filepath.Join(p.data, "backups"))
	p.refuses("where to?", "backup")
	p.refuses("AWS_ACCESS_KEY_ID", "backup", "--to", "s3://bucket")
	p.env = append(p.env, "TITIAN_BACKUP="+filepath.Join(p.data, "backups"))
	p.refuses("backup --new-key", "serve", "--addr", address())
}

func newKeyFor(t *testing.T) (string, *place) {
	p := bare(t)
	return strings.Join(strings.Fields(p.paperKey()), ""), p
}

// withPhoto are the questions, with a photo where one is asked for.
func withPhoto(t testing.TB) []question {
	list := append([]question(nil), questions...)
	for i, q := range list {
		if q.asks == "registration.photos" {
			list[i].does = func(o *owner, _ telegramtest.Sent) error {
				o.SendPhoto(aPhoto(t))
				return nil
			}
		}
	}
	return list
}

// opensPhotos wants so many files in the vault, each of which opens with the keyset that is there.
func (p *place) opensPhotos(n int) {
	p.Helper()
	k, err := keys.LoadFile(filepath.Join(p.data, "keyset.json"))
	if err != nil {
		p.Fatal(err)
	}
	v, err := vault.Open(filepath.Join(p.data, "vault"), k)
	if err != nil {
		p.Fatal(err)
	}
	p.opensEach(v, n)
}

// opensEach wants so many photos in a vault, each of which opens.
func (p *place) opensEach(v *vault.Vault, n int) {
	p.Helper()
	seen := 0
	err := v.List(p.Context(), time.Now().Add(time.Hour), func(id string, _ time.Time) error {
		f, err := v.Get(p.Context(), id)
		if err != nil {
			return err
		}
		defer f.Close()
		seen++
		if _, err := jpeg.Decode(f); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		return nil
	})
	if err != nil || seen != n {
		p.Errorf("%d photos open, want %d: %v", seen, n, err)
	}
}
