package whatsapp

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.mau.fi/whatsmeow/store"
)

// server is a Postgres that is there or away.
type server struct{ away atomic.Bool }

func (s *server) Connect(context.Context) (driver.Conn, error) {
	if s.away.Load() {
		return nil, io.EOF
	}
	return idle{}, nil
}
func (s *server) Driver() driver.Driver { return nil }

type idle struct{}

func (idle) Prepare(string) (driver.Stmt, error) { return nil, driver.ErrSkip }
func (idle) Close() error                        { return nil }
func (idle) Begin() (driver.Tx, error)           { return nil, driver.ErrSkip }

func TestAMessageWaitsForPostgresAndForNothingElse(t *testing.T) {
	garbled, gone := errors.New("bad MAC"), io.ErrUnexpectedEOF // also what the reader of a message that is cut off says
	for name, tt := range map[string]struct {
		away     time.Duration // from the beginning; Postgres is there after that
		fails    error         // what opening says meanwhile
		want     error
		took     time.Duration // at least; and not much more
		anew     int
		nextWant error // of the message after it, on the same connection
	}{
		"nothing is wrong":                     {},
		"it cannot be read":                    {fails: garbled, want: garbled},
		"it is cut off":                        {fails: gone, want: gone},
		"Postgres is away for ten seconds":     {away: 10 * time.Second, fails: gone, took: 10 * time.Second},
		"Postgres is away for an hour":         {away: time.Hour, fails: gone, want: context.Canceled, took: 4 * time.Minute, anew: 1, nextWant: context.Canceled},
		"a connection broke, and the next not": {away: 50 * time.Millisecond, fails: driver.ErrBadConn, took: 50 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, anew := &server{}, 0
				db := sql.OpenDB(s)
				defer func() { _ = db.Close() }()
				db.SetMaxIdleConns(-1)
				o := &outage{db: db, log: slog.New(slog.DiscardHandler), most: usualPace.outage, again: func() { anew++ }}
				begun := time.Now()
				s.away.Store(tt.away > 0)
				time.AfterFunc(tt.away, func() { s.away.Store(false) })
				do := func() error {
					if tt.away > 0 && time.Since(begun) > tt.away {
						return nil
					}
					return tt.fails
				}
				err := o.wait(t.Context(), do)
				if took := time.Since(begun); !errors.Is(err, tt.want) || took < tt.took || took > tt.took+5*time.Second || anew != tt.anew {
					t.Errorf("it comes to %v after %v, with %d new connections", err, took, anew)
				}
				if err := o.wait(t.Context(), func() error { return nil }); !errors.Is(err, tt.nextWant) {
					t.Errorf("the next comes to %v", err)
				}
				o.over.Store(false) // a new connection
				if err := o.wait(t.Context(), func() error { return nil }); err != nil {
					t.Errorf("on the next connection one comes to %v", err)
				}
			})
		})
	}
}

func TestAMessageThatWaitsForPostgresIsLetGoAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		s.away.Store(true)
		db := sql.OpenDB(s)
		defer func() { _ = db.Close() }()
		o := &outage{db: db, log: slog.New(slog.DiscardHandler), most: time.Hour, again: func() { t.Error("a new connection begins at the end") }}
		ctx, end := context.WithTimeout(t.Context(), 3*time.Second)
		defer end()
		if err := o.wait(ctx, func() error { return io.EOF }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it comes to %v", err)
		}
	})
}

// kept is a table of opened messages whose end of a transaction is not heard of.
type kept struct{ store.EventBuffer }

func (kept) DoDecryptionTxn(ctx context.Context, open func(context.Context) error) error {
	if err := open(ctx); err != nil {
		return err
	}
	return driver.ErrBadConn
}

func TestAMessageThatWasOpenWhenPostgresWentAwayIsNotOpenedTwiceAndComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := sql.OpenDB(&server{})
		defer func() { _ = db.Close() }()
		opened, anew := 0, 0
		p := patient{kept{}, &outage{db: db, log: slog.New(slog.DiscardHandler), most: usualPace.outage, again: func() { anew++ }}}
		err := p.DoDecryptionTxn(t.Context(), func(context.Context) error {
			if opened++; opened > 1 {
				return errors.New("its key was used")
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) || opened != 1 || anew != 1 {
			t.Errorf("it comes to %v, opened %d times, with %d new connections", err, opened, anew)
		}
		if err := p.DoDecryptionTxn(t.Context(), func(context.Context) error { opened++; return nil }); !errors.Is(err, context.Canceled) || opened != 1 {
			t.Errorf("the next comes to %v: it was let past", err)
		}
	})
}
