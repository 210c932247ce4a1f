package broadcast_test

import (
	"context"
	"database/sql"
	"testing"

	"titian/bot/telegram/telegramtest"
	"titian/storage"
)

func TestWhoSaysBerhentiWhileTheNetworkAsksForTimeIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	w := settled(t, 1, 40, 0)
	r := w.replica("satu")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w.api.Fail("sendMessage", 0, telegramtest.Fault{RetryAfter: 4}, 1)
	id := r.starts(w)
	ended := make(chan error, 1)
	go func() { ended <- r.works(ctx, id) }()
	w.must(w.api.AwaitCalls(ctx, "sendMessage", 1))
	db, err := sql.Open("postgres", w.url)
	w.must(err)
	defer db.Close()
	_, err = db.ExecContext(ctx, `UPDATE contacts SET stopped_at = now()`)
	w.must(err)
	w.must(<-ended)
	if row := r.told(w, id)[0]; row.State != storage.RecipientSkipped || row.Cause != storage.CauseOptedOut || w.api.Count("sendMessage") != 1 {
		t.Errorf("%s %s after %d calls", row.State, row.Cause, w.api.Count("sendMessage"))
	}
}
