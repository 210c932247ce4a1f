package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
)

// TestWhatIsRememberedIsWhatTheTablesHold does at random what the library does, some of it undone, and reads everything
// after each step: from the memory, and from the tables themselves.
func TestWhatIsRememberedIsWhatTheTablesHold(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	c := n.channel()
	d, err := c.device(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tables := sqlstore.NewSQLStore(c.container, *d.ID)
	remembering(d)
	users := []string{"620000000011", "620000000012", "900000000011_1"}
	var addresses []string
	for _, u := range users {
		addresses = append(addresses, u+":0", u+":7")
	}
	pn, lid := types.NewJID(users[0], types.DefaultUserServer), types.NewJID("900000000011", types.HiddenUserServer)
	undone := errors.New("undone")
	r := rand.New(rand.NewPCG(1, 2))
	value := func() (v [32]byte) { v[0] = byte(r.IntN(3) + 1); return v }
	at := func() string { return addresses[r.IntN(len(addresses))] }
	acts := []func(context.Context) error{
		func(ctx context.Context) error { return d.Identities.PutIdentity(ctx, at(), value()) },
		func(ctx context.Context) error { v := value(); return d.Sessions.PutSession(ctx, at(), v[:]) },
		func(ctx context.Context) error {
			v, w := value(), value()
			return d.Sessions.PutManySessions(ctx, map[string][]byte{at(): v[:], "x:" + at(): w[:]})
		},
		func(ctx context.Context) error { return d.Sessions.DeleteSession(ctx, at()) },
		func(ctx context.Context) error { return d.Sessions.DeleteAllSessions(ctx, users[r.IntN(3)]) },
		func(ctx context.Context) error { return d.Identities.DeleteIdentity(ctx, at()) },
		func(ctx context.Context) error { return d.Identities.DeleteAllIdentities(ctx, users[r.IntN(3)]) },
		func(ctx context.Context) error { return d.Sessions.MigratePNToLID(ctx, pn, lid) },
		func(ctx context.Context) error {
			v := value()
			return d.PrivacyTokens.PutPrivacyTokens(ctx, store.PrivacyToken{User: lid, Token: v[:], Timestamp: time.Unix(int64(r.IntN(1000)+1), 0)})
		},
		func(ctx context.Context) error {
			_, err := d.PrivacyTokens.DeleteExpiredPrivacyTokens(ctx, time.Unix(500, 0))
			return err
		},
		func(ctx context.Context) error { v := value(); return d.NCTSalt.PutNCTSalt(ctx, v[:]) },
		func(ctx context.Context) error { return d.NCTSalt.DeleteNCTSalt(ctx) },
	}
	for step := range 150 {
		act, failing := r.IntN(len(acts)), r.IntN(4) == 0
		err := d.EventBuffer.DoDecryptionTxn(ctx, func(ctx context.Context) error {
			err := acts[act](ctx)
			if err == nil && failing {
				err = undone
			}
			return err
		})
		if err != nil && !errors.Is(err, undone) {
			t.Fatalf("step %d, act %d: %v", step, act, err)
		}
		for _, a := range addresses {
			got, err1 := d.Sessions.GetSession(ctx, a)
			want, err2 := tables.GetSession(ctx, a)
			has, err3 := d.Sessions.HasSession(ctx, a)
			if err := errors.Join(err1, err2, err3); err != nil || !bytes.Equal(got, want) || has != (want != nil) {
				t.Fatalf("step %d, act %d undone %v: the session of %s is %v, the table has %v (%v)", step, act, failing, a, got, want, err)
			}
			for k := range 3 {
				key := [32]byte{byte(k + 1)}
				got, err1 := d.Identities.IsTrustedIdentity(ctx, a, key)
				want, err2 := tables.IsTrustedIdentity(ctx, a, key)
				if err := errors.Join(err1, err2); err != nil || got != want {
					t.Fatalf("step %d, act %d undone %v: the key of %s is trusted: %v, by the table: %v (%v)", step, act, failing, a, got, want, err)
				}
			}
		}
		token, err1 := d.PrivacyTokens.GetPrivacyToken(ctx, lid)
		want, err2 := tables.GetPrivacyToken(ctx, lid)
		if err := errors.Join(err1, err2); err != nil || fmt.Sprint(token) != fmt.Sprint(want) {
			t.Fatalf("step %d, act %d undone %v: the token is %v, the table has %v (%v)", step, act, failing, token, want, err)
		}
		salt, err1 := d.NCTSalt.GetNCTSalt(ctx)
		tableSalt, err2 := tables.GetNCTSalt(ctx)
		if err := errors.Join(err1, err2); err != nil || !bytes.Equal(salt, tableSalt) {
			t.Fatalf("step %d, act %d undone %v: the salt is %v, the table has %v (%v)", step, act, failing, salt, tableSalt, err)
		}
	}
}

// slow is a table into which something else is written while a session is.
type slow struct {
	store.SessionStore
	kept  map[string][]byte
	while func()
}

func (s *slow) PutSession(_ context.Context, address string, session []byte) error {
	s.while()
	s.kept[address] = session
	return nil
}

func (s *slow) GetManySessions(_ context.Context, addresses []string) (map[string][]byte, error) {
	all := map[string][]byte{}
	for _, a := range addresses {
		all[a] = s.kept[a]
	}
	return all, nil
}

func TestASessionThatIsWrittenWhileSomethingIsForgottenIsNotRememberedAsItWas(t *testing.T) {
	m := &memory{}
	m.forget()
	for name, while := range map[string]func(){
		"nothing":              func() {},
		"somebody else's key":  func() { m.forgetOf("620000000099") },
		"everything":           m.forget,
		"the tokens of people": tokens{m: m}.forget,
	} {
		at := &slow{kept: map[string][]byte{"620000000011:0": []byte("old")}, while: while}
		s := knownSessions{at, m}
		m.forget()
		if got, _ := s.GetSession(t.Context(), "620000000011:0"); string(got) != "old" {
			t.Fatalf("%s: it was %q", name, got)
		}
		if err := s.PutSession(t.Context(), "620000000011:0", []byte("new")); err != nil {
			t.Fatal(err)
		}
		if got, err := s.GetSession(t.Context(), "620000000011:0"); string(got) != "new" || err != nil {
			t.Errorf("while %s is forgotten the session is written: it is remembered as %q, %v", name, got, err)
		}
	}
}
