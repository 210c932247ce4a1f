package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot"
	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

// locked is an inbox that takes nothing while shut.
type locked struct {
	bot.Inbox
	shut *atomic.Bool
}

func (l locked) InboxPut(ctx context.Context, m storage.Inboxed) (bool, error) {
	if l.shut.Load() {
		return false, errors.New("no room")
	}
	return l.Inbox.InboxPut(ctx, m)
}

func TestMessageOfANetworkThatForgetsIsInTheInboxBeforeItIsAcknowledged(t *testing.T) {
	t.Parallel()
	var shut atomic.Bool
	h := bottest.New(t, bottest.Options{Keeping: true, Inbox: func(real bot.Inbox) bot.Inbox { return locked{real, &shut} }})
	shut.Store(true)
	m := h.Network.Message("contoh", chat.Text, "halo")
	if err := <-h.Bot.Receive(t.Context(), m); err == nil {
		t.Fatal("a message that stands nowhere was acknowledged")
	}
	if n := len(h.Network.Sent("contoh")); n != 0 {
		t.Fatalf("it was answered %d times", n)
	}
	shut.Store(false)
	for range 2 { // delivered again, and once more although it was acknowledged
		if err := <-h.Bot.Receive(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	h.Network.Await(t, "contoh", 1)
	if err := <-h.Bot.Receive(t.Context(), h.Network.Message("contoh", chat.Text, "daftar")); err != nil {
		t.Fatal(err)
	}
	if n := len(h.Network.Await(t, "contoh", 2)); n != 2 {
		t.Errorf("%d answers to two messages", n)
	}
}

func TestMessagesOfANetworkThatForgetsAreWorkedInOrder(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, bottest.Options{Keeping: true})
	steps := []string{"daftar", "setuju", "Contoh Satu", "menyusul", "0812 0000 0001"}
	for _, text := range steps {
		if err := <-h.Bot.Receive(t.Context(), h.Network.Message("contoh", chat.Text, text)); err != nil {
			t.Fatal(err)
		}
	}
	sent := h.Network.Await(t, "contoh", len(steps))
	if last := sent[len(sent)-1].Text; len(sent) != len(steps) {
		t.Errorf("%d answers to %d messages, the last %s", len(sent), len(steps), fmt.Sprintf("%.40q", last))
	}
}

func TestBotIsQuietWhileStaffWriteByHandAndThenGoesOn(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, bottest.Options{Keeping: true})
	send := func(kind chat.Kind, name, text string) {
		t.Helper()
		if err := <-h.Bot.Receive(t.Context(), h.Network.Message(name, kind, text)); err != nil {
			t.Fatal(err)
		}
	}
	send(chat.TakenOver, "asing", "")
	send(chat.Text, "contoh", "daftar")
	h.Network.Await(t, "contoh", 1)
	send(chat.TakenOver, "contoh", "")
	send(chat.Text, "contoh", "setuju")
	send(chat.Text, "penanda", "halo")
	h.Network.Await(t, "penanda", 1)
	h.Clock.Move(2*time.Hour + time.Minute)
	send(chat.Text, "contoh", "setuju")
	if sent := h.Network.Await(t, "contoh", 2); len(sent) != 2 || !strings.Contains(sent[1].Text, "nama") {
		t.Errorf("they heard %d messages, the last %.80q", len(sent), sent[len(sent)-1].Text)
	}
	if n := contacts(t, h); n != 2 {
		t.Errorf("%d contacts are known, want the two who wrote", n)
	}
}

func TestMessageThatAlwaysFailsIsGivenUpAndTheNextGoesOnOnANetworkThatForgets(t *testing.T) {
	t.Parallel()
	var poison atomic.Value
	poison.Store("")
	o := bottest.Options{Keeping: true}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s == bottest.BeforeCommit && id == poison.Load().(string) {
			panic("poison")
		}
		return nil
	})
	h := bottest.New(t, o)
	for i, text := range []string{"daftar", "setuju", "racun", "Contoh Satu"} {
		m := h.Network.Message("contoh", chat.Text, text)
		if i == 2 {
			poison.Store(m.ID)
		}
		if err := <-h.Bot.Receive(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	sent := h.Network.Await(t, "contoh", 4)
	for i, want := range []string{"SETUJU", "nama lengkap", "gagal kami olah", "Berapa NIK"} {
		if !strings.Contains(sent[i].Text, want) {
			t.Errorf("answer %d is %q", i+1, sent[i].Text)
		}
	}
	if parked, err := h.DB.Parked(t.Context()); err != nil || len(parked) != 1 {
		t.Errorf("%d are parked, %v", len(parked), err)
	}
}
