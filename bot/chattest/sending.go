package chattest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"titian/bot/chat"
)

var sending = []promise{
	{"a text arrives whole, however long and in whatever script", nil, textArrivesWhole},
	{"messages sent one after the other arrive in order", nil, sentInOrder},
	{"choices are seen, and a tap carries the choice", []Ability{Buttons}, tapsCarryTheChoice},
	{"without buttons a choice is a line that begins with what is typed", []Ability{Numbers}, choicesAreLines},
	{"a choice may have an id of 64 bytes, and never a longer one", []Ability{Buttons}, longIDs},
	{"a button of before the restart still works", []Ability{Buttons, Restarts}, buttonsOutliveRestarts},
	{"fifty people are written to at once", nil, fiftyAtOnce},
	{"a message that cannot be sent as it is fails as invalid", nil, invalidFails},
	{"a send whose context has ended sends nothing", nil, endedContext},
}

func textArrivesWhole(t *testing.T, h Harness) {
	long := map[string]string{
		"4097 points":      strings.Repeat("a", 4097),
		"lines over limit": strings.Repeat("Sagu mete, jambu, dan ikan asap dari Kendari.\n", 300),
		"no place to cut":  strings.Repeat("👨‍👩‍👧‍👦", 1500),
		"words over limit": strings.Repeat("kelurahan ", 1000) + "selesai",
	}
	siti := h.Person(t)
	p := start(t, h, take)
	for _, set := range []map[string]string{texts, long} {
		for name, text := range set {
			if _, err := p.channel.Send(t.Context(), siti.Address(), chat.Outgoing{Text: text}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			want, got := letters(text), ""
			for len(got) < len(want) {
				got += letters(hear(t, siti).Text)
			}
			if got != want {
				t.Errorf("%s: arrived otherwise than it was sent", name)
			}
		}
	}
}

// letters is a text without white space, which networks trim and cut at.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func hear(t testing.TB, who Person) Heard {
	t.Helper()
	heard, err := who.Hears(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	return heard
}

func sentInOrder(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	refs := map[string]bool{}
	for i := range 10 {
		receipt, err := p.channel.Send(t.Context(), siti.Address(), chat.Outgoing{Text: fmt.Sprint("balasan ", i)})
		if err != nil {
			t.Fatal(err)
		}
		refs[receipt.Ref] = true
	}
	for i := range 10 {
		if got, want := hear(t, siti).Text, fmt.Sprint("balasan ", i); got != want {
			t.Fatalf("heard %q, want %q", got, want)
		}
	}
	if len(refs) != 10 || refs[""] {
		t.Errorf("ten receipts hold %d refs", len(refs))
	}
}

func tapsCarryTheChoice(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	choices := []chat.Choice{
		{ID: "setuju:ya", Label: "Ya, setuju"}, {ID: "setuju:tidak", Label: "Tidak"},
		{ID: "setuju:kenapa", Label: "Kenapa ini ditanyakan kepada saya?"},
	}
	question := ask(t, p, siti, choices)
	for _, choice := range choices {
		if !slices.Contains(question.Labels, choice.Label) {
			t.Errorf("no button says %q", choice.Label)
			continue
		}
		siti.Taps(question, choice.Label)
		m := p.nextKind(t, chat.Tap)
		if m.Choice != choice.ID || m.Chat != siti.Address() || m.From != siti.Address() || m.ID == "" {
			t.Errorf("the tap on %q came as %+v", choice.Label, m)
		}
	}
}

func choicesAreLines(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	numbered, ok := p.channel.(chat.Numbered)
	if !ok {
		t.Fatal("a channel without buttons is no chat.Numbered")
	}
	m := chat.Outgoing{ID: "kontak.1.0", Text: "1. KTP ✅", Choices: []chat.Choice{
		{ID: "ktp", Label: "KTP", Written: true}, {ID: "ya", Label: "Ya, *setuju*"}, {ID: "jauh", Label: "Abeli", Key: "17"}, {ID: "lagi", Label: "Pilihan lainnya", Key: "0"},
	}}
	receipt, err := p.channel.Send(t.Context(), siti.Address(), m)
	if err != nil {
		t.Fatal(err)
	}
	seen := hear(t, siti)
	if want := letters("1. KTP ✅ 2. Ya, *setuju* 17. Abeli 0. Pilihan lainnya"); letters(seen.Text) != want {
		t.Errorf("the choices are seen as %q", seen.Text)
	}
	if !numbered.Named(m.ID, receipt.Ref) || !numbered.Named(m.ID, seen.Ref) || numbered.Named("kontak.2.0", seen.Ref) {
		t.Error("a sent message is not known by its id, or known by another")
	}
	siti.Says("17")
	if got := p.nextKind(t, chat.Text); got.Text != "17" {
		t.Errorf("what was typed came as %+v", got)
	}
}

// ask sends a question and waits until it is seen.
func ask(t *testing.T, p *process, who Person, choices []chat.Choice) Heard {
	t.Helper()
	if _, err := p.channel.Send(t.Context(), who.Address(), chat.Outgoing{Text: "Setuju?", Choices: choices}); err != nil {
		t.Fatal(err)
	}
	return hear(t, who)
}

func longIDs(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	id := strings.Repeat("é", chat.MaxChoiceID/2)
	siti.Taps(ask(t, p, siti, []chat.Choice{{ID: id, Label: "Ya"}}), "Ya")
	if m := p.nextKind(t, chat.Tap); m.Choice != id {
		t.Errorf("an id of 64 bytes came back as %d bytes", len(m.Choice))
	}
	tooLong := []chat.Choice{{ID: id + "x", Label: "Ya"}}
	_, err := p.channel.Send(t.Context(), siti.Address(), chat.Outgoing{Text: "Setuju?", Choices: tooLong})
	wantFailure(t, err, chat.FailedInvalid)
}

func buttonsOutliveRestarts(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	question := ask(t, p, siti, []chat.Choice{{ID: "lama", Label: "Ya"}})
	p.stop()
	p = start(t, h, take)
	siti.Taps(question, "Ya")
	if m := p.nextKind(t, chat.Tap); m.Choice != "lama" {
		t.Errorf("the tap came as %+v", m)
	}
}

func fiftyAtOnce(t *testing.T, h Harness) {
	const people, each = 50, 4
	p := start(t, h, take)
	var all []Person
	for range people {
		all = append(all, h.Person(t))
	}
	var sends sync.WaitGroup
	for i, one := range all {
		sends.Go(func() {
			for n := range each {
				if _, err := p.channel.Send(t.Context(), one.Address(), chat.Outgoing{Text: fmt.Sprint(i, "/", n)}); err != nil {
					t.Errorf("person %d: %v", i, err)
				}
			}
		})
	}
	sends.Wait()
	if t.Failed() {
		return
	}
	for i, one := range all {
		for n := range each {
			if got, want := hear(t, one).Text, fmt.Sprint(i, "/", n); got != want {
				t.Fatalf("person %d heard %q, want %q", i, got, want)
			}
		}
	}
}

func invalidFails(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	_, err := p.channel.Send(t.Context(), siti.Address(), chat.Outgoing{Text: " \n"})
	wantFailure(t, err, chat.FailedInvalid)
	_, err = p.channel.Send(t.Context(), chat.Address{Network: "elsewhere", Key: siti.Address().Key}, chat.Outgoing{Text: "halo"})
	wantFailure(t, err, chat.FailedInvalid)
}

func wantFailure(t *testing.T, err error, want chat.Failure) {
	t.Helper()
	var failed *chat.SendError
	if !errors.As(err, &failed) || failed.Failure != want {
		t.Errorf("failed with %v, want a *chat.SendError that is %s", err, want)
	}
}

func endedContext(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.channel.Send(ctx, siti.Address(), chat.Outgoing{Text: "tidak"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a send with an ended context: %v", err)
	}
	if _, err := p.channel.Send(t.Context(), siti.Address(), chat.Outgoing{Text: "penanda"}); err != nil {
		t.Fatal(err)
	}
	if got := hear(t, siti).Text; got != "penanda" {
		t.Errorf("heard %q", got)
	}
}
