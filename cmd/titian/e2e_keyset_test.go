package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"titian/storage/keys"
)

// aRegistration is typed line by line at the terminal.
const aRegistration = "halo\ndaftar\nsetuju\nContoh Satu\n7471051203850001\n081270000001\nDapur Contoh Satu\npangan\nabon ikan marlin, stik ikan\n" +
	"lepo-lepo\nJl. Merpati No. 1\nlewati\nberdua sama suami\n2 juta\nbelum\n1,4\nlewati\ntidak\nkirim\n"

// refuses wants one sentence for the operator that holds these words.
func (p *place) refuses(words string, args ...string) {
	p.Helper()
	_, errs, code := p.program().runs("", args...)
	last := lastLine(errs)
	if code != exitComplaint || !strings.HasPrefix(last, "titian: ") || !strings.Contains(last, words) || strings.Contains(errs, "goroutine ") {
		p.Errorf("titian %v: exit %d: %q, want a sentence with %q", args, code, errs, words)
	}
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndex(text, "\n")+1:]
}

// check is the key check value in the database.
func (p *place) check() (value []byte) {
	p.Helper()
	db, err := sql.Open("postgres", strings.TrimPrefix(p.env[2], "DATABASE_URL="))
	if err != nil {
		p.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(context.Background(), `SELECT value FROM key_check`).Scan(&value); err != nil {
		p.Fatal(err)
	}
	return value
}

func TestWithoutItsKeysetAFilledDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	p := elsewhere(t)
	p.prints(aRegistration, "chat")
	path, aside := filepath.Join(p.data, "keyset.json"), filepath.Join(p.data, "aside")
	if err := os.Rename(path, aside); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve", "--addr", address()}, {"chat"}, {"export", "owners", "--format", "csv"}, {"migrate"}, {"keys", "rotate"}} {
		p.refuses("there is none at", args...)
		if _, err := os.Stat(path); err == nil {
			t.Fatalf("titian %v made another keyset", args)
		}
	}

	other, err := keys.New()
	if err == nil {
		err = other.SaveFile(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	p.refuses("another keyset", "serve", "--addr", address())
	p.refuses("another keyset", "keys", "rotate")

	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.refuses("damaged", "migrate")
	whole, err := os.ReadFile(aside)
	if err == nil {
		err = os.WriteFile(path, whole, 0o644)
	}
	if err == nil {
		err = os.Chmod(path, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	p.refuses("keyset.json", "migrate") // others may read it
	if err := os.Rename(aside, path); err != nil {
		t.Fatal(err)
	}
	if len(p.exported()) != 1 {
		t.Error("with its keyset back the owner is not there")
	}
}

func TestAfterARotationOldRowsOpenAndNewOnesHaveTheNewKey(t *testing.T) {
	t.Parallel()
	p := elsewhere(t)
	p.prints(aRegistration, "chat", "--as", "satu")
	p.prints("halo\ndaftar\nsetuju\nContoh Dua\n", "chat", "--as", "dua")
	path := filepath.Join(p.data, "keyset.json")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := p.check()
	p.prints("", "keys", "rotate")
	if string(p.check()) == string(before) {
		t.Error("the database does not know of the rotation")
	}

	// The blind index stays: the same NIK is recognised, in a row sealed with the new key.
	said := p.prints(strings.Replace(aRegistration, "Contoh Satu", "Contoh Tiga", 1), "chat", "--as", "tiga")
	if !numbered.MatchString(said) {
		t.Fatalf("nobody can register after a rotation:\n%s", said)
	}
	if said := p.prints("status\n", "chat", "--as", "satu"); !strings.Contains(said, numbered.FindString(said)) || !strings.Contains(said, "Contoh Satu") {
		t.Errorf("what was filed before is not known any more:\n%s", said)
	}
	if said := p.prints("7471051203850002\n", "chat", "--as", "dua"); !strings.Contains(said, saying("registration.phone")) {
		t.Errorf("a conversation from before does not go on:\n%s", said)
	}
	out := p.prints("", "export", "owners", "--format", "json", "--full")
	var rows []map[string]any
	if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 2 || rows[0]["nik"] != "7471051203850001" || rows[1]["nik"] != rows[0]["nik"] {
		t.Errorf("exported %s, %v", out, err)
	}
	p.sealedBy(t, old, rows[0]["number"].(string), true)
	p.sealedBy(t, old, rows[1]["number"].(string), false)

	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	p.refuses("older copy", "serve", "--addr", address())
}

// sealedBy says whether a keyset from before the rotation opens a row.
func (p *place) sealedBy(t *testing.T, keyset []byte, number string, want bool) {
	t.Helper()
	k, err := keys.Parse(keyset)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("postgres", strings.TrimPrefix(p.env[2], "DATABASE_URL="))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var id string
	var sealed []byte
	if err := db.QueryRow(`SELECT owner, nik_sealed FROM registrations WHERE number = $1`, number).Scan(&id, &sealed); err != nil {
		t.Fatal(err)
	}
	_, err = k.Open(sealed, []byte("registrations/nik/"+id))
	if opens := err == nil; opens != want {
		t.Errorf("the keyset from before the rotation opens %s: %v, want %v (%v)", number, opens, want, err)
	}
}

func TestARotationThatDiesBetweenItsTwoStepsIsFinishedByTheNextStart(t *testing.T) {
	t.Parallel()
	p := elsewhere(t)
	p.prints(aRegistration, "chat")
	path := filepath.Join(p.data, "keyset.json")
	old, err := keys.LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	next, err := old.Rotate() // what `titian keys rotate` leaves when it dies after the first step
	if err == nil {
		err = next.SaveFile(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	before := p.check()
	if len(p.exported("--full")) != 1 {
		t.Error("the owner is not there")
	}
	if string(p.check()) == string(before) {
		t.Error("the database did not learn of the rotation")
	}
	if err := old.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	p.refuses("older copy", "migrate")
}

func TestAKilledRotationLeavesAKeysetThatOpensEverything(t *testing.T) {
	t.Parallel()
	p := elsewhere(t)
	p.prints(aRegistration, "chat")
	r := seed(t)
	for range 4 {
		cmd := p.program().command("keys", "rotate")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Duration(r.IntN(120)) * time.Millisecond) // the moment, not a wait for anything
		cmd.Process.Signal(syscall.SIGKILL)
		cmd.Wait()
		if len(p.exported("--full")) != 1 {
			t.Fatal("the owner is not there")
		}
	}
}
