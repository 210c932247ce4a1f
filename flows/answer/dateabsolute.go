package answer

import (
	"strings"
	"time"
)

// absolute reads a written day at token i: 12 Juni 2024, 12/6/24, 2024-06-12, 12062024, tgl 15, 17 agustus.
func (d *dateReader) absolute(i int) (int, *Problem) {
	w := d.at(i)
	if !digitsOnly(w) {
		if _, ok := monthOf(w); ok { // "juni 2024", "June 12": month first is asked again
			return 0, problem(ReasonUnclear)
		}
		return 0, nil
	}
	switch {
	case len(w) == 8:
		return 1, d.eight(w)
	case len(w) == 4:
		return d.iso(i)
	case len(w) > 2:
		return 0, problem(ReasonUnclear)
	}
	day, _ := d.number(i, 2)
	j, sep := i+1, ""
	if isSeparator(d.at(j)) {
		sep, j = d.at(j), j+1
	}
	if month, ok := monthOf(d.at(j)); ok && sep != "," {
		return d.withYear(i, j+1, day, int(month), sep)
	}
	if w := d.at(j); sep == "" && (w == "bulan" || w == "bln") {
		return d.monthNumber(i, j+1, day)
	}
	month, ok := d.number(j, 2)
	if !ok {
		return d.dayOnly(i, day)
	}
	k := j + 1
	if sep != "" && d.at(k) == sep {
		k++
	} else if sep != "" || k >= len(d.ts) || !digitsOnly(d.at(k)) {
		if sep == "/" && !digitsOnly(d.at(k)) && !isSeparator(d.at(k)) {
			if _, ok := monthOf(d.at(k)); !ok { // "12/6", not "12/13 juni"
				return k - i, d.nearest(day, month)
			}
		}
		return 0, problem(ReasonRange)
	}
	year, used := d.year(k)
	if used == 0 {
		return 0, problem(ReasonRange)
	}
	return k + used - i, d.exactly(year, month, day)
}

func isSeparator(w string) bool { return w == "/" || w == "-" || w == "." || w == "," }

// eight reads DDMMYYYY, or YYYYMMDD when the first is impossible.
func (d *dateReader) eight(w string) *Problem {
	if t, ok := calendarDay(atoi(w[4:]), atoi(w[2:4]), atoi(w[:2])); ok && t.Year() >= 1900 && t.Year() < 2100 {
		return d.set(t)
	}
	if t, ok := calendarDay(atoi(w[:4]), atoi(w[4:6]), atoi(w[6:])); ok && t.Year() >= 1900 && t.Year() < 2100 {
		return d.set(t)
	}
	return problem(ReasonDate)
}

// iso reads 2024-06-12, also with / or dots.
func (d *dateReader) iso(i int) (int, *Problem) {
	if month, ok := d.number(i+1, 2); ok {
		if day, ok := d.number(i+2, 2); ok {
			return 3, d.exactly(atoi(d.at(i)), month, day)
		}
	}
	sep := d.at(i + 1)
	month, ok1 := d.number(i+2, 2)
	day, ok2 := d.number(i+4, 2)
	if !isSeparator(sep) || d.at(i+3) != sep || !ok1 || !ok2 {
		return 0, problem(ReasonUnclear)
	}
	return 5, d.exactly(atoi(d.at(i)), month, day)
}

// year reads a year of two or four digits at token k; two up to 30 are 20YY.
func (d *dateReader) year(k int) (year, used int) {
	w := d.at(k)
	if !digitsOnly(w) {
		return 0, 0
	}
	switch n := atoi(w); len(w) {
	case 4:
		return n, 1
	case 2:
		if n <= 30 {
			return 2000 + n, 1
		}
		return 1900 + n, 1
	}
	return 0, 0
}

func atoi(w string) int { return int(mustAtoi(w)) }

func (d *dateReader) exactly(year, month, day int) *Problem {
	t, ok := calendarDay(year, month, day)
	if !ok {
		return problem(ReasonDate)
	}
	return d.set(t)
}

// withYear reads what follows a day and a month: a year, "tahun 2024", "tahun depan", or nothing.
func (d *dateReader) withYear(i, k, day, month int, sep string) (int, *Problem) {
	if sep != "" && d.at(k) == sep {
		k++
	}
	if w := d.at(k); w == "," {
		k++
	}
	if w := d.at(k); w == "tahun" || w == "thn" || w == "th" {
		k++
		if step, ok := sides[d.at(k)]; ok {
			return k + 1 - i, d.exactly(d.today.Year()+step, month, day)
		}
	}
	if year, used := d.year(k); used > 0 {
		if hour := d.at(k + 1); len(d.at(k)) == 2 && (hour == "hari" || hour == "orang") {
			return 0, problem(ReasonUnclear)
		}
		return k + used - i, d.exactly(year, month, day)
	}
	if digitsOnly(d.at(k)) {
		return 0, problem(ReasonUnclear)
	}
	if p := d.nearest(day, month); p != nil {
		return 0, p
	}
	switch w := d.at(k); {
	case w == "nanti" || w == "depan" || w == "mendatang":
		if d.day.Before(d.today) {
			return 0, problem(ReasonAmbiguous)
		}
		k++
	case w == "lalu" || w == "kemarin":
		if d.day.After(d.today) {
			return 0, problem(ReasonAmbiguous)
		}
		k++
	}
	return k - i, nil
}

// monthNumber reads "12 bulan 6 tahun 2024", "tgl 15 bulan ini", "tgl 5 bulan depan".
func (d *dateReader) monthNumber(i, j, day int) (int, *Problem) {
	if step, ok := sides[d.at(j)]; ok {
		if !d.marked(i) {
			return 0, problem(ReasonUnclear)
		}
		first := time.Date(d.today.Year(), d.today.Month()+time.Month(step), 1, 0, 0, 0, 0, time.UTC)
		return j + 1 - i, d.exactly(first.Year(), int(first.Month()), day)
	}
	month, ok := d.number(j, 2)
	if !ok {
		m, named := monthOf(d.at(j))
		if !named {
			return 0, problem(ReasonUnclear)
		}
		month = int(m)
	}
	return d.withYear(i, j+1, day, month, "")
}

// marked tells that "tgl" or a weekday stands before the number at i.
func (d *dateReader) marked(i int) bool {
	for i--; d.at(i) == "." || d.at(i) == ":"; i-- {
	}
	_, day := weekdays[d.at(i)]
	return day || strings.HasPrefix(d.at(i), "t") && dateFillers[d.at(i)]
}

// dayOnly reads "tgl 15": ahead in this month, or with a weekday that settles it.
func (d *dateReader) dayOnly(i, day int) (int, *Problem) {
	if !d.marked(i) {
		return 0, problem(ReasonUnclear)
	}
	next := d.at(i + 1)
	if digitsOnly(next) || isSeparator(next) && digitsOnly(d.at(i+2)) || next == "-" {
		return 0, problem(ReasonRange)
	}
	t, ok := calendarDay(d.today.Year(), int(d.today.Month()), day)
	switch {
	case !ok:
		return 0, problem(ReasonDate)
	case !t.After(d.today) && !t.Equal(d.day):
		return 0, problem(ReasonPast)
	}
	return 1, d.set(t)
}

// nearest takes the year that puts the day within three months of today.
func (d *dateReader) nearest(day, month int) *Problem {
	from, to := d.today.AddDate(0, -3, 0), d.today.AddDate(0, 3, 0)
	possible := false
	for year := d.today.Year() - 1; year <= d.today.Year()+1; year++ {
		t, ok := calendarDay(year, month, day)
		possible = possible || ok
		if ok && !t.Before(from) && !t.After(to) {
			return d.set(t)
		}
	}
	if leap, ok := calendarDay(2024, month, day); !possible && (!ok || leap.Day() != day) {
		return problem(ReasonDate)
	}
	return problem(ReasonYear)
}
