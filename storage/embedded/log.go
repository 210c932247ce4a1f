package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// logMax is when a log moves aside, SizeBytes; one older log is kept.
const logMax = 5 << 20

// appendTo opens a log for a server or the keeper, closed to everybody else.
func appendTo(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := inherit(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if about, err := os.Stat(path); err == nil && about.Size() > logMax {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	return f, inherit(path)
}

// lastLines is what was added to a log after an offset, at most 1,000 bytes of it: why a server did not start.
func lastLines(path string, after int64) string {
	text, err := os.ReadFile(path)
	if err != nil || int64(len(text)) <= after {
		return "see " + path
	}
	text = text[after:]
	return strings.TrimSpace(string(text[max(0, len(text)-1000):]))
}
