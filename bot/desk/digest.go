package desk

import (
	"context"
	"strconv"
	"time"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// Run makes each day's digest in time and looks after threads, until ctx ends. Every process may run it: a day has one digest.
func (d *Desk) Run(ctx context.Context) {
	tick := time.NewTicker(digestEvery)
	defer tick.Stop()
	for {
		if err := d.MakeDigest(ctx); err != nil && ctx.Err() == nil {
			d.Log.Warn("the digest waits", "error", err)
		}
		if err := d.WatchThreads(ctx); err != nil && ctx.Err() == nil {
			d.Log.Warn("nobody looks for who waits", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// MakeDigest makes the digest of today when it is due: from eight in the morning on a working day, once.
func (d *Desk) MakeDigest(ctx context.Context) error {
	now := d.Now().In(locales.WITA)
	day := now.Format(time.DateOnly)
	if now.Hour() < digestHour || night(now) > 0 || !d.Office.Works(now) || d.digested.Load() == day {
		return nil
	}
	_, err := d.Store.MakeDigest(ctx, day)
	if err == nil {
		d.digested.Store(day)
	}
	return err
}

// digest is the morning's count; only admins are told of reports.
func (d *Desk) digest(g storage.Digest, role storage.Role) string {
	text := d.Texts.Say("staff.notice.digest", map[string]string{
		"since": moment(g.Since), "filed": itoa(g.Filed), "wishes": itoa(g.Wishes), "duplicates": itoa(g.Duplicates),
	})
	if role == storage.RoleAdmin && g.Reports > 0 {
		text += "\n" + d.Texts.Say("staff.notice.digest_reports", map[string]string{"n": itoa(g.Reports)})
	}
	return text
}

func itoa(n int) string { return strconv.Itoa(n) }

func clock(t time.Time) string { return t.In(locales.WITA).Format("15.04") }

func moment(t time.Time) string {
	t = t.In(locales.WITA)
	return answer.PrintDate(t) + " pukul " + clock(t)
}
