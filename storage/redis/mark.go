package redis

import (
	"context"
	"fmt"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"titian/storage"
)

var markScript = goredis.NewScript(`
local record, seq, message, inbox = KEYS[1], tonumber(ARGV[1]), ARGV[2], ARGV[3]
local r = redis.call('HMGET', record, 'seq', 'seen', 'mark', 'in')
local at = tonumber(r[1] or '')
if at == seq and r[3] == message then return 'ok' end
if r[4] and inbox ~= '1' then return 'queued' end
if r[3] then return 'marked' end
if not at and seq ~= 0 then return 'missing' end
if at and at ~= seq then return 'conflict' end
if string.find('\n' .. (r[2] or '') .. '\n', '\n' .. message .. '\n', 1, true) then return 'conflict' end
redis.call('HSET', record, 'seq', ARGV[1], 'mark', message)
return 'ok'
`)

// Mark announces that a message is about to cause a lasting result at seq + 1: until Settle or Void every other commit is
// refused. A contact without a record is marked at seq 0. The same mark may be set again. ErrConflict, ErrMarked, ErrMissing, ErrQueued.
func (s *Store) Mark(ctx context.Context, c storage.ContactID, seq int64, messageID string, fromInbox bool) error {
	doing := fmt.Sprintf("mark turn %s/%d", c, seq+1)
	if strings.Contains(messageID, "\n") {
		return fmt.Errorf("%s: %w", doing, errLineBreak)
	}
	return s.decide(ctx, doing, markScript, call{keys: keysOf(c)[:1], args: []any{seq, messageID, asFlag(fromInbox)}})
}

// A mark speaks of the turn after the stored seq, so it is gone once that turn is decided, whoever set it.
var settleScript = goredis.NewScript(shape + `
local r = redis.call('HMGET', record, 'seq', 'seen')
local at = tonumber(r[1] or '')
if at and at > seq then return 'ok' end
if at == seq then
  if last(r[2]) == newest then return 'ok' end
  return 'conflict'
end
if at == seq - 1 then replace(fresh) else replace((#ARGV - 9) / 2) end
return 'ok'
`)

// Settle brings the record to a turn that stands in Postgres and clears the mark. A record that is missing or further
// behind is written whole; one that is there already is left alone. ErrConflict: another message made this seq.
func (s *Store) Settle(ctx context.Context, rec storage.Record, messageID string) error {
	doing := fmt.Sprintf("settle turn %s/%d", rec.Contact, rec.Seq)
	c, err := s.arguments(rec, messageID, "")
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return s.decide(ctx, doing, settleScript, c)
}

var voidScript = goredis.NewScript(`
local record, seq, message = KEYS[1], tonumber(ARGV[1]), ARGV[2]
local r = redis.call('HMGET', record, 'seq', 'mark')
local at = tonumber(r[1] or '')
if not at and seq ~= 1 then return 'missing' end
if at and at >= seq then return 'ok' end
if at and at < seq - 1 then return 'conflict' end
if r[2] and r[2] ~= message then return 'marked' end
redis.call('HSET', record, 'seq', ARGV[1])
redis.call('HDEL', record, 'mark')
return 'ok'
`)

// Void skips a turn whose row in Postgres is void: seq moves on to it, the mark (messageID, as the caller found it) is
// cleared, all else stays. It may be repeated. ErrConflict: the record is further behind; ErrMarked: by another message; ErrMissing.
func (s *Store) Void(ctx context.Context, c storage.ContactID, seq int64, messageID string) error {
	return s.decide(ctx, fmt.Sprintf("void turn %s/%d", c, seq), voidScript, call{keys: keysOf(c)[:1], args: []any{seq, messageID}})
}
