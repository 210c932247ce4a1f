package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/storage"
	"titian/storage/vault"
)

// broken is a store that fails at a file's opening.
type broken struct{ vault.Store }

func (broken) Open(context.Context, string) (io.ReadCloser, int64, error) {
	return nil, 0, errors.New("the bucket does not answer")
}

func TestAStoreThatFailsIsWaitedOutAndAFileThatIsLostIsNot(t *testing.T) {
	k := bottest.Keys(t)
	v, err := vault.Open(t.TempDir(), k)
	if err != nil {
		t.Fatal(err)
	}
	id := vault.NewID()
	if _, err := v.Put(t.Context(), id, strings.NewReader("%PDF"), 4); err != nil {
		t.Fatal(err)
	}
	r, err := sealed{v}.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); string(got) != "%PDF" || err != nil || r.Close() != nil {
		t.Errorf("%q %v", got, err)
	}
	for _, lost := range []string{vault.NewID(), "../etc"} {
		if _, err := (sealed{v}).Get(t.Context(), lost); err == nil || storage.IsDown(err) {
			t.Errorf("%s: %v", lost, err)
		}
	}
	if _, err := (sealed{vault.On(broken{}, k)}).Get(t.Context(), id); !storage.IsDown(err) {
		t.Error(err)
	}
}
