package whatsapptest

import (
	"context"
	"database/sql"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"

	"titian/storage/storagetest"
)

// dinas is a linked device as the bot has one: a whatsmeow client over Postgres.
type dinas struct {
	t         testing.TB
	server    *Server
	container *sqlstore.Container
	client    *whatsmeow.Client
	came      chan any
	refuse    atomic.Bool // the handler fails
}

func newDinas(t testing.TB, s *Server) *dinas {
	t.Helper()
	db, err := sql.Open("postgres", storagetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d := &dinas{t: t, server: s, container: sqlstore.NewWithDB(db, "postgres", waLog.Noop)}
	if err := d.container.Upgrade(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// start opens the client as a new process would.
func (d *dinas) start() {
	d.t.Helper()
	device, err := d.container.GetFirstDevice(context.Background())
	if err != nil {
		d.t.Fatal(err)
	}
	d.client = whatsmeow.NewClient(device, waLog.Noop)
	d.client.EnableDecryptedEventBuffer, d.client.SynchronousAck = true, true
	d.client.UseRetryMessageStore, d.client.AutomaticMessageRerequestFromPhone = true, true
	d.client.SetForceActiveDeliveryReceipts(true)
	d.server.reroute(d.client)
	came := make(chan any, 1000) // what the process before heard is not heard again
	d.came = came
	d.client.AddEventHandlerWithSuccessStatus(func(e any) bool {
		_, message := e.(*events.Message)
		refused := message && d.refuse.Load() // before the test hears of it, and changes its mind
		came <- e
		return !refused
	})
}

func (d *dinas) connect() {
	d.t.Helper()
	if err := d.client.Connect(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(d.client.Disconnect)
}

func (d *dinas) pair(phone *Phone) {
	d.t.Helper()
	d.start()
	codes, err := d.client.GetQRChannel(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	d.connect()
	for item := range codes {
		switch item.Event {
		case whatsmeow.QRChannelEventCode:
			go phone.Link(item.Code)
		case "success":
		default:
			d.t.Fatalf("pairing: %s %v", item.Event, item.Error)
		}
	}
	await[*events.Connected](d)
}

// await waits for the next event of a type and skips others.
func await[E any](d *dinas) E {
	d.t.Helper()
	late := time.After(patience)
	for {
		select {
		case e := <-d.came:
			if wanted, ok := e.(E); ok {
				return wanted
			}
		case <-late:
			var none E
			d.t.Fatalf("no %T came", none)
			return none
		}
	}
}

func says(words string) *waE2E.Message { return &waE2E.Message{Conversation: proto.String(words)} }

func (d *dinas) send(to *Phone, m *waE2E.Message, extra ...whatsmeow.SendRequestExtra) whatsmeow.SendResponse {
	d.t.Helper()
	r, err := d.client.SendMessage(context.Background(), to.JID(true), m, extra...)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

func hear(t testing.TB, p *Phone) *events.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	e, err := p.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
