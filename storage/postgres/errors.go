package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/lib/pq"

	"titian/storage"
)

// Refused is a statement the server refused: a constraint, or data it cannot take. It names the place and never the
// value, which the server's own words may repeat.
type Refused struct {
	Code       string // SQLSTATE
	Name       string // its name, "unique_violation"
	Table      string
	Constraint string
}

func (r *Refused) Error() string {
	text := "postgres: " + r.Name + " (" + r.Code + ")"
	if r.Table != "" {
		text += " in " + r.Table
	}
	if r.Constraint != "" {
		text += " by " + r.Constraint
	}
	return text
}

// wrap says what was being done. An outage becomes storage.ErrDown; errors of this module stay what they are.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	cause := clean(err)
	if isOutage(err) && !errors.Is(cause, storage.ErrDown) {
		return fmt.Errorf("%s: %w: %w", doing, storage.ErrDown, cause)
	}
	return fmt.Errorf("%s: %w", doing, cause)
}

// clean takes out of an error what may hold a value.
func clean(err error) error {
	var refused *pq.Error
	if errors.As(err, &refused) {
		return &Refused{string(refused.Code), refused.Code.Name(), refused.Table, refused.Constraint}
	}
	if errors.Is(err, sql.ErrNoRows) {
		return storage.ErrNotFound
	}
	// database/sql repeats the value that did not fit: `Scan error on column index 0, name "x": converting …`.
	if text := err.Error(); strings.HasPrefix(text, "sql: ") {
		if place, _, cut := strings.Cut(text, ": converting"); cut {
			return errors.New(place)
		}
		if strings.HasPrefix(text, "sql: Scan error") {
			return errors.New("sql: Scan error")
		}
	}
	return err
}

// isOutage says whether the server could not be reached or could not answer now: waiting may help.
func isOutage(err error) bool {
	var refused *pq.Error
	if errors.As(err, &refused) {
		return outageCode(string(refused.Code))
	}
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOENT) ||
		errors.As(err, &network)
}

// outageCode knows connections lost (08), resources short (53), the operator at work and canceled statements (57),
// system errors (58), collisions that outlasted their retries (40), a lock not had (55P03), and a transaction that
// the server ended because we were silent (25P03).
func outageCode(code string) bool {
	switch code {
	case "55P03", "25P03":
		return true
	}
	switch code[:min(2, len(code))] {
	case "08", "40", "53", "57", "58":
		return true
	}
	return false
}

// collided says whether a transaction was undone because of another one: it may be run again at once.
func collided(err error) bool {
	var refused *pq.Error
	return errors.As(err, &refused) && (refused.Code == "40001" || refused.Code == "40P01")
}
