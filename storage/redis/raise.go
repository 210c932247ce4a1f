package redis

import (
	"context"
	"fmt"

	goredis "github.com/redis/go-redis/v9"

	"titian/storage"
)

var raiseScript = goredis.NewScript(shape + `
local at = tonumber(redis.call('HGET', record, 'seq') or '')
if at and at >= seq then return 'ok' end
replace((#ARGV - 9) / 2)
if newest ~= '' then redis.call('HSET', record, 'mark', newest) end
if flag == '1' then redis.call('HSET', record, 'in', '1') end
return 'ok'
`)

// Raise writes a record that is known to be true over one that is missing or lower; any other is left alone. Replies the
// lower one owes stay owed, unless rec is Deleted. Inboxed is set, never cleared; Owed is leased to the caller.
func (s *Store) Raise(ctx context.Context, rec storage.Record) error {
	doing := fmt.Sprintf("raise conversation %s to %d", rec.Contact, rec.Seq)
	c, err := s.arguments(rec, rec.Mark, asFlag(rec.Inboxed))
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return s.decide(ctx, doing, raiseScript, c)
}

// SetInboxed notes that messages of the contact wait in the inbox, or that none does any more. The contact needs no record.
func (s *Store) SetInboxed(ctx context.Context, c storage.ContactID, inboxed bool) error {
	var err error
	if inboxed {
		err = s.client.HSet(ctx, recordKey(c), inboxField, "1").Err()
	} else {
		err = s.client.HDel(ctx, recordKey(c), inboxField).Err()
	}
	if err != nil {
		return down(fmt.Sprintf("note the inbox of %s", c), err)
	}
	return nil
}
