package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// doctorCommand is `titian doctor`.
type doctorCommand struct {
	JSON  bool `help:"One JSON document instead of lines."`
	Files bool `help:"Also open every stored file and say which is missing or altered; takes as long as reading them all."`
}

// severity is how bad a finding is.
type severity string

const (
	fine  severity = "OK"
	heed  severity = "PERHATIAN" // it works, and somebody should look
	wrong severity = "SALAH"     // it does not work until it is mended
)

// finding is one thing the doctor looked at.
type finding struct {
	Name     string   `json:"name"` // "postgres", "keyset", "clock"…
	Severity severity `json:"severity"`
	Says     string   `json:"says"`           // one sentence, for whoever keeps the machine
	Mend     string   `json:"mend,omitempty"` // the one command that mends it, or shows more

	File         string `json:"file,omitempty"`         // the id, of an ill file
	Registration string `json:"registration,omitempty"` // the number it belongs to
	Fault        fault  `json:"fault,omitempty"`
}

// errSick is why the doctor's exit code is 1: everything was said already.
var errSick = errors.New("something is wrong")

// Run looks at everything and changes nothing but what starting private servers does, and a few bytes in a bucket that it
// deletes again.
func (d *doctorCommand) Run(ctx context.Context, c *settings, s streams) error {
	x := &checkup{settings: c, now: time.Now, space: space, everyFile: d.Files}
	x.all(ctx)
	sick := false
	for _, f := range x.findings {
		sick = sick || f.Severity == wrong
	}
	if d.JSON {
		out := json.NewEncoder(s.out)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		if err := out.Encode(map[string]any{"ok": !sick, "findings": x.findings}); err != nil {
			return err
		}
	} else {
		for _, f := range x.findings {
			fmt.Fprintf(s.out, "%-9s  %s: %s\n", f.Severity, f.Name, f.Says)
			if f.Mend != "" {
				fmt.Fprintf(s.out, "%-9s  → %s\n", "", f.Mend)
			}
		}
	}
	if sick {
		return errSick
	}
	return nil
}

// checkup is one look at a set-up.
type checkup struct {
	*settings
	now      func() time.Time
	space    func(dir string) (free, total int64, err error)
	findings []finding
	// every stored file is opened too
	everyFile bool
}

func (x *checkup) add(s severity, name, mend, says string, args ...any) {
	if len(args) > 0 {
		says = fmt.Sprintf(says, args...)
	}
	x.findings = append(x.findings, finding{Name: name, Severity: s, Says: redact(says), Mend: mend})
}

func (x *checkup) ok(name, says string, args ...any)         { x.add(fine, name, "", says, args...) }
func (x *checkup) heed(name, mend, says string, args ...any) { x.add(heed, name, mend, says, args...) }
func (x *checkup) wrong(name, mend, says string, args ...any) {
	x.add(wrong, name, mend, says, args...)
}

// all looks at everything, each within its own time.
func (x *checkup) all(ctx context.Context) {
	if err := x.settle(); err != nil {
		x.wrong("settings", "titian --help", "pengaturan tidak dapat dipakai: %v", err)
		return
	}
	x.ok("settings", "pengaturan terbaca")
	x.folder()
	x.disk()
	x.texts()
	x.buckets(ctx)
	x.servers(ctx)
	x.telegram(ctx)
}

// folder looks at the data folder: there, ours, and closed to others.
func (x *checkup) folder() {
	err := syscall.Access(x.Data, 7) // read, write, enter
	switch {
	case errors.Is(err, syscall.ENOENT):
		x.ok("folder", "folder data %s belum ada; dibuat saat titian pertama dijalankan", x.Data)
		return
	case err != nil:
		x.wrong("folder", "chown -R \"$(id -un)\" "+quoted(x.Data), "folder data %s tidak dapat ditulis oleh akun ini (%v)", x.Data, err)
		return
	}
	var st syscall.Stat_t
	if err := syscall.Stat(x.Data, &st); err != nil {
		x.wrong("folder", "ls -ld "+quoted(x.Data), "folder data %s tidak dapat diperiksa (%v)", x.Data, err)
		return
	}
	if st.Mode&syscall.S_IFMT != syscall.S_IFDIR {
		x.wrong("folder", "ls -ld "+quoted(x.Data), "%s bukan folder", x.Data)
		return
	}
	if mode := st.Mode & 0o777; mode&0o066 != 0 { // entering it may be needed by the servers' account
		x.wrong("folder", "chmod go-rw "+quoted(x.Data), "folder data %s terbuka bagi akun lain (%04o)", x.Data, mode)
		return
	}
	x.ok("folder", "folder data %s ada dan tertutup bagi akun lain", x.Data)
}

// The shares of a disk below which people are told, and below which files are declined.
const (
	diskLow  = 15
	diskFull = 5
)

func (x *checkup) disk() {
	free, total, err := x.space(x.Data)
	if err != nil {
		x.heed("disk", "df -h", "ruang disk tidak dapat diperiksa (%v)", err)
		return
	}
	share := int(free * 100 / max(total, 1))
	mend := "du -xh --max-depth=2 " + quoted(x.Data) + " | sort -h | tail"
	switch {
	case share < diskFull:
		x.wrong("disk", mend, "disk hampir penuh: sisa %d%% (%d MB); berkas baru ditolak", share, free>>20)
	case share < diskLow:
		x.heed("disk", mend, "ruang disk menipis: sisa %d%% (%d MB)", share, free>>20)
	default:
		x.ok("disk", "sisa ruang disk %d%%", share)
	}
}

// space asks the file system that dir stands on, or will stand on.
func space(dir string) (free, total int64, err error) {
	var st syscall.Statfs_t
	for {
		err = syscall.Statfs(dir, &st)
		if !errors.Is(err, syscall.ENOENT) || dir == "." || dir == "/" {
			break
		}
		dir = filepath.Dir(dir)
	}
	if err != nil {
		return 0, 0, err
	}
	return int64(st.Bavail) * st.Bsize, int64(st.Blocks) * st.Bsize, nil
}

// texts reads the data files that a dinas may have changed.
func (x *checkup) texts() {
	if err := checkData(x.in("locales")); err != nil {
		x.wrong("texts", "mv "+quoted(x.in("locales"))+" "+quoted(x.in("locales.rusak")),
			"berkas teks, wilayah atau jam kantor di %s rusak: %v", x.in("locales"), err)
		return
	}
	x.ok("texts", "teks, wilayah dan jam kantor terbaca")
}

// quoted is a path that a shell takes as one word.
func quoted(path string) string {
	if !strings.ContainsAny(path, " \t\n'\"\\$&;|<>()*?[]#~`!{}") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
