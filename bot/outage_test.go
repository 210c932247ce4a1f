package bot_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
	"titian/storage/storagetest"
)

// crowd registers n people side by side, each line handed to the house that
// pick names, and fails the test unless each is filed once.
func crowd(t *testing.T, n int, pick func(i int) *bottest.House, each func(name string, line int)) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			name := fmt.Sprintf("orang-%d", i)
			for at, line := range registering {
				line = personal(line, i)
				h := pick(i)
				m := h.Network.Message(name, chat.Text, line)
				if err := <-h.Bot.Receive(context.Background(), m); err != nil {
					t.Errorf("%s %q: %v", name, line, err)
					return
				}
				if each != nil {
					each(name, at)
				}
			}
		})
	}
	wg.Wait()
}

// personal gives everyone a NIK and a phone of their own.
func personal(line string, i int) string {
	switch line {
	case "7471051203850001":
		return fmt.Sprintf("747105120385%04d", i+1)
	case "081200000001":
		return fmt.Sprintf("08120000%04d", i+1)
	}
	return line
}

func filedOnce(t *testing.T, h *bottest.House, n int) {
	t.Helper()
	numbers := map[string]bool{}
	for i := range n {
		name := fmt.Sprintf("orang-%d", i)
		owners := h.Owners(name)
		if len(owners) != 1 {
			t.Errorf("%s is filed %d times, want once", name, len(owners))
			continue
		}
		numbers[owners[0].Number] = true
	}
	if len(numbers) != n {
		t.Errorf("%d people have %d numbers", n, len(numbers))
	}
}

func TestRedisEmptiedInTheMiddleOf200ConversationsLosesNone(t *testing.T) {
	server := storagetest.RedisServer(t)
	h := bottest.New(t, bottest.Options{RedisURL: server.URL})
	var emptied sync.Once
	crowd(t, 200, func(int) *bottest.House { return h }, func(_ string, line int) {
		if line == 9 {
			emptied.Do(server.FlushAll)
		}
	})
	filedOnce(t, h, 200)
}

func TestRedisAndTheProcessLostTogetherGoOnFromTheSnapshots(t *testing.T) {
	server := storagetest.RedisServer(t)
	h := bottest.New(t, bottest.Options{RedisURL: server.URL})
	p := h.Person("orang-0")
	for _, line := range registering[:10] {
		p.Says(line)
	}
	h.Stop() // snapshots are written
	server.FlushAll()
	heir := h.Reopen()
	p = p.At(heir)
	for _, line := range registering[10:] {
		p.Says(line)
	}
	filedOnce(t, heir, 1)
}

func TestPostgresStoppedFor20SecondsUnderLoadStopsNoPlainAnswer(t *testing.T) {
	server := storagetest.PostgresServer(t)
	if err := bottest.Migrate(server.URL); err != nil {
		t.Fatal(err)
	}
	h := bottest.New(t, bottest.Options{PostgresURL: server.URL, Patience: 2 * time.Second})
	const people = 50
	var during atomic.Int64
	var down atomic.Bool
	begun := make(chan struct{}, people)
	outage := make(chan struct{})
	go func() {
		for range people {
			<-begun
		}
		server.Stop()
		down.Store(true)
		close(outage)
		time.AfterFunc(20*time.Second, func() { down.Store(false); server.Start() })
	}()
	crowd(t, people, func(int) *bottest.House { return h }, func(_ string, line int) {
		if line == 5 {
			begun <- struct{}{}
			<-outage
		}
		if down.Load() {
			during.Add(1)
		}
	})
	if got := during.Load(); got < people*10 {
		t.Errorf("%d plain answers were taken while Postgres was down, want all %d between the fifth line and the last", got, people*12)
	}
	settle(t, h, people)
	filedOnce(t, h, people)
}

// settle waits until everyone has the number, since the last lines went through the inbox.
func settle(t *testing.T, h *bottest.House, people int) {
	t.Helper()
	for i := range people {
		name := fmt.Sprintf("orang-%d", i)
		for n := 1; ; n++ {
			sent := h.Network.Await(t, name, n)
			if strings.Contains(sent[n-1].Text, "IKM-2026-") {
				break
			}
		}
	}
}

func TestTwoReplicasOnOneRedisFileEveryoneOnce(t *testing.T) {
	clock := bottest.NewClock()
	network := bottest.NewNetwork(clock)
	first := bottest.New(t, bottest.Options{Clock: clock, Network: network})
	second := bottest.New(t, bottest.Options{
		Clock: clock, Network: network, Worker: "second", VaultDir: first.Options.VaultDir,
		PostgresURL: first.Options.PostgresURL, RedisURL: first.Options.RedisURL,
	})
	var wg sync.WaitGroup
	const people = 40
	for i := range people {
		wg.Go(func() {
			name := fmt.Sprintf("orang-%d", i)
			for _, line := range registering {
				m := network.Message(name, chat.Text, personal(line, i))
				a, b := first.Bot.Receive(context.Background(), m), second.Bot.Receive(context.Background(), m)
				for _, done := range []<-chan error{a, b} {
					if err := <-done; err != nil {
						t.Errorf("%s %q: %v", name, line, err)
					}
				}
			}
		})
	}
	wg.Wait()
	filedOnce(t, first, people)
}

func TestReplicasThatTakeTurnsNeverAskTwice(t *testing.T) {
	clock := bottest.NewClock()
	network := bottest.NewNetwork(clock)
	first := bottest.New(t, bottest.Options{Clock: clock, Network: network})
	second := bottest.New(t, bottest.Options{
		Clock: clock, Network: network, Worker: "second", VaultDir: first.Options.VaultDir,
		PostgresURL: first.Options.PostgresURL, RedisURL: first.Options.RedisURL,
	})
	houses := []*bottest.House{first, second}
	crowd(t, 40, func(int) *bottest.House { return houses[rand.IntN(2)] }, nil)
	filedOnce(t, first, 40)
}

func TestAMessageThatHoldsTheLineGoesToTheInboxAndLaterOnesQueueBehindIt(t *testing.T) {
	var stuck atomic.Value
	stuck.Store("")
	release := make(chan struct{})
	o := bottest.Options{Patience: 50 * time.Millisecond}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s == bottest.BeforeCommit && id == stuck.Load().(string) {
			<-release
		}
		return nil
	})
	h := bottest.New(t, o)
	p := h.Person("contoh")
	for _, line := range registering[:3] {
		p.Says(line)
	}
	first := h.Network.Message("contoh", chat.Text, "Contoh Satu")
	stuck.Store(first.ID)
	for _, m := range []chat.Message{first, h.Network.Message("contoh", chat.Text, "menyusul"), h.Network.Message("contoh", chat.Text, "081200000001")} {
		if err := bottest.Wait(t, h.Bot.Receive(t.Context(), m)); err != nil {
			t.Fatal(err)
		}
	}
	stuck.Store("")
	close(release)
	sent := h.Network.Await(t, "contoh", 6)
	for i, want := range []string{"Berapa NIK", "nomor HP atau WA", "nama usahanya"} {
		if got := sent[3+i].Text; !strings.Contains(got, want) {
			t.Errorf("answer %d is %q, want the question with %q", i+1, got, want)
		}
	}
}

func TestAPoisonousMessageIsParkedOnTheThirdTryAndTheNextOnesGoOn(t *testing.T) {
	var poison atomic.Value
	poison.Store("")
	var tries atomic.Int64
	o := bottest.Options{}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s == bottest.BeforeCommit && id == poison.Load().(string) {
			tries.Add(1)
			panic("what a person typed")
		}
		return nil
	})
	h := bottest.New(t, o)
	p := h.Person("contoh")
	p.Says("halo")
	bad := h.Network.Message("contoh", chat.Text, "daftar")
	poison.Store(bad.ID)
	if err := bottest.Wait(t, h.Bot.Receive(t.Context(), bad)); err != nil {
		t.Fatal(err)
	}
	if tries.Load() != 3 {
		t.Errorf("it was tried %d times, want 3", tries.Load())
	}
	sent := h.Network.Await(t, "contoh", 2)
	if !strings.Contains(sent[1].Text, "petugas") {
		t.Errorf("the person is told %q", sent[1].Text)
	}
	parked, err := h.DB.Parked(t.Context())
	if err != nil || len(parked) != 1 || parked[0].MessageID != bad.ID || strings.Contains(parked[0].Cause, "typed") {
		t.Errorf("parked is %+v (%v), want the message and a cause without its text", parked, err)
	}
	if said := p.Says("daftar"); !strings.Contains(said, "SETUJU") {
		t.Errorf("the next message is met with %q", said)
	}
}

func TestAnOutageIsWaitedOutAndNeverCounted(t *testing.T) {
	var failures atomic.Int64
	o := bottest.Options{}
	bottest.At(&o, func(s bottest.Step, _ string) error {
		if s == bottest.BeforeCommit && failures.Add(1) <= 5 {
			return storage.ErrDown
		}
		return nil
	})
	h := bottest.New(t, o)
	if said := h.Person("contoh").Says("halo"); !strings.Contains(said, "Titian") {
		t.Errorf("after the outage the person hears %q", said)
	}
	if parked, err := h.DB.Parked(t.Context()); err != nil || len(parked) != 0 {
		t.Errorf("an outage parked %v (%v)", parked, err)
	}
}

func TestOnAFrailRedisTheSnapshotIsWrittenBeforeTheAcknowledgement(t *testing.T) {
	h := bottest.New(t, bottest.Options{Frail: true})
	p := h.Person("contoh")
	p.Says("halo")
	p.Says("daftar")
	stored, err := h.DB.Conversation(t.Context(), h.Contact("contoh"))
	if err != nil || stored.Snapshot == nil || stored.Snapshot.Seq != 2 {
		t.Errorf("after the acknowledgement the snapshot is %+v (%v), want seq 2", stored.Snapshot, err)
	}
}

func TestPostgresDownWithSomeoneFilingStopsNobodyElse(t *testing.T) {
	server := storagetest.PostgresServer(t)
	if err := bottest.Migrate(server.URL); err != nil {
		t.Fatal(err)
	}
	h := bottest.New(t, bottest.Options{PostgresURL: server.URL})
	filer, other := h.Person("orang-0"), h.Person("orang-1")
	for _, line := range registering[:len(registering)-1] {
		filer.Says(line)
	}
	for _, line := range registering[:3] {
		other.Says(line)
	}
	server.Stop()
	filing := h.Bot.Receive(t.Context(), h.Network.Message("orang-0", chat.Text, "kirim"))
	h.Network.Await(t, "orang-1", 3)
	for i, line := range registering[3:8] {
		if err := bottest.Wait(t, h.Bot.Receive(t.Context(), h.Network.Message("orang-1", chat.Text, line))); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		h.Network.Await(t, "orang-1", 4+i)
	}
	server.Start()
	if err := bottest.Wait(t, filing); err != nil {
		t.Fatal(err)
	}
	settle(t, h, 1)
	filedOnce(t, h, 1)
}

func TestSomeoneWhoBlockedTheBotAndWritesAgainIsReachable(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	p.Says("halo")
	h.Network.Fail(func(chat.Address, chat.Outgoing) error { return &chat.SendError{Failure: chat.FailedBlocked} })
	p.Says("daftar")
	h.Network.Fail(nil)
	if said := p.Says("setuju"); !strings.Contains(said, "nama lengkap") {
		t.Errorf("after coming back the person hears %q", said)
	}
	c, err := h.DB.Contact(t.Context(), chat.Address{Network: chat.Terminal, Key: "contoh"}, "", h.Clock.Now())
	if err != nil || c.Unreachable {
		t.Errorf("the contact is %+v (%v), want reachable", c, err)
	}
}

func TestASlowMessageInTheInboxHoldsUpNobodyElse(t *testing.T) {
	var stuck atomic.Value
	stuck.Store("")
	release := make(chan struct{})
	o := bottest.Options{Patience: 20 * time.Millisecond}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s == bottest.BeforeCommit && strings.Contains(stuck.Load().(string), " "+id+" ") {
			<-release
		}
		return nil
	})
	h := bottest.New(t, o)
	slow, next := h.Network.Message("orang-0", chat.Text, "halo"), h.Network.Message("orang-1", chat.Text, "halo")
	stuck.Store(" " + slow.ID + " ")
	if err := bottest.Wait(t, h.Bot.Receive(t.Context(), slow)); err != nil {
		t.Fatal(err)
	}
	if err := bottest.Wait(t, h.Bot.Receive(t.Context(), next)); err != nil {
		t.Fatal(err)
	}
	h.Network.Await(t, "orang-1", 1)
	close(release)
	h.Network.Await(t, "orang-0", 1)
}

func TestAFilingWhoseMarkRedisLostIsNotFiledAgain(t *testing.T) {
	server := storagetest.RedisServer(t)
	clock := bottest.NewClock()
	network := bottest.NewNetwork(clock)
	var filing atomic.Value
	filing.Store("")
	reached, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	o := bottest.Options{Clock: clock, Network: network, RedisURL: server.URL}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s == bottest.BeforeTransacted && id == filing.Load().(string) {
			once.Do(func() { close(reached); <-release })
		}
		return nil
	})
	first := bottest.New(t, o)
	second := bottest.New(t, bottest.Options{
		Clock: clock, Network: network, Worker: "second", VaultDir: first.Options.VaultDir,
		PostgresURL: first.Options.PostgresURL, RedisURL: first.Options.RedisURL,
	})
	p := first.Person("orang-0")
	for _, line := range registering[:len(registering)-1] {
		p.Says(line)
	}
	snapshotted(t, first, "orang-0", int64(len(registering)-1))
	send := network.Message("orang-0", chat.Text, "kirim")
	filing.Store(send.ID)
	done := first.Bot.Receive(context.Background(), send)
	<-reached
	server.FlushAll() // the mark is gone
	if err := bottest.Wait(t, second.Bot.Receive(t.Context(), network.Message("orang-0", chat.Text, "bantuan"))); err != nil {
		t.Fatal(err)
	}
	close(release)
	if err := bottest.Wait(t, done); err != nil {
		t.Fatal(err)
	}
	settle(t, first, 1)
	filedOnce(t, first, 1)
	if said := p.At(second).Says("status"); !strings.Contains(said, "IKM-2026-000001") {
		t.Errorf("the conversation does not know of the filing: %q", said)
	}
}

// snapshotted waits until the snapshot of a name has a seq.
func snapshotted(t *testing.T, h *bottest.House, name string, seq int64) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	c := h.Contact(name)
	for limit := time.After(20 * time.Second); ; {
		stored, err := h.DB.Conversation(t.Context(), c)
		if err == nil && stored.Snapshot != nil && stored.Snapshot.Seq >= seq {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("the snapshot is %+v (%v), want seq %d", stored.Snapshot, err, seq)
		}
	}
}
