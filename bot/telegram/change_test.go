package telegram

import (
	"errors"
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/bot/telegram/telegramtest"
)

func TestAMessageIsEditedInPlace(t *testing.T) {
	for name, a := range map[string]*chat.Attachment{"a text": nil, "a document": attached("a.pdf", []byte("%PDF"))} {
		t.Run(name, func(t *testing.T) {
			_, channel, u := sender(t, telegramtest.Options{})
			r, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "KTP", Choices: verdicts, Attachment: a})
			if err != nil {
				t.Fatal(err)
			}
			u.Next(t)
			for _, step := range []struct {
				says    string
				m       chat.Outgoing
				text    string
				buttons int
				silent  bool // no event: nothing changed
			}{
				{"text and buttons", chat.Outgoing{Text: "Diterima", Choices: verdicts[:1]}, "Diterima", 1, false},
				{"the same once more", chat.Outgoing{Text: "Diterima", Choices: verdicts[:1]}, "Diterima", 1, true},
				{"the buttons alone", chat.Outgoing{Choices: verdicts}, "Diterima", 2, false},
				{"known to have a file", chat.Outgoing{Text: "Selesai 1", Choices: verdicts, Attachment: &chat.Attachment{}}, "Selesai 1", 2, false},
				{"no buttons any more", chat.Outgoing{Text: "Selesai"}, "Selesai", 0, false},
				{"and again some", chat.Outgoing{Choices: verdicts}, "Selesai", 2, false},
			} {
				if err := channel.Edit(t.Context(), to(u), r.Ref, step.m); err != nil {
					t.Fatalf("%s: %v", step.says, err)
				}
				if !step.silent {
					u.NextEdit(t)
				}
				now := u.Transcript()[0]
				if now.Text != step.text || len(now.Labels()) != step.buttons || (now.Document != "") != (a != nil) {
					t.Errorf("%s: now it is %+v", step.says, now)
				}
			}
		})
	}
}

func TestAnEditThatCannotBeIsInvalid(t *testing.T) {
	_, channel, u := sender(t, telegramtest.Options{})
	r, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "x", Choices: verdicts})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "tanpa tombol"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		ref  string
		m    chat.Outgoing
		gone bool
	}{
		{"a message that is gone", "9999", chat.Outgoing{Text: "y"}, true},
		{"of another network", "3EB0", chat.Outgoing{Text: "y"}, false},
		{"one that took a reply keyboard away", plain.Ref, chat.Outgoing{Text: "y"}, false},
		{"too long", r.Ref, chat.Outgoing{Text: strings.Repeat("y", MaxText+1)}, false},
		{"too long for a caption", r.Ref, chat.Outgoing{Text: strings.Repeat("y", MaxCaption+1), Attachment: &chat.Attachment{}}, false},
		{"into a request", r.Ref, chat.Outgoing{Text: "y", Request: chat.RequestContact, Label: "x"}, false},
		{"with a choice that cannot be", r.Ref, chat.Outgoing{Text: "y", Choices: []chat.Choice{{ID: strings.Repeat("x", 65), Label: "x"}}}, false},
	} {
		err := channel.Edit(t.Context(), to(u), c.ref, c.m)
		if s := failed(t, err); s.Failure != chat.FailedInvalid || errors.Is(err, chat.ErrGone) != c.gone {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestARemovedMessageIsGoneAndRemovingItTwiceIsNoError(t *testing.T) {
	clock := telegramtest.NewClock(time.Now())
	n, channel, u := sender(t, telegramtest.Options{Now: clock.Now})
	r, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "KTP", Attachment: attached("a.pdf", []byte("%PDF")), Protect: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := channel.Remove(t.Context(), to(u), r.Ref); err != nil || len(u.Transcript()) != 0 {
			t.Fatal(err, u.Transcript())
		}
	}
	old, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "lama"})
	if err != nil {
		t.Fatal(err)
	}
	clock.Advance(49 * time.Hour)
	if s := failed(t, channel.Remove(t.Context(), to(u), old.Ref)); s.Failure != chat.FailedInvalid {
		t.Error(s)
	}
	n.Fail("deleteMessage", u.ID(), telegramtest.Fault{RetryAfter: 5}, 1)
	if s := failed(t, channel.Remove(t.Context(), to(u), old.Ref)); s.Failure != chat.FailedBusy || s.Retry != 5*time.Second {
		t.Error(s)
	}
	u.Block()
	if s := failed(t, channel.Remove(t.Context(), to(u), old.Ref)); s.Failure != chat.FailedBlocked {
		t.Error(s)
	}
}

func TestAReplySaysWhichMessageItAnswers(t *testing.T) {
	_, channel, u := sender(t, telegramtest.Options{})
	r, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "Pak, bagaimana?"})
	if err != nil {
		t.Fatal(err)
	}
	come := run(t, channel, nil)
	come.next() // /start
	u.Reply(u.Next(t).ID, "Sudah diterima, Bu")
	if m := come.next(); m.ReplyTo != r.Ref || m.Text != "Sudah diterima, Bu" {
		t.Errorf("came %+v", m)
	}
	u.Say("biasa")
	if m := come.next(); m.ReplyTo != "" {
		t.Errorf("came %+v", m)
	}
}
