package keys_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"titian/storage/keys"
)

func saved(t *testing.T) (*keys.Keyset, string) {
	t.Helper()
	k, path := fresh(t), filepath.Join(t.TempDir(), "titian-data", "keyset.json")
	if err := k.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	return k, path
}

func TestSavedKeysetIsForItsOwnerOnlyAndLoadsAgain(t *testing.T) {
	k, path := saved(t)
	for p, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if st, err := os.Stat(p); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", p, st.Mode(), err, want)
		}
	}
	again, err := keys.LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	opens(t, again, seal(t, k, "Siti", "row"), "row", "Siti")
}

func TestSavingReplacesTheFileAndLeavesNothingAside(t *testing.T) {
	k, path := saved(t)
	if err := rotated(t, k).SaveFile(path); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestLeftoverOfACrashLendsNeitherItsModeNorItsBytes(t *testing.T) {
	k, path := saved(t)
	aside := path + ".new"
	if err := os.WriteFile(aside, []byte(strings.Repeat("x", 10_000)), 0o644); err != nil {
		t.Fatal(err)
	}
	if again, err := keys.LoadFile(path); err != nil || again.Name() != k.Name() {
		t.Fatalf("the old file beside a leftover: %v, %v", again, err)
	}
	if err := rotated(t, k).SaveFile(path); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.LoadFile(path); err != nil {
		t.Error(err)
	}
}

func TestSaveThatCannotReplaceLeavesNoSecretAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if err := os.MkdirAll(filepath.Join(path, "occupied"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := fresh(t).SaveFile(path); err == nil {
		t.Error("saved over a folder")
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left aside: %v", err)
	}
}

func TestKeysetFileOthersMayReadIsRefusedWithTheCommandThatHelps(t *testing.T) {
	_, path := saved(t)
	for _, mode := range []fs.FileMode{0o644, 0o640, 0o604, 0o610, 0o602} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := keys.LoadFile(path)
		if !errors.Is(err, keys.ErrExposed) || !strings.Contains(err.Error(), "chmod 600 "+path) {
			t.Errorf("%v: %v", mode, err)
		}
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.LoadFile(path); err != nil {
		t.Errorf("for its owner to read only: %v", err)
	}
}

func TestFileThatIsNoKeysetIsNamedInTheRefusal(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keyset.json")
	if _, err := keys.LoadFile(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	for name, content := range map[string]string{"empty": "", "cut": `{"titian_keyset":1,"seal":`, "large": strings.Repeat(" ", 3<<20)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.LoadFile(path); !errors.Is(err, keys.ErrNotKeyset) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := keys.LoadFile(dir); !errors.Is(err, keys.ErrNotKeyset) {
		t.Errorf("a folder: %v", err)
	}
}
