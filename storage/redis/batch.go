package redis

import (
	"context"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

const (
	batchesAtOnce = 2               // under way at a time
	batchMost     = 64              // calls in one
	batchPatience = 5 * time.Second // for one, whoever asked
)

// batches gathers the calls of conversations that are answered side by side: what is asked for while others are under
// way goes in one round trip after them. Alone, a call goes at once.
type batches struct {
	mu      sync.Mutex
	waiting []*errand
	flying  int
}

// errand is one call that waits for its verdict.
type errand struct {
	script *goredis.Script
	call   call
	said   *goredis.Cmd
	turn   chan []*errand // the batch that whoever waits shall carry over, this call in front; nil: said is there
}

// verdict carries out a script and gives what it said. When ctx ends it is not waited for; the script may still run.
// Nothing is asked for once ctx has ended.
func (s *Store) verdict(ctx context.Context, script *goredis.Script, c call) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	e := &errand{script: script, call: c, turn: make(chan []*errand, 1)}
	s.batches.join(e)
	select {
	case batch := <-e.turn:
		s.carry(ctx, batch)
		return e.said.Text()
	case <-ctx.Done():
		go func() { s.carry(context.WithoutCancel(ctx), <-e.turn) }() // others may wait for it
		return "", ctx.Err()
	}
}

func (b *batches) join(e *errand) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, e)
	if b.flying < batchesAtOnce {
		b.flying++
		b.next()
	}
}

// next lets the one who waits longest carry over what waits. Called with mu held.
func (b *batches) next() {
	n := min(len(b.waiting), batchMost)
	if n == 0 {
		b.flying--
		return
	}
	batch := append([]*errand(nil), b.waiting[:n]...)
	b.waiting = append(b.waiting[:0], b.waiting[n:]...)
	batch[0].turn <- batch
}

// carry takes a batch over in one round trip and tells those who wait. An empty one is nothing to do.
func (s *Store) carry(ctx context.Context, batch []*errand) {
	if len(batch) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), batchPatience)
	defer cancel()
	if len(batch) == 1 {
		batch[0].said = batch[0].script.Run(ctx, s.client, batch[0].call.keys, batch[0].call.args...)
	} else {
		s.pipe(ctx, batch)
	}
	s.batches.mu.Lock()
	s.batches.next()
	s.batches.mu.Unlock()
	for _, e := range batch[1:] {
		e.turn <- nil
	}
}

// pipe runs the scripts of a batch. One whose text a server does not know by its hash is sent again with it.
func (s *Store) pipe(ctx context.Context, batch []*errand) {
	pipe := s.client.Pipeline()
	for _, e := range batch {
		e.said = e.script.EvalSha(ctx, pipe, e.call.keys, e.call.args...)
	}
	_, _ = pipe.Exec(ctx) // each has an error of its own
	again := s.client.Pipeline()
	for _, e := range batch {
		if goredis.HasErrorPrefix(e.said.Err(), "NOSCRIPT") {
			e.said = e.script.Eval(ctx, again, e.call.keys, e.call.args...)
		}
	}
	if again.Len() > 0 {
		_, _ = again.Exec(ctx)
	}
}
