package desk

import (
	"regexp"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// shownHolidays is how many of the coming holidays are listed.
const shownHolidays = 12

var dateWord = regexp.MustCompile(`(?i)^(\d[\d./-]*|tgl|tanggal|jan\w*|feb\w*|pebr\w*|mar\w*|apr\w*|mei|jun[ie]?|jul[iy]?|ag\w*|sep\w*|okt\w*|nov\w*|nop\w*|des\w*)$`)

// holidays lists the coming ones, or sets a day: "/libur 24 Desember 2026 Cuti bersama", "/libur hapus 24-12-2026".
func (h *hearing) holidays(rest string) {
	if rest == "" {
		h.listHolidays()
		return
	}
	words := strings.Fields(rest)
	open := strings.EqualFold(words[0], "hapus")
	if open {
		words = words[1:]
	}
	day, name, ok := h.readDay(words)
	if !ok {
		h.answer("staff.holiday_how", nil)
		return
	}
	if name == "" {
		name = h.desk.Texts.Say("staff.holiday_name", nil)
	}
	h.does(storage.SetHoliday{Holiday: storage.Holiday{Day: day, Name: name, Open: open}},
		func(storage.StaffOutcome) (string, map[string]string) {
			args := map[string]string{"date": longDay(day), "name": name}
			if open {
				return "staff.holiday_gone", args
			}
			return "staff.holiday_set", args
		})
}

// readDay reads the day that a list of words begins with, today or later, and what follows it.
func (h *hearing) readDay(words []string) (day, name string, ok bool) {
	n := 0
	for n < len(words) && n < 4 && dateWord.MatchString(words[n]) {
		n++
	}
	if n == 0 {
		return "", "", false
	}
	today := h.desk.Now().In(locales.WITA)
	t, err := answer.ParseDate(strings.Join(words[:n], " "), today)
	if err != nil || t.Format(time.DateOnly) < today.Format(time.DateOnly) {
		return "", "", false
	}
	name = strings.Join(words[n:], " ")
	return t.Format(time.DateOnly), name, len(name) <= 60
}

func (h *hearing) listHolidays() {
	var rows []string
	for _, day := range h.desk.Office.Holidays(h.desk.Now()) {
		name, _ := h.desk.Office.Holiday(day)
		if rows = append(rows, h.desk.Texts.Say("staff.holiday_row", map[string]string{"date": longDay(day), "name": name})); len(rows) == shownHolidays {
			break
		}
	}
	h.answer("staff.holidays", map[string]string{"rows": strings.Join(rows, "\n")})
}
