package dialogue

import (
	"strings"

	"titian/bot/chat"
	"titian/flows/flow"
)

// Script collects what one turn says. It becomes one message, because every
// message costs a person on a bad connection time.
type Script struct {
	voice *Voice
	args  map[string]string // for every text of the turn
	parts []string
	asked chat.Outgoing
}

// Script begins a turn; args fill the placeholders of all its texts.
func (v *Voice) Script(args map[string]string) *Script {
	return &Script{voice: v, args: args}
}

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
	lines = append(lines, s.voice.Text(q.Key, args))
	lines = append(lines, s.voice.hints(flowName, q)...)
	s.add(strings.Join(lines, "\n"))
	s.asked = chat.Outgoing{Choices: s.voice.choices(q), Shortcuts: s.voice.shortcuts(q)}
	if q.Request != "" && s.voice.Has(q.Key+".share") {
		s.asked.Request = chat.Request(q.Request)
		s.asked.Label = s.voice.Text(q.Key+".share", nil)
	}
}

func (v *Voice) hints(flowName string, q flow.Question) []string {
	var lines []string
	if len(q.Was) > 0 {
		lines = append(lines, v.Text("flow.was", map[string]string{"was": v.labels(q.Was)}))
	}
	if q.Field != nil && q.Field.Kind == flow.Several {
		if picked := v.picked(q); picked != "" {
			lines = append(lines, v.Text("flow.picked", map[string]string{"picked": picked}))
		}
		lines = append(lines, v.Text("flow.hint_numbers", nil))
	}
	if len(q.Missing) > 0 && q.Kind == flow.KindReview {
		lines = append(lines, v.Text("flow.still_missing", map[string]string{"missing": v.Names(flowName, q.Missing)}))
	}
	if q.Skippable {
		lines = append(lines, v.Text("flow.hint_skip", nil))
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

// Rows is a summary, a line an answer.
func (v *Voice) Rows(rows []flow.Row) string {
	lines := make([]string, len(rows))
	for i, r := range rows {
		value := v.labels(r.Value)
		if value == "" {
			value = v.Text("flow.open", nil)
		}
		lines[i] = "• " + v.Label(r.Label) + ": " + value
	}
	return strings.Join(lines, "\n")
}

// Out is the turn's message; none when nothing was said.
func (s *Script) Out() []chat.Outgoing {
	if s.Empty() {
		return nil
	}
	m := s.asked
	m.Text = strings.Join(s.parts, "\n\n")
	return []chat.Outgoing{m}
}
