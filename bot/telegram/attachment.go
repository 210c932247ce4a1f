package telegram

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"

	"titian/bot/chat"
)

// Telegram's limits on what a bot sends. MaxCaption is in code points.
const (
	MaxCaption     = 1024
	MaxUploadBytes = 50 << 20
	MaxPhotoBytes  = 10 << 20
)

// kind is how a file is sent: which method, under which name.
type kind struct {
	method, field string
	most          int64 // bytes
}

var (
	asPhoto    = kind{"sendPhoto", "photo", MaxPhotoBytes}
	asDocument = kind{"sendDocument", "document", MaxUploadBytes}
)

func kindOf(a *chat.Attachment) kind {
	if a.Photo {
		return asPhoto
	}
	return asDocument
}

// attachable refuses what cannot be sent, before anything is.
func attachable(a *chat.Attachment) error {
	switch {
	case a.Ref == "" && a.Open == nil:
		return &chat.SendError{Failure: chat.FailedInvalid, Cause: chat.ErrFile}
	case a.Ref == "" && a.SizeBytes > kindOf(a).most:
		return tooHeavy(a)
	}
	return nil
}

func tooHeavy(a *chat.Attachment) *chat.SendError {
	return &chat.SendError{Failure: chat.FailedInvalid, Cause: fmt.Errorf("%s takes at most %d bytes", kindOf(a).method, kindOf(a).most)}
}

// sendFile sends by the network's own name of the file; where there is none, or
// Telegram does not know it, by upload.
func (c *Channel) sendFile(ctx context.Context, p part) (json.RawMessage, error) {
	if p.file.Ref == "" {
		return c.upload(ctx, p)
	}
	params := maps.Clone(p.params)
	params[kindOf(p.file).field] = p.file.Ref
	result, err := c.call(ctx, c.pace.send, p.method, params)
	var failed *apiError
	if p.file.Open != nil && errors.As(err, &failed) && failed.strangeFile() {
		return c.upload(ctx, p)
	}
	return result, err
}

// strangeFile says whether the file_id was the fault: of another bot, of
// another kind, or none.
func (e *apiError) strangeFile() bool {
	return e.code == http.StatusBadRequest && (e.has("file identifier") || e.has("file_id") || e.has("can't use file of type") || e.has("file_reference"))
}

// sentMessage is what Telegram says of a message it took.
type sentMessage struct {
	ID       int   `json:"message_id"`
	Photo    []ref `json:"photo"`
	Document ref   `json:"document"`
}

type ref struct {
	ID string `json:"file_id"`
}

// fileRef is the name the attachment got: of a photo, that of its full size.
func (m sentMessage) fileRef() string {
	full := ""
	if n := len(m.Photo); n > 0 {
		full = m.Photo[n-1].ID
	}
	return cmp.Or(full, m.Document.ID)
}
