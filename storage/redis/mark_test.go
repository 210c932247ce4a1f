package redis

import (
	"errors"
	"testing"

	"titian/storage"
)

func TestAMarkedRecordTakesNoCommitUntilItsTurnIsSettled(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		commit(t, s, turn("siti", 1))
		if err := errors.Join(s.Mark(ctx, "siti", 1, "m2", false), s.Mark(ctx, "siti", 1, "m2", false)); err != nil {
			t.Fatal("a mark set twice:", err)
		}
		if load(t, s, "siti").Mark != "m2" {
			t.Fatal("the mark does not stand")
		}
		want(t, s.Commit(ctx, turn("siti", 2), false), storage.ErrMarked)
		want(t, s.Mark(ctx, "siti", 1, "m3", false), storage.ErrMarked)
		if err := errors.Join(s.Settle(ctx, turn("siti", 2), "m2"), s.Settle(ctx, turn("siti", 2), "m2")); err != nil {
			t.Fatal(err)
		}
		wantSame(t, load(t, s, "siti"), withOwed(turn("siti", 2), turn("siti", 1)))
		commit(t, s, turn("siti", 3))
		if err := s.Settle(ctx, turn("siti", 2), "m2"); err != nil {
			t.Fatal("a settled turn, later:", err)
		}
		if load(t, s, "siti").Seq != 3 {
			t.Fatal("a late settle lowered the record")
		}
	})
}

func TestMarkSaysWhyItRefuses(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		commit(t, s, turn("siti", 1), turn("siti", 2))
		want(t, s.Mark(ctx, "siti", 1, "m3", false), storage.ErrConflict)
		want(t, s.Mark(ctx, "siti", 2, "m1", false), storage.ErrConflict)
		want(t, s.Mark(ctx, "nobody", 3, "m4", false), storage.ErrMissing)
		if err := s.SetInboxed(ctx, "siti", true); err != nil {
			t.Fatal(err)
		}
		want(t, s.Mark(ctx, "siti", 2, "m3", false), storage.ErrQueued)
		if err := s.Mark(ctx, "siti", 2, "m3", true); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAFirstMessageMayHaveALastingResult(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		if err := s.Mark(t.Context(), "siti", 0, "m1", false); err != nil {
			t.Fatal(err)
		}
		if r := load(t, s, "siti"); r.Seq != 0 || r.Mark != "m1" {
			t.Fatal(show(r))
		}
		if err := s.Settle(t.Context(), turn("siti", 1), "m1"); err != nil {
			t.Fatal(err)
		}
		wantSame(t, load(t, s, "siti"), turn("siti", 1))
	})
}

func TestSettleRaisesARecordThatIsLostOrBehind(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		commit(t, s, turn("behind", 1))
		for _, c := range []storage.ContactID{"lost", "behind"} {
			if err := s.Settle(ctx, turn(c, 5), "m5"); err != nil {
				t.Fatal(err)
			}
			if r := load(t, s, c); r.Seq != 5 || !owing(t, s, c) {
				t.Fatal(show(r))
			}
		}
	})
}

func TestSettleRefusesASeqThatAnotherMessageMade(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		commit(t, s, turn("siti", 1))
		want(t, s.Settle(t.Context(), turn("siti", 1), "another"), storage.ErrConflict)
	})
}

func TestAVoidTurnIsSkippedWithTheStateAsItWas(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		commit(t, s, turn("siti", 1))
		if err := s.Mark(ctx, "siti", 1, "m2", false); err != nil {
			t.Fatal(err)
		}
		want(t, s.Void(ctx, "siti", 2, "m9"), storage.ErrMarked)
		want(t, s.Void(ctx, "siti", 3, "m2"), storage.ErrConflict)
		want(t, s.Void(ctx, "nobody", 3, "m2"), storage.ErrMissing)
		if err := errors.Join(s.Void(ctx, "siti", 2, "m2"), s.Void(ctx, "siti", 2, "m2")); err != nil {
			t.Fatal(err)
		}
		skipped := turn("siti", 1)
		skipped.Seq = 2
		wantSame(t, load(t, s, "siti"), skipped)
		afresh := turn("siti", 3)
		afresh.Seen = []string{"m1", "m2"}
		commit(t, s, afresh)
	})
}
