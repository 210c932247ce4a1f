package embedded

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// state is what the keeper tells those who use its servers: written when they are ready, gone before they stop.
type state struct {
	PID         int    // the keeper's
	Started     string // the kernel's word on when that process started, so that no other is taken for it
	DatabaseURL string
	RedisURL    string
	Mini        bool
	Error       string // why the keeper could not start them; then nothing else is set but its PID
}

func readState(path string) (state, bool) {
	var s state
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &s) != nil {
		return state{}, false
	}
	return s, true
}

// alive says whether the keeper that wrote it still runs.
func (s state) alive() bool { return s.Started != "" && s.Started == startOf(s.PID) }

// startOf is field 22 of /proc/PID/stat (proc(5)), and empty for a process that has ended, waited for or not.
func startOf(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(text[strings.LastIndex(string(text), ")")+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return ""
	}
	return fields[19]
}

// writePrivate replaces a JSON file at once, closed to everybody else.
func writePrivate(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing, once it is renamed
	defer f.Close()
	if _, err := f.Write(append(text, '\n')); err != nil {
		return err
	}
	if err := inherit(f.Name()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// inherit gives what root makes in somebody's folder to that somebody, who may run titian next.
func inherit(path string) error {
	if owner := ownerOf(filepath.Dir(path)); os.Geteuid() == 0 && owner > 0 {
		return os.Lchown(path, owner, -1)
	}
	return nil
}
