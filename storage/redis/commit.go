package redis

import (
	"context"
	"fmt"

	goredis "github.com/redis/go-redis/v9"

	"titian/storage"
)

var commitScript = goredis.NewScript(shape + `
local r = redis.call('HMGET', record, 'seq', 'seen', 'state', 'mark', 'in', 'del')
local at = tonumber(r[1] or '')
if at == seq and last(r[2]) == newest and r[3] == state then return 'ok' end
if r[5] and flag ~= '1' then return 'queued' end
if r[4] then return 'marked' end
if not at and seq ~= 1 then return 'missing' end
if at and at ~= seq - 1 then return 'conflict' end
if has(r[2], newest) then return 'conflict' end
if r[6] and deleted ~= '1' then redis.call('HDEL', record, 'del') end
put(fresh)
return 'ok'
`)

// Commit writes the turn that the newest of rec.Seen caused: state, seq, ids and the replies owed by this turn
// (Owed "<rec.Seq>.<n>"; older ones are left as they stand), leased to the caller. The very same record may be committed again after ErrDown.
// ErrConflict, ErrMarked, ErrMissing (no record, and rec.Seq is not 1), ErrQueued (inboxed, and the message is not fromInbox).
func (s *Store) Commit(ctx context.Context, rec storage.Record, fromInbox bool) error {
	doing := fmt.Sprintf("commit turn %s/%d", rec.Contact, rec.Seq)
	if len(rec.Seen) == 0 {
		return fmt.Errorf("%s: %w", doing, errNoSeen)
	}
	c, err := s.arguments(rec, newestOf(rec), asFlag(fromInbox))
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return s.decide(ctx, doing, commitScript, c)
}
