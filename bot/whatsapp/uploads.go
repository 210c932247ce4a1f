package whatsapp

import (
	"sync"
	"time"

	"titian/bot/chat"
)

// A file that was uploaded is sent again without upload for a day: WhatsApp keeps it for weeks.
const (
	uploadKept  = 24 * time.Hour
	uploadsMost = 1000
)

// uploads remembers where sealed files of the vault lie at WhatsApp. What is in it opens them: it stays in memory.
type uploads struct {
	mu   sync.Mutex
	list map[upload]uploaded
}

// upload is a file of the vault, which never changes, as a picture or as a document.
type upload struct {
	vault string
	photo bool
	mime  string
}

type uploaded struct {
	media
	at time.Time
}

// of names a file that may be known; false: nothing says that it is the same another time.
func (u *uploads) of(a *chat.Attachment) (upload, bool) {
	return upload{a.Vault, a.Photo, kindOf(a)}, a.Vault != ""
}

func (u *uploads) find(a *chat.Attachment, now time.Time) (media, bool) {
	key, same := u.of(a)
	u.mu.Lock()
	defer u.mu.Unlock()
	up, known := u.list[key]
	return up.media, same && known && now.Sub(up.at) < uploadKept
}

func (u *uploads) keep(a *chat.Attachment, f media, now time.Time) {
	key, same := u.of(a)
	if !same {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.list == nil || len(u.list) >= uploadsMost {
		u.list = map[upload]uploaded{}
	}
	u.list[key] = uploaded{f, now}
}
