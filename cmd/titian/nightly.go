package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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

// nightly makes a backup each night, in one process at a time. A machine that was off at two makes it when it is on
// again; the first one is made at once.
func (p *process) nightly(ctx context.Context) {
	if p.Backup == "" {
		return
	}
	for wait := backupLook; pause(ctx, wait); {
		wait = backupLook
		due, err := p.backupDue(ctx, clock()())
		if err == nil && due {
			err = p.backUpTonight(ctx)
		}
		if err != nil && !errors.Is(err, errBusy) && ctx.Err() == nil {
			p.log.Error("no backup was made: trying again in an hour", "error", err)
			wait = backupRetry
		}
	}
}

// backupDue says whether the last good backup is of before the last two o'clock.
func (p *process) backupDue(ctx context.Context, now time.Time) (bool, error) {
	last, err := p.db.LastBackup(ctx)
	if errors.Is(err, storage.ErrNotFound) {
		return true, nil
	}
	return err == nil && last.MadeAt.Before(lastTwo(now)), err
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

// backUpTonight makes a backup, and only then lets old ones go.
func (p *process) backUpTonight(ctx context.Context) error {
	begun := time.Now()
	made, err := p.backUp(ctx, p.settings, p.Backup, p.log)
	if err != nil {
		return err
	}
	p.log.Info("backed up", "file", made.Name, "rows", made.Rows, "files", made.Files, "bytes", made.SizeBytes,
		"restored_on_trial", made.Tested, "took", since(begun))
	return dropOld(p.Backup)
}

// dropOld removes the backups that nobody keeps any more, and nothing else.
func dropOld(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	for _, name := range backup.Old(names, locales.WITA) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// backupCause is what admins hear when no good backup was made for more than a night; "" when all is well or none is
// configured. A set-up that never made one is told so once it has run for as long.
func (p *process) backupCause(ctx context.Context, now time.Time) (string, error) {
	if p.Backup == "" {
		return "", nil
	}
	last, err := p.db.LastBackup(ctx)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return "belum ada cadangan data (backup) yang berhasil dibuat", nil
	case err != nil:
		return "", err
	case now.Sub(last.MadeAt) > backupStale:
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
