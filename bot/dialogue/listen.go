package dialogue

import (
	"slices"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/flows/flow"
)

// Heard is what a message meant: a word for the bot, or something for the flow
// on the table.
type Heard struct {
	Word  answer.Word // set when the bot itself must act
	Input flow.Input
}

// Listen finds out what a message means to the question on the table; q is nil
// when there is none. Files are the bot's to fetch and are not looked at.
func (v *Voice) Listen(q *flow.Question, m chat.Message) Heard {
	in := flow.Input{ID: m.ID, Ref: m.Ref, At: m.At, Album: m.Album, Edits: m.Edits}
	switch m.Kind {
	case chat.Tap:
		return v.tap(in, q, m.Choice)
	case chat.Location:
		if m.Place != nil {
			in.Place = &flow.Point{Lat: m.Place.Latitude, Lon: m.Place.Longitude}
		}
	case chat.Contact:
		if m.Card != nil {
			in.Phone, in.PhoneOwn = m.Card.Phone, m.Card.Own
		}
	case chat.Edited:
		return v.edited(in, q, m)
	case chat.Text:
		return v.text(in, q, m)
	}
	return Heard{Input: in}
}

// Answers says whether a message names an option of the question, or is a word.
func (v *Voice) Answers(q flow.Question, m chat.Message) bool {
	if m.Kind != chat.Text && m.Kind != chat.Tap {
		return false
	}
	heard := v.Listen(&q, m)
	return heard.Word != "" || heard.Input.Word != "" || heard.Input.Option != ""
}

// text weighs what was typed: a number or label of what is offered, then a
// word that always works, then a near miss of a label, then the words themselves.
func (v *Voice) text(in flow.Input, q *flow.Question, m chat.Message) Heard {
	in.Text = m.Text
	if q != nil {
		if option, ok := v.named(*q, m.Text); ok {
			in.Option = option
			return Heard{Input: in}
		}
		if option, ok := v.row(*q, m.Text); ok {
			in.Option = option
			return Heard{Input: in}
		}
		if word, ok := v.unready(*q, m.Text); ok {
			in.Word = word
			return Heard{Input: in}
		}
		if q.Request == string(chat.RequestContact) && m.Vouched != "" && isSame(m.Text) {
			in.Vouched = m.Vouched
			return Heard{Input: in}
		}
	}
	if word, ok := answer.Navigation(m.Text); ok && !answersYesNo(q, word, m.Text) {
		if w, steers := engineWord(word); steers && q != nil {
			in.Word = w
			return Heard{Input: in}
		}
		return Heard{Word: word, Input: in}
	}
	if q != nil && answer.AsksWhy(m.Text) {
		in.Word = flow.Why
		return Heard{Input: in}
	}
	if v.declines(q, m.Text) {
		in.Word = flow.Skip
		return Heard{Input: in}
	}
	if q != nil {
		if option, ok := v.nearly(*q, m.Text); ok {
			in.Option = option
		}
	}
	return Heard{Input: in}
}

// edited weighs a corrected message against the question it answered: an option
// or words, never a command.
func (v *Voice) edited(in flow.Input, q *flow.Question, m chat.Message) Heard {
	in.Text = m.Text
	if q == nil {
		return Heard{Input: in}
	}
	if option, ok := v.named(*q, m.Text); ok {
		in.Option = option
	} else if option, ok := v.nearly(*q, m.Text); ok {
		in.Option = option
	}
	return Heard{Input: in}
}

func isSame(text string) bool {
	_, err := answer.ParsePhone(text)
	reason := ""
	if p, ok := err.(*answer.Problem); ok {
		reason = p.Reason
	}
	return reason == answer.ReasonSame
}

// engineWord are the words that steer within a flow.
func engineWord(w answer.Word) (flow.Word, bool) {
	switch w {
	case answer.WordBack:
		return flow.Back, true
	case answer.WordSkip:
		return flow.Skip, true
	case answer.WordEnough:
		return flow.Enough, true
	case answer.WordComplete:
		return flow.Complete, true
	case answer.WordRepeat:
		return flow.Again, true
	case answer.WordWhy:
		return flow.Why, true
	case answer.WordDone:
		return flow.Done, true
	case answer.WordEdit:
		return flow.Edit, true
	case answer.WordContinue:
		return flow.Continue, true
	}
	return "", false
}

// answersYesNo: "sudah" is an answer where yes or no is asked. "Lanjut" is none: it would
// cancel a draft, or claim a NIB.
func answersYesNo(q *flow.Question, w answer.Word, text string) bool {
	if q == nil || w != answer.WordDone {
		return false
	}
	_, err := answer.ParseYesNo(text)
	return asksYesNo(q) && err == nil
}

func asksYesNo(q *flow.Question) bool {
	return slices.ContainsFunc(q.Options, func(o flow.Offered) bool { return o.ID == flow.Yes })
}

// declines says whether a text leaves an optional question open in other words
// than the navigation's: "belum ada" where a photo is asked, "lupa" where a number is.
func (v *Voice) declines(q *flow.Question, text string) bool {
	if q == nil || !q.Skippable || q.Field == nil {
		return false
	}
	yes, err := answer.ParseYesNo(text)
	if err == nil && asksYesNo(q) {
		return false // "belumpi" answers whether there is a NIB
	}
	if v.Means("flow.word.skip", text) {
		return true
	}
	if q.Field.Kind == flow.Choice || q.Field.Kind == flow.Several {
		return false
	}
	return err == nil && !yes
}
