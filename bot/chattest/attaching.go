package chattest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
)

var attaching = []promise{
	{"a picture and a document are shown with their words, and sent again by their ref", []Ability{Attaching}, attachmentsAreShown},
	{"a button under a document works", []Ability{Attaching, Buttons}, buttonsUnderFiles},
	{"a text too long for a caption arrives whole, with the file once", []Ability{Attaching}, longCaptions},
	{"a file that cannot be read is said, and nothing is sent", []Ability{Attaching}, unreadableFiles},
	{"a message is edited in place, where the channel can", []Ability{Buttons}, editedInPlace},
	{"a removed message is gone, and removing it again is no error, where the channel can", nil, removed},
}

// attachment is a file that can be opened as often as needed.
func attachment(name, mime string, photo bool, content []byte) *chat.Attachment {
	return &chat.Attachment{Name: name, MIME: mime, Photo: photo, SizeBytes: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}

func nib() []byte { return bytes.Repeat([]byte("%PDF-1.7 NIB\n"), 10_000) }

func (p *process) send(t *testing.T, to Person, m chat.Outgoing) chat.Receipt {
	t.Helper()
	r, err := p.channel.Send(t.Context(), to.Address(), m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func attachmentsAreShown(t *testing.T, h Harness) {
	siti, budi := h.Person(t), h.Person(t)
	p := start(t, h, take)
	for _, a := range []*chat.Attachment{
		attachment("KTP.jpg", "image/jpeg", true, picture(t, 500)), attachment("NIB Sagu Mete (1).pdf", "application/pdf", false, nib()),
	} {
		r := p.send(t, siti, chat.Outgoing{Text: "Mohon diperiksa", Attachment: a})
		shown(t, hear(t, siti), a)
		if r.Ref == "" || r.FileRef == "" {
			t.Fatalf("the receipt is %+v", r)
		}
		p.send(t, budi, chat.Outgoing{Text: "Mohon diperiksa", Attachment: &chat.Attachment{Name: a.Name, MIME: a.MIME, Photo: a.Photo, Ref: r.FileRef}})
		shown(t, hear(t, budi), a)
	}
}

func shown(t *testing.T, heard Heard, a *chat.Attachment) {
	t.Helper()
	r, _ := a.Open(t.Context())
	want, _ := io.ReadAll(r)
	if heard.Text != "Mohon diperiksa" || heard.Photo != a.Photo || !a.Photo && heard.File != a.Name || !bytes.Equal(heard.Bytes, want) {
		t.Errorf("%s is shown as %q %q, a photo %v, of %d bytes", a.Name, heard.Text, heard.File, heard.Photo, len(heard.Bytes))
	}
}

func buttonsUnderFiles(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	p.send(t, siti, chat.Outgoing{Text: "KTP", Choices: []chat.Choice{{ID: "v:1", Label: "Terima"}}, Attachment: attachment("a.pdf", "application/pdf", false, nib())})
	siti.Taps(hear(t, siti), "Terima")
	if m := p.nextKind(t, chat.Tap); m.Choice != "v:1" {
		t.Errorf("the tap came as %+v", m)
	}
}

func longCaptions(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	text := strings.Repeat("Sagu mete dari Kendari. ", 100)
	r := p.send(t, siti, chat.Outgoing{Text: text, Attachment: attachment("a.pdf", "application/pdf", false, nib())})
	got, files, refs := "", 0, []string{}
	for len(got) < len(letters(text)) {
		m := hear(t, siti)
		got, refs = got+letters(m.Text), append(refs, m.Ref)
		if m.Bytes != nil {
			files++
		}
	}
	if got != letters(text) || files != 1 || !slices.Equal(refs, append(r.Earlier, r.Ref)) {
		t.Errorf("%d files and %d bytes arrived as %v, the receipt says %+v", files, len(got), refs, r)
	}
}

func unreadableFiles(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	a := &chat.Attachment{Name: "a.pdf", Open: func(context.Context) (io.ReadCloser, error) { return nil, errors.New("altered") }}
	_, err := p.channel.Send(t.Context(), siti.Address(), chat.Outgoing{Text: "tidak", Attachment: a})
	if chat.FailureOf(err) != chat.FailedInvalid || !errors.Is(err, chat.ErrFile) {
		t.Errorf("it failed with %v", err)
	}
	p.send(t, siti, chat.Outgoing{Text: "penanda"})
	if got := hear(t, siti).Text; got != "penanda" {
		t.Errorf("heard %q", got)
	}
}

func editedInPlace(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	editor, can := p.channel.(chat.Editor)
	if !can {
		t.Skip("this channel edits nothing")
	}
	choices := []chat.Choice{{ID: "v:terima", Label: "Terima"}, {ID: "v:perbaiki", Label: "Perbaiki"}}
	sent := []chat.Outgoing{{Text: "KTP", Choices: choices}}
	if !slices.Contains(h.Lacks, Attaching) {
		sent = append(sent, chat.Outgoing{Text: "KTP", Choices: choices, Attachment: attachment("a.pdf", "application/pdf", false, nib())})
	}
	for _, m := range sent {
		r := p.send(t, siti, m)
		before := hear(t, siti)
		for range 2 { // the second time there is nothing to change
			if err := editor.Edit(t.Context(), siti.Address(), r.Ref, chat.Outgoing{Text: "Diterima", Choices: []chat.Choice{{ID: "v:batal", Label: "Batalkan"}}}); err != nil {
				t.Fatal(err)
			}
		}
		now := sees(t, siti, before.Ref, func(now Heard, there bool) bool { return there && now.Text == "Diterima" })
		if !slices.Equal(now.Labels, []string{"Batalkan"}) || !bytes.Equal(now.Bytes, before.Bytes) {
			t.Errorf("now it is %q %v with %d bytes", now.Text, now.Labels, len(now.Bytes))
		}
		siti.Taps(now, "Batalkan")
		if m := p.nextKind(t, chat.Tap); m.Choice != "v:batal" {
			t.Errorf("the tap came as %+v", m)
		}
		if err := editor.Edit(t.Context(), siti.Address(), r.Ref, chat.Outgoing{}); err != nil {
			t.Fatal(err)
		}
		sees(t, siti, before.Ref, func(now Heard, there bool) bool { return there && now.Text == "Diterima" && len(now.Labels) == 0 })
	}
}

func removed(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	remover, can := p.channel.(chat.Remover)
	if !can {
		t.Skip("this channel removes nothing")
	}
	r := p.send(t, siti, chat.Outgoing{Text: "rahasia"})
	ref := hear(t, siti).Ref
	for range 2 {
		if err := remover.Remove(t.Context(), siti.Address(), r.Ref); err != nil {
			t.Fatal(err)
		}
	}
	sees(t, siti, ref, func(_ Heard, there bool) bool { return !there })
	if editor, can := p.channel.(chat.Editor); can {
		err := editor.Edit(t.Context(), siti.Address(), r.Ref, chat.Outgoing{Text: "lagi"})
		if chat.FailureOf(err) != chat.FailedInvalid || !errors.Is(err, chat.ErrGone) {
			t.Errorf("editing it failed with %v", err)
		}
	}
}

// sees looks until a message is as wanted: a change may take a while to arrive.
func sees(t *testing.T, who Person, ref string, wanted func(now Heard, there bool) bool) Heard {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for ctx := patient(t); ; {
		now, there := who.Sees(ref)
		if wanted(now, there) {
			return now
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("it stays %q %v, there: %v", now.Text, now.Labels, there)
		}
	}
}
