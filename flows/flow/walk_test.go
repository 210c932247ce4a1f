package flow_test

import (
	"testing"

	"titian/flows/flow"
)

func TestWalkSeesTheWholeRegistration(t *testing.T) {
	m, err := flow.Walk(registration, flow.WalkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(m.Moves), m.Keys)
	t.Log("\n" + flow.Mermaid(m))
}

func TestWalkHalal(t *testing.T) {
	m, err := flow.Walk(halal, flow.WalkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + flow.Mermaid(m))
}

func TestRandom(t *testing.T) {
	for _, f := range []*flow.Flow{registration, halal} {
		if err := flow.RandomWalk(f, 1, 10000, flow.WalkOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}
