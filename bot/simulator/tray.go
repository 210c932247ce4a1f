package simulator

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// tray holds uploads until the bot has read them. A file has no name on the
// disk: whatever ends the process, nothing is left.
type tray struct {
	dir    string
	limits *limits

	mu    sync.Mutex
	files map[string]*upload
	bytes int64
}

type upload struct {
	file  *os.File
	size  int64
	at    time.Time
	users int // who read it now, and the tray itself
}

const uploadNames = "unggahan-*"

func newTray(dir string, l *limits) (*tray, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for uploads: %w", err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, uploadNames)) // of a process that died within an instant
	for _, name := range left {
		_ = os.Remove(name)
	}
	return &tray{dir: dir, limits: l, files: map[string]*upload{}}, nil
}

// put reads r to its end and keeps it under ref; the oldest files make room.
func (t *tray) put(ref string, r io.Reader, now time.Time) (sizeBytes int64, err error) {
	f, err := os.CreateTemp(t.dir, uploadNames)
	if err != nil {
		return 0, fmt.Errorf("keep an upload: %w", err)
	}
	if err = os.Remove(f.Name()); err == nil {
		sizeBytes, err = io.Copy(f, r)
	}
	if err != nil {
		f.Close()
		return 0, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(ref)
	t.files[ref] = &upload{file: f, size: sizeBytes, at: now, users: 1}
	t.bytes += sizeBytes
	for len(t.files) > 1 && (len(t.files) > t.limits.files || t.bytes > t.limits.spaceMiB<<20) {
		t.drop(t.oldest(ref))
	}
	return sizeBytes, nil
}

func (t *tray) oldest(but string) string {
	oldest := ""
	for ref, u := range t.files {
		if ref != but && (oldest == "" || u.at.Before(t.files[oldest].at)) {
			oldest = ref
		}
	}
	return oldest
}

func (t *tray) drop(ref string) {
	if u := t.files[ref]; u != nil {
		delete(t.files, ref)
		t.bytes -= u.size
		t.leave(u)
	}
}

// leave closes a file once nobody reads it.
func (t *tray) leave(u *upload) {
	if u.users--; u.users == 0 {
		u.file.Close()
	}
}

// open reads a file from its beginning; nil when it is not there.
func (t *tray) open(ref string) io.ReadCloser {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.files[ref]
	if u == nil {
		return nil
	}
	u.users++
	return &reading{Reader: io.NewSectionReader(u.file, 0, u.size), close: sync.OnceFunc(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.leave(u)
	})}
}

type reading struct {
	io.Reader
	close func()
}

func (r *reading) Close() error {
	r.close()
	return nil
}

// sweep drops what is older than files are kept.
func (t *tray) sweep(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for ref, u := range t.files {
		if now.Sub(u.at) > t.limits.fileFor {
			t.drop(ref)
		}
	}
}

func (t *tray) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for ref := range t.files {
		t.drop(ref)
	}
}

// has says how large a file is, if it is there.
func (t *tray) has(ref string) (sizeBytes int64, here bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.files[ref]
	if u == nil {
		return 0, false
	}
	return u.size, true
}

// take drops a file before its time.
func (t *tray) take(ref string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(ref)
}
