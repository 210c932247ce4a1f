package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

// RandomWalk holds n conversations in which people answer rightly and wrongly,
// go back, press old buttons, edit messages and send albums. The state is
// stored and loaded between any two messages. The same seed holds the same
// conversations. It returns the first broken promise of the engine, with the
// conversation that broke it.
func RandomWalk(f *Flow, seed uint64, n int, o WalkOptions) error {
	w := newWalker(f, o)
	facts := w.facts()
	var (
		wait  sync.WaitGroup
		mu    sync.Mutex
		first = n
		err   error
	)
	workers := runtime.GOMAXPROCS(0)
	for worker := range workers {
		wait.Go(func() {
			for i := worker; i < n; i += workers {
				r := &rambler{flow: f, now: w.now, turns: w.turns, rand: rand.New(rand.NewPCG(seed, uint64(i))), files: map[string]bool{}}
				if broken := r.hold(facts[i%len(facts)]); broken != nil {
					mu.Lock()
					if i < first {
						first, err = i, fmt.Errorf("conversation %d of seed %d of %s: %w", i, seed, f.Name, broken)
					}
					mu.Unlock()
					return
				}
			}
		})
	}
	wait.Wait()
	return err
}

// rambler is one random conversation.
type rambler struct {
	flow  *Flow
	now   time.Time
	turns int
	rand  *rand.Rand
	turn  Turn
	raw   []byte // the state as it is stored
	said  int    // messages so far
	refs  []string
	album int
	files map[string]bool // taken in and not dropped
	trail []heard
}

// heard is one message, and the question it came to.
type heard struct {
	at string
	in Input
}

// hold talks at random for a while, then answers until the end.
func (r *rambler) hold(facts map[string]string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
		if err != nil {
			err = fmt.Errorf("%w\n%s\nstate %s", err, r.story(), r.raw)
		}
	}()
	if err := r.take(r.flow.Start(fmt.Sprint("run", r.rand.IntN(9)), facts, nil, r.now), Input{}); err != nil {
		return err
	}
	for range 8 + r.rand.IntN(24) {
		if r.turn.Done {
			return nil
		}
		if err := r.hear(r.next()); err != nil {
			return err
		}
	}
	return r.finish()
}

func (r *rambler) story() string {
	var out bytes.Buffer
	for _, line := range r.trail {
		fmt.Fprintf(&out, "  at %s: %+v\n", line.at, line.in)
	}
	return out.String()
}

// finish proves that from anywhere the conversation can be brought to its end.
func (r *rambler) finish() error {
	for range r.turns {
		q := r.turn.Question
		if r.turn.Done {
			return nil
		}
		trials := answers(q, r.file)
		if q.Kind == KindPick {
			trials = []trial{{in: Input{Word: Back}}}
		}
		if len(trials) == 0 {
			return fmt.Errorf("dead end at %s: it has no options and no Samples", q.ID)
		}
		if err := r.hear(trials[0].in); err != nil {
			return err
		}
	}
	return fmt.Errorf("the conversation does not end: it is at %s", r.turn.Question.ID)
}

// hear gives one message to the state as it was stored.
func (r *rambler) hear(in Input) error {
	r.said++
	if in.Ref == "" && in.Edits == "" {
		in.Ref = fmt.Sprint("ref", r.said)
	}
	in.ID = fmt.Sprint("id", r.said)
	r.refs = append(r.refs, in.Ref)
	r.trail = append(r.trail, heard{r.turn.Question.ID, in})
	s, err := r.flow.Load(r.raw)
	if err != nil {
		return err
	}
	before, stored := r.turn, r.raw
	turn := r.flow.Advance(s, in, r.now)
	if err := r.take(turn, in); err != nil {
		return err
	}
	if r.rand.IntN(16) == 0 {
		return r.again(s, stored, in)
	}
	return r.promises(before, in)
}

// again: a try may be repeated with the same state, and comes to the same.
func (r *rambler) again(s State, stored []byte, in Input) error {
	if after, _ := json.Marshal(s); !bytes.Equal(after, stored) {
		return fmt.Errorf("the caller's state was changed to %s", after)
	}
	if after, _ := json.Marshal(r.flow.Advance(s, in, r.now).State); !bytes.Equal(after, r.raw) {
		return fmt.Errorf("a second try came to another state: %s", after)
	}
	return nil
}

// take stores what a turn came to, and holds it against what always is so.
func (r *rambler) take(turn Turn, in Input) (err error) {
	r.turn = turn
	if r.raw, err = json.Marshal(turn.State); err != nil {
		return err
	}
	for _, file := range turn.KeptFiles {
		r.files[file.ID] = true
	}
	for _, file := range in.Files {
		r.files[file.ID] = true
	}
	for _, file := range turn.DroppedFiles {
		if !r.files[file.ID] {
			return fmt.Errorf("file %s was given up twice, or never taken", file.ID)
		}
		delete(r.files, file.ID)
	}
	return r.invariants()
}
