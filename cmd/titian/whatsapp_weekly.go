package main

import (
	"context"
	"fmt"
	"time"

	"titian/locales"
)

// remindPhone asks admins to look after the dinas's phone, once a week whoever runs: WhatsApp drops the devices of a phone
// that was away for two weeks, and a SIM without credit dies.
func (p *process) remindPhone(ctx context.Context) error {
	now := p.now().In(locales.WITA)
	if p.whatsapp == nil || !firstMorning(p.house.desk.Office, now) {
		return nil
	}
	year, week := now.ISOWeek()
	return p.db.TellCause(ctx, "whatsapp weekly", fmt.Sprintf("%d-%02d", year, week), p.house.texts.Text("staff.link.weekly", nil))
}

// firstMorning says whether it is the morning of the first day of its week on which the office works, and open.
func firstMorning(office *locales.Office, t time.Time) bool {
	if t.Hour() >= 12 || !office.Open(t) {
		return false
	}
	for day := t; day.Weekday() != time.Monday; {
		day = day.AddDate(0, 0, -1)
		if office.Works(day) {
			return false
		}
	}
	return true
}
