package bot

import (
	"slices"
	"sync"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// held is a conversation in hand: the record as it is stored, and what it says.
type held struct {
	rec  storage.Record
	conv Conversation
	into storage.ContactID // its contact was merged into this one, as the stores say
}

// cache remembers the conversations of this process, so that a plain answer
// costs one round trip. It is never the only truth: a commit compares.
type cache struct {
	now func() time.Time

	mu       sync.Mutex
	held     map[storage.ContactID]*entry
	contacts map[chat.Address]*met
	dirty    map[storage.ContactID]bool
}

type entry struct {
	held
	doubted bool
	used    time.Time
}

// met is a contact whose address is known, and what the network told of it when the stores were asked.
type met struct {
	storage.Contact
	alias   chat.Address
	vouched string
	used    time.Time
}

// covers says whether the stores have heard all that a message tells of its sender.
func (k *met) covers(m chat.Message) bool {
	return (m.Alias.IsZero() || m.Alias == k.alias) && (m.Vouched == "" || m.Vouched == k.vouched)
}

// idleAfter is how long nobody may write before the stores are asked again: a
// contact that stays away longer may have been deleted meanwhile.
const idleAfter = 30 * time.Minute

// maxHeld bounds the conversations in memory; about 3 kB each.
const maxHeld = 20_000

func newCache(now func() time.Time) *cache {
	return &cache{
		now: now, held: map[storage.ContactID]*entry{}, contacts: map[chat.Address]*met{},
		dirty: map[storage.ContactID]bool{},
	}
}

func (c *cache) idle(since time.Time) bool { return c.now().Sub(since) >= idleAfter }

// get returns a conversation and whether it may be used without asking the stores.
func (c *cache) get(id storage.ContactID) (h held, known, sure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.held[id]
	if !ok {
		return held{}, false, false
	}
	e.doubted = e.doubted || c.idle(e.used)
	e.used = c.now()
	return e.held, true, !e.doubted
}

// put keeps a conversation, unless a later turn of it is known, and returns it
// without the replies that were sent since it was read; changed says that its
// snapshot is owed.
func (c *cache) put(h held, changed bool) held {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.held[h.rec.Contact]; ok {
		if old.rec.Seq > h.rec.Seq {
			return h
		}
		h.rec.Owed = stillOwed(h.rec.Owed, old.rec)
	}
	c.held[h.rec.Contact] = &entry{held: h, used: c.now()}
	if changed {
		c.dirty[h.rec.Contact] = true
	}
	return h
}

// stillOwed leaves out what was owed by the turns up to the known record and is not any more.
func stillOwed(owed []storage.Owed, known storage.Record) []storage.Owed {
	left := make([]storage.Owed, 0, len(owed))
	for _, o := range owed {
		if turnOf(o.ID) > known.Seq || slices.ContainsFunc(known.Owed, func(k storage.Owed) bool { return k.ID == o.ID }) {
			left = append(left, o)
		}
	}
	return left
}

// doubt makes the next message ask the stores first.
func (c *cache) doubt(id storage.ContactID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.held[id]; ok {
		e.doubted = true
	}
}

// doubtAll makes every next message ask the stores first.
func (c *cache) doubtAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.held {
		e.doubted = true
	}
}

// sent takes replies off a conversation; its snapshot is owed then.
func (c *cache) sent(id storage.ContactID, replies []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.held[id]
	if !ok {
		return
	}
	left := make([]storage.Owed, 0, len(e.rec.Owed))
	for _, o := range e.rec.Owed {
		if !slices.Contains(replies, o.ID) {
			left = append(left, o)
		}
	}
	if len(left) != len(e.rec.Owed) {
		e.rec.Owed = left
		c.dirty[id] = true
	}
}

// changed takes the conversations whose snapshot is owed.
func (c *cache) changed() []held {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]held, 0, len(c.dirty))
	for id := range c.dirty {
		if e, ok := c.held[id]; ok {
			list = append(list, e.held)
		}
	}
	clear(c.dirty)
	return list
}

// owe puts conversations back whose snapshot could not be written.
func (c *cache) owe(list []held) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range list {
		c.dirty[h.rec.Contact] = true
	}
}

// shed forgets the conversations and contacts that are idle, and any beyond maxHeld that are clean.
func (c *cache) shed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, e := range c.held {
		if c.dirty[id] || !c.idle(e.used) && len(c.held) <= maxHeld {
			continue
		}
		delete(c.held, id)
	}
	for a, known := range c.contacts {
		if c.idle(known.used) || len(c.contacts) > 2*maxHeld {
			delete(c.contacts, a)
		}
	}
}

// contact is who a message is from, if the stores would say no more.
func (c *cache) contact(m chat.Message) (storage.Contact, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.contacts[m.From]
	if !ok || c.idle(known.used) || !known.covers(m) {
		return storage.Contact{}, false
	}
	known.used = c.now()
	return known.Contact, true
}

func (c *cache) meet(m chat.Message, known storage.Contact) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.contacts[m.From] = &met{known, m.Alias, m.Vouched, c.now()}
}

// leave forgets a contact that was merged into another.
func (c *cache) leave(id storage.ContactID) {
	c.forgetContact(id)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.held, id)
	delete(c.dirty, id)
}

func (c *cache) forget(a chat.Address) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.contacts, a)
}

func (c *cache) forgetContact(id storage.ContactID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for a, known := range c.contacts {
		if known.ID == id {
			delete(c.contacts, a)
		}
	}
}
