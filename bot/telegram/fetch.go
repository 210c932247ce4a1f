package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

var errStalled = errors.New("the download stalled")

// Fetch opens a file of at most MaxFileBytes. A download that gives nothing for
// 30 s ends with an error, one that turns out longer than the limit with a
// *chat.FetchError that is TooLarge. Files are had by HTTP only: a local Bot API
// server in --local mode, which names paths on its own disk, needs a file server
// at <root>/file/bot<token>/.
func (c *Channel) Fetch(ctx context.Context, f chat.File) (io.ReadCloser, error) {
	if f.SizeBytes > MaxFileBytes {
		return nil, tooLarge(nil)
	}
	path, err := c.filePath(ctx, f.Ref)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	idle := time.AfterFunc(c.pace.stall, func() { cancel(errStalled) })
	d := &download{client: c.http, ctx: ctx, cancel: cancel, idle: idle, stall: c.pace.stall, left: MaxFileBytes}
	resp, err := d.open(c.api, path)
	if err != nil {
		_ = d.Close()
		return nil, d.failed(err)
	}
	idle.Stop()
	d.body = resp.Body
	if resp.StatusCode != http.StatusOK {
		_ = d.Close()
		return nil, &chat.FetchError{Cause: fmt.Errorf("download: HTTP %d", resp.StatusCode)}
	}
	return d, nil
}

// filePath asks where the file is; the answer holds for an hour.
func (c *Channel) filePath(ctx context.Context, ref string) (string, error) {
	result, err := c.call(ctx, c.pace.send, "getFile", tgbotapi.Params{"file_id": ref})
	if err != nil {
		var failed *apiError
		switch {
		case errors.As(err, &failed) && failed.has("file is too big"):
			return "", tooLarge(err)
		case errors.As(err, &failed) && failed.code == http.StatusBadRequest:
			// "wrong file_id or the file is temporarily unavailable" and its kin
			return "", &chat.FetchError{Gone: true, Cause: err}
		}
		return "", &chat.FetchError{Cause: err}
	}
	var file struct {
		Path string `json:"file_path"`
		Size int64  `json:"file_size"`
	}
	switch err := json.Unmarshal(result, &file); {
	case err != nil || file.Path == "":
		return "", &chat.FetchError{Cause: errors.New("getFile: the answer names no path")}
	case file.Size > MaxFileBytes:
		return "", tooLarge(nil)
	}
	return file.Path, nil
}

func tooLarge(cause error) *chat.FetchError {
	return &chat.FetchError{TooLarge: true, Limit: MaxFileBytes, Cause: cause}
}

// download reads a file while it keeps coming.
type download struct {
	*client
	ctx    context.Context
	cancel context.CancelCauseFunc
	idle   *time.Timer
	stall  time.Duration
	body   io.ReadCloser
	left   int64 // bytes before it is too large
}

func (d *download) open(root, path string) (*http.Response, error) {
	parts := strings.Split(strings.TrimLeft(path, "/"), "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	link := root + "/file/bot" + d.token + "/" + strings.Join(parts, "/")
	req, err := http.NewRequestWithContext(d.ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil, err
	}
	return d.http.Do(req)
}

// Read implements io.Reader. Only the time inside it counts as stalled: the
// reader may take its own.
func (d *download) Read(b []byte) (int, error) {
	d.idle.Reset(d.stall)
	n, err := d.body.Read(b)
	d.idle.Stop()
	if d.left -= int64(n); d.left < 0 {
		return 0, tooLarge(nil)
	}
	if err != nil && err != io.EOF {
		err = d.failed(err)
	}
	return n, err
}

// Close implements io.Closer.
func (d *download) Close() error {
	d.idle.Stop()
	d.cancel(nil)
	if d.body == nil {
		return nil
	}
	return d.body.Close()
}

func (d *download) failed(err error) error {
	if context.Cause(d.ctx) == errStalled {
		err = errStalled
	}
	return &chat.FetchError{Cause: fmt.Errorf("download: %w", d.redact(err))}
}
