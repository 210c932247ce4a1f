package whatsapp

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// mostRemembered bounds what is kept of each kind; then all of it is read anew.
const mostRemembered = 4096

// memory keeps what the library reads from its tables again with every message: who has which key, sessions and tokens.
// One process owns the device, and a connection begins with an empty one, so nothing is changed behind its back.
type memory struct {
	mu         sync.Mutex
	age        int // grows whenever something was forgotten: what was read before is not kept after
	identities map[string][32]byte
	sessions   map[string][]byte // nil: there is none
	tokens     map[types.JID]*store.PrivacyToken
	salt       *[]byte            // nil: not read yet
	moved      map[types.JID]bool // numbers whose sessions stand under their LID
}

// remembering puts a memory before the stores of a device.
func remembering(d *store.Device) {
	m := &memory{}
	m.forget()
	d.Identities, d.Sessions = identities{d.Identities, m}, knownSessions{d.Sessions, m}
	d.PrivacyTokens, d.NCTSalt = tokens{d.PrivacyTokens, m}, salts{d.NCTSalt, m}
	d.EventBuffer = undoing{d.EventBuffer, m}
}

// forget drops everything.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age++
	m.identities, m.sessions, m.tokens = map[string][32]byte{}, map[string][]byte{}, map[types.JID]*store.PrivacyToken{}
	m.salt, m.moved = nil, map[types.JID]bool{}
}

// forgetOf drops the keys and sessions of all devices of some users.
func (m *memory) forgetOf(users ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age++
	of := func(address string) bool {
		user, _, _ := strings.Cut(address, ":")
		return slices.Contains(users, user)
	}
	maps.DeleteFunc(m.identities, func(a string, _ [32]byte) bool { return of(a) })
	maps.DeleteFunc(m.sessions, func(a string, _ []byte) bool { return of(a) })
}

// now is the age to read at.
func (m *memory) now() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.age
}

// keep notes what was written at an age. If something was forgotten since, nobody knows which came last: it is read anew. m.mu
// is held.
func keep[K comparable, V any](m *memory, age int, of map[K]V, key K, value V) {
	if age != m.age {
		delete(of, key)
		return
	}
	if len(of) >= mostRemembered {
		clear(of)
		m.age++
	}
	of[key] = value
}

// learn notes what was read at an age; what was written meanwhile is newer. m.mu is held.
func learn[K comparable, V any](m *memory, age int, of map[K]V, key K, value V) {
	if _, written := of[key]; !written {
		keep(m, age, of, key, value)
	}
}

// undoing forgets all when a transaction of the library was rolled back, or may have been.
type undoing struct {
	store.EventBuffer
	m *memory
}

// DoDecryptionTxn opens one message.
func (u undoing) DoDecryptionTxn(ctx context.Context, open func(context.Context) error) (err error) {
	whole := false
	defer func() {
		if !whole || err != nil {
			u.m.forget()
		}
	}()
	err = u.EventBuffer.DoDecryptionTxn(ctx, open)
	whole = true
	return err
}

// DeleteOldOutgoingEvents leaves it to the hourly purge: the library asks for it with every message it sends.
func (u undoing) DeleteOldOutgoingEvents(context.Context) error { return nil }
