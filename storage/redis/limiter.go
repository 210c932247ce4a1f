package redis

import (
	"context"
	"time"

	"github.com/go-redis/redis_rate/v10"
)

// Limiter is a pace (GCRA) that all replicas on one Redis keep together.
type Limiter struct{ rate *redis_rate.Limiter }

// limitPrefix makes keys "rate:titian:…": the library puts its own word first.
const limitPrefix = "titian:"

// Limiter returns the shared pace.
func (s *Store) Limiter() *Limiter { return &Limiter{rate: redis_rate.NewLimiter(s.client)} }

// Allow asks to do one more of what the key names, at most perSecond of them, evenly spaced. A wait of 0 means now; any
// other: not yet, ask again after it. 0 perSecond is no limit. The key stands in Redis in clear: it must name nobody.
func (l *Limiter) Allow(ctx context.Context, key string, perSecond float64) (time.Duration, error) {
	if perSecond <= 0 {
		return 0, nil
	}
	spacing := time.Duration(float64(time.Second) / perSecond)
	r, err := l.rate.Allow(ctx, limitPrefix+key, redis_rate.Limit{Rate: 1, Burst: 1, Period: spacing})
	if err != nil {
		return 0, down("ask for the shared pace", err)
	}
	if r.Allowed > 0 {
		return 0, nil
	}
	return max(r.RetryAfter, time.Millisecond), nil
}
