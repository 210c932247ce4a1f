package vault_test

import (
	"context"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"titian/storage/vault"
)

func leavesNothing(t *testing.T, v *vault.Vault, dir, id string) {
	t.Helper()
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := get(t, v, id); !errors.Is(err, vault.ErrMissing) {
		t.Errorf("get: %v", err)
	}
}

func TestTooLargeFileIsRefusedAtTheFirstByteTooMany(t *testing.T) {
	v, dir := setup(t)
	id, text := vault.NewID(), strings.Repeat("x", 200_000)
	for _, limit := range []int64{199_999, 1, 0, -1} {
		if _, err := v.Put(t.Context(), id, strings.NewReader(text), limit); !errors.Is(err, vault.ErrTooLarge) {
			t.Errorf("limit %d: %v", limit, err)
		}
		leavesNothing(t, v, dir, id)
	}
	for _, limit := range []int64{200_000, math.MaxInt64} {
		if _, err := v.Put(t.Context(), id, strings.NewReader(text), limit); err != nil {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	if _, err := v.Put(t.Context(), vault.NewID(), endless{}, 1<<20); !errors.Is(err, vault.ErrTooLarge) {
		t.Errorf("without an end: %v", err)
	}
}

func TestDownloadThatBreaksLeavesNothing(t *testing.T) {
	v, dir := setup(t)
	id, broken := vault.NewID(), errors.New("connection reset")
	r := io.MultiReader(strings.NewReader(strings.Repeat("x", 100_000)), iotest.ErrReader(broken))
	if _, err := v.Put(t.Context(), id, r, room); !errors.Is(err, broken) {
		t.Error(err)
	}
	leavesNothing(t, v, dir, id)
}

func TestDownloadThatPanicsLeavesNothing(t *testing.T) {
	v, dir := setup(t)
	id := vault.NewID()
	func() {
		defer func() { _ = recover() }()
		_, _ = v.Put(t.Context(), id, reading(func([]byte) (int, error) { panic("decoder") }), room)
	}()
	leavesNothing(t, v, dir, id)
}

type reading func(p []byte) (int, error)

func (r reading) Read(p []byte) (int, error) { return r(p) }

func TestCancelledMidwayLeavesNothing(t *testing.T) {
	v, dir := setup(t)
	id := vault.NewID()
	for name, at := range map[string]int{"before the first byte": 0, "in the middle": 10, "after the last byte": 20} {
		ctx, cancel := context.WithCancel(t.Context())
		reads := 0
		_, err := v.Put(ctx, id, reading(func(p []byte) (int, error) {
			if reads++; reads > at {
				cancel()
			}
			if reads > 20 {
				return 0, io.EOF
			}
			return len(p), nil
		}), room)
		if cancel(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		leavesNothing(t, v, dir, id)
	}
}

func TestFullDiskLeavesNothingAndTheOldFileStays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vault")
	s := &fullDisk{Sealer: sealer(t), room: math.MaxInt64}
	v := opened(t, dir, s)
	old := vault.NewID()
	put(t, v, old, "lama")
	for _, s.room = range []int64{0, 10, 70_000, 140_000} {
		_, err := v.Put(t.Context(), old, strings.NewReader(strings.Repeat("x", 150_000)), room)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("room for %d bytes: %v", s.room, err)
		}
		if left := files(t, dir); len(left) != 1 {
			t.Errorf("room for %d bytes: %v", s.room, left)
		}
	}
	holds(t, v, old, "lama")
}

// fullDisk seals onto a disk with room for so many bytes.
type fullDisk struct {
	vault.Sealer
	room int64
}

func (d *fullDisk) SealStream(w io.Writer, aad []byte) (io.WriteCloser, error) {
	return d.Sealer.SealStream(&filling{w: w, room: d.room}, aad)
}

type filling struct {
	w    io.Writer
	room int64
}

func (f *filling) Write(p []byte) (int, error) {
	if f.room -= int64(len(p)); f.room < 0 {
		return 0, syscall.ENOSPC
	}
	return f.w.Write(p)
}

func TestPlaceThatCannotBeTakenLeavesNothingInTmp(t *testing.T) {
	v, dir := setup(t)
	id := vault.NewID()
	if err := os.MkdirAll(filepath.Join(dir, id[:2], id, "occupied"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Put(t.Context(), id, strings.NewReader("x"), room); err == nil {
		t.Error("took it")
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLeftoversOfACrashAreSweptAtOpenAndAFileStillArrivingIsNot(t *testing.T) {
	v, dir := setup(t)
	leftover := filepath.Join(dir, "tmp", vault.NewID())
	if err := os.WriteFile(leftover, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	arriving, finish := io.Pipe()
	put, id := make(chan error), vault.NewID()
	go func() {
		_, err := v.Put(t.Context(), id, arriving, room)
		put <- err
	}()
	if _, err := finish.Write([]byte("masih ")); err != nil { // returns once Put has read it
		t.Fatal(err)
	}
	other := opened(t, dir, sealer(t)) // another process of the same installation starts
	if _, err := os.Stat(leftover); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the leftover: %v", err)
	}
	_, _ = finish.Write([]byte("datang"))
	_ = finish.Close()
	if err := <-put; err != nil {
		t.Fatal(err)
	}
	holds(t, v, id, "masih datang")
	if _, err := get(t, other, id); !errors.Is(err, vault.ErrAltered) {
		t.Errorf("opened with another keyset: %v", err)
	}
}

// The test runs this test binary as the process that is killed.
func TestProcessKilledWhileAFileArrivesLeavesNothing(t *testing.T) {
	if dir := os.Getenv("VAULT_TEST_VICTIM"); dir != "" {
		die(t, opened(t, dir, sealer(t)))
	}
	dir := filepath.Join(t.TempDir(), "vault")
	victim := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	victim.Env = append(os.Environ(), "VAULT_TEST_VICTIM="+dir)
	out, err := victim.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("%v: %s", err, out)
	}
	if left := files(t, dir); len(left) != 1 || filepath.Base(filepath.Dir(left[0])) != "tmp" {
		t.Fatalf("after the crash: %v", left)
	}
	opened(t, dir, sealer(t))
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("after the next start: %v", left)
	}
}

func die(t *testing.T, v *vault.Vault) {
	reads := 0
	_, err := v.Put(t.Context(), vault.NewID(), reading(func(p []byte) (int, error) {
		if reads++; reads > 10 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return len(p), nil
	}), room)
	t.Fatal("still alive: ", err)
}
