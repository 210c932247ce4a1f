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
		wait, sharing, err := l.Grant(t.Context(), "bot", 1, 5)
		if wait != 0 || sharing != 1 || err != nil {
			t.Errorf("the first turns: in %s, shared by %d; %v", wait, sharing, err)
		}
		wait, sharing, err = s.Limiter().Grant(t.Context(), "bot", 1, 5)
		if wait < 3*time.Second || wait > 5*time.Second || sharing != 2 || err != nil {
			t.Errorf("the turns behind them: in %s, shared by %d; %v", wait, sharing, err)
		}
	})
}

func TestAClockThatGoesBackDoesNotHoldThePaceForAnHour(t *testing.T) {
	s, sleep := clockwork(t)
	l := s.Limiter()
	ask := func() (turns, allowed time.Duration) {
		t.Helper()
		turns, _, err := l.Grant(t.Context(), "bot", 1000, 50)
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

func TestALimiterSaysHowManyReplicasShareAPace(t *testing.T) {
	s, sleep := clockwork(t)
	one, two := s.Limiter(), s.Limiter()
	for i, tt := range []struct {
		who   *Limiter
		after time.Duration
		want  int
	}{
		{one, 0, 1},
		{one, time.Second, 1},
		{two, 0, 2},
		{one, time.Second, 2},
		{one, 3 * time.Second, 1}, // two asked for nothing lately
		{two, 0, 2},
		{one, -time.Hour, 1}, // what was written by a clock that went back says nothing
		{two, 0, 2},
	} {
		sleep(tt.after)
		if _, sharing, err := tt.who.Grant(t.Context(), "bot", 1000, 50); err != nil || sharing != tt.want {
			t.Errorf("asking %d: %d share, want %d; %v", i, sharing, tt.want, err)
		}
	}
}
