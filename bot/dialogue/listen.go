package dialogue

import (
	"slices"
	"strings"

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

// phrases are an option's label, its parts where it explains itself in brackets
// ("Dapur Contoh (Contoh Satu)"), and its synonyms.
func (v *Voice) phrases(o flow.Offered) []string {
	label := v.Label(o.Label)
	list := []string{label}
	if name, rest, ok := strings.Cut(label, " ("); ok {
		list = append(list, name, strings.TrimSuffix(rest, ")"))
	}
	if o.Label.Key != "" {
		list = append(list, v.also(o.Label.Key)...)
	}
	return list
}

// fold makes two spellings of one label equal: case, punctuation and spaces.
func fold(text string) string {
	text = strings.ToLower(answer.NormaliseText(text))
	text = strings.Map(func(r rune) rune {
		switch r {
		case '.', ',', '!', '?', '"', '\'', ';', ':', '(', ')', '✅', '*':
			return -1
		case '-', '/':
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
