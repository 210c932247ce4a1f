package whatsapptest

import (
	"context"
	"slices"
	"sync"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

// memory is what a phone keeps, as long as the test lasts. What a phone does not need is kept nowhere.
type memory struct {
	*store.NoopStore

	mu       sync.Mutex
	sessions map[string][]byte
	preKeys  map[uint32]*keys.PreKey
	uploaded uint32
	secrets  map[string][]byte
	lids     map[string]string // by number
	numbers  map[string]string // by LID
}

func newMemory() *memory {
	return &memory{
		NoopStore: &store.NoopStore{}, sessions: map[string][]byte{}, preKeys: map[uint32]*keys.PreKey{},
		secrets: map[string][]byte{}, lids: map[string]string{}, numbers: map[string]string{},
	}
}

// IsTrustedIdentity trusts everybody: whom a phone meets, it meets for the first time.
func (m *memory) IsTrustedIdentity(context.Context, string, [32]byte) (bool, error) { return true, nil }

// GetSession is a Signal session; nil: there is none.
func (m *memory) GetSession(_ context.Context, address string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sessions[address]), nil
}

// HasSession says whether there is a Signal session.
func (m *memory) HasSession(_ context.Context, address string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions[address] != nil, nil
}

// GetManySessions names every address asked for, with nil where there is no session.
func (m *memory) GetManySessions(_ context.Context, addresses []string) (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := map[string][]byte{}
	for _, a := range addresses {
		found[a] = slices.Clone(m.sessions[a])
	}
	return found, nil
}

// PutSession keeps a Signal session.
func (m *memory) PutSession(_ context.Context, address string, session []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions[address] = slices.Clone(session)
	return nil
}

// PutManySessions keeps Signal sessions.
func (m *memory) PutManySessions(ctx context.Context, sessions map[string][]byte) error {
	for address, session := range sessions {
		if err := m.PutSession(ctx, address, session); err != nil {
			return err
		}
	}
	return nil
}

// DeleteSession forgets a Signal session.
func (m *memory) DeleteSession(_ context.Context, address string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions, address)
	return nil
}

// fewKeys is how many one-time keys a phone makes: enough for a test, and quick.
const fewKeys = 20

// GetOrGenPreKeys makes one-time keys.
func (m *memory) GetOrGenPreKeys(ctx context.Context, count uint32) ([]*keys.PreKey, error) {
	var made []*keys.PreKey
	for range min(count, fewKeys) {
		k, err := m.GenOnePreKey(ctx)
		if err != nil {
			return nil, err
		}
		made = append(made, k)
	}
	return made, nil
}

// GenOnePreKey makes a one-time key.
func (m *memory) GenOnePreKey(context.Context) (*keys.PreKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.uploaded++
	k := keys.NewPreKey(m.uploaded)
	m.preKeys[k.KeyID] = k
	return k, nil
}

// GetPreKey is a one-time key; nil: it was used.
func (m *memory) GetPreKey(_ context.Context, id uint32) (*keys.PreKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.preKeys[id], nil
}

// RemovePreKey forgets a used key.
func (m *memory) RemovePreKey(_ context.Context, id uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.preKeys, id)
	return nil
}

// UploadedPreKeyCount is how many one-time keys are left.
func (m *memory) UploadedPreKeyCount(context.Context) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.preKeys), nil
}

// PutMessageSecret keeps what votes and reactions to a message are opened with.
func (m *memory) PutMessageSecret(_ context.Context, chat, sender types.JID, id types.MessageID, secret []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.secrets[chat.ToNonAD().String()+"/"+id] = secret
	return nil
}

// PutMessageSecrets keeps several.
func (m *memory) PutMessageSecrets(ctx context.Context, all []store.MessageSecretInsert) error {
	for _, one := range all {
		if err := m.PutMessageSecret(ctx, one.Chat, one.Sender, one.ID, one.Secret); err != nil {
			return err
		}
	}
	return nil
}

// GetMessageSecret is what was kept; nil: nothing.
func (m *memory) GetMessageSecret(_ context.Context, chat, sender types.JID, id types.MessageID) ([]byte, types.JID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.secrets[chat.ToNonAD().String()+"/"+id], sender, nil
}

// PutLIDMapping keeps which number a hidden id has.
func (m *memory) PutLIDMapping(_ context.Context, lid, pn types.JID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lids[pn.User], m.numbers[lid.User] = lid.User, pn.User
	return nil
}

// PutManyLIDMappings keeps several.
func (m *memory) PutManyLIDMappings(ctx context.Context, all []store.LIDMapping) error {
	for _, one := range all {
		if err := m.PutLIDMapping(ctx, one.LID, one.PN); err != nil {
			return err
		}
	}
	return nil
}

// GetPNForLID is the number of a hidden id; empty: not known.
func (m *memory) GetPNForLID(_ context.Context, lid types.JID) (types.JID, error) {
	return m.other(m.numbers, lid, types.DefaultUserServer), nil
}

// GetLIDForPN is the hidden id of a number; empty: not known.
func (m *memory) GetLIDForPN(_ context.Context, pn types.JID) (types.JID, error) {
	return m.other(m.lids, pn, types.HiddenUserServer), nil
}

// GetManyLIDsForPNs are those that are known.
func (m *memory) GetManyLIDsForPNs(_ context.Context, pns []types.JID) (map[types.JID]types.JID, error) {
	found := map[types.JID]types.JID{}
	for _, pn := range pns {
		if lid := m.other(m.lids, pn, types.HiddenUserServer); !lid.IsEmpty() {
			found[pn] = lid
		}
	}
	return found, nil
}

func (m *memory) other(in map[string]string, of types.JID, server string) types.JID {
	m.mu.Lock()
	defer m.mu.Unlock()
	if user := in[of.User]; user != "" {
		return types.JID{User: user, Device: of.Device, Server: server}
	}
	return types.JID{}
}
