package broadcast

import (
	"strconv"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// invited says what the event is and when, how many places there are, how they are given, how to answer and until when. The
// words to answer with do what the buttons do: a number would be taken for the answer to another question.
func invited(t Texts, i storage.Invitation) string {
	return t.Say("invited.below", map[string]string{"n": i.Broadcast.String(), "event": i.Event, "day": inWords(i.Day),
		"deadline": inWords(i.Before()), "places": strconv.Itoa(i.Places), "how": t.Say("invited.how."+string(i.Rule), nil)})
}

func buttons(t Texts, i storage.Invitation) []chat.Choice {
	return []chat.Choice{
		{ID: answer.ComingButton(int64(i.Broadcast), true), Label: t.Say("invited.button.yes", nil)},
		{ID: answer.ComingButton(int64(i.Broadcast), false), Label: t.Say("invited.button.no", nil)},
	}
}

var weekdays = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}

// inWords is a time as it is promised.
func inWords(at time.Time) string {
	at = at.In(locales.WITA)
	return weekdays[at.Weekday()] + ", " + answer.PrintDate(at) + " pukul " + at.Format("15.04") + " WITA"
}
