package bot_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

// dying is a house whose process dies at one step of one message: it hangs
// there until the test ends, and nothing after it is done.
func dying(t *testing.T, step bottest.Step, victim func() string) (*bottest.House, <-chan struct{}) {
	t.Helper()
	died := make(chan struct{})
	release := make(chan struct{})
	var once atomic.Bool
	o := bottest.Options{Lease: 50 * time.Millisecond}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s != step || id != victim() || once.Swap(true) {
			return nil
		}
		close(died)
		<-release
		return storage.ErrDown
	})
	h := bottest.New(t, o)
	t.Cleanup(func() { close(release) })
	return h, died
}

func TestAProcessThatDiesWhileFilingFilesOnceAndAnswers(t *testing.T) {
	for _, step := range []bottest.Step{
		bottest.BeforeMark, bottest.AfterMark, bottest.BeforeTransacted,
		bottest.AfterTransacted, bottest.BeforeSettle, bottest.AfterSettle,
	} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			var victim atomic.Value
			victim.Store("")
			h, died := dying(t, step, func() string { return victim.Load().(string) })
			p := h.Person("contoh")
			for _, line := range registering[:len(registering)-1] {
				p.Says(line)
			}
			send := h.Network.Message("contoh", chat.Text, "kirim")
			victim.Store(send.ID)
			h.Bot.Receive(context.Background(), send)
			<-died
			heir := h.Reopen()
			said := p.At(heir).Gives(send)
			if step == bottest.AfterSettle {
				said = takeOver(t, heir, "IKM-2026-000001")
			}
			if !strings.Contains(said, "IKM-2026-000001") {
				t.Errorf("after the redelivery the owner hears %q, want the number", said)
			}
			if owners := heir.Owners("contoh"); len(owners) != 1 {
				t.Errorf("%d owners are filed, want one", len(owners))
			}
			if again := p.At(heir).Says("status"); !strings.Contains(again, "IKM-2026-000001") {
				t.Errorf("the conversation does not go on: %q", again)
			}
		})
	}
}

func TestAProcessThatDiesOnAPlainAnswerLosesNothing(t *testing.T) {
	for _, step := range []bottest.Step{bottest.BeforeCommit, bottest.AfterCommit} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			var victim atomic.Value
			victim.Store("")
			h, died := dying(t, step, func() string { return victim.Load().(string) })
			p := h.Person("contoh")
			for _, line := range registering[:3] {
				p.Says(line)
			}
			name := h.Network.Message("contoh", chat.Text, "Contoh Satu")
			victim.Store(name.ID)
			h.Bot.Receive(context.Background(), name)
			<-died
			heir := h.Reopen()
			said := p.At(heir).Gives(name)
			if step == bottest.AfterCommit {
				said = takeOver(t, heir, "Berapa NIK") // seen: the reply waits for the dead sender's lease
			}
			if !strings.Contains(said, "Berapa NIK") {
				t.Errorf("the owner hears %q, want the next question", said)
			}
			if next := p.At(heir).Says("menyusul"); !strings.Contains(next, "nomor HP") {
				t.Errorf("the next answer is met with %q", next)
			}
		})
	}
}

func TestAReplyWhoseSenderDiedIsSentByAnotherProcess(t *testing.T) {
	var deaf atomic.Bool
	o := bottest.Options{Lease: 50 * time.Millisecond}
	h := bottest.New(t, o)
	p := h.Person("contoh")
	p.Says("halo")
	deaf.Store(true)
	h.Network.Fail(func(chat.Address, chat.Outgoing) error {
		if deaf.Load() {
			return &chat.SendError{Failure: chat.FailedBusy, Retry: time.Hour, Cause: errors.New("the sender hangs")}
		}
		return nil
	})
	if err := bottest.Wait(t, h.Bot.Receive(context.Background(), h.Network.Message("contoh", chat.Text, "daftar"))); err != nil {
		t.Fatal(err)
	}
	h.Kill() // nobody renews its lease any more
	deaf.Store(false)
	heir := h.Reopen()
	takeOver(t, heir, "SETUJU")
}

// takeOver lets a process look for owed replies until the person hears the words.
func takeOver(t *testing.T, h *bottest.House, words string) string {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for {
		for _, m := range h.Network.Sent("contoh") {
			if strings.Contains(m.Text, words) {
				return m.Text
			}
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("nobody took the owed reply over")
		}
		if err := h.Bot.TakeOver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAReplySentButNotTrimmedIsRepeatedAtMostOnce(t *testing.T) {
	o := bottest.Options{Lease: 50 * time.Millisecond, Trim: func() error { return storage.ErrDown }}
	h := bottest.New(t, o)
	h.Person("contoh").Says("halo")
	h.Kill()
	heir := h.Reopen()
	for len(heir.Network.Sent("contoh")) < 2 {
		if err := heir.Bot.TakeOver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := heir.Delivery.Settled(ctx, heir.Contact("contoh")); err != nil {
		t.Fatal(err)
	}
	if sent := heir.Network.Sent("contoh"); len(sent) != 2 || sent[0].Text != sent[1].Text {
		t.Errorf("the reply was sent %d times, want the same one twice at most", len(sent))
	}
}

func TestTheSameUpdateDeliveredTwiceIsAnsweredOnce(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	m := h.Network.Message("contoh", chat.Text, "halo")
	p.Gives(m)
	if again := p.Gives(m); again != "" {
		t.Errorf("the second delivery is answered with %q", again)
	}
}

func TestTwoMessagesInTheSameMillisecondAreAnsweredInOrder(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	for _, line := range registering[:3] {
		p.Says(line)
	}
	first := h.Bot.Receive(t.Context(), h.Network.Message("contoh", chat.Text, "Contoh Satu"))
	second := h.Bot.Receive(t.Context(), h.Network.Message("contoh", chat.Text, "menyusul"))
	for _, done := range []<-chan error{first, second} {
		if err := bottest.Wait(t, done); err != nil {
			t.Fatal(err)
		}
	}
	said := p.Hears()
	nik, phone := strings.Index(said, "Berapa NIK"), strings.Index(said, "nomor HP atau WA")
	if nik < 0 || phone < nik {
		t.Errorf("the two answers are met with %q", said)
	}
}
