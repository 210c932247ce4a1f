package chat

import (
	"context"
	"io"
)

// Attachment is a file that goes out with a message: sent again by the network's own Ref where there is one, else
// uploaded from Open. One that waits in a stored record names a Vault file instead, which delivery opens when it sends.
type Attachment struct {
	Name      string `json:"name"`                 // as the person sees it, with its extension; no folder
	MIME      string `json:"mime,omitempty"`       // empty: the network decides by the name
	Photo     bool   `json:"photo,omitempty"`      // shown as a picture; networks recompress those
	SizeBytes int64  `json:"size_bytes,omitempty"` // 0: not known
	Ref       string `json:"ref,omitempty"`        // a Receipt.FileRef or File.Ref of the same network, bot and kind
	Vault     string `json:"vault,omitempty"`      // the id of a sealed file

	// Open reads the file from its start, anew at each try. The channel closes what it opened.
	Open func(context.Context) (io.ReadCloser, error) `json:"-"`
}

// StoredFile is a PDF or a JPEG of the vault under a name without an extension.
func StoredFile(vault, name, mime string) Attachment {
	if mime == "image/jpeg" {
		return Attachment{Vault: vault, Name: name + ".jpg", MIME: mime, Photo: true}
	}
	return Attachment{Vault: vault, Name: name + ".pdf", MIME: "application/pdf"}
}

// Remover takes a sent message out of its chat, for the person too. One that is gone already was removed: nil. Errors are
// *SendError or a context's; FailedInvalid: it can no longer be removed (on Telegram after 48 hours).
type Remover interface {
	Remove(ctx context.Context, to Address, ref string) error
}

// Editor changes a sent message in place: its text (the caption under a file) and its buttons, which are those of m and
// none if m has none. An empty m.Text leaves the text and changes the buttons alone. File, protection and ReplyTo stay as
// they were sent. Nothing to change is nil. Errors are *SendError or a context's; FailedInvalid: it cannot be changed to
// that, and if errors.Is(err, ErrGone), because it is no longer there. Text is not split: too long for one message is
// FailedInvalid.
type Editor interface {
	Edit(ctx context.Context, to Address, ref string, m Outgoing) error
}
