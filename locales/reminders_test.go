package locales_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"titian/locales"
)

func TestADinasSetsTheDaysOfRemindersAndKeepsThoseItDoesNotName(t *testing.T) {
	usual := locales.Reminders{Unfinished: []int{1, 3, 7}, SentBack: []int{2, 5}, Lapsing: 1}
	for _, c := range []struct {
		name, file string
		want       locales.Reminders
		fails      string
	}{
		{name: "no file of its own", want: usual},
		{name: "a file of its own without reminders", file: "[hours]\nsenin = \"08.00-16.00\"", want: usual},
		{name: "one list", file: "[reminders]\nunfinished = [2, 10]", want: locales.Reminders{Unfinished: []int{2, 10}, SentBack: []int{2, 5}, Lapsing: 1}},
		{name: "none at all", file: "[reminders]\nunfinished = []\nsent_back = []\nlapsing = 0", want: locales.Reminders{Unfinished: []int{}, SentBack: []int{}}},
		{name: "not ascending", file: "[reminders]\nunfinished = [3, 1]", fails: "ascending"},
		{name: "the same day", file: "[reminders]\nsent_back = [0]", fails: "ascending"},
		{name: "nagging", file: "[reminders]\nunfinished = [1, 2, 3, 4, 5, 6]", fails: "at most"},
		{name: "a year before", file: "[reminders]\nlapsing = 365", fails: "lapsing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := ""
			if c.file != "" {
				dir = t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "office.toml"), []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			office, err := locales.ReadOffice(dir)
			switch {
			case c.fails != "":
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("it is met with %v, want %q", err, c.fails)
				}
			case err != nil:
				t.Error(err)
			case !reflect.DeepEqual(office.Reminders(), c.want):
				t.Errorf("the reminders are %+v, want %+v", office.Reminders(), c.want)
			}
		})
	}
}
