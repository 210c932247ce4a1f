package postgres

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// remindEvery is how often a sweep looks for whom to remind.
const remindEvery = 5 * time.Minute

// Remind is the job that reminds one person once: its id only. It waits in the queue of the network where they last wrote.
type Remind struct {
	ID string `json:"id"`
}

// Kind names the job.
func (Remind) Kind() string { return "remind" }

// SweepReminders is the job that finds whom to remind.
type SweepReminders struct{}

// Kind names the job.
func (SweepReminders) Kind() string { return "sweep_reminders" }

// InsertOpts lets one process at a time sweep. One that failed is not tried again: the next is near.
func (SweepReminders) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: upkeepQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled}}}
}

// Reminder reminds people. A wait asks for another try after it; so does an error.
type Reminder interface {
	Sweep(ctx context.Context) error
	Remind(ctx context.Context, id string) (wait time.Duration, err error)
}

type sweepRemindersWorker struct {
	river.WorkerDefaults[SweepReminders]
	by Reminder
}

func (w *sweepRemindersWorker) Work(ctx context.Context, _ *river.Job[SweepReminders]) error {
	return w.by.Sweep(ctx)
}

type remindWorker struct {
	river.WorkerDefaults[Remind]
	by Reminder
}

func (w *remindWorker) Work(ctx context.Context, job *river.Job[Remind]) error {
	wait, err := w.by.Remind(ctx, job.Args.ID)
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}
