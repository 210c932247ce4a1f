package main

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"titian/locales"
	"titian/storage"
	"titian/storage/backup"
)

const (
	backupHour  = 2 // WITA
	backupLook  = time.Minute
	backupRetry = time.Hour      // after one that failed
	backupStale = 26 * time.Hour // a night was missed
)

// nightly makes a backup each night, in one process at a time, until wait says that the process ends. A machine that was
// off at two makes it when it is on again; the first one is made at once.
func (b *backups) nightly(ctx context.Context, wait func(context.Context, time.Duration) bool) {
	for next := backupLook; wait(ctx, next); {
		next = backupLook
		due, err := b.due(ctx)
		if err == nil && due {
			err = b.tonight(ctx)
		}
		if err != nil && !errors.Is(err, errBusy) && ctx.Err() == nil {
			b.log.Error("no backup was made: trying again in an hour", "error", err)
			next = backupRetry
		}
	}
}

// due says whether the last good backup is of before the last two o'clock.
func (b *backups) due(ctx context.Context) (bool, error) {
	last, err := b.stores.db.LastBackup(ctx)
	if errors.Is(err, storage.ErrNotFound) {
		return true, nil
	}
	return err == nil && last.MadeAt.Before(lastTwo(b.now())), err
}

// lastTwo is the last two o'clock at night.
func lastTwo(now time.Time) time.Time {
	now = now.In(locales.WITA)
	two := time.Date(now.Year(), now.Month(), now.Day(), backupHour, 0, 0, 0, locales.WITA)
	if two.After(now) {
		two = two.AddDate(0, 0, -1)
	}
	return two
}

// tonight makes a backup, unless another process just did, and only then lets old ones go.
func (b *backups) tonight(ctx context.Context) error {
	begun := time.Now()
	made, err := b.make(ctx, b.due)
	if errors.Is(err, errMade) {
		return nil
	}
	if err != nil {
		return err
	}
	b.log.Info("backed up", "file", made.Name, "rows", made.Rows, "files", made.Files, "bytes", made.SizeBytes,
		"restored_on_trial", made.Tested, "took", since(begun))
	return b.dropOld(ctx)
}

// dropOld removes the backups that nobody keeps any more, and nothing else.
func (b *backups) dropOld(ctx context.Context) error {
	return b.drop(ctx, func(names []string) []string { return backup.Old(names, locales.WITA) })
}

// cause is what admins hear when no good backup was made for more than a night; "" when all is well. A set-up that never
// made one is told so too.
func (b *backups) cause(ctx context.Context) (string, error) {
	last, err := b.stores.db.LastBackup(ctx)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return "belum ada cadangan data (backup) yang berhasil dibuat", nil
	case err != nil:
		return "", err
	case b.now().Sub(last.MadeAt) > backupStale:
		return "cadangan data (backup) terakhir dibuat " + last.MadeAt.In(locales.WITA).Format("02-01-2006 15.04") + " WITA, lebih dari 26 jam yang lalu", nil
	}
	return "", nil
}

// backupAge shows how old the last good backup is; nothing while the database is down or there is none.
type backupAge struct{ stores *stores }

var backupAgeDesc = prometheus.NewDesc("titian_backup_age_seconds", "Age of the last good backup; absent: none yet.", nil, nil)

func (b backupAge) Describe(ch chan<- *prometheus.Desc) { ch <- backupAgeDesc }

func (b backupAge) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if last, err := b.stores.db.LastBackup(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(backupAgeDesc, prometheus.GaugeValue, clock()().Sub(last.MadeAt).Seconds())
	}
}
