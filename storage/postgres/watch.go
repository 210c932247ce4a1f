package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"
)

// Topic is something that every process keeps a copy of.
type Topic string

// The topics. Everything is what Watch says when it may have missed some.
const (
	TopicEverything Topic = ""
	TopicStaff      Topic = "staff"
	TopicHolidays   Topic = "holidays"
	TopicFiles      Topic = "files"
	TopicBrands     Topic = "brands"
)

const (
	watchChannel = "titian"
	watchAgain   = time.Second
)

var errListen = errors.New("the connection that listens is gone")

// announce tells every process, when the transaction is done, that its copy is old.
func announce(ctx context.Context, tx *sqlx.Tx, topic Topic) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, watchChannel, topic)
	return err
}

// Watch tells of changes that any process made, until ctx ends. It begins with TopicEverything, and says it again
// whenever the connection was away.
func (d *DB) Watch(ctx context.Context, changed func(Topic)) {
	for ctx.Err() == nil {
		err := d.listen(ctx, changed)
		if ctx.Err() != nil {
			return
		}
		d.log.WarnContext(ctx, "changes by other processes are not heard of for a moment", "error", clean(err))
		again := time.NewTimer(watchAgain)
		select {
		case <-ctx.Done():
		case <-again.C:
		}
		again.Stop()
	}
}

func (d *DB) listen(ctx context.Context, changed func(Topic)) error {
	conn, err := pgx.Connect(ctx, d.url)
	if err != nil {
		return errListen // the cause may repeat the address
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+watchChannel); err != nil {
		return errListen
	}
	changed(TopicEverything)
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return errListen
		}
		changed(Topic(n.Payload))
	}
}
