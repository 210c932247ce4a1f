package delivery

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"titian/bot/chat"
)

// withFile lets the channel open the sealed file that m names, and says how long a send of m may take.
func (d *Delivery) withFile(m chat.Outgoing) (chat.Outgoing, time.Duration) {
	if m.Attachment == nil {
		return m, d.Timeout
	}
	if a := *m.Attachment; a.Open == nil && a.Vault != "" && d.Files != nil {
		a.Open = func(ctx context.Context) (io.ReadCloser, error) { return d.Files.Get(ctx, a.Vault) }
		m.Attachment = &a
	}
	return m, max(d.Timeout, fileTimeout)
}

// fileLess says whether there is something to send without the file.
func fileLess(m chat.Outgoing) bool { return m.Attachment != nil && strings.TrimSpace(m.Text) != "" }

// fileTries is how often a reply waits for a vault that is down, some eight minutes: the words are not held back for good.
const fileTries = 20

// hopeless says whether the file, or what the network thinks of it, keeps a message from being sent.
func hopeless(failed *chat.SendError, tries int) bool {
	if failed.Failure == chat.FailedInvalid && failed.MovedTo == "" {
		return true
	}
	return errors.Is(failed, chat.ErrFile) && tries >= fileTries
}
