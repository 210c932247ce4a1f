package whatsapp

import (
	"context"
	"maps"
	"slices"
	"time"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

type identities struct {
	store.IdentityStore
	m *memory
}

// IsTrustedIdentity is read once.
func (i identities) IsTrustedIdentity(ctx context.Context, address string, key [32]byte) (bool, error) {
	i.m.mu.Lock()
	known, ok := i.m.identities[address]
	i.m.mu.Unlock()
	if ok && known == key {
		return true, nil
	}
	return i.IdentityStore.IsTrustedIdentity(ctx, address, key)
}

// PutIdentity is written when it is another.
func (i identities) PutIdentity(ctx context.Context, address string, key [32]byte) error {
	i.m.mu.Lock()
	known, ok := i.m.identities[address]
	age := i.m.age
	i.m.mu.Unlock()
	if ok && known == key {
		return nil
	}
	if err := i.IdentityStore.PutIdentity(ctx, address, key); err != nil {
		return err
	}
	i.m.mu.Lock()
	defer i.m.mu.Unlock()
	keep(i.m, age, i.m.identities, address, key)
	return nil
}

// DeleteAllIdentities forgets the user.
func (i identities) DeleteAllIdentities(ctx context.Context, phone string) error {
	defer i.m.forgetOf(phone)
	return i.IdentityStore.DeleteAllIdentities(ctx, phone)
}

// DeleteIdentity forgets all.
func (i identities) DeleteIdentity(ctx context.Context, address string) error {
	defer i.m.forget()
	return i.IdentityStore.DeleteIdentity(ctx, address)
}

type knownSessions struct {
	store.SessionStore
	m *memory
}

// GetSession is read once.
func (s knownSessions) GetSession(ctx context.Context, address string) ([]byte, error) {
	all, err := s.GetManySessions(ctx, []string{address})
	return all[address], err
}

// HasSession is read once.
func (s knownSessions) HasSession(ctx context.Context, address string) (bool, error) {
	session, err := s.GetSession(ctx, address)
	return session != nil, err
}

// GetManySessions reads what is not known yet.
func (s knownSessions) GetManySessions(ctx context.Context, addresses []string) (map[string][]byte, error) {
	all := make(map[string][]byte, len(addresses))
	s.m.mu.Lock()
	age := s.m.age
	for _, a := range addresses {
		if session, ok := s.m.sessions[a]; ok {
			all[a] = slices.Clone(session)
		}
	}
	s.m.mu.Unlock()
	unknown := slices.DeleteFunc(slices.Clone(addresses), func(a string) bool { _, ok := all[a]; return ok })
	if len(unknown) == 0 {
		return all, nil
	}
	read, err := s.SessionStore.GetManySessions(ctx, unknown)
	if err != nil {
		return nil, err
	}
	maps.Copy(all, read)
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	for a, session := range read {
		learn(s.m, age, s.m.sessions, a, slices.Clone(session))
	}
	return all, nil
}

// PutSession is written and known.
func (s knownSessions) PutSession(ctx context.Context, address string, session []byte) error {
	age := s.m.now()
	if err := s.SessionStore.PutSession(ctx, address, session); err != nil {
		s.m.forget()
		return err
	}
	s.wrote(age, map[string][]byte{address: session})
	return nil
}

// PutManySessions are written and known.
func (s knownSessions) PutManySessions(ctx context.Context, all map[string][]byte) error {
	age := s.m.now()
	if err := s.SessionStore.PutManySessions(ctx, all); err != nil {
		s.m.forget()
		return err
	}
	s.wrote(age, all)
	return nil
}

// wrote notes what was written at an age.
func (s knownSessions) wrote(age int, all map[string][]byte) {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	for a, session := range all {
		keep(s.m, age, s.m.sessions, a, slices.Clone(session))
	}
}

// DeleteAllSessions forgets the user.
func (s knownSessions) DeleteAllSessions(ctx context.Context, phone string) error {
	defer s.m.forgetOf(phone)
	return s.SessionStore.DeleteAllSessions(ctx, phone)
}

// DeleteSession forgets all.
func (s knownSessions) DeleteSession(ctx context.Context, address string) error {
	defer s.m.forget()
	return s.SessionStore.DeleteSession(ctx, address)
}

// MigratePNToLID is done once a number; the library asks for it with every message.
func (s knownSessions) MigratePNToLID(ctx context.Context, pn, lid types.JID) error {
	s.m.mu.Lock()
	age, moved := s.m.age, s.m.moved[pn.ToNonAD()]
	s.m.mu.Unlock()
	if moved {
		return nil
	}
	defer s.m.forgetOf(pn.SignalAddressUser(), lid.SignalAddressUser())
	if err := s.SessionStore.MigratePNToLID(ctx, pn, lid); err != nil {
		return err
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	keep(s.m, age, s.m.moved, pn.ToNonAD(), true)
	return nil
}

type tokens struct {
	store.PrivacyTokenStore
	m *memory
}

// GetPrivacyToken is read once.
func (t tokens) GetPrivacyToken(ctx context.Context, user types.JID) (*store.PrivacyToken, error) {
	t.m.mu.Lock()
	known, ok := t.m.tokens[user]
	age := t.m.age
	t.m.mu.Unlock()
	if !ok {
		read, err := t.PrivacyTokenStore.GetPrivacyToken(ctx, user)
		if err != nil {
			return nil, err
		}
		known = read
		t.m.mu.Lock()
		learn(t.m, age, t.m.tokens, user, read)
		t.m.mu.Unlock()
	}
	if known == nil {
		return nil, nil
	}
	copied := *known // the library changes what it is given
	return &copied, nil
}

// PutPrivacyTokens forgets the tokens.
func (t tokens) PutPrivacyTokens(ctx context.Context, all ...store.PrivacyToken) error {
	defer t.forget()
	return t.PrivacyTokenStore.PutPrivacyTokens(ctx, all...)
}

// DeleteExpiredPrivacyTokens forgets the tokens.
func (t tokens) DeleteExpiredPrivacyTokens(ctx context.Context, cutoff time.Time) (int64, error) {
	defer t.forget()
	return t.PrivacyTokenStore.DeleteExpiredPrivacyTokens(ctx, cutoff)
}

func (t tokens) forget() {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	t.m.age++
	clear(t.m.tokens)
}

type salts struct {
	store.NCTSaltStore
	m *memory
}

// GetNCTSalt is read once.
func (s salts) GetNCTSalt(ctx context.Context) ([]byte, error) {
	s.m.mu.Lock()
	age, known := s.m.age, s.m.salt
	s.m.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	read, err := s.NCTSaltStore.GetNCTSalt(ctx)
	if err != nil {
		return nil, err
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if age == s.m.age {
		s.m.salt = &read
	}
	return read, nil
}

// PutNCTSalt forgets it.
func (s salts) PutNCTSalt(ctx context.Context, salt []byte) error {
	defer s.m.forget()
	return s.NCTSaltStore.PutNCTSalt(ctx, salt)
}

// DeleteNCTSalt forgets it.
func (s salts) DeleteNCTSalt(ctx context.Context) error {
	defer s.m.forget()
	return s.NCTSaltStore.DeleteNCTSalt(ctx)
}
