package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"titian/storage"
)

func TestACommittedTurnIsReadBackByteForByteWithItsRepliesInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		r := turn("siti", 1)
		for n := 2; n < 12; n++ {
			r.Owed = append(r.Owed, storage.Owed{ID: fmt.Sprintf("1.%d", n), Body: []byte{0, byte(n), 255}})
		}
		commit(t, s, r)
		wantSame(t, load(t, s, "siti"), r)
	})
}

func TestRepliesOfEarlierTurnsStayUntilTheyAreTrimmed(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		r := turn("siti", 2)
		r.Owed = append([]storage.Owed{{ID: "1.7", Body: []byte("sent long ago, remembered by a cache")}}, r.Owed...)
		commit(t, s, turn("siti", 1), r)
		wantIDs(t, load(t, s, "siti").Owed, "1.0", "1.1", "2.0", "2.1")
	})
}

func TestCommitSaysWhyItRefuses(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		commit(t, s, turn("siti", 1), turn("siti", 2))
		if err := s.Mark(ctx, "marked", 0, "m1", false); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.SetInboxed(ctx, "inboxed", true), s.SetInboxed(ctx, "siti-inboxed", true)); err != nil {
			t.Fatal(err)
		}
		seen := turn("siti", 3)
		seen.Seen = append(seen.Seen[:2:2], "m1")
		fork := turn("siti", 2)
		fork.State = []byte("another replica's answer to the same message")
		rows := []struct {
			why  string
			rec  storage.Record
			want error
		}{
			{"a turn too far ahead", turn("siti", 4), storage.ErrConflict},
			{"a turn already made", turn("siti", 1), storage.ErrConflict},
			{"a message seen before", seen, storage.ErrConflict},
			{"the same turn, made by another replica", fork, storage.ErrConflict},
			{"a marked record", turn("marked", 1), storage.ErrMarked},
			{"a lost record", turn("nobody", 5), storage.ErrMissing},
			{"an inboxed contact without a record", turn("inboxed", 1), storage.ErrQueued},
			{"an inboxed contact", turn("siti-inboxed", 1), storage.ErrQueued},
		}
		for _, row := range rows {
			if err := s.Commit(ctx, row.rec, false); !errors.Is(err, row.want) || errors.Is(err, storage.ErrDown) {
				t.Errorf("%s: got %v, want %v", row.why, err, row.want)
			}
		}
		wantSame(t, load(t, s, "siti"), withOwed(turn("siti", 2), turn("siti", 1)))
	})
}

func withOwed(r, earlier storage.Record) storage.Record {
	r.Owed = append(earlier.Owed, r.Owed...)
	return r
}

func TestAMessageFromTheInboxPassesTheInboxFlag(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		if err := s.SetInboxed(ctx, "siti", true); err != nil {
			t.Fatal(err)
		}
		r, err := s.Load(ctx, "siti")
		want(t, err, storage.ErrMissing)
		if !r.Inboxed {
			t.Fatal("a contact without a record forgets its inbox")
		}
		if err := s.Commit(ctx, turn("siti", 1), true); err != nil {
			t.Fatal(err)
		}
		if !load(t, s, "siti").Inboxed {
			t.Fatal("a commit cleared the inbox flag")
		}
		if err := s.SetInboxed(ctx, "siti", false); err != nil {
			t.Fatal(err)
		}
		commit(t, s, turn("siti", 2))
	})
}

func TestACommitWhoseAnswerWasLostIsDoneWhenRepeatedAndDoneOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		r := turn("siti", 1)
		commit(t, s, r, r)
		if err := s.Trim(ctx, []storage.Sent{{Contact: "siti", IDs: []string{"1.0", "1.1"}}}); err != nil {
			t.Fatal(err)
		}
		commit(t, s, r)
		wantIDs(t, load(t, s, "siti").Owed)
	})
}

func TestOfManyCommittersOfATurnExactlyOneWins(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		for _, sameMessage := range []bool{false, true} {
			c := storage.ContactID(fmt.Sprintf("siti-%t", sameMessage))
			commit(t, s, turn(c, 1))
			var won atomic.Int32
			var all sync.WaitGroup
			for i := range 16 {
				r := turn(c, 2)
				r.State = fmt.Appendf(nil, "sealed by replica %d", i)
				if !sameMessage {
					r.Seen[1] = fmt.Sprintf("m2-%d", i)
				}
				all.Go(func() {
					switch err := s.Commit(context.Background(), r, false); {
					case err == nil:
						won.Add(1)
					case !errors.Is(err, storage.ErrConflict):
						t.Error(err)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 {
				t.Fatalf("%d committers won", won.Load())
			}
		}
	})
}

func TestAMessageIDWithALineBreakIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		r := turn("siti", 1)
		r.Seen = []string{"a\nb"}
		want(t, s.Commit(t.Context(), r, false), errLineBreak)
		want(t, s.Mark(t.Context(), "siti", 0, "a\nb", false), errLineBreak)
		want(t, s.Commit(t.Context(), storage.Record{Contact: "siti", Seq: 1}, false), errNoSeen)
	})
}

func TestARecordHoldsTheWholeOfTheSeenIDs(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		r := turn("siti", 1)
		r.Seen = nil
		for i := range storage.MaxSeen + 5 {
			r.See(strings.Repeat("x", 40) + fmt.Sprint(i))
		}
		commit(t, s, r)
		if got := load(t, s, "siti"); len(got.Seen) != storage.MaxSeen || got.Seen[0] != r.Seen[0] {
			t.Fatalf("%d ids, first %q", len(got.Seen), got.Seen[0])
		}
	})
}
