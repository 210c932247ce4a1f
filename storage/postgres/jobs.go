package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
)

// upkeepQueue holds the jobs that belong to no channel. The queue of a channel has its network's name.
const upkeepQueue = "upkeep"

// A job may take this long, and is taken over this long after it began when its process was killed.
const (
	jobTimeout  = 30 * time.Second
	rescueAfter = 60 * time.Second
	softStop    = 5 * time.Second
)

// JobsOptions say which jobs this process works.
type JobsOptions struct {
	Networks []string             // the channels it runs; each has a queue of its own
	Files    Deleter              // the vault
	Notices  Notifier             // who tells staff; nil: nobody here
	Owners   OwnerNotifier        // who tells owners of their applications; nil: nobody here
	Invited  InvitedNotifier      // who tells invited people; nil: nobody here
	Shower   Shower               // who shows documents to staff; nil: nobody here
	Talk     Messenger            // who carries words between contacts and staff; nil: nobody here
	Late     LateFetcher          // who fetches files late; nil: nobody here
	Pumper   Pumper               // who sends broadcasts; nil: nobody here
	Linker   Linker               // who links the dinas's phone; nil: nobody here
	Reminder Reminder             // who reminds people of what they left; nil: nobody here
	Joins    Joiner               // who makes one contact of two; nil: nobody here
	Workers  *river.Workers       // the workers of other packages; nil: none
	Periodic []*river.PeriodicJob // and what they do from time to time
}

// Jobs works the queues of one process. A process that works none inserts its jobs all the same, by Commit.
type Jobs struct {
	client   *river.Client[*sql.Tx]
	pool     *sqlx.DB
	listener *pgxpool.Pool
}

// Jobs makes the worker of this process's queues and of upkeep. It hears of new jobs at once, over a connection of its
// own, and takes over the jobs of a killed process.
func (d *DB) Jobs(o JobsOptions) (*Jobs, error) {
	if o.Files == nil {
		return nil, errors.New("work jobs: no vault to delete files from")
	}
	listen, err := pgxpool.ParseConfig(d.url)
	if err != nil {
		return nil, errors.New("the database URL cannot be read") // the cause may repeat its password
	}
	listen.MaxConns, listen.MinConns = 1, 0
	listen.ConnConfig.RuntimeParams["application_name"] = "titian jobs"
	j := &Jobs{}
	if j.pool, err = pool(d.url, 2*time.Minute, nil); err != nil {
		return nil, err
	}
	j.pool.SetMaxOpenConns(8)
	j.pool.SetMaxIdleConns(4)
	if j.listener, err = pgxpool.NewWithConfig(context.Background(), listen); err != nil {
		j.close()
		return nil, errors.New("open the job listener: the database URL cannot be used")
	}
	if j.client, err = river.NewClient(riverdatabasesql.NewWithPgxListener(j.pool.DB, j.listener), d.jobsConfig(o)); err != nil {
		j.close()
		return nil, fmt.Errorf("make the job worker: %w", err)
	}
	return j, nil
}

func (d *DB) jobsConfig(o JobsOptions) *river.Config {
	workers := o.Workers
	if workers == nil {
		workers = river.NewWorkers()
	}
	river.AddWorker(workers, &deleteFilesWorker{db: d, vault: o.Files})
	river.AddWorker(workers, &sweepWorker{db: d})
	river.AddWorker(workers, &tendWorker{db: d})
	if o.Invited != nil {
		river.AddWorker(workers, &notifyInvitedWorker{to: o.Invited})
	}
	if o.Notices != nil {
		river.AddWorker(workers, &notifyWorker{to: o.Notices})
	}
	if o.Owners != nil {
		river.AddWorker(workers, &notifyOwnerWorker{to: o.Owners})
	}
	if o.Shower != nil {
		river.AddWorker(workers, &showWorker{by: o.Shower})
		river.AddWorker(workers, &takeAwayWorker{by: o.Shower})
		river.AddWorker(workers, &handOutWorker{by: o.Shower})
		river.AddWorker(workers, &listWorker{by: o.Shower})
	}
	if o.Late != nil {
		river.AddWorker(workers, &fetchWorker{by: o.Late})
	}
	if o.Linker != nil {
		river.AddWorker(workers, &linkWorker{by: o.Linker})
	}
	if o.Reminder != nil {
		river.AddWorker(workers, &sweepRemindersWorker{by: o.Reminder})
		river.AddWorker(workers, &remindWorker{by: o.Reminder})
		o.Periodic = append(o.Periodic, river.NewPeriodicJob(river.PeriodicInterval(remindEvery),
			func() (river.JobArgs, *river.InsertOpts) { return SweepReminders{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}))
	}
	if o.Joins != nil {
		river.AddWorker(workers, &joinWorker{by: o.Joins})
	}
	if o.Talk != nil {
		river.AddWorker(workers, &relayWorker{by: o.Talk})
		river.AddWorker(workers, &carryWorker{by: o.Talk})
	}
	if o.Pumper != nil {
		river.AddWorker(workers, &pumpWorker{by: o.Pumper})
	}
	queues := map[string]river.QueueConfig{upkeepQueue: {MaxWorkers: 2}}
	for _, n := range o.Networks {
		queues[n] = river.QueueConfig{MaxWorkers: 8}
	}
	hourly := river.NewPeriodicJob(river.PeriodicInterval(time.Hour),
		func() (river.JobArgs, *river.InsertOpts) { return sweep{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
	tending := river.NewPeriodicJob(river.PeriodicInterval(tendEvery),
		func() (river.JobArgs, *river.InsertOpts) { return tend{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
	return &river.Config{
		Queues: queues, Workers: workers, PeriodicJobs: append([]*river.PeriodicJob{hourly, tending}, o.Periodic...),
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: softStop, Logger: quiet(d.log),
	}
}

// Start begins to work; the context's end stops it too.
func (j *Jobs) Start(ctx context.Context) error {
	return wrap("start the job worker", j.client.Start(ctx))
}

// Client inserts and watches jobs.
func (j *Jobs) Client() *river.Client[*sql.Tx] { return j.client }

// Stop lets running jobs end, for five seconds, and lets go of the database. The worker cannot be started again.
func (j *Jobs) Stop(ctx context.Context) error {
	err := j.client.Stop(ctx)
	j.close()
	return wrap("stop the job worker", err)
}

func (j *Jobs) close() {
	j.pool.Close()
	if j.listener != nil {
		j.listener.Close()
	}
}

// JobCounts is how many jobs of each queue wait, run or failed for good.
func (d *DB) JobCounts(ctx context.Context) (map[string]map[string]int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var rows []struct {
		Queue string `db:"queue"`
		State string `db:"state"`
		N     int    `db:"n"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT queue, state::text AS state, count(*) AS n FROM river_job
		WHERE state NOT IN ('completed', 'cancelled') GROUP BY queue, state`); err != nil {
		return nil, wrap("count jobs", err)
	}
	counts := map[string]map[string]int{}
	for _, r := range rows {
		if counts[r.Queue] == nil {
			counts[r.Queue] = map[string]int{}
		}
		counts[r.Queue][r.State] = r.N
	}
	return counts, nil
}
