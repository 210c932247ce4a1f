// Package whatsapp is Titian on WhatsApp: it links as a device of the dinas's
// phone, turns events into chat messages, sends what goes out, and lets
// WhatsApp forget a message only when it will never be needed again. All of
// whatsmeow stands behind it. It imports bot/chat, never speaks on its own and
// keeps no conversation; the library's own tables are its only store.
package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"

	"titian/bot/chat"
)

// DeviceName is what the phone's owner reads under Linked devices.
const DeviceName = "Titian – Disnakerperin"

// Lock is held by the one process that owns the device. It blocks until the lock is had; lost closes when it is no
// longer held, release gives it back.
type Lock func(ctx context.Context) (lost <-chan struct{}, release func(), err error)

// Owns is told which number is linked (digits only, with its country), before anything is sent and each hour while it is. After
// an error the device stays unconnected for a while.
type Owns func(ctx context.Context, number string) error

// Options say where the device lives.
type Options struct {
	DB        *sql.DB           // the library's tables stand in its search path
	Transport http.RoundTripper // nil: the Internet
	Now       func() time.Time  // nil: time.Now
	Log       *slog.Logger      // nil: nothing is logged
	Lock      Lock              // nil: this process always owns the device
	Owns      Owns              // nil: nobody is told
	Changed   func(State)       // told of each new state of the link; it must not block
	Ticked    func(chat.Tick)   // told that a sent message arrived or was read; it must not block
	Alarmed   func(Alarm)       // told that WhatsApp minds what is sent; it must not block
}

// Channel is one linked device. Its methods may be called at the same time.
type Channel struct {
	db        *sql.DB
	container *sqlstore.Container
	transport http.RoundTripper
	now       func() time.Time
	log       *slog.Logger
	lock      Lock
	owns      Owns
	changes   func(State)
	ticked    func(chat.Tick)
	alarmed   func(Alarm)
	pace      pace
	uploads   uploads

	state   atomic.Pointer[State]
	mu      sync.Mutex
	client  *whatsmeow.Client          // nil: not connected
	changed chan struct{}              // closed and replaced when client is
	reload  map[string]chan reuploaded // who waits for a file to be uploaded again, by message id
}

var (
	_ chat.Channel  = (*Channel)(nil)
	_ chat.Typer    = (*Channel)(nil)
	_ chat.Remover  = (*Channel)(nil)
	_ chat.Numbered = (*Channel)(nil)
	_ chat.Namer    = (*Channel)(nil)
	_ chat.Linked   = (*Channel)(nil)
)

// Prepare sets what the library keeps once a process: the name of the device, and that the Signal library prints
// nothing. Call it before anything else of this package.
func Prepare() {
	var mute logger.Loggable = silent{}
	logger.Setup(&mute)
	store.SetOSInfo(DeviceName, [3]uint32{1, 0, 0})
	store.DeviceProps.PlatformType = waCompanionReg.DeviceProps_DESKTOP.Enum()
}

// New makes the channel. It does not touch the network or the database.
func New(o Options) (*Channel, error) {
	if o.DB == nil {
		return nil, errors.New("whatsapp: there is no database for the device")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lock == nil {
		o.Lock = alwaysMine
	}
	if o.Owns == nil {
		o.Owns = func(context.Context, string) error { return nil }
	}
	if o.Changed == nil {
		o.Changed = func(State) {}
	}
	if o.Ticked == nil {
		o.Ticked = func(chat.Tick) {}
	}
	if o.Alarmed == nil {
		o.Alarmed = func(Alarm) {}
	}
	c := &Channel{
		db: o.DB, container: sqlstore.NewWithDB(o.DB, "postgres", logs{o.Log}), transport: o.Transport, now: o.Now, log: o.Log,
		lock: o.Lock, owns: o.Owns, changes: o.Changed, ticked: o.Ticked, alarmed: o.Alarmed, pace: usualPace, reload: map[string]chan reuploaded{}, changed: make(chan struct{}),
	}
	c.become(Starting, nil)
	return c, nil
}

func alwaysMine(context.Context) (<-chan struct{}, func(), error) { return nil, func() {}, nil }

// Network is WhatsApp.
func (c *Channel) Network() chat.Network { return chat.WhatsApp }

// pace is how long things may take.
type pace struct {
	hold     time.Duration // a message may wait for its outcome before it counts as refused
	again    time.Duration // until what was refused is asked for again
	unlinked time.Duration // between two looks for a device
	owned    time.Duration // until it is said again which number is linked
	replaced time.Duration // until a connection that another took is tried again
	lost     time.Duration // a connection may be down before it counts as lost: it comes back by itself
	refused  time.Duration // until a login that was refused is tried again
	connect  time.Duration // a send waits for a link that is being made
	drain    time.Duration // what is in hand may take at the end
	send     time.Duration // WhatsApp may take to answer a message
	reupload time.Duration // the phone may take to upload a file again
	unread   time.Duration // until a message that cannot be read counts as such
	outage   time.Duration // a message waits for Postgres before it is to come again
}

var usualPace = pace{
	hold: 20 * time.Second, again: 2 * time.Second, unlinked: 2 * time.Second, owned: time.Hour, replaced: 5 * time.Minute, refused: 10 * time.Minute, lost: 10 * time.Minute,
	connect: 5 * time.Second, drain: 5 * time.Second, send: 15 * time.Second, reupload: 30 * time.Second, unread: 45 * time.Second, outage: 4 * time.Minute,
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
