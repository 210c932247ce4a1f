package dialogue

import (
	"slices"
	"strings"

	"titian/flows/flow"
)

// row finds the row of a summary that a text names, alone or with what is the
// matter with it: "alamat", "ubah alamat", "nama usahanya salah".
func (v *Voice) row(q flow.Question, text string) (string, bool) {
	if q.Kind != flow.KindReview && q.Kind != flow.KindPick {
		return "", false
	}
	words := strings.Fields(fold(text))
	if len(words) > 6 {
		return "", false
	}
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(v.texts.Also("flow.rows"), w) })
	rest := strings.Join(words, " ")
	for _, r := range q.Rows {
		label := fold(v.Label(r.Label))
		if rest != "" && (rest == label || rest == label+"nya") {
			return editRow(r), true
		}
	}
	found := ""
	for _, r := range q.Rows {
		label := fold(v.Label(r.Label))
		first, _, _ := strings.Cut(label, " ")
		if rest == "" || rest != first && rest != first+"nya" {
			continue
		}
		if found != "" {
			return "", false
		}
		found = editRow(r)
	}
	return found, found != ""
}

func editRow(r flow.Row) string { return "edit:" + r.ID }

// unready: who wants to send while something is missing is shown what.
func (v *Voice) unready(q flow.Question, text string) (flow.Word, bool) {
	if q.Kind != flow.KindReview || len(q.Missing) == 0 {
		return "", false
	}
	send := flow.Offered{ID: flow.OptionSend, Label: flow.Label{Key: "flow.option." + flow.OptionSend}}
	means := slices.ContainsFunc(v.phrases(send), func(p string) bool { return fold(p) == fold(text) })
	return flow.Again, means
}
