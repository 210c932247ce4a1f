package embedded

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// FindPostgres returns the folder that holds initdb and postgres: $PG_BIN when that is set, else the one in PATH, else the newest
// below /usr/lib/postgresql. A major version ("15", or "" for any) skips the folders of others. ErrNoPostgres, or *OtherVersion without its Dir.
func FindPostgres(major string) (string, error) {
	newest := ""
	for _, folder := range postgresFolders() {
		version, err := postgresMajor(folder)
		if err != nil {
			continue
		}
		if major == "" || major == version {
			return folder, nil
		}
		if newest == "" {
			newest = version
		}
	}
	if newest == "" {
		return "", ErrNoPostgres
	}
	return "", &OtherVersion{Made: major, Installed: newest}
}

func postgresFolders() []string {
	if folder := os.Getenv("PG_BIN"); folder != "" {
		return []string{folder}
	}
	var folders []string
	for _, path := range append(inPath("postgres"), "/usr/bin/postgres", "/usr/local/bin/postgres") {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(real))
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(debian, func(a, b string) int { return versionOf(b) - versionOf(a) })
	return append(folders, debian...)
}

func versionOf(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return n
}

// postgresMajor asks the program itself: "postgres (PostgreSQL) 15.18 (Debian …)" is "15".
func postgresMajor(folder string) (string, error) {
	if _, err := exec.LookPath(filepath.Join(folder, "initdb")); err != nil {
		return "", err
	}
	out, err := exec.Command(filepath.Join(folder, "postgres"), "--version").Output()
	if err != nil {
		return "", err
	}
	_, version, _ := strings.Cut(string(out), "(PostgreSQL) ")
	digits := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if digits <= 0 {
		return "", fmt.Errorf("read the version in %q", out)
	}
	return version[:digits], nil
}

// FindRedis returns the path of a redis-server, else of a valkey-server: in the folder $REDIS_BIN when that is set, else in
// PATH or where Debian puts them. ErrNoRedis.
func FindRedis() (string, error) {
	for _, name := range []string{"redis-server", "valkey-server"} {
		paths := append(inPath(name), "/usr/bin/"+name, "/usr/sbin/"+name, "/usr/local/bin/"+name)
		if folder := os.Getenv("REDIS_BIN"); folder != "" {
			paths = []string{filepath.Join(folder, name)}
		}
		for _, path := range paths {
			if _, err := exec.LookPath(path); err == nil {
				return path, nil
			}
		}
	}
	return "", ErrNoRedis
}

// inPath is a slice so that it reads well in an append: the path of the program, or nothing.
func inPath(name string) []string {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil
	}
	return []string{path}
}
