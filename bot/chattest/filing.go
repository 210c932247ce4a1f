package chattest

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"testing"

	"titian/bot/chat"
)

var filing = []promise{
	{"a photo comes with its caption and size, and can be fetched whole", []Ability{Photos}, photosCome},
	{"a document comes with its name, type and size, and can be fetched whole", []Ability{Documents}, documentsCome},
	{"an album is several messages with one name", []Ability{Albums}, albumsCome},
	{"a file nobody sent is refused", []Ability{Documents}, strangeFiles},
}

func photosCome(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	content := picture(t, 640)
	siti.SendsPhoto(content, "foto produk")
	m := p.nextKind(t, chat.Files)
	if len(m.Files) != 1 || !m.Files[0].Photo || m.Text != "foto produk" || m.Album != "" {
		t.Fatalf("the photo came as %+v", m)
	}
	fetchWhole(t, p, m.Files[0], content)
}

func documentsCome(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	content := bytes.Repeat([]byte("%PDF-1.7 NIB\n"), 3<<20/13)
	siti.SendsDocument("NIB Sagu Mete (1).pdf", "application/pdf", content)
	m := p.nextKind(t, chat.Files)
	if len(m.Files) != 1 || m.Files[0].Photo || m.Files[0].Name != "NIB Sagu Mete (1).pdf" || m.Files[0].MIME != "application/pdf" {
		t.Fatalf("the document came as %+v", m)
	}
	fetchWhole(t, p, m.Files[0], content)
}

func fetchWhole(t *testing.T, p *process, f chat.File, want []byte) {
	t.Helper()
	if f.SizeBytes != 0 && f.SizeBytes != int64(len(want)) {
		t.Errorf("it says %d bytes, want %d", f.SizeBytes, len(want))
	}
	for range 2 { // a second time, as after a failure
		r, err := p.channel.Fetch(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("fetched %d bytes, want the %d that were sent", len(got), len(want))
		}
	}
}

func albumsCome(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	siti.SendsAlbum([][]byte{picture(t, 100), picture(t, 200), picture(t, 300)})
	first := p.nextKind(t, chat.Files)
	if first.Album == "" {
		t.Fatal("the album has no name")
	}
	for range 2 {
		if m := p.nextKind(t, chat.Files); m.Album != first.Album || m.ID == first.ID || len(m.Files) != 1 {
			t.Errorf("a later photo came as %+v", m)
		}
	}
	siti.SendsAlbum([][]byte{picture(t, 100), picture(t, 200)})
	if m := p.nextKind(t, chat.Files); m.Album == first.Album {
		t.Error("two albums have one name")
	}
}

func strangeFiles(t *testing.T, h Harness) {
	p := start(t, h, take)
	r, err := p.channel.Fetch(t.Context(), chat.File{Ref: "nobody-sent-this"})
	if err == nil {
		_ = r.Close()
	}
	var failed *chat.FetchError
	if !errors.As(err, &failed) {
		t.Errorf("fetching it: %v, want a *chat.FetchError", err)
	}
}

// picture is a JPEG of so many pixels a side.
func picture(t testing.TB, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, side, side)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
