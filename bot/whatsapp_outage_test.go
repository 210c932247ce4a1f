package bot_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	_ "github.com/lib/pq"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/bot/whatsapp"
	"titian/bot/whatsapp/whatsapptest"
	"titian/storage/storagetest"
)

// noticed closes a channel when a line of a log says something.
type noticed struct {
	what string
	once *sync.Once
	came chan struct{}
}

func notice(what string) noticed { return noticed{what, &sync.Once{}, make(chan struct{})} }

func (n noticed) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(n.what)) {
		n.once.Do(func() { close(n.came) })
	}
	return len(line), nil
}

// onWhatsApp has a house receive what real WhatsApp clients write to the dinas. log may be nil.
func onWhatsApp(t *testing.T, receive chat.Receive, url string, log *slog.Logger) (*whatsapptest.Server, *whatsapptest.Phone) {
	t.Helper()
	s := whatsapptest.New(t)
	office := s.Phone(t, "Dinas")
	pool, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	ch, err := whatsapp.New(whatsapp.Options{DB: pool, Transport: s.Transport(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := ch.Pair(t.Context(), "", func(step whatsapp.Step) {
		if step.Code != "" {
			go office.Link(step.Code)
		}
	}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { _ = ch.Run(ctx, receive) })
	t.Cleanup(func() { stop(); ended.Wait() })
	office.AwaitLinked()
	return s, office
}

func TestWhatsAppMessagesThatComeWhilePostgresIsAwayAreAnsweredOnceEachInOrder(t *testing.T) {
	server := storagetest.PostgresServer(t)
	if err := bottest.Migrate(server.URL); err != nil {
		t.Fatal(err)
	}
	h := bottest.New(t, bottest.Options{PostgresURL: server.URL, Keeping: true})
	away := notice("Postgres is away")
	s, office := onWhatsApp(t, h.Bot.Receive, server.URL, slog.New(slog.NewTextHandler(away, nil)))
	people := make([]*whatsapptest.Phone, 3)
	name := func(i int) string { return fmt.Sprintf("wa/+%s", people[i].Number()) }
	for i := range people {
		people[i] = s.Phone(t, "Contoh Satu")
		people[i].Shows(whatsapptest.ByNumber)
		people[i].Says(office, "halo")
		h.Network.Await(t, name(i), 1)
	}
	server.Stop()
	for _, words := range []string{"daftar", "setuju", "Contoh Satu"} {
		for _, p := range people {
			p.Says(office, words)
		}
	}
	<-away.came
	server.Start()
	for i := range people {
		for n, want := range []string{"", "SETUJU", "nama lengkap", "Berapa NIK"} {
			if said := h.Network.Await(t, name(i), n+1)[n].Text; !strings.Contains(said, want) {
				t.Errorf("answer %d is %q, want %q", n+1, said, want)
			}
		}
		if all := h.Network.Sent(name(i)); len(all) != 4 {
			t.Errorf("%d answers, want 4", len(all))
		}
	}
}
