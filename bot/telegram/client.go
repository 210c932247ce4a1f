package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
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

// request is one call on its way: an HTTPClient for the library that brings
// the context it lacks, and remembers what the library forgets.
type request struct {
	*client
	ctx     context.Context
	written atomic.Bool // the request, or part of it, may have reached the server
	status  int
}

// Do implements tgbotapi.HTTPClient.
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
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r := &request{client: c.http, ctx: ctx}
	bot := *c.bot
	bot.Client = r
	resp, err := bot.MakeRequest(method, params)
	if err == nil {
		return resp.Result, nil
	}
	failed := &apiError{method: method, code: r.status, written: r.written.Load()}
	var said *tgbotapi.Error
	if !errors.As(err, &said) {
		failed.cause = c.http.redact(err)
		if ended := ctx.Err(); ended != nil && !errors.Is(failed.cause, ended) {
			failed.cause = ended
		}
		return nil, failed
	}
	if said.Code != 0 {
		failed.code = said.Code
	}
	failed.text = clip(c.http.hush.Replace(said.Message))
	failed.retry = time.Duration(said.RetryAfter) * time.Second
	failed.movedTo = said.MigrateToChatID
	return nil, failed
}

// clip bounds a server's description.
func clip(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
