package bot_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
)

func TestAParkedMessageThatStaffRetryIsWorkedByARunningProcess(t *testing.T) {
	var poison atomic.Value
	poison.Store("")
	o := bottest.Options{}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s == bottest.BeforeCommit && id == poison.Load().(string) {
			panic("what a person typed")
		}
		return nil
	})
	h := bottest.New(t, o)
	h.Person("contoh").Says("halo")
	bad := h.Network.Message("contoh", chat.Text, "daftar")
	poison.Store(bad.ID)
	if err := bottest.Wait(t, h.Bot.Receive(t.Context(), bad)); err != nil {
		t.Fatal(err)
	}
	parked, err := h.DB.Parked(t.Context())
	if err != nil || len(parked) != 1 {
		t.Fatalf("parked is %+v, %v", parked, err)
	}
	before := len(h.Network.Await(t, "contoh", 2))
	poison.Store("")
	contact, err := h.DB.RetryParked(t.Context(), parked[0].ID, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Redis.SetInboxed(t.Context(), contact, true); err != nil {
		t.Fatal(err)
	}
	sent := h.Network.Await(t, "contoh", before+1)
	if said := sent[before].Text; !strings.Contains(said, "SETUJU") {
		t.Errorf("the retried message is met with %q", said)
	}
	if parked, err := h.DB.Parked(t.Context()); err != nil || len(parked) != 0 {
		t.Errorf("parked is %+v, %v", parked, err)
	}
}
