package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

var errDown = errors.New("the device is not connected")

// Fetch reads a file of at most MaxFileBytes. One that WhatsApp no longer has is asked for again at the dinas's phone; if
// that has it neither, it is Gone.
func (c *Channel) Fetch(ctx context.Context, f chat.File) (io.ReadCloser, error) {
	if f.SizeBytes > MaxFileBytes {
		return nil, &chat.FetchError{TooLarge: true, Limit: MaxFileBytes}
	}
	m, err := readMedia(f.Ref)
	if err != nil {
		return nil, &chat.FetchError{Gone: true, Cause: err}
	}
	cli := c.connection(ctx)
	if cli == nil {
		return nil, &chat.FetchError{Cause: errDown}
	}
	content, err := download(ctx, cli, m)
	if goneMedia(err) && m.ID != "" {
		if m.Path, err = c.again(ctx, cli, m); err == nil {
			content, err = download(ctx, cli, m)
		}
	}
	switch {
	case goneMedia(err), errors.Is(err, whatsmeow.ErrMediaNotAvailableOnPhone):
		return nil, &chat.FetchError{Gone: true, Cause: err}
	case errors.Is(err, errTooLarge):
		return nil, &chat.FetchError{TooLarge: true, Limit: MaxFileBytes}
	case err != nil:
		return nil, &chat.FetchError{Cause: err}
	case len(content) > MaxFileBytes:
		return nil, &chat.FetchError{TooLarge: true, Limit: MaxFileBytes}
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

func download(ctx context.Context, cli *whatsmeow.Client, m media) ([]byte, error) {
	return cli.DownloadMediaWithPath(ctx, m.Path, m.Enc, m.Sum, m.Key, m.kind(), "", false)
}

func goneMedia(err error) bool {
	return errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403) || errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410)
}

// reuploaded is the phone's answer to a request.
type reuploaded = *events.MediaRetry

// again asks the phone to upload a file once more, and returns where it is then.
func (c *Channel) again(ctx context.Context, cli *whatsmeow.Client, m media) (string, error) {
	at, err := types.ParseJID(m.Chat)
	if err != nil {
		return "", whatsmeow.ErrMediaNotAvailableOnPhone
	}
	answer := make(chan reuploaded, 1)
	c.mu.Lock()
	c.reload[m.ID] = answer
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.reload, m.ID)
		c.mu.Unlock()
	}()
	info := types.MessageInfo{ID: m.ID, MessageSource: types.MessageSource{Chat: at, Sender: at}}
	if err := cli.SendMediaRetryReceipt(ctx, &info, m.Key); err != nil {
		return "", err
	}
	late := time.NewTimer(c.pace.reupload)
	defer late.Stop()
	select {
	case e := <-answer:
		news, err := whatsmeow.DecryptMediaRetryNotification(e, m.Key)
		if err != nil {
			return "", err
		}
		if news.GetResult() != waMmsRetry.MediaRetryNotification_SUCCESS {
			return "", whatsmeow.ErrMediaNotAvailableOnPhone
		}
		return news.GetDirectPath(), nil
	case <-late.C:
		return "", errors.New("the phone did not answer in time")
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// reuploaded brings the phone's answer to who waits for it.
func (c *Channel) reuploaded(e reuploaded) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if answer := c.reload[e.MessageID]; answer != nil {
		select {
		case answer <- e:
		default:
		}
	}
}
