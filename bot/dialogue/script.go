package dialogue

import (
	"slices"
	"strings"

	"titian/bot/chat"
	"titian/flows/flow"
)

// Script collects what one turn says. It becomes one message, because every
// message costs a person on a bad connection time.
type Script struct {
	voice *Voice
	args  map[string]string // for every text of the turn
	// Vouched says that the network knows the number the person writes from.
	Vouched bool
	parts   []string
	asked   chat.Outgoing
	last    lines
	file    *chat.Attachment
}

// lines says whose the choices below a turn's words are.
type lines int

const (
	nobodys lines = iota
	aCards
	aQuestions
)

// Carded says whether the last thing put was a card of the desk.
func (s *Script) Carded() bool { return s.last == aCards }

// Asked says whether it was a question of a flow.
func (s *Script) Asked() bool { return s.last == aQuestions }

// Script begins a turn; args fill the placeholders of all its texts.
func (v *Voice) Script(args map[string]string) *Script {
	return &Script{voice: v, args: args}
}

// Know adds what texts from here on may name.
func (s *Script) Know(args map[string]string) { s.args = s.with(args) }

// Clone is an independent copy.
func (s *Script) Clone() *Script {
	c := *s
	c.parts = append([]string(nil), s.parts...)
	return &c
}

// Empty says whether nothing was said.
func (s *Script) Empty() bool { return len(s.parts) == 0 }

// Say adds a sentence; an empty text says nothing.
func (s *Script) Say(key string, args map[string]string) {
	s.add(s.voice.Text(key, s.with(args)))
}

// Attach sends a file with the turn's words.
func (s *Script) Attach(file chat.Attachment) { s.file = &file }

// Desk adds a message of the staff side, with its buttons and its file.
func (s *Script) Desk(m chat.Outgoing) {
	s.add(m.Text)
	if m.Attachment != nil {
		s.file = m.Attachment
	}
	if len(m.Choices) > 0 {
		s.asked, s.last = chat.Outgoing{Choices: m.Choices}, aCards
	}
}

// Lines puts a part of the choices of the question that was asked.
func (s *Script) Lines(text string, choices []chat.Choice) {
	s.add(text)
	s.asked, s.last = chat.Outgoing{Choices: choices}, aQuestions
}

// Tell adds words that were chosen elsewhere.
func (s *Script) Tell(text string) { s.add(text) }

func (s *Script) add(text string) {
	if text != "" {
		s.parts = append(s.parts, text)
	}
}

func (s *Script) with(args map[string]string) map[string]string {
	if len(s.args) == 0 {
		return args
	}
	all := make(map[string]string, len(args)+len(s.args))
	for k, x := range s.args {
		all[k] = x
	}
	for k, x := range args {
		all[k] = x
	}
	return all
}

// Flow adds what a flow said, in order.
func (s *Script) Flow(flowName string, says []flow.Say) {
	for _, say := range says {
		if say.Question != nil {
			s.Ask(flowName, *say.Question)
			continue
		}
		args := map[string]string{}
		for k, x := range say.Args {
			args[k] = x
		}
		if len(say.Value) > 0 {
			args["value"] = s.voice.labels(say.Value)
		}
		if len(say.Missing) > 0 {
			args["missing"] = s.voice.labels(say.Missing)
		}
		s.Say(say.Key, args)
	}
}

// Names lists what fields are called, by their ids.
func (v *Voice) Names(flowName string, ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = v.Name(flowName, id)
	}
	return strings.Join(names, ", ")
}

// Ask adds a question with its choices. The last question of a turn counts.
func (s *Script) Ask(flowName string, q flow.Question) {
	if q.Done {
		return
	}
	var lines []string
	if q.Step > 0 && q.Of > 3 {
		lines = append(lines, s.voice.Text("flow.progress", steps(q)))
	}
	args := s.with(q.Args)
	if len(q.Rows) > 0 {
		args = s.with(map[string]string{"rows": s.voice.Rows(q.Rows)})
	}
	asked := s.voice.Text(s.voice.again(q), args)
	lines = append(append(lines, asked), s.voice.hints(flowName, q, asked)...)
	if s.Vouched && q.Request == string(chat.RequestContact) && s.voice.Has(q.Key+".vouched") {
		lines = append(lines, s.voice.Text(q.Key+".vouched", nil))
	}
	s.add(strings.Join(lines, "\n"))
	s.asked, s.last = chat.Outgoing{Choices: s.voice.Choices(q), Shortcuts: s.voice.shortcuts(q)}, aQuestions
	if q.Request != "" && s.voice.Has(q.Key+".share") {
		s.asked.Request = chat.Request(q.Request)
		s.asked.Label = s.voice.Text(q.Key+".share", nil)
	}
}

// again is the key of a question's words. One that was not understood is asked
// again in short, where it has short words.
func (v *Voice) again(q flow.Question) string {
	if q.Misses > 0 && v.Has(q.Key+".again") {
		return q.Key + ".again"
	}
	return q.Key
}

// hints tell what else may be answered; not what the question itself says already.
func (v *Voice) hints(flowName string, q flow.Question, asked string) []string {
	var lines []string
	if len(q.Was) > 0 {
		lines = append(lines, v.Text("flow.was", map[string]string{"was": v.labels(q.Was)}))
	}
	if several(q) {
		if picked := v.picked(q); picked != "" {
			lines = append(lines, v.Text("flow.picked", map[string]string{"picked": picked}))
		} else {
			lines = append(lines, v.Text("flow.hint_numbers", nil))
		}
	}
	if q.Kind == flow.KindReview {
		key, args := "flow.ready", map[string]string(nil)
		if len(q.Missing) > 0 {
			key, args = "flow.still_missing", map[string]string{"missing": v.Names(flowName, q.Missing)}
		}
		lines = append(lines, "", v.Text(key, args))
	}
	if q.Skippable && !choice(q) && !slices.ContainsFunc(v.texts.Also("flow.hint_skip"), func(w string) bool { return strings.Contains(asked, w) }) {
		key := "flow.hint_skip"
		if q.CanEnough {
			key = "flow.hint_enough"
		}
		lines = append(lines, v.Text(key, nil))
	}
	return lines
}

func (v *Voice) picked(q flow.Question) string {
	var names []string
	for _, o := range q.Options {
		if o.Picked {
			names = append(names, v.Label(o.Label))
		}
	}
	return strings.Join(names, ", ")
}

func steps(q flow.Question) map[string]string {
	return map[string]string{"step": itoa(q.Step), "of": itoa(q.Of)}
}

// Rows is a summary, a line an answer; what is open stands in one line below.
func (v *Voice) Rows(rows []flow.Row) string {
	var lines, open []string
	for _, r := range rows {
		value := v.labels(r.Value)
		if r.Field != nil && r.Field.Kind == flow.Place && value != "" {
			value = v.Text("flow.place", map[string]string{"place": value})
		}
		if value == "" {
			open = append(open, v.Label(r.Label))
			continue
		}
		lines = append(lines, "• "+v.Label(r.Label)+": "+value)
	}
	if len(open) > 0 {
		lines = append(lines, v.Text("flow.open", map[string]string{"open": strings.Join(open, ", ")}))
	}
	return strings.Join(lines, "\n")
}

// Out is the turn's message; none when nothing was said.
func (s *Script) Out() []chat.Outgoing {
	if s.Empty() {
		return nil
	}
	m := s.asked
	m.Attachment = s.file
	m.Text = strings.Join(s.parts, "\n\n")
	return []chat.Outgoing{m}
}
