package storage

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// mixed are ten people who answered at once and others whom a slow network reached over a day.
func mixed(n int) []Candidate {
	list := make([]Candidate, n)
	for i := range list {
		list[i] = Candidate{Person: i + 1, Number: fmt.Sprintf("IKM-2026-%06d", i+1), Registered: noon.Add(-time.Duration(i) * time.Hour), Said: noon}
		if i >= 10 {
			list[i].Said = noon.Add(time.Duration(i) * time.Minute)
		}
	}
	return list
}

func TestTheLotGivesTenOnAFastNetworkAndTheOthersOnASlowOneTheSameOdds(t *testing.T) {
	const people, places, draws = 1000, 35, 300
	list := mixed(people)
	fast, slow := 0, 0
	r := rand.New(rand.NewPCG(6, 35))
	for range draws {
		i := Invitation{Rule: RuleLot, Seed: fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()), Attempted: noon.Add(24 * time.Hour)}
		for _, c := range i.InOrder(list, noon.Add(48*time.Hour))[:places] {
			if c.Person <= 10 {
				fast++
			} else {
				slow++
			}
		}
	}
	p := float64(places) / people
	for name, got := range map[string]struct{ n, people int }{"ten on Telegram": {fast, 10}, "990 on WhatsApp": {slow, 990}} {
		odds, deviation := float64(got.n)/float64(got.people*draws), math.Sqrt(p*(1-p)/float64(got.people*draws))
		if math.Abs(odds-p) > 4*deviation {
			t.Errorf("%s get a place with odds of %.4f, want %.4f ± %.4f", name, odds, p, 4*deviation)
		}
	}
}

func TestTheOrderIsThatOfTheRuleAndOfNothingElse(t *testing.T) {
	list := mixed(40)
	shuffled := slices.Clone(list)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
	i := Invitation{Seed: "00112233445566778899aabbccddeeff", Attempted: noon.Add(20 * time.Minute)}
	for _, rule := range []Rule{RuleLot, RuleRegister, RuleFirst} {
		i.Rule = rule
		ordered := i.InOrder(list, noon.Add(time.Hour))
		if !slices.Equal(ordered, i.InOrder(shuffled, noon.Add(time.Hour))) {
			t.Errorf("%s: the order depends on the order in which they are given", rule)
		}
		for n, c := range ordered[1:] {
			before := ordered[n]
			lots := Lot(i.Seed, before.Number) < Lot(i.Seed, c.Number)
			ok := map[Rule]bool{
				RuleLot:      lots,
				RuleRegister: before.Registered.Before(c.Registered),
				RuleFirst:    before.Said.Before(c.Said) && c.Said.After(i.Attempted) || lots && !before.Said.After(i.Attempted) && !c.Said.After(i.Attempted),
			}[rule]
			if !ok {
				t.Errorf("%s: %v stands before %v", rule, before, c)
			}
		}
	}
	i.Rule = RuleLot
	if last := i.InOrder(list, noon.Add(30*time.Minute))[len(list)-1]; last.Person != 40 {
		t.Errorf("last is %v, want the one who said so last, after the filling", last)
	}
	// printf '%s:%s' 00112233445566778899aabbccddeeff IKM-2026-000001 | sha256sum
	if lot := Lot(i.Seed, "IKM-2026-000001"); lot != "425e6529f13aeaa30f603a1348d6ae187bd351004d5ef34c2efdc7816ebe96e0" {
		t.Errorf("the lot is %s", lot)
	}
	// printf %s 00112233445566778899aabbccddeeff | sha256sum
	if i.Commitment() != "5947d7c33d783f94b3b4c1a96ebc8991ed28f1b069b71e03376cba8caa98a720" {
		t.Errorf("the commitment is %s", i.Commitment())
	}
}

func TestPlacesAreGivenWhenTheSlowestHadTheirChance(t *testing.T) {
	c := Clocks{AnswerFor: 24 * time.Hour}
	sent, deadline, opens := noon.Add(time.Hour), noon.Add(72*time.Hour), noon.Add(48*time.Hour)
	for _, tt := range []struct {
		name  string
		i     Invitation
		want  time.Time
		known bool
	}{
		{"at the stated opening", Invitation{Rule: RuleLot, Opens: opens, Deadline: deadline, Attempted: sent}, opens, true},
		{"a day after the last was attempted", Invitation{Rule: RuleLot, Deadline: deadline, Attempted: sent}, sent.Add(24 * time.Hour), true},
		{"at the deadline at the latest", Invitation{Rule: RuleRegister, Deadline: sent.Add(time.Hour), Attempted: sent}, sent.Add(time.Hour), true},
		{"first come: once all were attempted", Invitation{Rule: RuleFirst, Deadline: deadline, Attempted: sent}, sent, true},
		{"not while it is being sent", Invitation{Rule: RuleFirst, Deadline: deadline}, deadline, false},
	} {
		if at, known := tt.i.FillAt(c); !at.Equal(tt.want) || known != tt.known {
			t.Errorf("%s: %v %v", tt.name, at, known)
		}
	}
	i := Invitation{Opens: opens, Deadline: deadline}
	if short := i.Shortfall(opens.Add(90 * time.Minute)); short != 90*time.Minute {
		t.Errorf("the shortfall is %v", short)
	}
}
