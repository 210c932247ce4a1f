package redis

import (
	"context"
	"fmt"

	goredis "github.com/redis/go-redis/v9"

	"titian/storage"
)

// call is a script on its way: its keys are all of one shard.
type call struct {
	keys []string
	args []any
}

// verdicts are what scripts answer, besides "ok".
var verdicts = map[string]error{
	"conflict": storage.ErrConflict,
	"marked":   storage.ErrMarked,
	"missing":  storage.ErrMissing,
	"queued":   storage.ErrQueued,
}

// decide runs a script that answers with a verdict.
func (s *Store) decide(ctx context.Context, doing string, script *goredis.Script, c call) error {
	said, err := s.verdict(ctx, script, c)
	if err != nil {
		return down(doing, err)
	}
	if said == "ok" {
		return nil
	}
	verdict, known := verdicts[said]
	if !known {
		return fmt.Errorf("%s: %w: unknown verdict", doing, storage.ErrDown)
	}
	return fmt.Errorf("%s: %w", doing, verdict)
}

// all runs a script many times in one pipeline. The error is the first one met; calls without it were carried out.
func (s *Store) all(ctx context.Context, script *goredis.Script, calls []call) ([]*goredis.Cmd, error) {
	done := make([]*goredis.Cmd, len(calls))
	pipe := s.client.Pipeline()
	for i, c := range calls {
		done[i] = script.EvalSha(ctx, pipe, c.keys, c.args...)
	}
	_, first := pipe.Exec(ctx)
	if first == nil {
		return done, nil
	}
	return done, s.teach(ctx, script, calls, done, first)
}

// teach repeats with its text what a server did not know by its hash.
func (s *Store) teach(ctx context.Context, script *goredis.Script, calls []call, done []*goredis.Cmd, first error) error {
	pipe := s.client.Pipeline()
	var failed error
	for i, c := range calls {
		err := done[i].Err()
		switch {
		case err == nil:
		case goredis.HasErrorPrefix(err, "NOSCRIPT"):
			done[i] = script.Eval(ctx, pipe, c.keys, c.args...)
		case failed == nil:
			failed = err
		}
	}
	if pipe.Len() == 0 {
		if failed == nil {
			failed = first
		}
		return failed
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	return failed
}

// clock is Lua: the time of Redis in milliseconds.
const clock = `
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
local function lease(ms) return string.format('%.0f', now() + ms) end
`

// shape is Lua: what the scripts over a whole record share. Of the owed pairs that begin at ARGV[10], the first
// ARGV[9] are this turn's.
const shape = clock + `
local record, owing = KEYS[1], KEYS[2]
local seq, newest, seen, state = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local deleted, contact, leaseMS, flag, fresh = ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8], tonumber(ARGV[9])

local function last(ids) return string.match(ids or '', '[^\n]*$') end
local function has(ids, id) return string.find('\n' .. (ids or '') .. '\n', '\n' .. id .. '\n', 1, true) end

local function put(owed)
  local f = {'seq', ARGV[1], 'seen', seen, 'state', state}
  if deleted == '1' then
    f[#f + 1] = 'del'
    f[#f + 1] = '1'
  end
  for i = 0, owed - 1 do
    f[#f + 1] = 'o:' .. ARGV[10 + 2 * i]
    f[#f + 1] = ARGV[11 + 2 * i]
  end
  redis.call('HSET', record, unpack(f))
  if owed > 0 then redis.call('ZADD', owing, lease(leaseMS), contact) end
end

-- replace writes over a record that is behind: replies it still owes stay owed, unless the contact was deleted.
local function replace(owed)
  if deleted == '1' then
    local inbox = redis.call('HGET', record, 'in')
    redis.call('DEL', record)
    redis.call('ZREM', owing, contact)
    if inbox then redis.call('HSET', record, 'in', inbox) end
  else
    redis.call('HDEL', record, 'mark', 'del')
  end
  put(owed)
end
`
