package postgres_test

import (
	"runtime"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
	"titian/storage/segment"
)

// BenchmarkPlanAndFill is 100,000 owners planned for, and their ledger filled: the aim is 2 s and 80 MB.
func BenchmarkPlanAndFill(b *testing.B) {
	const people = 100_000
	f := setup(b)
	f.city(people)
	f.run(`INSERT INTO staff (id, contact, name, role, since) VALUES ('siti', 'b', 'Contoh', 'admin', now())`)
	e, err := segment.Vocabulary{Words: map[segment.Field][]segment.Word{segment.Sector: {{ID: "food", Names: []string{"Pangan"}}}}}.
		Parse("bukan halal:terbit dan (sektor:pangan atau nib:belum)")
	f.must(err)
	var took time.Duration
	b.ResetTimer()
	for range b.N {
		begun := time.Now()
		plan, err := f.PlanBroadcast(b.Context(), e, 0)
		f.must(err)
		if plan.Counts.Of() != people {
			b.Fatalf("%d people", plan.Counts.Of())
		}
		id, _, err := f.DraftBroadcast(b.Context(), storage.Broadcast{Text: "x", Audience: e.String(), MadeBy: "x"})
		f.must(err)
		f.allowed(f.ConfirmBroadcast(b.Context(), id, "siti"))
		f.allowed(f.StartBroadcast(b.Context(), id, e, "siti"))
		took += time.Since(begun)
		if counts, err := f.BroadcastCounts(b.Context(), id); err != nil || counts.Of(storage.RecipientPending) != people {
			b.Fatal(counts, err)
		}
	}
	b.StopTimer()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(took.Seconds()/float64(b.N), "s/broadcast")
	b.ReportMetric(float64(m.Sys)/1e6, "MB")
}

// BenchmarkLease is what one recipient costs the ledger: leased 64 at a time, and settled.
func BenchmarkLease(b *testing.B) {
	f := setup(b)
	_, err := f.Begin(b.Context(), "w")
	f.must(err)
	f.must(bottest.Town(f.raw, f.keys, b.N))
	f.run(`INSERT INTO staff (id, contact, name, role, since) VALUES ('siti', 'b', 'Contoh', 'admin', now())`)
	id, _, err := f.DraftBroadcast(b.Context(), storage.Broadcast{Text: "x", Audience: "semua", MadeBy: "x"})
	f.must(err)
	f.allowed(f.ConfirmBroadcast(b.Context(), id, "siti"))
	f.allowed(f.StartBroadcast(b.Context(), id, everyone, "siti"))
	b.ResetTimer()
	for {
		leased, left, err := f.Lease(b.Context(), id, chat.Telegram, "w", 64)
		f.must(err)
		if !left {
			break
		}
		fates := make([]storage.Fate, len(leased))
		for i, l := range leased {
			fates[i] = storage.Fate{Person: l.Person, State: storage.RecipientSent, Ref: "1"}
		}
		f.must(f.Settle(b.Context(), id, "w", fates))
	}
}
