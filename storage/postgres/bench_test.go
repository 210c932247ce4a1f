package postgres_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/storage"
	"titian/storage/storagetest"
)

// synced is a database that syncs to disk, as the real one does.
func synced(b *testing.B) *fixture {
	b.Helper()
	f := over(b, storagetest.PostgresServer(b).URL)
	f.must(f.Migrate(b.Context(), nil))
	return f
}

func BenchmarkCommitOfAFiling(b *testing.B) {
	for _, at := range []int{1, 16} {
		b.Run(fmt.Sprintf("%d at once", at), func(b *testing.B) {
			f := synced(b)
			var n atomic.Int64
			b.SetParallelism((at + 1) / 2)
			one := func() {
				i := n.Add(1)
				r := wati()
				r.NIK, r.Phone = answer.NIK(fmt.Sprintf("7471%012d", i)), answer.Phone(fmt.Sprintf("+628%09d", i))
				c, err := f.Contact(b.Context(), address(i), "", start)
				f.must(err)
				_, err = try(b.Context(), f.DB, key(c.ID, 1), filing(r))
				f.must(err)
			}
			b.ResetTimer()
			if at == 1 {
				for b.Loop() {
					one()
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					one()
				}
			})
		})
	}
}

func BenchmarkSaveSnapshotsOf500(b *testing.B) {
	f := synced(b)
	snaps := make([]storage.Snapshot, 500)
	for i := range snaps {
		c := f.contact(fmt.Sprint(i))
		snaps[i] = storage.Snapshot{Record: storage.Record{Contact: c, State: make([]byte, 900)}, Flow: "registration", Question: "nik", HeardAt: start, ChangedAt: start}
	}
	for b.Loop() {
		for i := range snaps {
			snaps[i].Record.Seq++
		}
		f.must(f.SaveSnapshots(b.Context(), snaps))
	}
	b.ReportMetric(float64(b.N*len(snaps))/b.Elapsed().Seconds(), "snapshots/s")
}

func BenchmarkConversation(b *testing.B) {
	f := synced(b)
	c := f.contact("1")
	f.commit(c, 1, filing(wati()))
	for b.Loop() {
		_, err := f.Conversation(b.Context(), c)
		f.must(err)
	}
}

func BenchmarkInboxPutTakeDone(b *testing.B) {
	f := synced(b)
	for i := 0; b.Loop(); i++ {
		f.put("a", fmt.Sprint(i))
		f.ends(f.take("one", 1)[0].ID)
	}
}

func address(i int64) chat.Address {
	return chat.Address{Network: chat.Telegram, Key: fmt.Sprint(i)}
}
