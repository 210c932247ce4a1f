package bot

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/storage"
)

// Card is a message of the desk with its choices, as a member of staff saw it on a network without buttons.
type Card struct {
	ID      string        `json:"id,omitempty"` // of its Outgoing
	Head    string        `json:"head"`         // how its text begins
	Choices []chat.Choice `json:"choices"`
	At      time.Time     `json:"at"` // what arrived before was not about it
}

// maxCards is how many cards can still be answered by quoting them.
const maxCards = 6

// shown puts a card on top of those that were shown.
func (c Conversation) shown(card Card) Conversation {
	from := max(0, len(c.Cards)+1-maxCards)
	c.Cards = append(slices.Clone(c.Cards[from:]), card)
	c.Carded = true
	return c
}

// named gives the card that the turn after rec shows the id of its message, the last of so many. The list is copied: a turn that
// is not committed leaves no trace.
func (c Conversation) named(rec storage.Record, messages int) Conversation {
	if last := len(c.Cards) - 1; last >= 0 && c.Cards[last].ID == "" {
		c.Cards = slices.Clone(c.Cards)
		c.Cards[last].ID = fmt.Sprintf("%s.%d.%d", rec.Contact, rec.Seq+1, messages-1)
	}
	return c
}

// out is what the turn says. Where there are no buttons, it is kept in mind what a number means from now on.
func (t *talk) out() []chat.Outgoing {
	out := t.script.Out()
	n, numbered := t.b.Numbered[t.m.From.Network]
	if !numbered || len(out) == 0 {
		return out
	}
	m := &out[len(out)-1]
	switch {
	case t.script.Carded():
		t.conv = t.conv.shown(Card{Head: head(m.Text), Choices: unwritten(m.Choices), At: t.b.Now()})
		m.Choices = t.page(m.Choices, cardPage, t.from, n.Lines())
	case t.script.Asked():
		t.conv.Carded = false
		if t.unmet && len(m.Choices) > 0 && t.conv.flowName() == t.b.Flows.Menu.Name {
			m.Text += "\n" + t.b.Voice.Text("bot.by_number", nil)
		}
		m.Choices = t.page(m.Choices, t.tableName(), t.from, n.Lines())
	}
	return out
}

// head is the first line of a text, and of what stands below it when it is a sentence of its own. Whatever else a card says
// of an owner is not kept.
func head(text string) string {
	first, rest, _ := strings.Cut(text, "\n")
	if below, apart := strings.CutPrefix(rest, "\n"); apart {
		second, _, _ := strings.Cut(below, "\n")
		first += "\n" + second
	}
	for utf8.RuneCountInString(first) > 200 {
		_, size := utf8.DecodeLastRuneInString(first)
		first = first[:len(first)-size]
	}
	return first
}

// unwritten are choices whose lines stand in no text.
func unwritten(list []chat.Choice) []chat.Choice {
	list = slices.Clone(list)
	for i := range list {
		list[i].Written = false
	}
	return list
}

// typed hears a member of staff where there are no buttons: a number, a label or a synonym of the last card presses its
// button, and a quoted card is pressed itself. What means an older card does nothing; the last one is shown again.
func (t *talk) typed() (handled bool) {
	n, numbered := t.b.Numbered[t.m.From.Network]
	if !numbered || t.m.Kind != chat.Text || len(t.conv.Cards) == 0 {
		return false
	}
	last := t.conv.Cards[len(t.conv.Cards)-1]
	if t.m.ReplyTo != "" {
		i := slices.IndexFunc(t.conv.Cards, func(c Card) bool { return c.ID != "" && n.Named(c.ID, t.m.ReplyTo) })
		if i >= 0 && !t.presses(t.conv.Cards[i]) {
			return t.meansAny() && t.gone()
		}
		return false
	}
	_, busy := t.question()
	switch {
	case !t.conv.Carded && busy:
		return false
	case t.conv.Carded && t.turnsPage(cardPage, last.Choices):
		t.script.Desk(chat.Outgoing{Text: last.Head, Choices: last.Choices})
		return true
	case !t.conv.Carded || t.arrived.Before(last.At):
		return t.meansAny() && t.gone()
	case t.presses(last):
		return false
	}
	return (t.meansOlder() || isNumber(t.m.Text) && !busy) && t.gone()
}

// presses turns what was typed into the button of a card, if it names one.
func (t *talk) presses(c Card) bool {
	choice, ok := t.b.Voice.Pick(c.Choices, t.m.Text)
	if ok {
		t.m.Kind, t.m.Choice = chat.Tap, choice.ID
	}
	return ok
}

func isNumber(text string) bool {
	_, err := answer.ParsePick(text, math.MaxInt16)
	return err == nil
}

// meansAny says whether what was typed is a number, or names a choice of any card.
func (t *talk) meansAny() bool {
	return isNumber(t.m.Text) || slices.ContainsFunc(t.conv.Cards, func(c Card) bool { _, ok := t.b.Voice.Pick(c.Choices, t.m.Text); return ok })
}

// meansOlder says whether it is a number or a label of a card before the last one.
func (t *talk) meansOlder() bool {
	older := t.conv.Cards[:len(t.conv.Cards)-1]
	return slices.ContainsFunc(older, func(c Card) bool { return t.b.Voice.NamesOne(c.Choices, t.m.Text) })
}

// gone says that a card holds no longer, and shows the last one.
func (t *talk) gone() bool {
	t.loud = true
	last := t.conv.Cards[len(t.conv.Cards)-1]
	t.script.Desk(chat.Outgoing{Text: t.b.Voice.Text("bot.card_gone", nil) + "\n\n" + last.Head, Choices: last.Choices})
	return true
}

// strays says whether a quoted message that is no card, or one long gone, was answered with what names a card's choice.
func (t *talk) strays() bool {
	_, numbered := t.b.Numbered[t.m.From.Network]
	return numbered && t.m.Kind == chat.Text && t.m.ReplyTo != "" && t.conv.Carded && t.meansAny() && t.gone()
}
