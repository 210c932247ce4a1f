package dialogue

import (
	"slices"
	"strings"

	"titian/flows/answer"
	"titian/flows/flow"
)

// picks says whether a typed number means an option: not where a number may be the answer.
func picks(q flow.Question) bool {
	if len(q.Options) == 0 {
		return false
	}
	suggested := q.Options[0].Does == flow.DoesSuggest
	return q.Kind != flow.KindAsk || choice(q) || suggested
}

// named finds the options that a number, a label or a synonym names exactly.
func (v *Voice) named(q flow.Question, text string) (string, bool) {
	if picks(q) {
		if several(q) {
			if option, ok := v.namedSeveral(q, text); ok {
				return option, true
			}
			if option, ok := noneOf(q, text); ok {
				return option, true
			}
		} else if n, err := answer.ParsePick(text, len(shown(q))); err == nil {
			return q.Options[n-1].ID, true
		}
	}
	typed := fold(text)
	if v.Means("flow.option.keep", text) {
		for _, o := range q.Options {
			if choice(q) && !several(q) && o.Picked {
				return o.ID, true
			}
		}
	}
	for _, typed := range []string{typed, bare(typed)} {
		for _, o := range q.Options {
			if own(q, o) {
				continue
			}
			for _, phrase := range v.phrases(o) {
				if fold(phrase) == typed {
					return o.ID, true
				}
			}
		}
	}
	return "", false
}

// bare is a folded text without the particles of Kendari at its end: "segarji" and "curah mi" name what "segar" and
// "curah" do. A -pi stays, since it means "not until".
func bare(typed string) string {
	for _, tail := range []string{"ji", "mi", "mo"} {
		if stem, ok := strings.CutSuffix(typed, tail); ok && len(strings.TrimSpace(stem)) >= 4 {
			return strings.TrimSpace(stem)
		}
	}
	return typed
}

func choice(q flow.Question) bool {
	return q.Field != nil && (q.Field.Kind == flow.Choice || q.Field.Kind == flow.Several)
}

func several(q flow.Question) bool { return q.Field != nil && q.Field.Kind == flow.Several }

// own says whether the flow itself reads the option from text, better than a
// comparison of labels: "Kendari" is a label, and still not clear.
func own(q flow.Question, o flow.Offered) bool {
	return q.Field != nil && q.Field.Parse != nil && o.Does == flow.DoesAnswer && o.Label.Key == ""
}

// namedSeveral reads "1, 4" and "pirt dan npwp": what is typed is the whole list.
func (v *Voice) namedSeveral(q flow.Question, text string) (string, bool) {
	var ids []string
	if numbers, err := answer.ParsePicks(text, len(shown(q))); err == nil {
		for _, n := range numbers {
			ids = append(ids, q.Options[n-1].ID)
		}
	} else {
		for _, part := range strings.FieldsFunc(strings.NewReplacer(" dan ", ",", " sama ", ",", "&", ",", "+", ",", ";", ",").Replace(text), func(r rune) bool { return r == ',' || r == '\n' }) {
			id, ok := v.one(q, part)
			if !ok {
				return "", false
			}
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return "", false
	}
	if ids = slices.Compact(ids); len(ids) > 1 {
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == flow.OptionDone })
	}
	return strings.Join(ids, ","), true
}

// noneOf reads "nda adapi" and "belumpi punya" where "none" is offered.
func noneOf(q flow.Question, text string) (string, bool) {
	yes, err := answer.ParseYesNo(text)
	i := slices.IndexFunc(q.Options, func(o flow.Offered) bool { return o.ID == "none" })
	if err != nil || yes || i < 0 {
		return "", false
	}
	return "none", true
}

// one finds the single option a label, synonym or near miss names.
func (v *Voice) one(q flow.Question, text string) (string, bool) {
	typed := fold(text)
	var labels, ids []string
	for _, o := range q.Options {
		for _, phrase := range v.phrases(o) {
			if fold(phrase) == typed {
				return o.ID, true
			}
			labels, ids = append(labels, phrase), append(ids, o.ID)
		}
	}
	if i, ok := answer.MatchLabel(text, labels); ok {
		return ids[i], true
	}
	return "", false
}

// nearly finds the option of a typo, or of a short sentence that names exactly
// one option; not where the flow reads text itself.
func (v *Voice) nearly(q flow.Question, text string) (string, bool) {
	if q.Field != nil && q.Field.Parse != nil || !picks(q) || several(q) {
		return "", false
	}
	if id, ok := v.one(q, text); ok {
		return id, true
	}
	if id, ok := v.part(q, text); ok {
		return id, true
	}
	return v.within(q, text)
}

// about are words that say nothing about which document is meant.
var about = []string{"ini", "itu", "foto", "fotonya", "untuk", "yang", "yg", "gambar", "saya", "sa", "sy", "pak", "bu", "mi", "ji"}

// part finds the one document that a piece of its title names: "ktp", "ini nibku".
func (v *Voice) part(q flow.Question, text string) (string, bool) {
	if q.Kind != flow.KindWhich && q.Kind != flow.KindChecklist {
		return "", false
	}
	words := slices.DeleteFunc(strings.Fields(bare(fold(text))), func(w string) bool { return slices.Contains(about, w) })
	if len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(denials, w) }) {
		return "", false
	}
	found := ""
	for _, o := range q.Options {
		title := strings.Fields(fold(v.Label(o.Label)))
		all := !slices.ContainsFunc(words, func(w string) bool {
			return !slices.Contains(title, w) && !slices.Contains(title, strings.TrimSuffix(strings.TrimSuffix(w, "ku"), "nya"))
		})
		if all && found != "" {
			return "", false
		}
		if all {
			found = o.ID
		}
	}
	return found, found != ""
}

var denials = []string{"tidak", "tdk", "bukan", "jangan", "belum", "nda", "ndak", "gak", "nggak", "kecuali"}

func (v *Voice) within(q flow.Question, text string) (string, bool) {
	words := strings.Fields(fold(text))
	if len(words) > 8 || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(denials, w) }) {
		return "", false
	}
	sentence := " " + strings.Join(words, " ") + " "
	found := ""
	for _, o := range q.Options {
		for _, phrase := range v.phrases(o) {
			if len(phrase) < 3 || !strings.Contains(sentence, " "+fold(phrase)+" ") {
				continue
			}
			if found != "" && found != o.ID {
				return "", false
			}
			found = o.ID
		}
	}
	return found, found != ""
}
