package delivery

import (
	"context"
	"slices"
	"sync"
)

// gate lets a number of sends through at a time, the lowest class first and in order within a class. Unasked messages
// pass only while more than spare places are free, so that a reply never waits for them.
type gate struct {
	mu      sync.Mutex
	free    int
	spare   int
	waiting [Broadcast - reply + 1][]chan struct{} // by class, replies first
}

func newGate(places, spare int) *gate { return &gate{free: places, spare: spare} }

// enter waits for a place; leave gives it back. The error is the context's.
func (g *gate) enter(ctx context.Context, c Class) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	turn := make(chan struct{})
	line := &g.waiting[c-reply]
	g.mu.Lock()
	*line = append(*line, turn)
	g.admit()
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := slices.Index(*line, turn); at >= 0 {
		*line = slices.Delete(*line, at, at+1)
	} else {
		g.free++
		g.admit()
	}
	return ctx.Err()
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.free++
	g.admit()
}

func (g *gate) admit() {
	kept := 0
	for i := range g.waiting {
		for line := &g.waiting[i]; len(*line) > 0; {
			if g.free <= kept {
				return
			}
			g.free--
			close((*line)[0])
			*line = (*line)[1:]
		}
		kept = g.spare
	}
}
