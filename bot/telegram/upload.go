package telegram

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"titian/bot/chat"
)

var errUploadStalled = errors.New("the upload stalled")

// upload sends a part with its file, read while it is sent and never held in
// memory. The library's own UploadFiles loses the code of an error and leaves
// the file open after one. An upload of which nothing is taken for 30 s has
// ended, and so has one that is not answered in the time of any send.
func (c *Channel) upload(ctx context.Context, p part) (json.RawMessage, error) {
	if !wait(ctx, c.uploads.turn(p.file.SizeBytes, c.now(), c.pace.apart)) {
		return nil, &apiError{method: p.method, cause: ctx.Err()}
	}
	file, err := p.file.Open(ctx)
	if err != nil {
		return nil, unreadable(ctx, err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body := &parcel{file: file, most: kindOf(p.file).most, stall: c.pace.stall, patience: c.pace.send}
	body.clock = time.AfterFunc(c.pace.stall, func() { cancel(errUploadStalled) })
	defer body.clock.Stop()
	head, tail, contentType, err := envelopeOf(p)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	body.whole = io.MultiReader(bytes.NewReader(head), (*contents)(body), bytes.NewReader(tail))
	result, err := c.post(ctx, p.method, contentType, body)
	switch fault := body.fault.Load(); {
	case err == nil || fault == nil:
		return result, err
	case errors.Is(*fault, errTooHeavy):
		return nil, tooHeavy(p.file)
	default:
		return nil, unreadable(ctx, *fault)
	}
}

// unreadable is a file that could not be read. A reader that only noticed that
// ctx ended says nothing about the file.
func unreadable(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil {
		return &apiError{method: "upload", cause: ended}
	}
	return &chat.SendError{Failure: chat.FailedInvalid, Cause: fmt.Errorf("%w: %w", chat.ErrFile, err)}
}

// envelopeOf is what stands around the file in a multipart body.
func envelopeOf(p part) (head, tail []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range p.params {
		if err := w.WriteField(name, value); err != nil {
			return nil, nil, "", err
		}
	}
	if !p.file.Photo { // a document stays one, whatever is in it
		_ = w.WriteField("disable_content_type_detection", "true")
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", multipart.FileContentDisposition(kindOf(p.file).field, plainName(p.file.Name)))
	h.Set("Content-Type", cmp.Or(oneLine(p.file.MIME), "application/octet-stream"))
	if _, err := w.CreatePart(h); err != nil {
		return nil, nil, "", err
	}
	at := b.Len()
	if err := w.Close(); err != nil {
		return nil, nil, "", err
	}
	return b.Bytes()[:at:at], b.Bytes()[at:], w.FormDataContentType(), nil
}

// plainName is a name without folders or control characters; never empty.
func plainName(s string) string {
	s = path.Base(path.Clean("/" + strings.ReplaceAll(oneLine(s), `\`, "/")))
	if s == "/" {
		return "berkas"
	}
	return s
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// post makes one call with a body of its own. Its error is an *apiError.
func (c *Channel) post(ctx context.Context, method, contentType string, body io.ReadCloser) (json.RawMessage, error) {
	req, err := http.NewRequest(http.MethodPost, c.api+"/bot"+c.http.token+"/"+method, body)
	if err != nil {
		_ = body.Close()
		return nil, &apiError{method: method, cause: c.http.redact(err)}
	}
	req.Header.Set("Content-Type", contentType)
	r := &request{client: c.http, ctx: ctx}
	resp, err := r.Do(req)
	failed := &apiError{method: method, code: r.status, written: r.written.Load()}
	if err != nil {
		failed.cause = err
		if ctx.Err() != nil {
			failed.cause = context.Cause(ctx)
		}
		return nil, failed
	}
	defer resp.Body.Close()
	a := answered{status: r.status, written: r.written.Load()}
	if a.body, err = io.ReadAll(io.LimitReader(resp.Body, bodyAtMost)); err != nil {
		failed.cause = c.http.redact(err)
		return nil, failed
	}
	return c.result(method, a)
}

var errTooHeavy = errors.New("the file is larger than Telegram takes")

// parcel is the body of an upload. The transport reads and closes it, perhaps
// still after the answer has come.
type parcel struct {
	whole    io.Reader
	file     io.ReadCloser
	most     int64 // bytes before it is too heavy
	read     int64
	stall    time.Duration
	patience time.Duration
	clock    *time.Timer
	fault    atomic.Pointer[error] // why the file could not be read
}

// Read implements io.Reader; each call is a sign that the network takes more.
func (p *parcel) Read(b []byte) (int, error) {
	p.clock.Reset(p.stall)
	n, err := p.whole.Read(b)
	if err == io.EOF {
		p.clock.Reset(p.patience)
	}
	return n, err
}

// Close implements io.Closer.
func (p *parcel) Close() error { return p.file.Close() }

// contents is the file in the parcel.
type contents parcel

func (c *contents) Read(b []byte) (int, error) {
	n, err := c.file.Read(b)
	if c.read += int64(n); c.read > c.most {
		n, err = 0, errTooHeavy
	}
	if err != nil && err != io.EOF {
		c.fault.CompareAndSwap(nil, &err)
	}
	return n, err
}

// uploads keeps those of one size apart: Telegram takes them for one file sent
// again and again, slows them down, and refuses them for a minute after a few.
type uploads struct {
	mu   sync.Mutex
	next map[int64]time.Time
}

// smallUpload is the size that Telegram lets pass however often.
const smallUpload = 100_000

// turn is how long to wait before an upload of so many bytes; it takes the place.
func (u *uploads) turn(sizeBytes int64, now time.Time, apart time.Duration) time.Duration {
	if sizeBytes <= smallUpload {
		return 0
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for size, at := range u.next {
		if at.Before(now) {
			delete(u.next, size)
		}
	}
	if u.next == nil {
		u.next = map[int64]time.Time{}
	}
	at := u.next[sizeBytes]
	if at.Before(now) {
		at = now
	}
	u.next[sizeBytes] = at.Add(apart)
	return at.Sub(now)
}
