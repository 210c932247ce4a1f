package postgres_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"titian/storage/embedded"
)

// dump is every row of every table but those of the job queue's own bookkeeping, as text.
func (f *fixture) dump() string {
	f.t.Helper()
	var all strings.Builder
	for _, table := range f.tables() {
		rows, err := f.raw.Query(`SELECT to_jsonb(t)::text FROM ` + table + ` AS t ORDER BY 1`)
		f.must(err)
		for rows.Next() {
			var row string
			f.must(rows.Scan(&row))
			fmt.Fprintln(&all, table, row)
		}
		f.must(rows.Err())
		rows.Close()
	}
	return all.String()
}

func (f *fixture) tables() []string {
	f.t.Helper()
	rows, err := f.raw.Query(`
		SELECT table_name FROM information_schema.tables
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT IN ('goose_db_version', 'river_migration') ORDER BY 1`)
	f.must(err)
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		f.must(rows.Scan(&name))
		names = append(names, name)
	}
	f.must(rows.Err())
	return names
}

// waiters blocks until n statements of this database wait for a lock.
func (f *fixture) waiters(n int) {
	f.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		if f.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) >= n {
			return
		}
	}
	f.t.Fatalf("%d statements never waited", n)
}

// pgDump is what a thief of a backup reads.
func (f *fixture) pgDump() string {
	f.t.Helper()
	bin, err := embedded.FindPostgres("")
	f.must(err)
	out, err := exec.Command(filepath.Join(bin, "pg_dump"), "--inserts", f.url).CombinedOutput()
	if err != nil {
		f.t.Fatalf("pg_dump: %v: %s", err, out)
	}
	return string(out)
}

func keepLines(text string, prefixes ...string) string {
	var kept []string
	for line := range strings.Lines(text) {
		for _, p := range prefixes {
			if strings.HasPrefix(line, p) {
				kept = append(kept, line)
				break
			}
		}
	}
	return strings.Join(kept, "")
}
