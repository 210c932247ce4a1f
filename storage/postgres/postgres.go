// Package postgres keeps what lasts: contacts and owners, filed registrations, consents, lasting turns, snapshots of
// running conversations, the inbox, and the jobs that a result causes. It imports the nouns of storage and chat, and
// is the only place where SQL stands. It never sees a key: what must not be read is sealed through the Sealer it is
// given, bound to its row, and no error it returns holds a value.
package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"titian/bot/chat"
	"titian/storage"
)

// The bounds of one call, so that a server that hangs cannot hold a caller.
const (
	callTimeout      = 5 * time.Second // a whole call, whatever the caller's context
	statementTimeout = 4 * time.Second
	connectTimeout   = 3 * time.Second
	idleInTurn       = 15 * time.Second // a stopped process gives its turn's key back after this long
)

// Sealer seals what must not be read from a stolen disk, bound to the row it stands in (aad), and makes the blind
// indexes by which it is found: 32 bytes, equal for equal values of a kind.
type Sealer interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
	Index(kind, value string) []byte
}

// Options are what Open may be told; the zero value is good.
type Options struct {
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: slog.Default
	Office Office           // nil: Monday to Friday
	Clocks storage.Clocks   // zero: storage.DefaultClocks
}

// DB is the database of one dinas. Its methods may be called from many goroutines.
type DB struct {
	url     string
	fast    *sqlx.DB // calls of the hot path: short, bounded
	hot     planned  // statements of fast
	slow    *sqlx.DB // migrations, exports, sweeps: seconds or minutes
	jobs    *river.Client[*sql.Tx]
	devices []*sql.DB // of the linked device's own tables; see Devices
	keys    Sealer
	now     func() time.Time
	log     *slog.Logger
	id      func() string
	office  Office
	clocks  storage.Clocks
	takes   func(map[chat.Network]int, time.Time) time.Time // see UseEstimate
}

// Open makes the pools and finds out whether the server answers: storage.ErrDown when it does not. An unusable url is
// an error of its own that does not repeat it.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	d := &DB{url: url, now: o.Now, log: o.Log, id: newID, office: o.Office, clocks: o.Clocks}
	if d.now == nil {
		d.now = time.Now
	}
	if d.log == nil {
		d.log = slog.Default()
	}
	if d.office == nil {
		d.office = weekdays{}
	}
	if d.clocks == (storage.Clocks{}) {
		d.clocks = storage.DefaultClocks
	}
	var err error
	if d.fast, err = pool(url, callTimeout, map[string]string{
		"statement_timeout":                   ms(statementTimeout),
		"idle_in_transaction_session_timeout": ms(idleInTurn),
	}); err != nil {
		return nil, err
	}
	d.fast.SetMaxOpenConns(24)
	d.fast.SetMaxIdleConns(12)
	if d.slow, err = pool(url, 10*time.Minute, nil); err != nil {
		return nil, err
	}
	d.slow.SetMaxOpenConns(4)
	d.slow.SetMaxIdleConns(1)
	// A client without queues only inserts: jobs are born in the transaction that causes them.
	if d.jobs, err = river.NewClient(riverdatabasesql.New(d.slow.DB), &river.Config{Logger: quiet(d.log)}); err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	if err := d.Up(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// Close lets go of every connection.
func (d *DB) Close() error {
	var failed []error
	for _, p := range d.devices {
		failed = append(failed, p.Close())
	}
	return errors.Join(append(failed, d.fast.Close(), d.slow.Close())...)
}

// UseOffice gives the database the calendar by which clocks count. Call it before anything is carried out.
func (d *DB) UseOffice(o Office) { d.office = o }

// UseKeys gives the database its keyset. Call it once, after Migrate and before anything else.
func (d *DB) UseKeys(s Sealer) { d.keys = s }

// Up says whether the server answers: nil, or storage.ErrDown.
func (d *DB) Up(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var one int
	return wrap("ask the server whether it is up", d.fast.QueryRowContext(ctx, `SELECT 1`).Scan(&one))
}

func pool(url string, patience time.Duration, settings map[string]string) (*sqlx.DB, error) {
	cfg, err := pq.NewConfig(url)
	if err != nil {
		return nil, errors.New("the database URL cannot be read") // the cause may repeat its password
	}
	cfg.BinaryParameters = true // one round trip a statement, and sealed bytes travel as they are
	cfg.ConnectTimeout = connectTimeout
	if cfg.ApplicationName == "" {
		cfg.ApplicationName = "titian"
	}
	if cfg.Runtime == nil {
		cfg.Runtime = map[string]string{}
	}
	cfg.Runtime["timezone"] = "UTC"
	cfg.Runtime["jit"] = "off" // it costs more than any statement here gains
	for name, value := range settings {
		cfg.Runtime[name] = value
	}
	connector, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, errors.New("the database URL cannot be used")
	}
	connector.Dialer(dialer{patience: patience})
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetConnMaxLifetime(time.Hour)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

func ms(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// newID is 26 characters of chance: 130 bits.
func newID() string { return strings.ToLower(rand.Text()) }

// quiet keeps a library's chatter below warnings out of the log.
func quiet(l *slog.Logger) *slog.Logger { return slog.New(atLeast{l.Handler(), slog.LevelWarn}) }

type atLeast struct {
	slog.Handler
	level slog.Level
}

func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}
func (h atLeast) WithAttrs(a []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(a), h.level}
}
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}
