package redis

import (
	"context"
	"fmt"
	"math/rand/v2"

	goredis "github.com/redis/go-redis/v9"

	"titian/storage"
)

var trimScript = goredis.NewScript(`
for i = 2, #ARGV do redis.call('HDEL', KEYS[1], 'o:' .. ARGV[i]) end
for _, f in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(f, 1, 2) == 'o:' then return 'ok' end
end
redis.call('ZREM', KEYS[2], ARGV[1])
return 'ok'
`)

// Trim takes replies off their records, in one round trip. A contact that owes nothing more, even with no ids given, leaves the owing set.
func (s *Store) Trim(ctx context.Context, sent []storage.Sent) error {
	calls := make([]call, len(sent))
	for i, one := range sent {
		args := []any{string(one.Contact)}
		for _, id := range one.IDs {
			args = append(args, id)
		}
		calls[i] = call{keys: keysOf(one.Contact), args: args}
	}
	if len(calls) == 0 {
		return nil
	}
	if _, err := s.all(ctx, trimScript, calls); err != nil {
		return down(fmt.Sprintf("trim the replies of %d contacts", len(sent)), err)
	}
	return nil
}

var renewScript = goredis.NewScript(clock + `
local till = lease(tonumber(ARGV[1]))
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', till, ARGV[i]) end
return 'ok'
`)

// Renew extends the leases of contacts that still owe replies, in one round trip.
func (s *Store) Renew(ctx context.Context, contacts []storage.ContactID) error {
	byShard := map[int]int{}
	var calls []call
	for _, c := range contacts {
		shard := shardOf(c)
		at, found := byShard[shard]
		if !found {
			at = len(calls)
			byShard[shard] = at
			calls = append(calls, call{keys: []string{owedKey(shard)}, args: []any{s.lease.Milliseconds()}})
		}
		calls[at].args = append(calls[at].args, string(c))
	}
	if len(calls) == 0 {
		return nil
	}
	if _, err := s.all(ctx, renewScript, calls); err != nil {
		return down(fmt.Sprintf("renew the leases of %d contacts", len(contacts)), err)
	}
	return nil
}

var lapsedScript = goredis.NewScript(clock + `
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now()), 'LIMIT', 0, ARGV[2])
local till = lease(tonumber(ARGV[1]))
for _, contact in ipairs(due) do redis.call('ZADD', KEYS[1], 'XX', till, contact) end
return due
`)

// lapsedStep is how many shards are asked for lapsed leases in one round trip.
const lapsedStep = 128

// Lapsed leases to the caller contacts whose sender fell silent, at most limit of them. Each goes to one caller. When nobody
// owes a reply it costs one round trip of plain counts.
func (s *Store) Lapsed(ctx context.Context, limit int) ([]storage.ContactID, error) {
	owing, err := s.owingShards(ctx)
	if err != nil {
		return nil, err
	}
	rand.Shuffle(len(owing), func(i, j int) { owing[i], owing[j] = owing[j], owing[i] })
	var taken []storage.ContactID
	for len(owing) > 0 && len(taken) < limit {
		step := min(lapsedStep, len(owing), limit-len(taken))
		some, err := s.lapsedIn(ctx, owing[:step], (limit-len(taken))/step)
		taken = append(taken, some...)
		if err != nil {
			return taken, err
		}
		owing = owing[step:]
	}
	return taken, nil
}

func (s *Store) owingShards(ctx context.Context) ([]int, error) {
	pipe := s.client.Pipeline()
	counts := make([]*goredis.IntCmd, shards)
	for shard := range counts {
		counts[shard] = pipe.ZCard(ctx, owedKey(shard))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, down("count the contacts that owe replies", err)
	}
	var owing []int
	for shard, count := range counts {
		if count.Val() > 0 {
			owing = append(owing, shard)
		}
	}
	return owing, nil
}

// lapsedIn returns what was taken even beside an error: those leases are the caller's now.
func (s *Store) lapsedIn(ctx context.Context, some []int, each int) ([]storage.ContactID, error) {
	calls := make([]call, len(some))
	for i, shard := range some {
		calls[i] = call{keys: []string{owedKey(shard)}, args: []any{s.lease.Milliseconds(), each}}
	}
	done, err := s.all(ctx, lapsedScript, calls)
	var taken []storage.ContactID
	for _, cmd := range done {
		names, failed := cmd.StringSlice()
		if failed != nil {
			continue
		}
		for _, name := range names {
			taken = append(taken, storage.ContactID(name))
		}
	}
	if err != nil {
		return taken, down("take over lapsed replies", err)
	}
	return taken, nil
}
