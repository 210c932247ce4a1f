package keys_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"titian/storage/keys"
)

// database keeps the check value and the migration lock.
type database struct {
	lock    sync.Mutex
	check   []byte
	stores  int
	onStore func() error
	onRead  error
}

func (d *database) KeyCheck(context.Context) ([]byte, error) { return d.check, d.onRead }

func (d *database) StoreKeyCheck(_ context.Context, check []byte) error {
	if d.onStore != nil {
		if err := d.onStore(); err != nil {
			return err
		}
	}
	d.stores++
	d.check = slices.Clone(check)
	return nil
}

func (d *database) start(t testing.TB, literal, path string) (*keys.Keyset, error) {
	t.Helper()
	d.lock.Lock()
	defer d.lock.Unlock()
	return keys.Ensure(t.Context(), keys.EnsureOptions{Store: d, Literal: literal, Path: path})
}

func (d *database) starts(t testing.TB, literal, path string) *keys.Keyset {
	t.Helper()
	k, err := d.start(t, literal, path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (d *database) refuses(t testing.TB, literal, path string, cause error, says ...string) {
	t.Helper()
	k, err := d.start(t, literal, path)
	var r *keys.Refusal
	if k != nil || !errors.As(err, &r) || !errors.Is(err, cause) {
		t.Fatalf("got %v, %v; want a refusal: %v", k, err, cause)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%q does not say %q", err, s)
		}
	}
}

func keysetPath(t testing.TB) string { return filepath.Join(t.TempDir(), "keyset.json") }

func TestFirstStartMakesTheKeysetAndEveryLaterOneFindsIt(t *testing.T) {
	d, path := &database{}, keysetPath(t)
	first := d.starts(t, "", path)
	second := d.starts(t, "", path)
	opens(t, second, seal(t, first, "Siti", "row"), "row", "Siti")
	if d.stores != 1 || first.Verify(d.check) != nil {
		t.Errorf("stored %d times, %v", d.stores, first.Verify(d.check))
	}
}

func TestDyingBetweenTheFileAndTheCheckIsHealedByTheNextStart(t *testing.T) {
	d, path := &database{}, keysetPath(t)
	died := errors.New("killed")
	d.onStore = func() error {
		if _, err := keys.LoadFile(path); err != nil {
			t.Errorf("the check is stored before the keyset: %v", err)
		}
		return died
	}
	if k, err := d.start(t, "", path); !errors.Is(err, died) || k != nil {
		t.Fatalf("got %v, %v", k, err)
	}
	made, err := keys.LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d.onStore = nil
	if k := d.starts(t, "", path); k.Name() != made.Name() || k.Verify(d.check) != nil {
		t.Errorf("started with %v, the file is %v", k, made)
	}
}

func TestDyingBeforeTheFileLeavesNothingToHeal(t *testing.T) {
	d := &database{}
	path := filepath.Join(t.TempDir(), "file", "keyset.json")
	if err := os.WriteFile(filepath.Dir(path), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if k, err := d.start(t, "", path); err == nil || k != nil || len(d.check) != 0 {
		t.Errorf("got %v, %v, check %x", k, err, d.check)
	}
}

func TestMissingKeysetIsNeverMadeAgain(t *testing.T) {
	d, path := &database{}, keysetPath(t)
	k := d.starts(t, "", path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	d.refuses(t, "", path, keys.ErrNoKeyset, k.Name(), path, "backup", "TITIAN_KEYSET")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("made: %v", err)
	}
}

func TestAnotherKeysetIsRefusedByName(t *testing.T) {
	d, path := &database{}, keysetPath(t)
	mine, other := d.starts(t, "", path), fresh(t)
	check := slices.Clone(d.check)
	d.refuses(t, string(marshal(t, other)), path, keys.ErrOtherKeyset, "TITIAN_KEYSET", mine.Name(), other.Name())
	if err := other.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	d.refuses(t, "", path, keys.ErrOtherKeyset, path, "put the right keyset back")
	if !bytes.Equal(check, d.check) {
		t.Error("the check value was replaced")
	}
}

func TestLiteralWinsOverTheFileAndIsNotWrittenDown(t *testing.T) {
	d, path, k := &database{}, keysetPath(t), fresh(t)
	literal := "\n" + string(marshal(t, k)) + "\n"
	if got := d.starts(t, literal, path); got.Name() != k.Name() || got.Verify(d.check) != nil {
		t.Errorf("started with %v", got)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("written down: %v", err)
	}
	if err := fresh(t).SaveFile(path); err != nil {
		t.Fatal(err)
	}
	if got := d.starts(t, literal, path); got.Name() != k.Name() {
		t.Errorf("started with %v", got)
	}
	d.refuses(t, literal[:50], path, keys.ErrNotKeyset, "TITIAN_KEYSET")
}

func TestTwoReplicasThatStartTogetherGetOneKeyset(t *testing.T) {
	d, path := &database{}, keysetPath(t)
	started := make([]*keys.Keyset, 8)
	var wg sync.WaitGroup
	for i := range started {
		wg.Go(func() { started[i], _ = d.start(t, "", path) })
	}
	wg.Wait()
	for _, k := range started {
		if k == nil || k.Name() != started[0].Name() {
			t.Fatalf("got %v", started)
		}
	}
	if d.stores != 1 {
		t.Errorf("stored %d times", d.stores)
	}
	d.refuses(t, "", keysetPath(t), keys.ErrNoKeyset, "TITIAN_KEYSET") // a replica with a disk of its own
}

func TestAfterARotationTheNewKeysetStartsAndTheOldCopyNoLonger(t *testing.T) {
	d, path := &database{}, keysetPath(t)
	old := d.starts(t, "", path)
	now := rotated(t, old)
	if err := now.Verify(d.check); err != nil {
		t.Fatalf("the check of before the rotation: %v", err)
	}
	if err := now.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	opens(t, d.starts(t, "", path), seal(t, now, "baru", "row"), "row", "baru")
	d.starts(t, "", path)
	if d.stores != 2 || !errors.Is(old.Verify(d.check), keys.ErrOlderKeyset) {
		t.Errorf("stored %d times; the old one says %v", d.stores, old.Verify(d.check))
	}
	d.refuses(t, string(marshal(t, old)), path, keys.ErrOtherKeyset, "older copy", "TITIAN_KEYSET")
}

func TestDamagedCheckIsNotBlamedOnTheKeyset(t *testing.T) {
	d, path := &database{}, keysetPath(t)
	k := d.starts(t, "", path)
	good := d.check
	cut, altered, newer := good[:20], slices.Clone(good), slices.Clone(good)
	altered[len(altered)-1] ^= 1
	newer[0] = 9
	for _, check := range [][]byte{cut, altered, newer, {1}} {
		d.check = check
		d.refuses(t, "", path, keys.ErrBadCheck, k.Name(), "damaged")
	}
}

func TestDatabaseThatIsDownMakesNoKeyset(t *testing.T) {
	down := errors.New("connection refused")
	d, path := &database{onRead: down}, keysetPath(t)
	if k, err := d.start(t, "", path); !errors.Is(err, down) || k != nil {
		t.Errorf("got %v, %v", k, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("made: %v", err)
	}
}

func TestExposedKeysetFileStopsTheStart(t *testing.T) {
	d, path := &database{}, keysetPath(t)
	d.starts(t, "", path)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	d.refuses(t, "", path, keys.ErrExposed, "chmod 600")
}

func TestDamagedKeysetFileStopsTheStartAndIsKept(t *testing.T) {
	d, path := &database{}, keysetPath(t)
	for _, content := range []string{"", "{}", "hello"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		d.refuses(t, "", path, keys.ErrNotKeyset, path, "backup")
		if b, err := os.ReadFile(path); err != nil || string(b) != content {
			t.Errorf("now it holds %q, %v", b, err)
		}
	}
}
