package broadcast_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"io"
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/locales"
	"titian/storage"
	"titian/storage/segment"
)

func TestAPauseAndACancelActWithinASecondAndAtMostWhatIsOnItsWayGoesOut(t *testing.T) {
	t.Parallel()
	const people, perSecond, batch = 100, 30, 6
	w := settled(t, people, perSecond, 0)
	r := w.replica("satu")
	id := r.starts(w)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	halts := func(after int, act func(context.Context, storage.BroadcastID, string) (storage.BroadcastRefusal, error)) {
		t.Helper()
		ended := make(chan error, 1)
		go func() { ended <- r.works(ctx, id) }()
		w.must(w.api.AwaitCalls(ctx, "sendMessage", after))
		refused, err := act(ctx, id, "staff:contoh")
		at := time.Now()
		if w.must(err); refused != "" {
			t.Fatalf("refused: %s", refused)
		}
		w.must(<-ended)
		if took := time.Since(at); took > time.Second {
			t.Errorf("the pump ended %s after it was asked to", took)
		}
		// A look every quarter of a second: that much of the pace, and the batches on their way.
		later := 0
		for _, c := range w.api.Calls("sendMessage") {
			if c.At.After(at) {
				later++
			}
		}
		if most := perSecond/4 + 2*batch; later > most {
			t.Errorf("%d messages went out after it, at most %d were on their way", later, most)
		}
		if r.held.now != 0 {
			t.Errorf("%d are leased for ever", r.held.now)
		}
	}
	halts(25, r.db.PauseBroadcast)
	before := w.api.Count("sendMessage")
	if wait, err := r.Pump(ctx, id, chat.Telegram); err != nil || wait != 0 || w.api.Count("sendMessage") != before {
		t.Errorf("while it is paused a pump waits %s, %v", wait, err)
	}
	refused, err := r.db.ResumeBroadcast(ctx, id, "staff:contoh")
	if w.must(err); refused != "" {
		t.Fatalf("refused: %s", refused)
	}
	halts(before+25, r.db.CancelBroadcast)
	counts, err := r.db.BroadcastCounts(ctx, id)
	w.must(err)
	if sent := counts.Of(storage.RecipientSent); counts.Of() != people || sent != w.api.Count("sendMessage") || counts.Of(storage.RecipientSkipped) != people-sent {
		t.Errorf("of %d messages the ledger says %v", w.api.Count("sendMessage"), counts)
	}
}

func TestAPictureAndADocumentAreUploadedOnceAndThenSentByTheirId(t *testing.T) {
	t.Parallel()
	const people = 20
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for method, mime := range map[string]string{"sendPhoto": "image/jpeg", "sendDocument": "application/pdf"} {
		w := settled(t, people, 40, 0)
		r := w.replica("satu")
		file := storage.Announced("contoh", mime, 0)
		id := r.startsWith(w, storage.Broadcast{Text: "Halo {nama}", File: file})
		w.must(r.works(ctx, id))
		uploads, byID := 0, map[string]int{}
		for _, c := range w.api.Calls(method) {
			if len(c.Files) > 0 {
				uploads++
				continue
			}
			byID[c.Params[strings.ToLower(strings.TrimPrefix(method, "send"))]]++
		}
		if uploads != 1 || len(byID) != 1 {
			t.Errorf("%s: %d uploads, and sent by %d ids", method, uploads, len(byID))
		}
		counts, err := r.db.BroadcastCounts(ctx, id)
		w.must(err)
		if counts.Of(storage.RecipientSent) != people || w.api.Count(method) != people {
			t.Errorf("%s: %v after %d calls", method, counts, w.api.Count(method))
		}
	}
}

func TestWhatIsPutOffGoesAtItsTimeAndNeverInTheNightOfWITA(t *testing.T) {
	t.Parallel()
	w := settled(t, 3, 40, 0)
	one, two := w.replica("satu"), w.replica("dua")
	office, err := locales.ReadOffice("")
	w.must(err)
	var now time.Time
	for _, r := range []*replica{one, two} {
		r.Office, r.Now = office, func() time.Time { return now }
	}
	day := time.Now().In(locales.WITA).AddDate(0, 0, 2)
	at := func(hour, minute int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, locales.WITA)
	}
	id := one.startsWith(w, storage.Broadcast{Text: "Halo", SendAt: at(21, 30)})
	for _, tt := range []struct {
		now, goes time.Time
	}{
		{at(12, 0), at(32, 0)},  // its time will be in the night
		{at(20, 0), at(32, 0)},  // the night has begun
		{at(21, 30), at(32, 0)}, // its time is in the night
		{at(23, 59), at(32, 0)}, // before midnight
		{at(24, 1), at(32, 0)},  // and after it
		{at(31, 59), at(32, 0)}, // 23.59 in UTC, the day before there
		{at(32, 0).Add(-time.Second), at(32, 0)},
	} {
		now = tt.now
		for _, r := range []*replica{one, two, w.again(two, office, &now)} { // the third began anew
			wait, err := r.Pump(t.Context(), id, chat.Telegram)
			if want := tt.goes.Sub(now); err != nil || wait != want {
				t.Errorf("at %s it waits %s, want %s; %v", now.Format("02 15.04"), wait, want, err)
			}
		}
	}
	if n := w.api.Count("sendMessage"); n != 0 {
		t.Fatalf("%d messages went out before their time", n)
	}
	now = at(32, 0)
	ended := make(chan error, 2)
	for _, r := range []*replica{one, two} {
		go func() { ended <- r.works(t.Context(), id) }()
	}
	w.must(<-ended)
	w.must(<-ended)
	for i, p := range w.people {
		if p.SentCount() != 1 {
			t.Errorf("person %d heard %d times", i, p.SentCount())
		}
	}
}

// again is a replica after a restart.
func (w *town) again(r *replica, office *locales.Office, now *time.Time) *replica {
	w.Helper()
	fresh := w.replica("tiga")
	fresh.Office, fresh.Now = office, func() time.Time { return *now }
	return fresh
}

// startsWith begins an announcement to everybody.
func (r *replica) startsWith(w *town, b storage.Broadcast) storage.BroadcastID {
	w.Helper()
	b.Audience, b.MadeBy = "semua", "staff:contoh"
	id, refused, err := r.db.DraftBroadcast(w.Context(), b)
	if err == nil && refused == "" {
		refused, err = r.db.StartBroadcast(w.Context(), id, segment.Is{Field: segment.Everyone}, "staff:contoh")
	}
	if err != nil || refused != "" {
		w.Fatalf("it does not start: %q, %v", refused, err)
	}
	return id
}

// vault holds one picture, under every name.
type vault struct{}

func (vault) Get(context.Context, string) (io.ReadCloser, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64)), nil)
	return io.NopCloser(&b), err
}
