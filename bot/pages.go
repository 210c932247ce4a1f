package bot

import (
	"slices"
	"strconv"

	"titian/bot/chat"
)

// Page is where the next part of a long list begins, where one message shows no more than so many lines. The lines are counted
// through all parts: a number always means the same.
type Page struct {
	Of   string `json:"of"` // what the list belongs to
	From int    `json:"from"`
}

// cardPage names the list of the last card.
const cardPage = "card"

// moreChoice is the line below a part.
const moreChoice = "*|page"

// spare is how many lines more than a part a list may have without being cut: one line alone on a page helps nobody.
const spare = 2

// page is the part of a list that begins at its from-th line. A list that is not too long is not cut.
func (t *talk) page(all []chat.Choice, of string, from, size int) []chat.Choice {
	t.conv.Page = nil
	var lines, rest []chat.Choice
	for i, c := range all {
		c.Key = c.Typed(i)
		if c.Written {
			rest = append(rest, c)
		} else {
			lines = append(lines, c)
		}
	}
	if size == 0 || len(lines) <= size+spare {
		return all
	}
	if from >= len(lines) {
		from = 0
	}
	more, next := "bot.page.more", from+size
	if next >= len(lines) {
		more, next = "bot.page.first", 0
	}
	t.conv.Page = &Page{Of: of, From: next}
	part := append(rest, lines[from:min(from+size, len(lines))]...)
	return append(part, chat.Choice{ID: moreChoice, Key: "0", Label: t.b.Voice.Text(more, nil)})
}

// turnsPage says whether the next part of a list is asked for, and remembers where it begins.
func (t *talk) turnsPage(of string, all []chat.Choice) bool {
	p := t.conv.Page
	if p == nil || p.Of != of || t.m.Kind != chat.Text || !t.b.Voice.Means("bot.page.more", t.m.Text) {
		return false
	}
	t.from = p.From
	return len(all) > 0
}

// tableName names the list of the question on the table.
func (t *talk) tableName() string {
	s, _ := t.conv.top()
	q, _ := t.question()
	return s.Flow + "|" + q.Run + "|" + q.ID
}

// turnsQuestion shows the next part of a question's list: its lines, without all that was said before.
func (t *talk) turnsQuestion() bool {
	q, busy := t.question()
	if !busy || t.conv.Page == nil {
		return false
	}
	all := t.b.Voice.Choices(q)
	if !t.turnsPage(t.tableName(), all) {
		return false
	}
	if t.from >= len(all) {
		t.from = 0
	}
	lines := t.b.Numbered[t.m.From.Network].Lines()
	t.script.Lines(t.b.Voice.Text("bot.page", map[string]string{
		"from": strconv.Itoa(t.from + 1), "to": strconv.Itoa(min(t.from+lines, len(all))), "of": strconv.Itoa(len(all)),
	}), slices.Clone(all))
	return true
}
