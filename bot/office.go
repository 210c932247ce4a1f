package bot

import (
	"time"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// officer stores the wish for a human and says when one is there; the conversation goes on.
func (t *talk) officer(reason, key string) {
	where := ""
	if q, ok := t.question(); ok {
		where = q.Key
	}
	t.effects = append(t.effects, storage.AskOfficer{Reason: reason, Where: where})
	t.after = append(t.after, func(t *talk, _ storage.Outcome) {
		t.script.Say(key, map[string]string{"when": t.b.when(t.now)})
		t.ask()
	})
}

// when is the next time staff are there, in words.
func (b *Bot) when(now time.Time) string {
	if b.Office.Open(now) {
		return b.Voice.Text("bot.when.now", map[string]string{"close": clock(b.Office.Closes(now))})
	}
	next := b.Office.Next(now)
	if next.IsZero() {
		return b.Voice.Text("bot.when.unknown", nil)
	}
	return b.Voice.Text("bot.when.later", map[string]string{"day": day(next), "open": clock(next)})
}

func clock(t time.Time) string { return t.In(locales.WITA).Format("15.04") }

var dayNames = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}

func day(t time.Time) string {
	t = t.In(locales.WITA)
	return dayNames[t.Weekday()] + ", " + answer.PrintDate(t)
}
