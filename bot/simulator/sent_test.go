package simulator

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"titian/bot/chat"
)

func attached(name string, content string) *chat.Attachment {
	return &chat.Attachment{Name: name, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

// shows sends m and returns its line as a page gets it.
func (b *bench) shows(m chat.Outgoing) (entry, chat.Receipt) {
	b.t.Helper()
	r, err := b.Send(b.t.Context(), b.me.Address(), m)
	if err != nil {
		b.t.Fatal(err)
	}
	list, _ := b.watches("ready")
	return list[len(list)-1], r
}

func TestAFileOfTheBotIsServedToItsOwnBrowserOnly(t *testing.T) {
	b := setup(t)
	a := attached("../KTP\r\n.html", png+"<script>")
	a.Photo = true
	e, r := b.shows(chat.Outgoing{Text: "KTP", Attachment: a, Protect: true, ReplyTo: "x"})
	if e.File == nil || e.File.Name != "KTP.html" || !e.File.Photo || !e.Protect || e.ReplyTo != "x" || e.Kind != chat.Files || r.FileRef == "" {
		t.Fatalf("%+v %+v", e, r)
	}
	if strings.Contains(e.Link, r.FileRef) || len(e.Link) < 26 {
		t.Errorf("the link %q can be guessed", e.Link)
	}
	code, h, body := b.asks("GET", e.Link, "")
	if code != 200 || body != png+"<script>" || h.Get("Content-Type") != "image/png" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v %q", code, h, body)
	}
	b.wants(401, "GET", e.Link, "", without("Cookie"))
	b.wants(404, "GET", e.Link, "", with("Cookie", cookieName+"=BBCDEFGHIJKLMNOPQRSTUVWXYZ.zzzzzzzzzz"))
	b.wants(403, "GET", e.Link, "", with("Sec-Fetch-Site", "cross-site"))
	b.wants(404, "GET", "sent/"+r.FileRef, "")
	b.wants(404, "GET", "sent/", "")

	e, _ = b.shows(chat.Outgoing{Attachment: attached("sertifikat.pdf", "<html><script>alert(1)</script>")})
	_, h, _ = b.asks("GET", e.Link, "")
	if h.Get("Content-Type") != "application/octet-stream" || h.Get("Content-Disposition") != "attachment; filename=sertifikat.pdf" {
		t.Errorf("what is no picture is served as %v", h)
	}
	if left, _ := os.ReadDir(b.site.dir); len(left) != 0 {
		t.Errorf("files lie on the disk: %v", left)
	}
}

func TestAFileShownOnceIsShownAgainByItsRef(t *testing.T) {
	b := setup(t)
	first, r := b.shows(chat.Outgoing{ID: "satu", Attachment: attached("a.pdf", "%PDF")})
	again, second := b.shows(chat.Outgoing{ID: "dua", Attachment: &chat.Attachment{Name: "b.pdf", Ref: r.FileRef}})
	if second.FileRef != r.FileRef || again.Link == first.Link || again.File.SizeBytes != 4 {
		t.Errorf("%+v %+v", again, second)
	}
	if err := b.Remove(t.Context(), b.me.Address(), "satu"); err != nil {
		t.Fatal(err)
	}
	b.wants(404, "GET", first.Link, "")
	b.wants(200, "GET", again.Link, "")
	_ = b.Remove(t.Context(), b.me.Address(), "dua")
	if _, here := b.shelf.has(r.FileRef); here {
		t.Error("after all was removed the file is still kept")
	}
	// A person's own photo goes on under the name it came by.
	b.wants(200, "POST", "file?id="+id(1)+"&size=3&name=x.jpg&photo=1", "foo", with("Content-Type", "image/jpeg"))
	photo := (<-b.came).Files[0]
	e, _ := b.shows(chat.Outgoing{ID: "tiga", Attachment: &chat.Attachment{Name: "x.jpg", Photo: true, Ref: photo.Ref}})
	if _, _, body := b.asks("GET", e.Link, ""); body != "foo" {
		t.Errorf("it holds %q", body)
	}
}

func TestAFileThatCannotBeReadIsSaidAndNothingIsShown(t *testing.T) {
	b := setup(t)
	torn := errors.New("altered")
	for name, a := range map[string]*chat.Attachment{
		"it cannot be opened":      {Open: func(context.Context) (io.ReadCloser, error) { return nil, torn }},
		"it ends in the middle":    {Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(torn)), nil }},
		"nothing says where it is": {Ref: "unknown"},
	} {
		_, err := b.Send(t.Context(), b.me.Address(), chat.Outgoing{Text: "x", Attachment: a})
		if !errors.Is(err, chat.ErrFile) || chat.FailureOf(err) != chat.FailedInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	endless := &chat.Attachment{Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(zeros{}), nil }}
	if _, err := b.Send(t.Context(), b.me.Address(), chat.Outgoing{Attachment: endless}); chat.FailureOf(err) != chat.FailedInvalid {
		t.Error(err)
	}
	if list, _ := b.watches("ready"); len(list) != 0 {
		t.Errorf("the page shows %+v", list)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestAPageThatWasAwayLearnsWhatWasEditedAndRemoved(t *testing.T) {
	b := setup(t)
	me := b.me.Address()
	b.sends("satu")
	e, _ := b.shows(chat.Outgoing{ID: "id-dua", Text: "dua", Choices: []chat.Choice{{ID: "y", Label: "Ya"}}, Attachment: attached("a.pdf", "%PDF")})
	_, last := b.watches("ready")
	for range 2 { // the second time nothing is new
		if err := b.Edit(t.Context(), me, "id-satu", chat.Outgoing{Text: "SATU", Choices: []chat.Choice{{ID: "b", Label: "Batal"}}}); err != nil {
			t.Fatal(err)
		}
		if err := b.Remove(t.Context(), me, "id-dua"); err != nil {
			t.Fatal(err)
		}
	}
	list, _ := b.watches("ready", with("Last-Event-ID", last))
	if len(list) != 2 || list[0].Text != "SATU" || !list[0].Edited || len(list[0].Choices) != 1 || !list[1].Gone {
		t.Fatalf("it gets %+v", list)
	}
	if gone := list[1]; gone.Text != "" || gone.Choices != nil || gone.File != nil || gone.Link != "" {
		t.Errorf("of the removed one is left %+v", gone)
	}
	b.wants(404, "GET", e.Link, "")
	if err := b.Edit(t.Context(), me, "id-satu", chat.Outgoing{}); err != nil {
		t.Fatal(err)
	}
	if list, _ := b.watches("ready"); list[2].Text != "SATU" || list[2].Choices != nil { // after the note; it changed last
		t.Errorf("without its buttons it is %+v", list[2])
	}
	for _, ref := range []string{"id-dua", "unknown"} {
		if err := b.Edit(t.Context(), me, ref, chat.Outgoing{Text: "x"}); !errors.Is(err, chat.ErrGone) || chat.FailureOf(err) != chat.FailedInvalid {
			t.Errorf("editing %s: %v", ref, err)
		}
	}
	if _, err := b.Send(t.Context(), me, chat.Outgoing{ID: "id-dua", Text: "dua"}); err != nil {
		t.Fatal(err)
	}
	if list, _ := b.watches("ready"); len(list) != 3 || !list[1].Gone {
		t.Error("sending it again under its id brought it back")
	}
}

func TestWhatTheBotSentMakesRoomAndGoesInTime(t *testing.T) {
	b := setup(t)
	e, _ := b.shows(chat.Outgoing{Attachment: attached("a.pdf", "%PDF")})
	b.shelf.sweep(time.Now().Add(25 * time.Hour))
	b.wants(404, "GET", e.Link, "")
}
