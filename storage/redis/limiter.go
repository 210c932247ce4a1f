package redis

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/go-redis/redis_rate/v10"
	goredis "github.com/redis/go-redis/v9"
)

// Limiter is a pace (GCRA) that all replicas on one Redis keep together.
type Limiter struct {
	rate    *redis_rate.Limiter
	client  goredis.UniversalClient
	replica string // who asks, by chance
}

// clockStep is by how much a pace may be ahead before it counts as kept by a clock that went back since.
const clockStep = 30 * time.Second

// limitPrefix makes keys "rate:titian:…": the library puts its own word first.
const limitPrefix = "titian:"

// Limiter returns the shared pace, for one replica.
func (s *Store) Limiter() *Limiter {
	return &Limiter{redis_rate.NewLimiter(s.client), s.client, rand.Text()}
}

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
	if r.RetryAfter > spacing+clockStep { // Redis's clock went back
		if err := l.rate.Reset(ctx, limitPrefix+key); err != nil {
			return 0, down("forget a pace", err)
		}
		return time.Millisecond, nil
	}
	return max(r.RetryAfter, time.Millisecond), nil
}

// Grant hands out most turns of what the key names, perSecond of them and evenly spaced, says how long it is until the first of
// them, and among how many replicas, this one too, turns were handed out of late. Whoever asks next gets the turns behind these.
// The key stands in Redis in clear.
func (l *Limiter) Grant(ctx context.Context, key string, perSecond float64, most int) (wait time.Duration, sharing int, err error) {
	said, err := grant.Run(ctx, l.client, []string{"rate:" + limitPrefix + "granted:" + key},
		1e6/perSecond, most, clockStep.Microseconds(), l.replica, sharesFor.Microseconds()).Int64Slice()
	if err != nil {
		return 0, 0, down("ask for turns of the shared pace", err)
	}
	return time.Duration(said[0]) * time.Microsecond, int(said[1]), nil
}

// sharesFor is how long a replica that asked for turns counts as one of those that share them.
const sharesFor = 2 * time.Second

// grant keeps when the next turn is free and when each replica asked last, in microseconds of Redis's clock. A turn that nobody took
// when it came is lost: it never makes a burst. Nobody waits for what was written down before the clock went back.
var grant = goredis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local free, sharing = now, 1
local kept = redis.call('HGETALL', KEYS[1])
for i = 1, #kept, 2 do
	local at = tonumber(kept[i + 1])
	if kept[i] == 'free' then
		free = math.max(now, at)
	elseif kept[i] ~= ARGV[4] then
		if math.abs(now - at) < tonumber(ARGV[5]) then
			sharing = sharing + 1
		else
			redis.call('HDEL', KEYS[1], kept[i])
		end
	end
end
if free - now > ARGV[1] * ARGV[2] * 16 + ARGV[3] then free = now end
local after = free + ARGV[1] * ARGV[2]
redis.call('HSET', KEYS[1], 'free', string.format('%.0f', after), ARGV[4], string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((after - now + ARGV[5]) / 1000) + 1000)
return {free - now, sharing}`)
