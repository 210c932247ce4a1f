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
	waiting [Broadcast + 1][]chan struct{}
}

func newGate(places, spare int) *gate { return &gate{free: places, spare: spare} }

// enter waits for a place; leave gives it back. The error is the context's.
func (g *gate) enter(ctx context.Context, c Class) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	turn := make(chan struct{})
	g.mu.Lock()
	g.waiting[c] = append(g.waiting[c], turn)
	g.admit()
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := slices.Index(g.waiting[c], turn); at >= 0 {
		g.waiting[c] = slices.Delete(g.waiting[c], at, at+1)
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
	for c := range g.waiting {
		kept := 0
		if Class(c) != reply {
			kept = g.spare
		}
		for len(g.waiting[c]) > 0 {
			if g.free <= kept {
				return
			}
			g.free--
			close(g.waiting[c][0])
			g.waiting[c] = g.waiting[c][1:]
		}
	}
}
