package flows

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/flows/flow"
)

// wita is the time of Kendari.
var wita = time.FixedZone("WITA", 8*60*60)

var clockWords = regexp.MustCompile(`(?i)(?:\b(?:jam|pukul|pkl)\.?\s*(\d{1,2})(?:[.:](\d{2}))?|(?:^|\s)(\d{1,2})[.:](\d{2}))(?:\s*(pagi|siang|sore|malam))?(?:\s*wita)?\s*$`)

// momentOf reads a day and an hour of WITA: "besok jam 9", "1 Desember 09.00". Without a day it is today; without an hour it is
// usual, or with usual below 0 a Problem "clock".
func momentOf(text string, now time.Time, usual int) (time.Time, error) {
	text, today := strings.TrimSpace(answer.NormaliseText(text)), now.In(wita)
	hour, minute := usual, 0
	if part := clockWords.FindStringSubmatchIndex(text); part != nil {
		at := func(n int) int {
			if part[2*n] < 0 {
				return 0
			}
			v, _ := strconv.Atoi(text[part[2*n]:part[2*n+1]])
			return v
		}
		hour, minute = at(1)+at(3), at(2)+at(4)
		if part[10] >= 0 {
			hour = within(hour, strings.ToLower(text[part[10]:part[11]]))
		}
		text = strings.TrimRight(strings.TrimSpace(text[:part[0]]), ",")
	}
	day := today
	if text != "" {
		var err error
		if day, err = answer.ParseDate(text, today); err != nil {
			return time.Time{}, err
		}
	}
	if hour < 0 || hour > 23 || minute > 59 {
		return time.Time{}, &answer.Problem{Reason: "clock"}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, wita).UTC(), nil
}

// within is an hour in a part of the day: 3 "sore" is 15.
func within(hour int, part string) int {
	if (part == "sore" || part == "malam") && hour < 12 || part == "siang" && hour < 5 {
		return hour + 12
	}
	return hour
}

// momentField asks for a moment; of a Choice one of its options does too. good says what is wrong with one, as a reason.
func momentField(key string, usual int, options func(flow.View) []flow.Option, good func(t time.Time, v flow.View) (reason string)) *flow.Field {
	f := &flow.Field{
		Key: key, Kind: flow.Text, Options: options,
		Parse: func(text string, v flow.View) (flow.Understood, error) {
			t, err := momentOf(text, v.Now(), usual)
			if err != nil {
				return flow.Understood{}, err
			}
			if reason := good(t, v); reason != "" {
				return flow.Understood{}, &answer.Problem{Reason: reason}
			}
			return flow.Understood{Value: t.Format(time.RFC3339)}, nil
		},
		Valid: func(value string, v flow.View) bool {
			if options != nil && isOption(options, value, v) {
				return true
			}
			t, err := time.Parse(time.RFC3339, value)
			return err == nil && good(t, v) == ""
		},
		Show:   func(value string, _ flow.View) string { return printMoment(value) },
		Hidden: true,
	}
	if options != nil {
		f.Kind = flow.Choice
	}
	return f
}

func isOption(options func(flow.View) []flow.Option, value string, v flow.View) bool {
	for _, o := range options(v) {
		if o.ID == value {
			return true
		}
	}
	return false
}

func printMoment(value string) string {
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return value
	}
	t = t.In(wita)
	return answer.PrintDate(t) + " " + t.Format("15.04")
}

// at is a moment that was answered; zero: none.
func at(v flow.View, f *flow.Field) time.Time {
	t, _ := time.Parse(time.RFC3339, v.Get(f.Key))
	return t
}
