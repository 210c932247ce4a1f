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

// starts are the facts that the bot begins each flow with.
var starts = map[string][]map[string]string{
	"for_whom": {one},
	"status":   {one, many},
	"my_data":  {one, many},
	"delete":   {{"owners": "none", "draft": "1"}, one, many},
	"amend":    {one, many},
	"comeback": {{"owners": "one", "owner": "draft", "owner.1.id": "draft", "owner.1.proof": "0001 IKM-2026-000001"}},
	"menu":     {{"owners": "none"}, {"owners": "none", "draft": "1"}, one, many},
}

var (
	one = map[string]string{
		"owners": "one", "owner": "o1", "owner.1.id": "o1", "owner.1.label": "Dapur Contoh (Contoh Satu)", "owner.1.proof": "0001 IKM-2026-000001",
	}
	many = map[string]string{
		"owners": "many", "owner.1.id": "o1", "owner.1.label": "Dapur Contoh (Contoh Satu)", "owner.1.proof": "0001 IKM-2026-000001",
		"owner.2.id": "o2", "owner.2.label": "Tenun Contoh (Contoh Dua)", "owner.2.proof": "0001 IKM-2026-000001",
	}
)

func TestEveryWayThroughEveryConversationEnds(t *testing.T) {
	for _, f := range book(t).All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			if _, err := flow.Walk(f, flow.WalkOptions{Starts: starts[f.Name]}); err != nil {
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
	if err := flow.RandomWalk(book(t).Registration, 20_261_123, n, flow.WalkOptions{}); err != nil {
		t.Fatal(err)
	}
}

func TestTheSmallConversationsHoldAgainstRandomPeopleToo(t *testing.T) {
	for _, f := range book(t).All()[1:] {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			if err := flow.RandomWalk(f, 7, 300, flow.WalkOptions{Starts: starts[f.Name]}); err != nil {
				t.Fatal(err)
			}
		})
	}
}
