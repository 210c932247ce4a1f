package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"titian/flows/flow"
)

// voted hears a vote. What it chose is an answer where all of it is offered by the question on the table; a vote on anything
// else, an old poll or one that staff made by hand, and one that was taken back, say nothing.
func (t *talk) voted() error {
	q, busy := t.question()
	if !busy || len(t.m.Votes) == 0 {
		return nil
	}
	offered := map[string]string{}
	for _, o := range q.Options {
		sum := sha256.Sum256([]byte(t.b.Voice.Label(o.Label)))
		offered[hex.EncodeToString(sum[:])] = o.ID
	}
	var chosen, words []string
	for _, vote := range t.m.Votes {
		id, ok := offered[vote]
		if !ok {
			return nil
		}
		chosen = append(chosen, id)
	}
	several := q.Field != nil && q.Field.Kind == flow.Several
	if len(chosen) > 1 {
		chosen = slices.DeleteFunc(chosen, func(id string) bool { return id == flow.OptionDone })
	}
	if len(chosen) > 1 && !several {
		return nil
	}
	for _, o := range q.Options {
		if slices.Contains(chosen, o.ID) {
			words = append(words, t.b.Voice.Label(o.Label))
		}
	}
	return t.advance(flow.Input{
		ID: t.m.ID, Ref: t.m.Ref, At: t.m.At, Option: strings.Join(chosen, ","), Text: strings.Join(words, ", "),
	})
}
