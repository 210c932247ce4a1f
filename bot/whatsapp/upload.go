package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"path"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"titian/bot/chat"
)

// MaxCaption is the longest text under a file, in code points; a longer one follows it.
const MaxCaption = 1024

// attach uploads a file, or takes what was uploaded before.
func (c *Channel) attach(ctx context.Context, cli *whatsmeow.Client, a *chat.Attachment) (media, error) {
	if a.Ref != "" {
		f, err := readMedia(a.Ref)
		if err != nil {
			return f, &chat.SendError{Failure: chat.FailedInvalid, Cause: err}
		}
		return f, nil
	}
	if f, known := c.uploads.find(a, c.now()); known {
		return f, nil
	}
	if a.Open == nil {
		return media{}, noFile(errors.New("nothing says where it is"))
	}
	r, err := a.Open(ctx)
	if err != nil {
		return media{}, noFile(err)
	}
	content, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err := errors.Join(err, r.Close()); err != nil {
		return media{}, noFile(err)
	}
	if len(content) > MaxFileBytes {
		return media{}, invalid("the attached file is too large")
	}
	f := media{Photo: a.Photo, Mime: kindOf(a)}
	up, err := cli.Upload(ctx, content, f.kind())
	if err != nil {
		if ctx.Err() != nil {
			return media{}, ctx.Err()
		}
		return media{}, &chat.SendError{Failure: chat.FailedBusy, Retry: c.pace.again, Cause: errors.New("the file could not be uploaded")}
	}
	f.Path, f.URL, f.Key, f.Enc, f.Sum, f.Size = up.DirectPath, up.URL, up.MediaKey, up.FileEncSHA256, up.FileSHA256, up.FileLength
	c.uploads.keep(a, f, c.now())
	return f, nil
}

func noFile(err error) *chat.SendError {
	return &chat.SendError{Failure: chat.FailedInvalid, Cause: fmt.Errorf("%w: %w", chat.ErrFile, err)}
}

func kindOf(a *chat.Attachment) string {
	switch {
	case a.MIME != "":
		return a.MIME
	case mime.TypeByExtension(path.Ext(a.Name)) != "":
		return mime.TypeByExtension(path.Ext(a.Name))
	case a.Photo:
		return "image/jpeg"
	}
	return "application/octet-stream"
}

// message is the file with its caption, shown as a picture or as a document.
func (f media) message(name, under string) *waE2E.Message {
	var words *string
	if under != "" {
		words = proto.String(under)
	}
	if f.Photo {
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			Caption: words, Mimetype: proto.String(f.Mime), URL: proto.String(f.URL), DirectPath: proto.String(f.Path),
			MediaKey: f.Key, FileEncSHA256: f.Enc, FileSHA256: f.Sum, FileLength: proto.Uint64(f.Size),
		}}
	}
	d := &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		Caption: words, FileName: proto.String(name), Title: proto.String(name), Mimetype: proto.String(f.Mime), URL: proto.String(f.URL),
		DirectPath: proto.String(f.Path), MediaKey: f.Key, FileEncSHA256: f.Enc, FileSHA256: f.Sum, FileLength: proto.Uint64(f.Size),
	}}
	if under != "" {
		return &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: d}}
	}
	return d
}
