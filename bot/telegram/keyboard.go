package telegram

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"titian/bot/chat"
)

// Telegram's limits on inline keyboards.
const (
	maxButtons = 100
	shortLabel = 16 // so many characters fit on half a small screen
)

type inlineButton struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

type replyButton struct {
	Text     string `json:"text"`
	Contact  bool   `json:"request_contact,omitempty"`
	Location bool   `json:"request_location,omitempty"`
}

// removal takes a reply keyboard away. Every message without buttons carries
// it: the channel remembers nothing, a keyboard whose question was answered by
// typing would otherwise stay over the next ones ("Bagikan nomor" under "Apa
// nama usaha?"), and where there is none it does nothing. A message with inline
// buttons cannot carry it; the next plain one does.
const removal = `{"remove_keyboard":true}`

// keyboard is the reply_markup of m. Choices become buttons below the message,
// and Shortcuts more of them in rows of their own.
// A Request needs a reply keyboard, and a message cannot have both: then the
// choices stand there as words, and come back as Text of their label.
func keyboard(m chat.Outgoing) (string, error) {
	if err := checkChoices(slices.Concat(m.Choices, m.Shortcuts)); err != nil {
		return "", err
	}
	switch {
	case m.Request != "":
		return requestKeyboard(m)
	case len(m.Choices)+len(m.Shortcuts) == 0:
		return removal, nil
	}
	var rows [][]inlineButton
	for _, pair := range append(pairs(m.Choices), pairs(m.Shortcuts)...) {
		row := make([]inlineButton, 0, 2)
		for _, choice := range pair {
			row = append(row, inlineButton{Text: choice.Label, Data: choice.ID})
		}
		rows = append(rows, row)
	}
	return markup(struct {
		Rows [][]inlineButton `json:"inline_keyboard"`
	}{rows})
}

func requestKeyboard(m chat.Outgoing) (string, error) {
	ask := replyButton{Text: m.Label, Contact: m.Request == chat.RequestContact, Location: m.Request == chat.RequestLocation}
	if !ask.Contact && !ask.Location {
		return "", invalid("a request Telegram does not know")
	}
	if m.Label == "" {
		return "", invalid("a request without a label")
	}
	rows := [][]replyButton{{ask}}
	for _, pair := range append(pairs(m.Choices), pairs(m.Shortcuts)...) {
		var row []replyButton
		for _, choice := range pair {
			row = append(row, replyButton{Text: choice.Label})
		}
		rows = append(rows, row)
	}
	return markup(map[string]any{"keyboard": rows, "resize_keyboard": true, "one_time_keyboard": true})
}

// checkChoices refuses what Telegram would: nothing is ever cut to fit, because
// a cut id answers another question.
func checkChoices(choices []chat.Choice) error {
	if len(choices) > maxButtons {
		return invalid("more than 100 choices")
	}
	for _, choice := range choices {
		switch {
		case choice.ID == "" || len(choice.ID) > chat.MaxChoiceID || !utf8.ValidString(choice.ID):
			return invalid("a choice's id is not 1 to 64 bytes of UTF-8")
		case choice.Label == "":
			return invalid("a choice without a label")
		}
	}
	return nil
}

// pairs puts two short labels in a row and a long one alone, in their order.
func pairs(choices []chat.Choice) [][]chat.Choice {
	var rows [][]chat.Choice
	short := func(c chat.Choice) bool { return utf8.RuneCountInString(c.Label) <= shortLabel }
	for i := 0; i < len(choices); i++ {
		if i+1 < len(choices) && short(choices[i]) && short(choices[i+1]) {
			rows = append(rows, choices[i:i+2])
			i++
			continue
		}
		rows = append(rows, choices[i:i+1])
	}
	return rows
}

func markup(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
