package bot

import (
	"time"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// officer stores the wish for a human and says when one is there; the conversation goes on.
func (t *talk) officer(reason, key string) {
	if th, open := t.thread(); open && th.ID != "" && reason == "asked" {
		th.Floor, th.At = true, t.now
		t.conv.Thread = &th
		t.script.Say("bot.thread.again", nil)
		return
	}
	t.wish(storage.AskOfficer{Reason: reason}, key)
}

func (t *talk) wish(e storage.AskOfficer, key string) {
	if q, ok := t.question(); ok {
		e.Where = q.Key
	}
	if e.Reason != "report" {
		t.wished()
	}
	t.effects = append(t.effects, e)
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
