package whatsapp

import (
	"database/sql"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

func TestNothingIsHeardOnceTheConnectionIsHungUp(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("postgres", "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	h := &hearing{Channel: c}
	event := &events.OfflineSyncCompleted{}
	if !h.on(event) {
		t.Error("an event is not heard before")
	}
	var library sync.WaitGroup // hands events over meanwhile
	library.Go(func() {
		for h.on(event) {
		}
	})
	<-h.hush()
	library.Wait()
	if h.on(event) || h.on(&events.Message{}) {
		t.Error("an event counts as taken after the end")
	}
}

// WhatsApp sends what waits as soon as it may; the library says later that it is connected.
func TestWhatComesAgainBeforeTheConnectionIsKnownIsAskedForOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h := deaf(t, watch(), time.Now)
		r := &reception{closed: true}
		h.receive, h.refused = r.receive, map[string]bool{}
		m := chat.Message{ID: "1", From: chat.Address{Network: chat.WhatsApp, Key: "9@lid"}}
		if h.take(m) {
			t.Fatal("it is taken")
		}
		r.opens(true)
		time.Sleep(h.pace.again) // a new connection begins
		synctest.Wait()
		if h.take(m) {
			t.Error("it is taken while the old connection may still bring later ones")
		}
		h.arrived()
		if later := (chat.Message{ID: "2", From: m.From}); h.again == nil || h.take(later) {
			t.Error("it is not asked for once more, or a later one goes before it")
		}
		time.Sleep(h.pace.again)
		synctest.Wait()
		h.arrived()
		if !h.take(m) || h.again != nil {
			t.Error("it does not come")
		}
	})
}
