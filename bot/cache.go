package bot

import (
	"sync"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// held is a conversation in hand: the record as it is stored, and what it says.
type held struct {
	rec  storage.Record
	conv Conversation
}

// cache remembers the conversations of this process, so that a plain answer
// costs one round trip. It is never the only truth: a commit compares.
type cache struct {
	mu       sync.Mutex
	held     map[storage.ContactID]*entry
	contacts map[chat.Address]storage.Contact
	dirty    map[storage.ContactID]bool
}

type entry struct {
	held
	doubted bool
	used    time.Time
}

// maxHeld bounds the conversations in memory; about 3 kB each.
const maxHeld = 20_000

func newCache() *cache {
	return &cache{
		held: map[storage.ContactID]*entry{}, contacts: map[chat.Address]storage.Contact{},
		dirty: map[storage.ContactID]bool{},
	}
}

// get returns a conversation and whether it may be used without asking the stores.
func (c *cache) get(id storage.ContactID) (h held, known, sure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.held[id]
	if !ok {
		return held{}, false, false
	}
	e.used = time.Now()
	return e.held, true, !e.doubted
}

// put keeps a conversation; changed says that its snapshot is owed.
func (c *cache) put(h held, changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held[h.rec.Contact] = &entry{held: h, used: time.Now()}
	if changed {
		c.dirty[h.rec.Contact] = true
	}
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
		if !has(replies, o.ID) {
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

// shed forgets the conversations nobody touched for idle, and any beyond maxHeld that are clean.
func (c *cache) shed(idle time.Duration, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, e := range c.held {
		if c.dirty[id] || now.Sub(e.used) < idle && len(c.held) <= maxHeld {
			continue
		}
		delete(c.held, id)
	}
	if len(c.contacts) > 2*maxHeld {
		clear(c.contacts)
	}
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (c *cache) contact(a chat.Address) (storage.Contact, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.contacts[a]
	return known, ok
}

func (c *cache) meet(a chat.Address, known storage.Contact) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.contacts[a] = known
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
