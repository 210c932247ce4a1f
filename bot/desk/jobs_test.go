package desk_test

import (
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"titian/bot/bottest"
)

// events are those of the house's jobs from now on.
func events(t *testing.T, h *bottest.House, kinds ...river.EventKind) <-chan *river.Event {
	t.Helper()
	c, stop := h.Jobs.Client().Subscribe(kinds...)
	t.Cleanup(stop)
	return c
}

func snoozes(t *testing.T, h *bottest.House) <-chan *river.Event {
	t.Helper()
	return events(t, h, river.EventKindJobSnoozed)
}

// await waits for n events.
func await(t *testing.T, c <-chan *river.Event, n int) {
	t.Helper()
	limit := time.After(30 * time.Second)
	for range n {
		select {
		case <-c:
		case <-limit:
			t.Fatal("a job did not come to what was awaited")
		}
	}
}

// wake lets every job that waits for its time be worked now.
func wake(t *testing.T, h *bottest.House) {
	t.Helper()
	list, err := h.Jobs.Client().JobList(t.Context(), river.NewJobListParams().
		Kinds("notify_staff", "notify_owner", "relay_thread", "carry_answers", "fetch_file", "link_phone").States(rivertype.JobStateScheduled, rivertype.JobStateRetryable).First(100))
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range list.Jobs {
		if _, err := h.Jobs.Client().JobRetry(t.Context(), job.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// idle waits until no notice waits to be worked now.
func idle(t *testing.T, h *bottest.House) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(30 * time.Second)
	for {
		list, err := h.Jobs.Client().JobList(t.Context(), river.NewJobListParams().Kinds("notify_staff", "notify_owner", "relay_thread", "carry_answers", "fetch_file", "link_phone").
			States(rivertype.JobStateAvailable, rivertype.JobStateRunning, rivertype.JobStatePending).First(1))
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Jobs) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("notices are still worked")
		}
	}
}
