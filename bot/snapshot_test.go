package bot_test

import (
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
	"titian/storage/storagetest"
)

// unowed waits until the record of a contact owes nothing.
func unowed(t *testing.T, h *bottest.House, c storage.ContactID) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(30 * time.Second); ; {
		rec, err := h.Redis.Load(t.Context(), c)
		if err == nil && len(rec.Owed) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("the record still owes %d replies (%v)", len(rec.Owed), err)
		}
	}
}

func TestAReplyThatIsTrimmedDuringTheNextTurnIsOwedByNoSnapshot(t *testing.T) {
	var h *bottest.House
	var contact storage.ContactID
	var second atomic.Value
	second.Store("")
	var mayTrim atomic.Bool
	o := bottest.Options{Trim: func() error {
		if mayTrim.Load() {
			return nil
		}
		return storage.ErrDown
	}}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s == bottest.BeforeCommit && id == second.Load().(string) {
			mayTrim.Store(true)
			unowed(t, h, contact) // the first reply is off the record while the second turn is under way
		}
		return nil
	})
	h = bottest.New(t, o)
	p := h.Person("contoh")
	p.Says("halo")
	contact = h.Contact("contoh")
	m := h.Network.Message("contoh", chat.Text, "daftar")
	second.Store(m.ID)
	p.Gives(m)
	unowed(t, h, contact)
	h.Stop()
	heir := h.Reopen()
	stored, err := heir.DB.Conversation(t.Context(), contact)
	if err != nil || stored.Snapshot == nil || stored.Snapshot.Seq != 2 {
		t.Fatalf("the snapshot is %+v (%v), want seq 2", stored.Snapshot, err)
	}
	if n := len(stored.Snapshot.Owed); n != 0 {
		t.Errorf("the snapshot owes %d replies that were sent", n)
	}
}

func TestRepliesOwedByALostRedisAreSentWithoutWaitingForTheirOwners(t *testing.T) {
	for _, line := range []int{1, len(registering) - 1} { // a plain answer, and a filing
		t.Run(registering[line], func(t *testing.T) {
			t.Parallel()
			server := storagetest.RedisServer(t)
			h := bottest.New(t, bottest.Options{RedisURL: server.URL, Frail: true})
			p := h.Person("contoh")
			for _, line := range registering[:line] {
				p.Says(line)
			}
			h.Network.Fail(func(chat.Address, chat.Outgoing) error {
				return &chat.SendError{Failure: chat.FailedBusy, Retry: time.Hour}
			})
			if err := bottest.Wait(t, h.Bot.Receive(t.Context(), h.Network.Message("contoh", chat.Text, registering[line]))); err != nil {
				t.Fatal(err)
			}
			h.Kill()
			server.FlushAll()
			h.Network.Fail(nil)
			h.Reopen()
			h.Network.Await(t, "contoh", line+1)
		})
	}
}
