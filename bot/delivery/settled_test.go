package delivery

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

func TestSettledWaitsForTheRepliesOfOneContact(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = 3 * time.Second
		h.Reply(owed("siti", 1, 0), owed("siti", 1, 1))
		begun := time.Now()
		if err := h.Settled(t.Context(), "wa"); err != nil || time.Since(begun) != 0 {
			t.Error("waited for another contact's replies", err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := h.Settled(short, "siti"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := h.Settled(t.Context(), "siti"); err != nil || time.Since(begun) != 6*time.Second {
			t.Error(time.Since(begun), err)
		}
	})
}

func TestACourtesyToABlockedChatIsDroppedAndNamesNobody(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, nil))
		h.Delivery.Log = logger
		h.net.says["mohon tunggu"] = []error{errBlocked, errInvalid}
		h.Courtesy(at("6281234567890"), chat.Outgoing{Text: "mohon tunggu"})
		h.Courtesy(at("6281234567890"), chat.Outgoing{Text: "mohon tunggu"})
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(h.ledger.gone)+len(h.ledger.trimmed)+len(h.ledger.renewed) != 0 {
			t.Error("the ledger heard of a courtesy")
		}
		if strings.Contains(log.String(), "6281234567890") {
			t.Error(log.String())
		}
	})
}

func TestALedgerThatDoesNotKnowTheContactIsNotAskedForEver(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.Delivery.Ledger = stranger{h.ledger}
		h.net.says["siti 1.0"] = []error{errBlocked}
		h.Reply(owed("siti", 1, 0))
		h.finish(t)
		wantTrimmed(t, h, "siti/1.0")
	})
}

type stranger struct{ *ledger }

func (stranger) SetReachable(context.Context, storage.ContactID, bool) error {
	return storage.ErrNotFound
}

// typist is a sender that can show that it types.
type typist struct {
	*network
	shown chan chat.Address
}

func (w typist) Typing(ctx context.Context, to chat.Address) {
	w.shown <- to
	<-ctx.Done()
}

func TestTypingIsShownWithoutWaitingAndEndsWithTheDelivery(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		w := typist{h.net, make(chan chat.Address, 1)}
		h.Options.Senders = map[chat.Network]chat.Sender{chat.Telegram: w}
		d := New(h.Options)
		h.Typing(at("the network cannot"))
		d.Typing(at("siti"))
		if to := <-w.shown; to != at("siti") {
			t.Error(to)
		}
		d.Typing(chat.Address{Network: chat.WhatsApp})
		if err := d.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		d.Typing(at("too late"))
	})
}
