package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/bot/chattest"
	"titian/bot/whatsapp/whatsapptest"
)

// desk takes every message and shows what came.
type desk struct {
	came chan chat.Message
}

func (d desk) receive(_ context.Context, m chat.Message) <-chan error {
	d.came <- m
	done := make(chan error, 1)
	done <- nil
	return done
}

func (d desk) next(t *testing.T) chat.Message {
	t.Helper()
	select {
	case m := <-d.came:
		return m
	case <-time.After(chattest.Patience):
		t.Fatal("no message came")
		return chat.Message{}
	}
}

// run runs a channel until the test ends.
func run(t *testing.T, c *Channel) desk {
	t.Helper()
	d := desk{make(chan chat.Message, 100)}
	ctx, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { _ = c.Run(ctx, d.receive) })
	t.Cleanup(func() { stop(); ended.Wait() })
	return d
}

func stands(t *testing.T, c *Channel, want Link) State {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(chattest.Patience); ; {
		if s := c.State(); s.Link == want {
			return s
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("the link stands %s, want %s", c.State().Link, want)
		}
	}
}

func TestBanStopsTheDeviceUntilItsEnd(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	run(t, c)
	stands(t, c, Up)
	n.office.Ban(104, time.Hour)
	if s := stands(t, c, Banned); s.Code != 104 || time.Until(s.Until) < 50*time.Minute {
		t.Errorf("it stands %+v", s)
	}
	_, err := c.Send(t.Context(), n.person(t).Address(), chat.Outgoing{Text: "halo"})
	if chat.FailureOf(err) != chat.FailedBusy {
		t.Errorf("a send meanwhile: %v", err)
	}
}

func TestUnlinkedDeviceIsLinkedAgainWhileTheBotRuns(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	owned := make(chan string, 100)
	first := errors.New("the store is away")
	lock, owns := oneAtATime(), func(o *Options) {
		o.Owns = func(_ context.Context, number string) (err error) {
			owned <- number
			err, first = first, nil
			return err
		}
	}
	c := n.channel(lock, owns)
	d := run(t, c)
	stands(t, c, Up)
	if one, two := <-owned, <-owned; one != n.office.Number() || two != one {
		t.Errorf("it is the device of %s, then of %s, want %s", one, two, n.office.Number())
	}
	n.office.Unlink()
	stands(t, c, Unlinked)
	if err := n.channel(lock).Pair(t.Context(), "", n.scan); err != nil {
		t.Fatal(err)
	}
	stands(t, c, Up)
	if again := <-owned; again != n.office.Number() {
		t.Errorf("it is the device of %s", again)
	}
	n.person(t).Says("halo lagi")
	if m := d.next(t); m.Text != "halo lagi" {
		t.Errorf("%q came", m.Text)
	}
	if err := n.channel(lock).Pair(t.Context(), "", n.scan); !errors.Is(err, ErrLinked) {
		t.Errorf("a second phone: %v", err)
	}
}

// oneAtATime is a lock that the channels share that it is given to, as processes share that of the database: without it the
// one that runs logs in with a new device before the one that pairs has, and throws it out.
func oneAtATime() func(*Options) {
	turn := make(chan struct{}, 1)
	return func(o *Options) {
		o.Lock = func(ctx context.Context) (<-chan struct{}, func(), error) {
			select {
			case turn <- struct{}{}:
				return nil, func() { <-turn }, nil
			case <-ctx.Done():
				return nil, nil, ctx.Err()
			}
		}
	}
}

func TestReplacedDeviceStaysAwayAndComesBackLater(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	run(t, c)
	stands(t, c, Up)
	n.office.Replace()
	stands(t, c, Replaced)
	stands(t, c, Up)
}

func TestSecondProcessTakesTheDeviceOverAndNeverBothHaveIt(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	lock := oneAtATime()
	first, second := n.channel(lock), n.channel(lock)
	ctx, dies := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	ended.Go(func() { _ = first.Run(ctx, desk{make(chan chat.Message, 10)}.receive) })
	stands(t, first, Up)
	d := run(t, second)
	stands(t, second, Waiting)
	dies()
	ended.Wait()
	stands(t, second, Up)
	n.person(t).Says("halo")
	d.next(t)
}

func TestOnePersonByHiddenIdThenByNumberHasOneAddress(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	d := run(t, n.channel())
	for _, order := range [][]whatsapptest.Addressing{
		{whatsapptest.ByLIDOnly, whatsapptest.ByNumberAlone, whatsapptest.ByLID}, {whatsapptest.ByNumberAlone, whatsapptest.ByLIDOnly, whatsapptest.ByNumber},
	} {
		p, seen := n.person(t), map[chat.Address]bool{}
		for _, way := range order {
			p.Shows(way)
			p.Says(string(way))
			seen[d.next(t).From] = true
		}
		if len(seen) != 1 || !seen[p.Address()] {
			t.Errorf("%v has %d addresses", order, len(seen))
		}
	}
}

func TestFileThatWhatsAppForgotIsAskedForAtThePhone(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	d := run(t, c)
	p, content := n.person(t), bytes.Repeat([]byte("NIB "), 1000)
	p.SendsDocument("NIB.pdf", "application/pdf", content)
	f := d.next(t).Files[0]
	n.MediaGone()
	r, err := c.Fetch(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	n.office.Sleep()
	n.MediaGone()
	_, err = c.Fetch(t.Context(), f)
	var failed *chat.FetchError
	if !errors.As(err, &failed) || !failed.Gone {
		t.Errorf("a file that nobody has: %v", err)
	}
	_, err = c.Fetch(t.Context(), chat.File{Ref: f.Ref, SizeBytes: 2 << 30})
	if !errors.As(err, &failed) || !failed.TooLarge {
		t.Errorf("a document of 2 GB: %v", err)
	}
}

func TestSecondTryHasTheIdOfTheFirst(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	c.pace.send = 300 * time.Millisecond
	run(t, c)
	p := n.person(t)
	out := chat.Outgoing{ID: "kontak.7", Text: "sekali"}
	n.office.SwallowAcks(true)
	if _, err := c.Send(t.Context(), p.Address(), out); chat.FailureOf(err) != chat.FailedUnsure {
		t.Fatalf("a send without an answer: %v", err)
	}
	n.office.SwallowAcks(false)
	r, err := c.Send(t.Context(), p.Address(), out)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if heard, err := p.Hears(t.Context()); err != nil || heard.Ref != r.Ref {
			t.Errorf("it came as %q, want %q: %v", heard.Ref, r.Ref, err)
		}
	}
}

func TestStrangerIsNotWrittenToAndWhatWhatsAppRefusesIsNoSurprise(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	run(t, c)
	p := n.person(t)
	for code, want := range map[string]chat.Failure{"463": chat.FailedBlocked, "479": chat.FailedInvalid, "429": chat.FailedBusy} {
		n.office.RefuseMessages(code)
		if _, err := c.Send(t.Context(), p.Address(), chat.Outgoing{Text: "halo"}); chat.FailureOf(err) != want {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestCallIsDeclinedAndTold(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	d := run(t, c)
	stands(t, c, Up)
	p := n.person(t)
	id := p.Calls(n.office)
	if m := d.next(t); m.Kind != chat.Call || m.From != p.Address() {
		t.Errorf("the call came as %+v", m)
	}
	p.CallDeclined(id)
}

func TestWhatStaffTypeOnThePhoneIsToldWithoutItsWords(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	d := run(t, n.channel())
	p := n.person(t)
	p.Says("halo")
	d.next(t)
	n.office.Says(p.Phone, "saya petugas")
	if m := d.next(t); m.Kind != chat.TakenOver || m.Chat != p.Address() || m.From != p.Address() || m.Text != "" {
		t.Errorf("it came as %+v", m)
	}
}

func TestMessageIsTickedAsDeliveredAndRead(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	d := run(t, n.channel())
	p := n.person(t)
	id := p.Says("halo")
	d.next(t)
	ctx, cancel := context.WithTimeout(t.Context(), chattest.Patience)
	defer cancel()
	if err := p.Tick(ctx, id, "read"); err != nil {
		t.Error(err)
	}
}

func TestAnswerThatTakesAMomentIsSeenBeingTyped(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	d := run(t, c)
	p := n.person(t)
	p.SendsPhoto([]byte("foto"), "")
	m := d.next(t)
	c.Typing(t.Context(), m.Chat)
	ctx, cancel := context.WithTimeout(t.Context(), chattest.Patience)
	defer cancel()
	if err := p.SeesTyping(ctx, 1); err != nil {
		t.Error(err)
	}
}

func TestDamagedMessageComesAfterAll(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	d := run(t, c)
	p := n.person(t)
	p.Says("utuh")
	d.next(t)
	n.office.Garble(2)
	p.Says("rusak")
	if m := d.next(t); m.Text != "rusak" {
		t.Errorf("%s %q came", m.Kind, m.Text)
	}
}

func TestMessageThatStaysDamagedIsTold(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	c.pace.unread = 200 * time.Millisecond
	d := run(t, c)
	p := n.person(t)
	n.office.Garble(1000)
	p.Says("rusak")
	if m := d.next(t); m.Kind != chat.Undecryptable || m.From != p.Address() {
		t.Errorf("%+v came", m)
	}
}

func TestLogHoldsNoTextNumberOrCode(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var log bytes.Buffer
	n := newNetwork(t)
	loud := func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(guarded{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	c := n.channel(loud)
	d := run(t, c)
	p := n.person(t)
	p.Says("kenari kuning")
	d.next(t)
	if _, err := c.Send(t.Context(), p.Address(), chat.Outgoing{Text: "kenari biru"}); err != nil {
		t.Fatal(err)
	}
	n.office.Ban(101, time.Hour)
	stands(t, c, Banned)
	mu.Lock()
	defer mu.Unlock()
	for _, canary := range []string{"kenari", p.Number(), p.JID(true).User, n.office.Number(), "Contoh Satu"} {
		if strings.Contains(log.String(), canary) {
			t.Errorf("the log holds %q: %s", canary, log.String())
		}
	}
}

type guarded struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (g guarded) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.to.Write(b)
}
