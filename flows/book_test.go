package flows_test

import (
	"sync"
	"testing"

	"titian/flows"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/flows/rules"
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
	b, err := flows.New(city(t), builtinRules(t))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// builtinRules are the rules of the halal file as they are delivered.
func builtinRules(t testing.TB) *rules.Rules {
	t.Helper()
	r, err := rules.Read(locales.Files(""))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var walks sync.Map // of func() (flow.Map, error), by a flow's name

// walked is every way through a conversation as it is delivered. It is walked once for all tests that ask.
func walked(f *flow.Flow) (*flow.Map, error) {
	walk, _ := walks.LoadOrStore(f.Name, sync.OnceValues(func() (*flow.Map, error) {
		return flow.Walk(f, flow.WalkOptions{Starts: flows.Starts(f)})
	}))
	return walk.(func() (*flow.Map, error))()
}

func TestEveryWayThroughEveryConversationEnds(t *testing.T) {
	for _, f := range book(t).All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			if _, err := walked(f); err != nil {
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
