package telegram

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/bot/telegram/telegramtest"
)

func attached(name string, content []byte) *chat.Attachment {
	return &chat.Attachment{
		Name: name, SizeBytes: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

func photo(t *testing.T, side int) *chat.Attachment {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, side, side)), nil); err != nil {
		t.Fatal(err)
	}
	a := attached("KTP.jpg", b.Bytes())
	a.Photo, a.MIME = true, "image/jpeg"
	return a
}

var verdicts = []chat.Choice{{ID: "v:1:terima", Label: "Terima"}, {ID: "v:1:perbaiki", Label: "Perbaiki"}}

func TestADocumentIsShownProtectedInAnswerToAMessageWithButtonsUnderIt(t *testing.T) {
	n, channel, u := sender(t, telegramtest.Options{})
	asked := u.Say("mana KTP-nya?")
	for _, a := range []*chat.Attachment{photo(t, 1000), attached(`berkas/NIB "asli".pdf`, []byte("%PDF-1.7 NIB"))} {
		r, err := channel.Send(t.Context(), to(u), chat.Outgoing{
			Text: " KTP penyelia\n", Choices: verdicts, Attachment: a, Protect: true, ReplyTo: strconv.Itoa(asked.MessageID),
		})
		if err != nil {
			t.Fatal(err)
		}
		m := u.Next(t)
		if m.Text != "KTP penyelia" || !m.Protected || m.ReplyTo != asked.MessageID || len(m.Labels()) != 2 || strconv.Itoa(m.ID) != r.Ref || len(r.Earlier) != 0 {
			t.Errorf("came %+v, receipt %+v", m, r)
		}
		if shown := m.Photo + m.Document; shown != r.FileRef || (m.Photo != "") != a.Photo {
			t.Errorf("shown %q, the receipt says %q", shown, r.FileRef)
		}
		want, _ := a.Open(t.Context())
		bytesWant, _ := io.ReadAll(want)
		if got, _ := n.File(r.FileRef); !bytes.Equal(got, bytesWant) {
			t.Errorf("%d bytes arrived, want %d", len(got), len(bytesWant))
		}
		if !a.Photo && m.FileName != `NIB "asli".pdf` {
			t.Errorf("it is called %q", m.FileName)
		}
	}
}

func TestAFileSentOnceIsSentAgainWithoutUpload(t *testing.T) {
	n, channel, u := sender(t, telegramtest.Options{})
	other := n.person()
	other.Start()
	first, err := channel.Send(t.Context(), to(u), chat.Outgoing{Attachment: photo(t, 1000)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := channel.Send(t.Context(), to(other), chat.Outgoing{Text: "Undangan", Attachment: &chat.Attachment{Name: "x.jpg", Photo: true, Ref: first.FileRef}})
	if err != nil || r.FileRef != first.FileRef || other.Next(t).Photo != first.FileRef {
		t.Errorf("%+v %v", r, err)
	}
	if calls := n.Calls("sendPhoto"); len(calls) != 2 || calls[0].Files["photo"] == 0 || calls[1].Files != nil {
		t.Errorf("the calls were %+v", calls)
	}
}

func TestANameThatTelegramDoesNotKnowIsUploadedInstead(t *testing.T) {
	_, channel, u := sender(t, telegramtest.Options{})
	sentDocument, err := channel.Send(t.Context(), to(u), chat.Outgoing{Attachment: attached("a.pdf", []byte("%PDF"))})
	if err != nil {
		t.Fatal(err)
	}
	for name, ref := range map[string]string{"of another bot": "AgACAgUAAxOther", "of another kind": sentDocument.FileRef} {
		a := photo(t, 100)
		a.Ref = ref
		if r, err := channel.Send(t.Context(), to(u), chat.Outgoing{Attachment: a}); err != nil || r.FileRef == ref {
			t.Errorf("a name %s: %+v %v", name, r, err)
		}
		a.Open = nil
		if _, err := channel.Send(t.Context(), to(u), chat.Outgoing{Attachment: a}); failed(t, err).Failure != chat.FailedInvalid {
			t.Errorf("a name %s and nothing to upload: %v", name, err)
		}
	}
}

func TestATextTooLongForACaptionFollowsTheFile(t *testing.T) {
	_, channel, u := sender(t, telegramtest.Options{})
	for _, c := range []struct {
		text  string
		parts int
	}{{"", 1}, {strings.Repeat("🐟", MaxCaption), 1}, {strings.Repeat("a", MaxCaption+1), 2}, {strings.Repeat("kata ", 1000), 3}} {
		before := u.SentCount()
		r, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: c.text, Choices: verdicts, Attachment: attached("a.pdf", []byte("%PDF"))})
		if err != nil {
			t.Fatal(err)
		}
		if got := u.SentCount() - before; got != c.parts || len(r.Earlier) != c.parts-1 || r.FileRef == "" {
			t.Errorf("%d messages for %d bytes, receipt %+v", got, len(c.text), r)
		}
		for i := range c.parts {
			m := u.Next(t)
			if (m.Document != "") != (i == 0) || (len(m.Buttons) > 0) != (i == c.parts-1) || c.parts > 1 && i == 0 && m.Text != "" {
				t.Errorf("part %d of %d is %+v", i, c.parts, m)
			}
		}
		for _, ref := range append(r.Earlier, r.Ref) {
			if err := channel.Remove(t.Context(), to(u), ref); err != nil {
				t.Error(err)
			}
		}
	}
	if left := u.Transcript(); len(left) != 0 {
		t.Errorf("after all was removed %d messages are left", len(left))
	}
}

func TestAnAnswerToAMessageThatIsGoneIsSentAllTheSame(t *testing.T) {
	_, channel, u := sender(t, telegramtest.Options{})
	if _, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "x", ReplyTo: "99999"}); err != nil || u.Next(t).ReplyTo != 0 {
		t.Error(err)
	}
	if _, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "x", ReplyTo: "3EB0"}); failed(t, err).Failure != chat.FailedInvalid {
		t.Error(err)
	}
}

func TestAFileThatCannotBeReadIsSaidAndNothingIsSent(t *testing.T) {
	torn := errors.New("altered")
	opens := func(r io.ReadCloser, err error) *chat.Attachment {
		return &chat.Attachment{Name: "x.pdf", Open: func(context.Context) (io.ReadCloser, error) { return r, err }}
	}
	for name, a := range map[string]*chat.Attachment{
		"it cannot be opened": opens(nil, torn),
		"it ends in the middle": opens(io.NopCloser(io.MultiReader(
			strings.NewReader(strings.Repeat("x", 1<<20)), iotestErr{torn})), nil),
		"nothing says where it is": {Name: "x.pdf", Vault: "abc"},
	} {
		_, channel, u := sender(t, telegramtest.Options{})
		_, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "NIB", Attachment: a})
		if s := failed(t, err); s.Failure != chat.FailedInvalid || !errors.Is(err, chat.ErrFile) || u.SentCount() != 0 {
			t.Errorf("%s: %v, %d sent", name, err, u.SentCount())
		}
	}
}

type iotestErr struct{ err error }

func (r iotestErr) Read([]byte) (int, error) { return 0, r.err }

func TestFilesOverTelegramsLimitsAreRefusedSaidOrNot(t *testing.T) {
	endless := func(photo bool, size int64) *chat.Attachment {
		return &chat.Attachment{Name: "x", Photo: photo, SizeBytes: size, Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(zeros{}), nil
		}}
	}
	_, channel, u := sender(t, telegramtest.Options{})
	for name, a := range map[string]*chat.Attachment{
		"a photo said to be over 10 MB": endless(true, MaxPhotoBytes+1), "a photo that turns out so": endless(true, 0),
		"a document said to be over 50 MB": endless(false, MaxUploadBytes+1), "a document that turns out so": endless(false, 0),
	} {
		_, err := channel.Send(t.Context(), to(u), chat.Outgoing{Attachment: a})
		if s := failed(t, err); s.Failure != chat.FailedInvalid || errors.Is(err, chat.ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if u.SentCount() != 0 {
		t.Errorf("%d were sent", u.SentCount())
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// counted is a file that knows whether it was closed.
type counted struct {
	io.Reader
	open *atomic.Int64
}

func (c counted) Close() error { c.open.Add(-1); return nil }

func TestAFailedUploadKeepsItsReasonAndClosesTheFile(t *testing.T) {
	for _, c := range []struct {
		what  string
		fault telegramtest.Fault
		want  chat.Failure
	}{
		{"too fast", telegramtest.Fault{RetryAfter: 60}, chat.FailedBusy},
		{"blocked", telegramtest.Fault{Status: 403, Description: "Forbidden: bot was blocked by the user"}, chat.FailedBlocked},
		{"not a picture", telegramtest.Fault{Status: 400, Description: "Bad Request: IMAGE_PROCESS_FAILED"}, chat.FailedInvalid},
		{"too large for this server", telegramtest.Fault{Status: 413, Description: "Request Entity Too Large"}, chat.FailedInvalid},
		{"a server error", telegramtest.Fault{HTML502: true}, chat.FailedBusy},
		{"dropped after it was done", telegramtest.Fault{DropAfter: true}, chat.FailedUnsure},
		{"no answer", telegramtest.Fault{Hang: true}, chat.FailedUnsure},
	} {
		t.Run(c.what, func(t *testing.T) {
			n, channel, u := sender(t, telegramtest.Options{})
			if c.fault.Hang {
				channel.pace.send, channel.pace.stall = 100*time.Millisecond, 100*time.Millisecond
			}
			var open atomic.Int64
			a := attached("NIB.pdf", []byte("%PDF"))
			a.Open = func(context.Context) (io.ReadCloser, error) {
				open.Add(1)
				return counted{strings.NewReader("%PDF"), &open}, nil
			}
			n.Fail("sendDocument", u.ID(), c.fault, 1)
			_, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "NIK 7471", Attachment: a})
			s := failed(t, err)
			if s.Failure != c.want || c.fault.RetryAfter > 0 && s.Retry != 60*time.Second {
				t.Errorf("failed as %s after %v: %v", s.Failure, s.Retry, err)
			}
			if strings.Contains(err.Error(), "7471") || strings.Contains(err.Error(), "NIB") || strings.Contains(err.Error(), to(u).Key) {
				t.Errorf("the error tells what was sent, or to whom: %v", err)
			}
			for deadline := time.Now().Add(5 * time.Second); open.Load() != 0; runtime.Gosched() {
				if time.Now().After(deadline) {
					t.Fatalf("%d files are left open", open.Load())
				}
			}
			channel.pace = quick
			if _, err := channel.Send(t.Context(), to(u), chat.Outgoing{Attachment: a}); err != nil {
				t.Errorf("the next one failed too: %v", err)
			}
		})
	}
}

func TestAnUploadThatNobodyTakesEnds(t *testing.T) {
	release := make(chan struct{})
	deaf := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = r.Body.Read(make([]byte, 1))
		<-release
	}))
	t.Cleanup(deaf.Close)
	t.Cleanup(func() { close(release) })
	channel, err := New(t.Context(), Options{Token: canary, API: deaf.URL})
	if err != nil {
		t.Fatal(err)
	}
	channel.pace.stall = 200 * time.Millisecond
	_, err = channel.Send(t.Context(), address(1), chat.Outgoing{Attachment: &chat.Attachment{Name: "x.zip", Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zeros{}, 45<<20)), nil
	}}})
	if failed(t, err).Failure != chat.FailedUnsure || !errors.Is(err, errUploadStalled) {
		t.Error(err)
	}
	channel.letGo()
}

func TestALargeFileIsNeverWholeInMemory(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		if n < 45<<20 {
			t.Errorf("%d bytes arrived", n)
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":1,"document":{"file_id":"BQ"}}}`)
	}))
	t.Cleanup(api.Close)
	channel, err := New(t.Context(), Options{Token: canary, API: api.URL})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := channel.Send(t.Context(), address(1), chat.Outgoing{Attachment: &chat.Attachment{
		Name: "berkas.zip", SizeBytes: 45 << 20, Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(io.LimitReader(zeros{}, 45<<20)), nil
		},
	}})
	runtime.ReadMemStats(&after)
	if err != nil || r.FileRef != "BQ" {
		t.Fatal(r, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
		t.Errorf("45 MB took %d KB of memory", took>>10)
	} else {
		t.Logf("45 MB took %d KB of memory", took>>10)
	}
	channel.letGo()
}

func TestUploadsOfOneSizeAreKeptApart(t *testing.T) {
	var u uploads
	now := time.Unix(0, 0)
	for i, want := range []time.Duration{0, time.Second, 2 * time.Second} {
		if got := u.turn(200_000, now, time.Second); got != want {
			t.Errorf("upload %d waits %v, want %v", i, got, want)
		}
	}
	if u.turn(200_001, now, time.Second) != 0 || u.turn(99_000, now, time.Second)+u.turn(99_000, now, time.Second) != 0 {
		t.Error("another size, or a small file, waits")
	}
	if u.turn(200_000, now.Add(time.Minute), time.Second) != 0 || len(u.next) != 1 {
		t.Errorf("what is past is kept: %v", u.next)
	}

	_, channel, who := sender(t, telegramtest.Options{Limits: telegramtest.Limits{SameSize: 1}})
	channel.pace.apart = time.Second
	for range 2 {
		if _, err := channel.Send(t.Context(), to(who), chat.Outgoing{Attachment: attached("a.pdf", make([]byte, 200_000))}); err != nil {
			t.Error(err)
		}
	}
}
