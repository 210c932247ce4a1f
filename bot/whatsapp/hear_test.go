package whatsapp

import (
	"database/sql"
	"sync"
	"testing"

	"go.mau.fi/whatsmeow/types/events"
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
