package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"titian/bot"
	"titian/bot/bottest"
	"titian/bot/door"
	"titian/flows/flow"
	"titian/storage"
	"titian/storage/vault"
)

func TestAProcessKnowsWhatAnAdminShouldHearOf(t *testing.T) {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	for _, each := range []struct {
		name string
		harm func(*watched)
		want string
	}{
		{"all is well", func(*watched) {}, "[]"},
		{"14 % of the disk are left", func(w *watched) { w.space = left(14) }, "[disk]"},
		{"15 % of the disk are left", func(w *watched) { w.space = left(15) }, "[]"},
		{"the clock is a minute and a second off", func(w *watched) { w.now = func() time.Time { return now.Add(61 * time.Second) } }, "[clock]"},
		{"the clock is a minute off", func(w *watched) { w.now = func() time.Time { return now.Add(-time.Minute) } }, "[]"},
		{"nobody says what time it is", func(w *watched) {
			w.clocks["Postgres"] = func(context.Context) (time.Time, error) { return time.Time{}, nil }
		}, "[]"},
		{"messages are parked", func(w *watched) { w.parked = func(context.Context) (int, error) { return 2, nil } }, "[parked]"},
		{"the process before died", func(w *watched) { w.unclean = true }, "[unclean]"},
		{"it died a day ago", func(w *watched) { w.unclean, w.begun = true, now.Add(-uncleanFor) }, "[]"},
		{"Postgres is away", func(w *watched) {
			w.parked = func(context.Context) (int, error) { return 0, storage.ErrDown }
			w.clocks["Postgres"] = func(context.Context) (time.Time, error) { return time.Time{}, storage.ErrDown }
		}, "[]"},
	} {
		t.Run(each.name, func(t *testing.T) {
			w := watched{now: func() time.Time { return now }, space: left(50), begun: now.Add(-time.Hour),
				parked:   func(context.Context) (int, error) { return 0, nil },
				clocks:   map[string]func(context.Context) (time.Time, error){"Postgres": func(context.Context) (time.Time, error) { return now, nil }},
				failures: func(string, error) {}}
			each.harm(&w)
			var keys []string
			for _, c := range w.causes(t.Context()) {
				keys = append(keys, c.key)
				if c.says == "" || strings.Contains(c.says, "%!") {
					t.Errorf("it says %q", c.says)
				}
			}
			if got := fmt.Sprint(keys); got != each.want {
				t.Errorf("it found %s, want %s", got, each.want)
			}
		})
	}
}

func left(percent int64) func() (vault.Space, error) {
	return func() (vault.Space, error) { return vault.Space{FreeBytes: percent << 20, TotalBytes: 100 << 20}, nil }
}

func TestWhileTheDiskIsFullAPhotoIsDeclinedAndNothingIsWritten(t *testing.T) {
	v, err := vault.Open(t.TempDir(), bottest.Keys(t))
	if err != nil {
		t.Fatal(err)
	}
	for percent, want := range map[int64]string{4: "full", 5: "empty"} {
		f := door.New(v, full(left(percent)))
		_, err := f.Keep(t.Context(), storage.FileID(vault.NewID()), flow.Wanted{}, strings.NewReader(""))
		if refused, ok := errors.AsType[*bot.Refusal](err); !ok || refused.Reason != want {
			t.Errorf("with %d %% left: %v, want %s", percent, err, want)
		}
	}
}
