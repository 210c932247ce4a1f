package redis

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"titian/storage"
	"titian/storage/storagetest"
)

// BenchmarkCommit commits turns with a sealed state of 900 bytes, 40 seen ids and one reply, each goroutine on a contact of its own.
func BenchmarkCommit(b *testing.B) {
	for _, goroutines := range []int{1, 32} {
		b.Run(fmt.Sprint(goroutines), func(b *testing.B) {
			s := open(b, storagetest.Redis(b), Options{})
			left := atomic.Int64{}
			left.Store(int64(b.N))
			b.ResetTimer()
			done := make(chan error, goroutines)
			for g := range goroutines {
				go func() { done <- commits(s, storage.ContactID(fmt.Sprint("contact-", g)), &left) }()
			}
			for range goroutines {
				if err := <-done; err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

func commits(s *Store, c storage.ContactID, left *atomic.Int64) error {
	r := storage.Record{Contact: c, State: make([]byte, 900)}
	for i := range 40 {
		r.See(fmt.Sprint(801234500 + i))
	}
	body := make([]byte, 250)
	for left.Add(-1) >= 0 {
		r.Seq++
		r.Seen = append(r.Seen[1:], fmt.Sprint(801234540+r.Seq))
		r.Owed = []storage.Owed{{ID: fmt.Sprintf("%d.0", r.Seq), Body: body}}
		if err := s.Commit(context.Background(), r, false); err != nil {
			return err
		}
		if r.Seq%100 == 0 {
			if err := s.Trim(context.Background(), []storage.Sent{{Contact: c, IDs: last100(r.Seq)}}); err != nil {
				return err
			}
		}
	}
	return nil
}

func last100(seq int64) []string {
	var ids []string
	for i := range int64(100) {
		ids = append(ids, fmt.Sprintf("%d.0", seq-i))
	}
	return ids
}

// BenchmarkLapsed asks all shards while nobody owes a reply: what every replica does at rest.
func BenchmarkLapsed(b *testing.B) {
	s := open(b, storagetest.Redis(b), Options{})
	for b.Loop() {
		if _, err := s.Lapsed(b.Context(), 100); err != nil {
			b.Fatal(err)
		}
	}
}
