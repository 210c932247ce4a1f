package postgres_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/storage"
	"titian/storage/postgres"
	"titian/storage/storagetest"
)

func TestAServerThatIsGoneIsDownNotWrongAndComesBackWithEverything(t *testing.T) {
	server := storagetest.PostgresServer(t)
	f := over(t, server.URL)
	f.must(f.Migrate(t.Context(), nil))
	c := f.contact("100")
	f.commit(c, 1, filing(wati()))
	for i, end := range []func(){server.Stop, server.Kill} {
		end()
		for f.Up(t.Context()) == nil { // a killed server's sessions end a moment later
			if t.Context().Err() != nil {
				t.Fatal("an ended server answers")
			}
		}
		k := key(c, int64(i)+2)
		for name, err := range map[string]error{
			"up":           f.Up(t.Context()),
			"contact":      second(f.Contact(t.Context(), chat.Address{Network: chat.Telegram, Key: "100"}, "", start)),
			"conversation": second(f.Conversation(t.Context(), c)),
			"commit":       second(try(t.Context(), f.DB, k, filing(wati()))),
			"void":         f.Void(t.Context(), c, k.Seq),
			"snapshots":    f.SaveSnapshots(t.Context(), []storage.Snapshot{{Record: storage.Record{Contact: c}}}),
			"take":         second(f.InboxTake(t.Context(), "one", lease, telegram, 1)),
			"park":         f.Park(t.Context(), storage.Parked{Contact: c, MessageID: "m", Body: []byte("x")}),
			"export":       f.ExportOwners(t.Context(), true, "operator", nil),
			"sweep":        f.Sweep(t.Context()),
		} {
			if !storage.IsDown(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := postgres.Open(t.Context(), server.URL, postgres.Options{})
		f.is(err, storage.ErrDown)
		server.Start()
		if out := f.commit(c, k.Seq, filing(wati())); out.Number == "" {
			t.Fatal("nothing was filed after the server came back")
		}
	}
	if n := f.count(`SELECT count(*) FROM registrations`); n != 3 {
		t.Fatalf("%d registrations", n)
	}
}

func TestACommitCutOffByAKillIsDownAndTheKeyIsFree(t *testing.T) {
	server := storagetest.PostgresServer(t)
	f := over(t, server.URL)
	f.must(f.Migrate(t.Context(), nil))
	k := key(f.contact("100"), 1)
	end, done := f.inFlight(k, filing(wati()))
	server.Kill()
	server.Start()
	end <- nil
	f.is(<-done, storage.ErrDown)
	f.must(f.Void(t.Context(), k.Contact, k.Seq))
}

func TestWhatTheServerRefusesIsNoOutageAndTheErrorHoldsNoValue(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	r := wati()
	r.Latitude, r.Longitude = ptr(700.25), ptr(1.0)
	_, err := try(t.Context(), f.DB, key(c, 1), filing(r))
	if err == nil || storage.IsDown(err) || !strings.Contains(err.Error(), "registrations_latitude_check") {
		t.Fatalf("error %v", err)
	}
	for _, s := range []string{"700.25", "Wati", "Abon", "Jl. Bunga", "1234567890123"} {
		if strings.Contains(err.Error(), s) {
			t.Errorf("the error repeats %q: %v", s, err)
		}
	}
}

func TestADatabaseURLIsNotRepeatedInErrors(t *testing.T) {
	for _, url := range []string{"postgres://u:hunter2@127.0.0.1:1/x?sslmode=disable", "postgres://u:hunter2@[::1/x", "hunter2", "postgres://u:hunter2@h:hunter2/x"} {
		_, err := postgres.Open(t.Context(), url, postgres.Options{})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error %v", err)
		}
	}
}

func TestAHangingServerHoldsNobodyAndIsDown(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	wall := behindAWall(t, f)
	wall.raise()
	began := time.Now()
	var all sync.WaitGroup
	for _, call := range []func(context.Context) error{
		wall.db.Up,
		func(ctx context.Context) error { return second(wall.db.Conversation(ctx, c)) },
		func(ctx context.Context) error { return second(try(ctx, wall.db, key(c, 1), filing(wati()))) },
	} {
		all.Go(func() {
			if err := call(t.Context()); !storage.IsDown(err) {
				t.Errorf("error %v", err)
			}
		})
	}
	all.Wait()
	if took := time.Since(began); took > 12*time.Second {
		t.Fatalf("held for %v", took)
	}
	wall.lower()
	f.must(wall.db.Up(t.Context()))
}

func TestALostLockIsToldAndAnotherProcessMayHaveIt(t *testing.T) {
	f := setup(t)
	release, lost, held, err := f.TryLock(t.Context(), "telegram")
	f.must(err)
	other := f.another()
	if _, _, again, err := other.TryLock(t.Context(), "telegram"); !held || again || err != nil {
		t.Fatalf("held %v, again %v, %v", held, again, err)
	}
	release()
	release()
	<-lost
	release, lost, held, err = other.TryLock(t.Context(), "telegram")
	f.must(err)
	if !held {
		t.Fatal("a released lock is not free")
	}
	f.run(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	<-lost
	if _, _, held, err = f.TryLock(t.Context(), "telegram"); !held || err != nil {
		t.Fatalf("held %v, %v", held, err)
	}
	release()
}

func second[T any](_ T, err error) error { return err }

// wall is a database seen through a wire on which nothing arrives any more, though it is not cut, once it is raised.
type wall struct {
	db *postgres.DB
	mu sync.RWMutex
}

func (w *wall) raise() { w.mu.Lock() }
func (w *wall) lower() { w.mu.Unlock() }

func behindAWall(t *testing.T, f *fixture) *wall {
	u, err := url.Parse(f.url)
	f.must(err)
	q := u.Query()
	port := q.Get("port")
	if port == "" {
		port = "5432"
	}
	socket := q.Get("host") + "/.s.PGSQL." + port
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	f.must(err)
	t.Cleanup(func() { listener.Close() })
	w := &wall{}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", socket)
			if err != nil {
				near.Close()
				continue
			}
			go w.carry(far, near)
			go w.carry(near, far)
		}
	}()
	host, p, _ := net.SplitHostPort(listener.Addr().String())
	q.Set("host", host)
	q.Set("port", p)
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	w.db, err = postgres.Open(t.Context(), u.String(), postgres.Options{Now: f.clock.Now, Log: slog.New(slog.DiscardHandler)})
	f.must(err)
	w.db.UseKeys(f.keys)
	t.Cleanup(func() { w.db.Close() })
	return w
}

func (w *wall) carry(to io.WriteCloser, from io.Reader) {
	defer to.Close()
	b := make([]byte, 8192)
	for {
		n, err := from.Read(b)
		w.mu.RLock()
		_, errTo := to.Write(b[:n])
		w.mu.RUnlock()
		if err != nil || errTo != nil {
			return
		}
	}
}
