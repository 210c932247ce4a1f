package telegram

import (
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// MaxFileBytes is the largest file a bot may download: 20 MiB, Telegram's
// getFile limit.
const MaxFileBytes = 20 << 20

// files reads the photo or document of a message: one, or none. A file too
// large to fetch is told all the same, with its size.
func files(t *tgbotapi.Message) []chat.File {
	switch {
	case len(t.Photo) > 0:
		p := largest(t.Photo)
		return []chat.File{{
			Ref: p.FileID, Unique: p.FileUniqueID, MIME: "image/jpeg", SizeBytes: int64(p.FileSize), Photo: true,
		}}
	case t.Document != nil:
		d := t.Document
		return []chat.File{{
			Ref: d.FileID, Unique: d.FileUniqueID, Name: d.FileName, MIME: d.MimeType, SizeBytes: int64(d.FileSize),
		}}
	}
	return nil
}

// largest is the photo size with the most pixels that can be fetched, else the
// one with the most pixels.
func largest(sizes []tgbotapi.PhotoSize) tgbotapi.PhotoSize {
	better := func(a, b tgbotapi.PhotoSize) bool {
		if fits := a.FileSize <= MaxFileBytes; fits != (b.FileSize <= MaxFileBytes) {
			return fits
		}
		return a.Width*a.Height > b.Width*b.Height
	}
	best := sizes[0]
	for _, s := range sizes[1:] {
		if better(s, best) {
			best = s
		}
	}
	return best
}
