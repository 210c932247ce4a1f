package broadcast

import (
	"strconv"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// Invitation makes an invitation of what a broadcast says: how many places, how they are given, how to answer and until when, with
// buttons where a network has them. The words do the same: a number would be taken for the answer to another question.
func Invitation(t Texts, i storage.Invitation, m chat.Outgoing) chat.Outgoing {
	m.Text += "\n\n" + t.Say("invited.below", map[string]string{"n": i.Broadcast.String(), "deadline": inWords(i.Before()),
		"places": strconv.Itoa(i.Places), "how": t.Say("invited.how."+string(i.Rule), nil)})
	m.Shortcuts = []chat.Choice{
		{ID: answer.ComingButton(int64(i.Broadcast), true), Label: t.Say("invited.button.yes", nil)},
		{ID: answer.ComingButton(int64(i.Broadcast), false), Label: t.Say("invited.button.no", nil)},
	}
	return m
}

var weekdays = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}

// inWords is a time as it is promised.
func inWords(at time.Time) string {
	at = at.In(locales.WITA)
	return weekdays[at.Weekday()] + ", " + answer.PrintDate(at) + " pukul " + at.Format("15.04") + " WITA"
}
