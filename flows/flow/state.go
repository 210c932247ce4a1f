package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// State is all that is kept of a conversation. It says what was answered, never
// where the person is. It is stored as JSON.
type State struct {
	Flow    string              `json:"flow"`
	Version int                 `json:"version"`
	Run     string              `json:"run"`
	Facts   map[string]string   `json:"facts,omitempty"`
	Answers map[string]Answer   `json:"answers,omitempty"`
	Was     map[string]Answer   `json:"was,omitempty"`     // answers taken back, until they are given anew
	Picked  map[string][]string `json:"picked,omitempty"`  // ticks of a Several that is not finished
	Misses  map[string]int      `json:"misses,omitempty"`  // failed tries at a question not yet answered
	Poor    map[string]int      `json:"poor,omitempty"`    // photos refused for how they look, by item
	Told    []string            `json:"told,omitempty"`    // Tells that were said
	Filed   []string            `json:"filed,omitempty"`   // ids of files that were filed before this run
	Held    []FileAnswer        `json:"held,omitempty"`    // files for a Checklist that did not say which item
	Enough  bool                `json:"enough,omitempty"`  // the person wants the summary; the rest stays open
	Wanted  string              `json:"wanted,omitempty"`  // what the person asked to answer or to change, out of turn
	Last    string              `json:"last,omitempty"`    // the question answered last
	Refused string              `json:"refused,omitempty"` // Ref of the last message, if it was refused
	Album   *Album              `json:"album,omitempty"`   // the album that is coming in
	Locked  string              `json:"locked,omitempty"`  // the question whose misses ended the conversation

	Suggested *Suggestion `json:"suggested,omitempty"`
}

// Answer is what a person gave: normalised text, and the message it came in.
type Answer struct {
	Value   string    `json:"v,omitempty"`
	Raw     string    `json:"raw,omitempty"` // what was typed, untouched
	At      time.Time `json:"at,omitzero"`
	ID      string    `json:"id,omitempty"`  // the message's id
	Ref     string    `json:"ref,omitempty"` // the network's name for the message
	Skipped bool      `json:"skipped,omitempty"`
	Own     bool      `json:"own,omitempty"`     // a number that the network knows to be the sender's
	Learned bool      `json:"learned,omitempty"` // nobody gave it here: see Learned

	// sound says that this process found Value valid, so that it need not be read on every look; see Field.Alone.
	sound bool
}

// Album is a set of files sent as one act.
type Album struct {
	ID      string `json:"id"`
	Key     string `json:"key"`               // the question it answers
	Refused bool   `json:"refused,omitempty"` // a file of it was refused, and said so
}

// Suggestion is what an unclear answer may have meant.
type Suggestion struct {
	Key   string   `json:"key"`
	Texts []string `json:"texts"`
}

// Load reads a stored state of this flow, of any released version. Answers
// under a renamed key move; answers to unknown questions are kept and do not count.
func (f *Flow) Load(raw []byte) (State, error) {
	var s State
	if err := json.Unmarshal(raw, &s); err != nil {
		return State{}, fmt.Errorf("load state of flow %s: %w", f.Name, err)
	}
	if s.Flow != f.Name {
		return State{}, fmt.Errorf("load state of flow %s: it is of flow %q", f.Name, s.Flow)
	}
	for old, new := range f.renamed {
		rename(s.Answers, old, new)
		rename(s.Was, old, new)
	}
	s.Version = f.Version
	return s, nil
}

// clone shares nothing that a turn may change.
func (s State) clone() State {
	s.Answers = clone(s.Answers)
	s.Was = clone(s.Was)
	s.Picked = clone(s.Picked)
	s.Misses = clone(s.Misses)
	s.Poor = clone(s.Poor)
	s.Told = slices.Clip(s.Told)
	s.Held = slices.Clip(s.Held)
	return s
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return maps.Clone(m)
}
