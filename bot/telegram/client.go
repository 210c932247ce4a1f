package telegram

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// client carries every request, and takes the token out of every error: a
// *url.Error holds the whole URL, and the token is part of it.
type client struct {
	http  *http.Client
	token string
	hush  *strings.Replacer
}

func newClient(token string) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	transport.MaxIdleConnsPerHost = 64 // the default of 2 opens a connection a send on a local Bot API server
	transport.IdleConnTimeout = 30 * time.Second
	hidden := []string{token, "TOKEN", url.PathEscape(token), "TOKEN", url.QueryEscape(token), "TOKEN"}
	if _, secret, _ := strings.Cut(token, ":"); len(secret) >= 8 {
		hidden = append(hidden, secret, "TOKEN")
	}
	return &client{
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		token: token,
		hush:  strings.NewReplacer(hidden...),
	}
}

// redact returns err without the URL it happened at and without the token,
// wherever it stood. A context's error stays recognisable.
func (c *client) redact(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	text := err.Error()
	if clean := c.hush.Replace(text); clean != text {
		return errors.New(clean)
	}
	return err
}

// request is one call by net/http on its way. It remembers how far it came.
type request struct {
	*client
	ctx     context.Context
	written atomic.Bool // the request, or part of it, may have reached the server
	status  int
}

// Do sends it and gives the beginning of the answer.
func (r *request) Do(req *http.Request) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(r.ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { r.written.Store(false) }, // the transport tries again only what was not written
		WroteHeaders: func() { r.written.Store(true) },
	})
	resp, err := r.http.Do(req.WithContext(ctx))
	if err != nil {
		return nil, r.redact(err)
	}
	r.status = resp.StatusCode
	resp.Body = drained{resp.Body}
	return resp, nil
}

// drained reads the little a JSON decoder leaves behind, so that the connection
// is used again.
type drained struct{ io.ReadCloser }

func (d drained) Close() error {
	_, _ = io.CopyN(io.Discard, d.ReadCloser, 1024)
	return d.ReadCloser.Close()
}

// apiError is a call that failed. Its text holds no token, no chat and nothing
// that was sent.
type apiError struct {
	method  string
	code    int    // the Bot API's error_code, else the HTTP status, else 0: no answer
	text    string // the Bot API's description
	retry   time.Duration
	movedTo int64
	written bool  // the server may have done what was asked
	cause   error // where there was no proper answer
}

func (e *apiError) Error() string {
	if e.cause != nil {
		if e.code != 0 {
			return fmt.Sprintf("%s: HTTP %d: %v", e.method, e.code, e.cause)
		}
		return fmt.Sprintf("%s: %v", e.method, e.cause)
	}
	return fmt.Sprintf("%s: %d %s", e.method, e.code, e.text)
}

func (e *apiError) Unwrap() error { return e.cause }

// has says whether the description holds part, in any case.
func (e *apiError) has(part string) bool {
	return strings.Contains(strings.ToLower(e.text), part)
}

// call makes one Bot API call that may take up to limit. Its error is an *apiError.
func (c *Channel) call(ctx context.Context, limit time.Duration, method string, params tgbotapi.Params) (json.RawMessage, error) {
	if c.wire == nil {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return c.post(ctx, method, formType, io.NopCloser(bytes.NewReader(form(params))))
	}
	deadline := time.Now().Add(limit)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	a, err := c.wire.do(ctx, deadline, method, form(params))
	if err == nil {
		return c.result(method, a)
	}
	failed := &apiError{method: method, code: a.status, written: a.written, cause: c.http.redact(err)}
	if ended := ctx.Err(); ended != nil {
		failed.cause = ended
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		failed.cause = context.DeadlineExceeded
	}
	return nil, failed
}

const formType = "application/x-www-form-urlencoded"

// form writes parameters as a form does.
func form(params tgbotapi.Params) []byte {
	size := 0
	for name, value := range params {
		size += len(name) + len(value) + len(value)/2 + 2
	}
	b := make([]byte, 0, size)
	for name, value := range params {
		if len(b) > 0 {
			b = append(b, '&')
		}
		b = append(append(b, name...), '=') // a name of the Bot API needs no escape
		for i := range len(value) {
			switch ch := value[i]; {
			case ch == ' ':
				b = append(b, '+')
			case 'a' <= ch && ch <= 'z' || 'A' <= ch && ch <= 'Z' || '0' <= ch && ch <= '9' || ch == '-' || ch == '_' || ch == '.':
				b = append(b, ch)
			default:
				b = append(b, '%', hexDigits[ch>>4], hexDigits[ch&15])
			}
		}
	}
	return b
}

const hexDigits = "0123456789ABCDEF"

// result is what an answer says: the result of the call, or an *apiError.
func (c *Channel) result(method string, a answered) (json.RawMessage, error) {
	if rest, ok := bytes.CutPrefix(a.body, []byte(`{"ok":true,"result":`)); ok {
		if n := span(rest); n > 0 && string(rest[n:]) == "}" {
			return rest[:n], nil
		}
	}
	failed := &apiError{method: method, code: a.status, written: a.written}
	var said tgbotapi.APIResponse
	if err := json.Unmarshal(a.body, &said); err != nil {
		failed.cause = c.http.redact(err)
		return nil, failed
	}
	if said.Ok {
		return said.Result, nil
	}
	failed.code = cmp.Or(said.ErrorCode, failed.code)
	failed.text = clip(c.http.hush.Replace(said.Description))
	if said.Parameters != nil {
		failed.retry = time.Duration(said.Parameters.RetryAfter) * time.Second
		failed.movedTo = said.Parameters.MigrateToChatID
	}
	return nil, failed
}

// clip bounds a server's description.
func clip(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
