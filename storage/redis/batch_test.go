package redis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"titian/storage"
)

func TestAnswersGivenSideBySideAreEachCommittedWithTheirOwnVerdict(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		if err := s.client.ScriptFlush(t.Context()).Err(); err != nil { // a batch teaches what a server forgot
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 300 {
			all.Go(func() {
				c := storage.ContactID(fmt.Sprintf("c%d", i))
				rec := storage.Record{Contact: c, Seq: 1, Seen: []string{"m1"}, State: []byte{byte(i)}}
				if err := s.Commit(context.Background(), rec, false); err != nil {
					t.Errorf("%s: %v", c, err)
				}
				rec.Seq, rec.Seen = 3, []string{"m1", "m3"}
				if err := s.Commit(context.Background(), rec, false); !errors.Is(err, storage.ErrConflict) {
					t.Errorf("%s skips a turn: %v", c, err)
				}
			})
		}
		all.Wait()
		for i := range 300 {
			c := storage.ContactID(fmt.Sprintf("c%d", i))
			if rec, err := s.Load(t.Context(), c); err != nil || rec.Seq != 1 || rec.State[0] != byte(i) {
				t.Fatalf("%s holds %v, %v", c, rec, err)
			}
		}
	})
}

func TestWhoNoLongerWaitsHoldsNobodyUp(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ended, end := context.WithCancel(context.Background())
		end()
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				ctx := context.Background()
				if i%2 == 0 {
					ctx = ended
				}
				rec := storage.Record{Contact: storage.ContactID(fmt.Sprintf("d%d", i)), Seq: 1, Seen: []string{"m1"}, State: []byte("x")}
				if err := s.Commit(ctx, rec, false); err != nil && i%2 == 1 {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		all.Wait()
	})
}
