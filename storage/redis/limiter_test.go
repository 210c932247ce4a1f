package redis

import (
	"testing"
	"time"
)

func TestReplicasShareOnePaceWithoutABurst(t *testing.T) {
	s, sleep := clockwork(t)
	one, two := s.Limiter(), s.Limiter()
	sent, passed := 0, time.Duration(0)
	for passed < 10*time.Second {
		soonest := time.Hour
		for _, l := range []*Limiter{one, two} {
			wait, err := l.Allow(t.Context(), "bot:telegram", 25)
			if err != nil {
				t.Fatal(err)
			}
			if wait == 0 {
				sent++
			} else {
				soonest = min(soonest, wait)
			}
		}
		sleep(soonest)
		passed += soonest
	}
	if sent < 245 || sent > 251 {
		t.Fatalf("%d in ten seconds at 25 a second", sent)
	}
}

func TestALimiterSaysHowLongToWait(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		l := s.Limiter()
		first, err := l.Allow(t.Context(), "chat", 0.1)
		if first != 0 || err != nil {
			t.Fatal(first, err)
		}
		second, err := l.Allow(t.Context(), "chat", 0.1)
		if err != nil || second < 5*time.Second || second > 10*time.Second {
			t.Fatal(second, err)
		}
		for range 5 {
			if free, err := l.Allow(t.Context(), "chat", 0); free != 0 || err != nil {
				t.Fatal("no limit limits:", free, err)
			}
		}
	})
}

func TestAClockThatGoesBackDoesNotHoldThePaceForAnHour(t *testing.T) {
	s, sleep := clockwork(t)
	l := s.Limiter()
	ask := func() (turns, allowed time.Duration) {
		t.Helper()
		turns, err := l.Grant(t.Context(), "bot", 1000, 50)
		if err != nil {
			t.Fatal(err)
		}
		if allowed, err = l.Allow(t.Context(), "chat", 1); err != nil {
			t.Fatal(err)
		}
		return turns, allowed
	}
	ask()
	sleep(-time.Hour)
	if turns, allowed := ask(); turns > time.Minute || allowed > time.Minute {
		t.Errorf("it waits %s and %s", turns, allowed)
	}
}
