package delivery

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// uneven is a network whose way stands still for a fifth of a second now and then; what was on it arrives all at once.
type uneven struct {
	*network
	mu      sync.Mutex
	arrived []time.Time
}

func (u *uneven) Send(_ context.Context, _ chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	if passed := time.Since(u.begun) % (1700 * time.Millisecond); passed < 200*time.Millisecond {
		time.Sleep(200*time.Millisecond - passed)
	}
	time.Sleep(5 * time.Millisecond)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.arrived = append(u.arrived, time.Now())
	return chat.Receipt{Ref: m.Text}, nil
}

// most is the most that arrived in any second.
func (u *uneven) most() int {
	most, first := 0, 0
	for i, at := range u.arrived {
		for at.Sub(u.arrived[first]) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func TestReplicasTogetherKeepWithinASecondHoweverUnevenlyTheWayIs(t *testing.T) {
	for _, replicas := range []int{1, 2, 3} {
		in(t, func(t *testing.T, h *house) {
			way := &uneven{network: h.net}
			o := h.Options
			o.Senders, o.InFlight = map[chat.Network]chat.Sender{chat.Telegram: way}, 1000
			o.Rate = func(chat.Network) float64 { return 980 }
			h.pacer.sharing = replicas
			var all sync.WaitGroup
			for replica := range replicas {
				d := New(o)
				defer func() {
					if err := d.Drain(context.Background()); err != nil {
						t.Error(err)
					}
				}()
				for i := range 6000 / replicas {
					all.Go(func() {
						c := fmt.Sprint(replica, " ", i)
						if _, err := d.Notice(t.Context(), storage.ContactID(c), at(c), chat.Outgoing{Text: c}, Broadcast); err != nil {
							t.Error(err)
						}
					})
				}
			}
			all.Wait()
			if most := way.most(); most > limit(980) {
				t.Errorf("%d replicas: %d arrived within a second, at most %d may", replicas, most, limit(980))
			}
			if took := time.Since(h.net.begun); took > 7*time.Second {
				t.Errorf("%d replicas: 6000 took %s", replicas, took)
			}
		})
	}
}
