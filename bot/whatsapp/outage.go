package whatsapp

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.mau.fi/whatsmeow/store"
)

// patient lets a message wait while Postgres is away: the library takes a failure of its tables for a message that cannot be
// read, and acknowledges it. One that waits too long is given up without an acknowledgement, and so are those after it, until
// the next connection, on which they come again.
type patient struct {
	store.EventBuffer
	*outage
}

type outage struct {
	db    *sql.DB
	log   *slog.Logger
	most  time.Duration // less than the five minutes after which the library goes on to the next message
	again func()        // begins a new connection
	first sync.Mutex    // held by the message that waits, so that they stay in order
	over  atomic.Bool   // nothing is waited for on this connection
}

// GetBufferedEvent looks whether a message was opened before.
func (p patient) GetBufferedEvent(ctx context.Context, hash [32]byte) (e *store.BufferedEvent, err error) {
	err = p.wait(ctx, func() error { e, err = p.EventBuffer.GetBufferedEvent(ctx, hash); return err })
	return e, err
}

// DoDecryptionTxn opens one message. Where Postgres went away once it was open, nobody knows whether that was kept, and it
// cannot be opened twice: it must come again.
func (p patient) DoDecryptionTxn(ctx context.Context, open func(context.Context) error) error {
	return p.wait(ctx, func() error {
		opened := false
		err := p.EventBuffer.DoDecryptionTxn(ctx, func(ctx context.Context) error {
			err := open(ctx)
			opened = err == nil
			return err
		})
		if err != nil && opened && p.away(ctx, err) {
			p.giveUp()
			return context.Canceled
		}
		return err
	})
}

// wait does something until Postgres was there for it. context.Canceled is what the library acknowledges nothing after.
func (o *outage) wait(ctx context.Context, do func() error) error {
	o.first.Lock()
	defer o.first.Unlock()
	late := time.Now().Add(o.most)
	for pace := 100 * time.Millisecond; ; pace = min(2*pace, 2*time.Second) {
		if o.over.Load() {
			return context.Canceled
		}
		err := do()
		if err == nil || o.over.Load() || !o.away(ctx, err) {
			return err
		}
		o.log.Warn("whatsapp: Postgres is away: a message waits")
		if time.Now().After(late) {
			o.giveUp()
		}
		if !pause(ctx, pace) {
			return ctx.Err()
		}
	}
}

// giveUp lets this message, and those after it, come again on a new connection.
func (o *outage) giveUp() {
	o.over.Store(true)
	o.again()
}

// away says whether something failed because Postgres is away, or was a moment ago. What a message holds may make its reader
// fail as a connection does, so Postgres itself is asked.
func (o *outage) away(ctx context.Context, err error) bool {
	var network net.Error
	var refused interface{ SQLState() string }
	switch {
	case errors.As(err, &refused):
		class := refused.SQLState()[:2]
		return class == "08" || class == "53" || class == "57" // connections, resources, the operator at work
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.As(err, &network):
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, lookup)
	defer cancel()
	return o.db.PingContext(ctx) != nil
}
