package flows_test

import (
	"testing"

	"titian/flows"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/locales"
)

// city is the built-in list of regions.
func city(t testing.TB) answer.City {
	t.Helper()
	c, err := locales.City("", answer.ReadCity)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func book(t testing.TB) *flows.Book {
	t.Helper()
	return flows.New(city(t))
}

func TestEveryWayThroughEveryConversationEnds(t *testing.T) {
	for _, f := range book(t).All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			if _, err := flow.Walk(f, flow.WalkOptions{Starts: flows.Starts(f)}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTenThousandPeopleWhoDoAsTheyLikeBreakNothing(t *testing.T) {
	n := 10_000
	if testing.Short() {
		n = 500
	}
	if err := flow.RandomWalk(book(t).Registration, 20_261_123, n, flow.WalkOptions{Starts: flows.Starts(book(t).Registration)}); err != nil {
		t.Fatal(err)
	}
}

func TestTheSmallConversationsHoldAgainstRandomPeopleToo(t *testing.T) {
	for _, f := range book(t).All()[1:] {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			if err := flow.RandomWalk(f, 7, 300, flow.WalkOptions{Starts: flows.Starts(f)}); err != nil {
				t.Fatal(err)
			}
		})
	}
}
