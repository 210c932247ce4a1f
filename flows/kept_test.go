package flows_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"titian/flows"
	"titian/flows/flow"
)

var now = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// kept is a state as a release stored it, and what was on the table then.
type kept struct {
	Question string          `json:"question"`
	Answers  int             `json:"answers"`
	State    json.RawMessage `json:"state"`
}

func TestStatesOfEveryReleaseLoadForEver(t *testing.T) {
	paths, _ := filepath.Glob("testdata/states/*.json")
	flows := map[string]int{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var k kept
		if err := json.Unmarshal(raw, &k); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		var head struct{ Flow string }
		_ = json.Unmarshal(k.State, &head)
		f := book(t).Find(head.Flow)
		if f == nil {
			t.Fatalf("%s: there is no flow %q any more", path, head.Flow)
		}
		flows[f.Name]++
		s, err := f.Load(k.State)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if q := f.Table(s, now); q.ID != k.Question || len(s.Answers) != k.Answers {
			t.Errorf("%s: on the table is %s with %d answers, want %s with %d", path, q.ID, len(s.Answers), k.Question, k.Answers)
		}
	}
	for _, f := range book(t).All() {
		if flows[f.Name] == 0 {
			t.Errorf("no state of %s is kept", f.Name)
		}
	}
}

// TestANewVersionKeepsAStateOfItsOwn writes, with -update, the state of a version
// that has none yet; one that is kept is never written again.
func TestANewVersionKeepsAStateOfItsOwn(t *testing.T) {
	for _, f := range book(t).All() {
		path := filepath.Join("testdata/states", fmt.Sprintf("%s.%d.json", f.Name, f.Version))
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if !*update {
			t.Errorf("no state of %s version %d is kept: run with -update", f.Name, f.Version)
			continue
		}
		s := midway(f)
		state, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		out, _ := json.Marshal(kept{Question: f.Table(s, now).ID, Answers: len(s.Answers), State: state})
		var indented bytes.Buffer
		_ = json.Indent(&indented, out, "", " ")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(indented.Bytes(), '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// midway is a conversation in its middle, with all a state can hold: answers,
// skips, files, ticks, an answer taken back, misses.
func midway(f *flow.Flow) flow.State {
	var facts map[string]string
	if all := flows.Starts(f); len(all) > 0 {
		facts = all[len(all)-1]
	}
	s := f.Start("run", facts, nil, now).State
	inputs := []flow.Input{{Option: "o2"}, {Text: "0000"}}
	if f.Name == "registration" {
		inputs = []flow.Input{
			{Text: "setuju"}, {Text: "Contoh Satu"}, {Text: "7471051203850001"}, {Text: "0812-0000-0001"}, {Text: "Dapur Contoh"},
			{Option: "food"}, {Text: "abon ikan, stik ikan"}, {Text: "lepo-lepo"}, {Text: "Jl. Contoh No. 1"},
			{Place: &flow.Point{Lat: -4, Lon: 122.5}}, {Text: "berdua"}, {Word: flow.Skip}, {Option: "yes"}, {Text: "0000000000017"},
			{Option: "pirt,npwp"}, {Files: []flow.FileAnswer{{ID: "foto1", MIME: "image/jpeg", SizeBytes: 1000, SHA256: "00"}}},
			{Word: flow.Back}, {Word: flow.Back}, {Option: "halal", Run: "run", Key: "permits"}, {Text: "entah"},
		}
	}
	if f.Name == "halal" {
		photo := func(id string) flow.Input {
			return flow.Input{Files: []flow.FileAnswer{{ID: id, MIME: "image/jpeg", SizeBytes: 1000, SHA256: id}}}
		}
		s = f.Start("run", flows.Starts(f)[0], nil, now).State
		inputs = []flow.Input{
			{Option: "abon"}, {Option: "yes"}, {Option: "micro"}, {Option: "none"}, {Option: "no"}, {Text: "7471051203850001"},
			{Text: "0000000000017"}, {Word: flow.Skip}, {Option: "self"}, {Option: "own"}, {Option: "same"},
			{Text: "ikan, bawang merah, minyak goreng, rumput laut"}, {Text: "Cap Contoh"}, {Option: "done"}, {Option: "sabun_cuci"}, {Option: "plastik"},
			photo("foto1"), {Option: "bulk"}, {Option: "business"}, {Text: "abon setan"}, {Option: "change"}, {Text: "abon ikan"}, photo("foto2"),
			{Option: "all"}, {Option: "done"}, {Option: "same"}, photo("foto3"), {Text: "entah"},
		}
	}
	for i, in := range inputs {
		in.ID, in.Ref, in.At = fmt.Sprint("id", i), fmt.Sprint("ref", i), now
		if turn := f.Advance(s, in, now); !turn.Done {
			s = turn.State
		}
	}
	return s
}
