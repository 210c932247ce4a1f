package postgres

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// The holder of a lock asks for its connection this often and waits this long for the answer.
const (
	lockBeat     = time.Second
	lockPatience = 3 * time.Second
)

// TryLock takes a named lock that one process holds at a time, without waiting; held is false when another one has it.
// It stands and falls with a connection of its own: lost is closed when that is gone, and then another process may
// have the lock already. release may be called more than once; after it lost is closed too.
func (d *DB) TryLock(ctx context.Context, name string) (release func(), lost <-chan struct{}, held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "take lock " + name
	conn, err := d.fast.DB.Conn(ctx)
	if err != nil {
		return nil, nil, false, wrap(doing, err)
	}
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, lockID("held/"+name)).Scan(&held); err != nil || !held {
		discard(conn)
		return nil, nil, false, wrap(doing, err)
	}
	l := &heldLock{conn: conn, end: make(chan struct{}), lost: make(chan struct{})}
	go l.watch()
	return l.release, l.lost, true, nil
}

type heldLock struct {
	conn *sql.Conn
	once sync.Once
	end  chan struct{} // closed by release
	lost chan struct{}
}

// watch keeps the connection from being taken for idle, and tells when it is gone.
func (l *heldLock) watch() {
	beat := time.NewTicker(lockBeat)
	defer beat.Stop()
	for {
		select {
		case <-l.end:
			l.unlock()
			discard(l.conn) // first, so that whoever waits for lost finds the lock free
			close(l.lost)
			return
		case <-beat.C:
			if !l.alive() {
				close(l.lost) // first: letting go of a dead connection may take a while
				discard(l.conn)
				return
			}
		}
	}
}

// alive does not wait longer than lockPatience, even where the driver would.
func (l *heldLock) alive() bool {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	answer := make(chan error, 1)
	go func() {
		var one int
		answer <- l.conn.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
	}()
	select {
	case err := <-answer:
		return err == nil
	case <-ctx.Done():
		return false
	}
}

// unlock frees the lock before the server has noticed that its connection is gone.
func (l *heldLock) unlock() {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	_, _ = l.conn.ExecContext(ctx, `SELECT pg_advisory_unlock_all()`)
}

func (l *heldLock) release() {
	l.once.Do(func() { close(l.end) })
	<-l.lost
}
