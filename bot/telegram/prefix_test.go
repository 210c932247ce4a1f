package telegram

import (
	"testing"

	"pgregory.net/rapid"
)

func TestTheOffsetMovesOnlyOverAFinishedPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPrefix()
		taken, finished := map[int]bool{}, map[int]bool{}
		highest := 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			offset, _, _, _ := p.standing()
			if rapid.Bool().Draw(t, "take") {
				id := offset + rapid.IntRange(0, 120).Draw(t, "ahead")
				if id == 0 {
					id = 1
				}
				if got, want := p.knows(offset, id), taken[id]; got != want {
					t.Fatalf("knows(%d) = %t, want %t", id, got, want)
				}
				if got, want := p.take(offset, id), !taken[id]; got != want {
					t.Fatalf("take(%d) = %t, want %t", id, got, want)
				}
				taken[id] = true
				highest = max(highest, id)
			} else {
				for id := range taken {
					if !finished[id] {
						p.finish(id)
						finished[id] = true
						break
					}
				}
			}
			offset, open, _, _ := p.standing()
			if open != len(taken)-len(finished) {
				t.Fatalf("%d open, want %d", open, len(taken)-len(finished))
			}
			for id := range taken {
				if id < offset && !finished[id] {
					t.Fatalf("offset %d confirms the unfinished %d", offset, id)
				}
			}
			if len(taken) == len(finished) && highest > 0 && offset != highest+1 {
				t.Fatalf("all is finished up to %d, and the offset is %d", highest, offset)
			}
		}
	})
}

func TestANewSequenceOfIdsIsTakenUp(t *testing.T) {
	p := newPrefix()
	p.take(0, 900)
	p.finish(900)
	if !p.take(901, 40) || !p.take(901, 41) {
		t.Fatal("ids below the offset asked for were refused")
	}
	p.finish(40)
	p.finish(41)
	if offset, _, _, _ := p.standing(); offset != 42 {
		t.Errorf("offset %d, want 42", offset)
	}
}
