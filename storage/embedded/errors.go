package embedded

import (
	"errors"
	"fmt"
)

// ErrNoPostgres is returned when no database is configured and this machine has no Postgres to start.
var ErrNoPostgres = errors.New("no Postgres found on this machine: install it with `apt-get install -y postgresql`, or set DATABASE_URL to one that runs elsewhere")

// ErrNoRedis is returned by FindRedis alone; Open answers it with miniredis.
var ErrNoRedis = errors.New("no Redis found on this machine: install it with `apt-get install -y redis-server`, or set REDIS_URL to one that runs elsewhere")

// OtherVersion is returned when the data was made by another major version of Postgres than any installed.
type OtherVersion struct {
	Dir       string // of the data
	Made      string // the version that made it: "14"
	Installed string // the newest that is here: "15"
}

func (e *OtherVersion) Error() string {
	return fmt.Sprintf("the data in %s was made by Postgres %s and this machine has only Postgres %s: install postgresql-%s beside it, "+
		"or move the data with pg_upgrade, or set DATABASE_URL", e.Dir, e.Made, e.Installed, e.Made)
}

// Unreachable is returned when root's servers, which do not run as root, could not enter a folder above their data.
type Unreachable struct {
	Folder string // the first they cannot enter
	User   string // who they run as
}

func (e *Unreachable) Error() string {
	return fmt.Sprintf("the servers run as user %s, who cannot enter %s: set TITIAN_DATA to a folder such as /var/lib/titian, "+
		"or let others pass through with `chmod o+x %s`", e.User, e.Folder, e.Folder)
}
