package flow_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"titian/flows/flow"
)

// talk is one conversation of a test. The state is stored and loaded between
// any two messages.
type talk struct {
	t    *testing.T
	flow *flow.Flow
	turn flow.Turn
	now  time.Time
	n    int
}

func start(t *testing.T, f *flow.Flow) *talk { return startWith(t, f, nil, nil) }

func startWith(t *testing.T, f *flow.Flow, facts, answers map[string]string) *talk {
	return &talk{t: t, flow: f, now: now, turn: f.Start("r1", facts, answers, now)}
}

// hear gives one message; without an ID it gets the next number, "m1", "m2" ….
func (k *talk) hear(in flow.Input) *talk {
	k.t.Helper()
	k.n++
	if in.Ref == "" {
		in.Ref = fmt.Sprint("m", k.n)
	}
	raw, err := json.Marshal(k.turn.State)
	if err != nil {
		k.t.Fatal(err)
	}
	s, err := k.flow.Load(raw)
	if err != nil {
		k.t.Fatal(err)
	}
	k.turn = k.flow.Advance(s, in, k.now)
	if after, _ := json.Marshal(s); string(after) != string(raw) {
		k.t.Fatalf("the caller's state was changed:\n%s\n%s", raw, after)
	}
	return k
}

func (k *talk) types(texts ...string) *talk {
	k.t.Helper()
	for _, text := range texts {
		k.hear(flow.Input{Text: text})
	}
	return k
}

// chooses names options as a typed number or label does.
func (k *talk) chooses(options ...string) *talk {
	k.t.Helper()
	for _, o := range options {
		k.hear(flow.Input{Option: o})
	}
	return k
}

// taps presses buttons of the question on the table.
func (k *talk) taps(options ...string) *talk {
	k.t.Helper()
	for _, o := range options {
		k.hear(flow.Input{Option: o, Run: "r1", Key: k.turn.Question.ID})
	}
	return k
}

func (k *talk) says(w flow.Word) *talk { k.t.Helper(); return k.hear(flow.Input{Word: w}) }

func (k *talk) sends(ids ...string) *talk {
	k.t.Helper()
	for _, id := range ids {
		k.hear(flow.Input{Files: []flow.FileAnswer{{ID: id, MIME: "image/jpeg", SizeBytes: 9}}})
	}
	return k
}

// asks fails unless this question is on the table.
func (k *talk) asks(id string) *talk {
	k.t.Helper()
	if q := k.turn.Question; q.ID != id || k.turn.Done {
		k.t.Fatalf("on the table: %s (done %v), want %s", q.ID, k.turn.Done, id)
	}
	return k
}

// hears fails unless the bot said exactly these keys.
func (k *talk) hears(keys ...string) *talk {
	k.t.Helper()
	var said []string
	for _, s := range k.turn.Says {
		said = append(said, s.Key)
	}
	if !slices.Equal(said, keys) {
		k.t.Fatalf("said\n  %s\nwant\n  %s", strings.Join(said, "\n  "), strings.Join(keys, "\n  "))
	}
	return k
}

func (k *talk) value(id string) string { return k.turn.State.Answers[id].Value }

func (k *talk) has(id, value string) *talk {
	k.t.Helper()
	if got := k.value(id); got != value {
		k.t.Fatalf("%s is %q, want %q", id, got, value)
	}
	return k
}

func (k *talk) ends(key string) *talk {
	k.t.Helper()
	if !k.turn.Done || k.turn.End != key {
		k.t.Fatalf("done %v with %q, want %q", k.turn.Done, k.turn.End, key)
	}
	return k
}

// dropped fails unless exactly these files were given up.
func (k *talk) dropped(ids ...string) *talk {
	k.t.Helper()
	var got []string
	for _, f := range k.turn.DroppedFiles {
		got = append(got, f.ID)
	}
	slices.Sort(got)
	if !slices.Equal(got, ids) {
		k.t.Fatalf("dropped %v, want %v", got, ids)
	}
	return k
}

func (k *talk) options() []string {
	var ids []string
	for _, o := range k.turn.Question.Options {
		ids = append(ids, o.ID)
	}
	return ids
}

func (k *talk) offers(ids ...string) *talk {
	k.t.Helper()
	if got := k.options(); !slices.Equal(got, ids) {
		k.t.Fatalf("offered %v, want %v", got, ids)
	}
	return k
}
