package redis

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"titian/storage"
	"titian/storage/storagetest"
)

func TestAContactOwesUntilItsLastReplyIsTrimmed(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		commit(t, s, turn("siti", 1), turn("wa", 1))
		if err := s.Trim(ctx, []storage.Sent{{Contact: "siti", IDs: []string{"1.0"}}, {Contact: "wa", IDs: []string{"1.0", "1.1"}}}); err != nil {
			t.Fatal(err)
		}
		wantIDs(t, load(t, s, "siti").Owed, "1.1")
		if !owing(t, s, "siti") || owing(t, s, "wa") {
			t.Fatal("the owing set does not follow the records")
		}
		last := []storage.Sent{{Contact: "siti", IDs: []string{"1.1", "1.0"}}, {Contact: "nobody"}}
		if err := errors.Join(s.Trim(ctx, last), s.Trim(ctx, last), s.Trim(ctx, nil)); err != nil {
			t.Fatal(err)
		}
		if owing(t, s, "siti") {
			t.Fatal("still owing")
		}
	})
}

func TestAContactThatLostItsRecordStopsOwingWhenItIsTrimmed(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		commit(t, s, turn("siti", 1))
		s.client.Del(t.Context(), recordKey("siti"))
		if err := s.Trim(t.Context(), []storage.Sent{{Contact: "siti"}}); err != nil {
			t.Fatal(err)
		}
		if owing(t, s, "siti") {
			t.Fatal("still owing")
		}
	})
}

// clockwork is a store on a server whose clock the test moves.
func clockwork(t *testing.T) (*Store, func(time.Duration)) {
	t.Helper()
	server := miniredis.RunT(t)
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	server.SetTime(now)
	return open(t, "redis://"+server.Addr(), Options{}), func(d time.Duration) {
		now = now.Add(d)
		server.SetTime(now)
		server.FastForward(d)
	}
}

func TestALeaseLapsesAfterThirtySecondsUnlessRenewed(t *testing.T) {
	s, sleep := clockwork(t)
	commit(t, s, turn("dead", 1), turn("alive", 1))
	sleep(20 * time.Second)
	if err := s.Renew(t.Context(), []storage.ContactID{"alive", "owes nothing"}); err != nil {
		t.Fatal(err)
	}
	if owing(t, s, "owes nothing") {
		t.Fatal("a lease was given to a contact that owes nothing")
	}
	sleep(9 * time.Second)
	wantLapsed(t, s)
	sleep(2 * time.Second)
	wantLapsed(t, s, "dead")
	wantLapsed(t, s)
	sleep(30 * time.Second)
	wantLapsed(t, s, "alive", "dead")
}

func wantLapsed(t *testing.T, s *Store, want ...storage.ContactID) {
	t.Helper()
	got, err := s.Lapsed(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Fatalf("lapsed %v, want %v", got, want)
	}
}

func TestEachLapsedContactGoesToExactlyOneOfManyReplicas(t *testing.T) {
	for name, address := range map[string]string{"redis": storagetest.Redis(t), "miniredis": "redis://" + miniredis.RunT(t).Addr()} {
		t.Run(name, func(t *testing.T) {
			dead := open(t, address, Options{Lease: time.Millisecond})
			const contacts = 300
			for i := range contacts {
				commit(t, dead, turn(storage.ContactID(fmt.Sprint("c", i)), 1))
			}
			eventually(t, "the clock of Redis moves on", func() bool { return time.Since(begun(t, dead)) > 2*time.Millisecond })
			var mu sync.Mutex
			taken := map[storage.ContactID]int{}
			var all sync.WaitGroup
			for range 4 {
				s := open(t, address, Options{})
				all.Go(func() {
					for {
						some, err := s.Lapsed(t.Context(), 50)
						if err != nil {
							t.Error(err)
						}
						if len(some) == 0 {
							return
						}
						mu.Lock()
						for _, c := range some {
							taken[c]++
						}
						mu.Unlock()
						if len(some) > 50 {
							t.Errorf("%d contacts taken at once", len(some))
						}
					}
				})
			}
			all.Wait()
			if len(taken) != contacts {
				t.Errorf("%d contacts taken over, want %d", len(taken), contacts)
			}
			for c, n := range taken {
				if n != 1 {
					t.Errorf("%s was taken over %d times", c, n)
				}
			}
		})
	}
}

// begun is when the last lease of the test ended, by this machine's clock, which is that of its Redis.
func begun(t *testing.T, s *Store) time.Time {
	t.Helper()
	end, err := s.client.ZScore(t.Context(), owedKey(shardOf("c299")), "c299").Result()
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(int64(end))
}

func TestLapsedWorksOnEveryServer(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		s.lease = -time.Second
		commit(t, s, turn("siti", 1), turn("wa", 1), turn("la", 1))
		s.lease = Lease
		wantLapsed(t, s, "la", "siti", "wa")
		wantLapsed(t, s)
	})
}
