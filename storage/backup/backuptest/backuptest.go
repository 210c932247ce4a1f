// Package backuptest holds a place to what backup.Place promises. It is for tests only.
package backuptest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"titian/storage/backup"
)

// Run runs the suite on an empty place.
func Run(t *testing.T, open func(*testing.T) backup.Place) {
	for name, test := range map[string]func(*testing.T, backup.Place){
		"an empty place lists nothing":             empty,
		"a file is read back, renamed and deleted": moves,
		"what breaks while it is written is none":  breaks,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func names(t *testing.T, p backup.Place) (list []string) {
	t.Helper()
	if err := p.List(t.Context(), func(name string, _ int64, _ time.Time) error { list = append(list, name); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}

func put(t *testing.T, p backup.Place, name, text string) {
	t.Helper()
	if err := p.Put(t.Context(), name, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, p backup.Place, name, want string) {
	t.Helper()
	f, size, err := p.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || string(b) != want || size != int64(len(want)) {
		t.Errorf("%s holds %d of %d bytes: %v", name, len(b), size, err)
	}
}

func empty(t *testing.T, p backup.Place) {
	if list := names(t, p); len(list) > 0 {
		t.Errorf("there are %q", list)
	}
	if _, _, err := p.Open(t.Context(), "titian"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := p.Delete(t.Context(), "titian"); err != nil {
		t.Error(err)
	}
}

func moves(t *testing.T, p backup.Place) {
	long := strings.Repeat("panjang ", 1<<21)
	put(t, p, "a.part", long)
	put(t, p, "a", "lama")
	put(t, p, "b", "")
	if err := p.Rename(t.Context(), "a.part", "a"); err != nil {
		t.Fatal(err)
	}
	holds(t, p, "a", long)
	if list := names(t, p); !slices.Equal(list, []string{"a", "b"}) {
		t.Errorf("there are %q", list)
	}
	if err := p.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if list := names(t, p); !slices.Equal(list, []string{"b"}) {
		t.Errorf("there are %q", list)
	}
}

func breaks(t *testing.T, p backup.Place) {
	full := errors.New("no space left")
	err := p.Put(t.Context(), "a.part", func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("x", 20<<20)); err != nil {
			return err
		}
		return full
	})
	if !errors.Is(err, full) || len(names(t, p)) > 0 {
		t.Errorf("%v; there are %q", err, names(t, p))
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = p.Put(ctx, "a.part", func(w io.Writer) error { cancel(); _, err := io.WriteString(w, "x"); return err })
	if !errors.Is(err, context.Canceled) || len(names(t, p)) > 0 {
		t.Errorf("cancelled: %v; there are %q", err, names(t, p))
	}
}
