package main

import (
	"database/sql"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/desk"
	"titian/bot/dialogue"
	"titian/bot/whatsapp"
	"titian/locales"
	"titian/storage/postgres"
	"titian/storage/storagetest"
)

func TestAdminsAreRemindedOfThePhoneOnceAWeekWhoeverRuns(t *testing.T) {
	t.Parallel()
	url := storagetest.PostgresFrom(t, bottest.Migrate)
	db, err := postgres.Open(t.Context(), url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	office, err := locales.ReadOffice("")
	if err != nil {
		t.Fatal(err)
	}
	var both []*process
	for range 2 {
		both = append(both, &process{stores: &stores{db: db}, whatsapp: &whatsapp.Channel{},
			house: &house{texts: dialogue.New(texts()), desk: desk.New(desk.Options{Office: office})}})
	}
	rows, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	// 23 November 2026 is a Monday; 30 November is made a holiday.
	office.SetDays(map[string]locales.Day{"2026-11-30": {Name: "Libur"}})
	for _, at := range []struct {
		time string
		want int // reminders so far
	}{
		{"2026-11-22T09:00:00+08:00", 0}, {"2026-11-23T06:30:00+08:00", 0}, {"2026-11-23T08:30:00+08:00", 1}, {"2026-11-23T09:30:00+08:00", 1},
		{"2026-11-24T08:30:00+08:00", 1}, {"2026-11-30T08:30:00+08:00", 1}, {"2026-12-01T13:30:00+08:00", 1}, {"2026-12-01T08:30:00+08:00", 2},
		{"2026-12-07T08:30:00+08:00", 3},
	} {
		now, err := time.Parse(time.RFC3339, at.time)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range both {
			p.now = func() time.Time { return now }
			if err := p.remindPhone(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var n int
		if err := rows.QueryRow(`SELECT count(*) FROM operator_causes WHERE says LIKE '%HP dinas%'`).Scan(&n); err != nil || n != at.want {
			t.Errorf("at %s %d reminders were sent, want %d", at.time, n, at.want)
		}
	}
}
