package bot

import (
	"context"
	"sync"
	"time"
)

// aloneFor is how long a suspect letter may keep the other suspects waiting.
const aloneFor = time.Second

// countAlone counts a suspect letter that is about to be tried, one at a time:
// a process that dies then blames the letter it died on, and not all it had in
// hand. The next suspect comes after leave, or after aloneFor. A nil leave
// without an error: the letter was parked.
func (b *Bot) countAlone(ctx context.Context, l *letter) (leave func(), err error) {
	select {
	case b.suspects <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done := sync.OnceFunc(func() { <-b.suspects })
	if parked, err := b.count(ctx, l); parked || err != nil {
		done()
		return nil, err
	}
	late := time.AfterFunc(aloneFor, done)
	return func() { late.Stop(); done() }, nil
}
