package answer

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// PrintDate is a day as people write it: 12 Juni 2024.
func PrintDate(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), monthNames[t.Month()-1], t.Year())
}

var monthNames = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}

// ParseDate reads one day, as seen from today (in the caller's zone), and returns it at midnight UTC. Numbers are day, month, year,
// never month first; a two-digit year up to 30 is 20YY. Without a year it is the nearest within three months, "tgl 15" is ahead in
// this month, a weekday alone is the next one, "senin minggu depan" lies in the next calendar week. Problems: "date" (no such day),
// "weekday" (it contradicts the date), "range", "year", "past", "two", "ambiguous" ("jumat depan", "minggu depan"), "unclear".
func ParseDate(s string, today time.Time) (time.Time, error) {
	t, p := foldShort(s, 120)
	if p != nil {
		return time.Time{}, p
	}
	if strings.Contains(t, "?") {
		return time.Time{}, problem(ReasonUnclear)
	}
	d := dateReader{ts: dateTokens(t), today: time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)}
	day, p := d.read()
	if p != nil {
		return time.Time{}, p
	}
	if day.Year() < 1900 || day.Year() > d.today.Year()+20 {
		return time.Time{}, problem(ReasonRange)
	}
	return day, nil
}

var months = classes(map[time.Month]string{
	1: "januari jan january jnuari januri", 2: "februari pebruari feb peb febuari februri february pebuari febr pebr pebruary feburari", 3: "maret mar mrt march maretz", 4: "april apr aprl apl", 5: "mei may mey",
	6: "juni jun june jni", 7: "juli jul july jli", 8: "agustus agt ags agu agust agus aug agst august agts agutus", 9: "september sept sep spt septembr", 10: "oktober okt oct october oktobr oktb",
	11: "november nopember nov nop nopembr", 12: "desember des dec december desembr dese",
})

var weekdays = classes(map[time.Weekday]string{
	0: "minggu ahad mggu", 1: "senin snin sen senen snn", 2: "selasa sls slsa slasa sel", 3: "rabu rbu rab robu", 4: "kamis kms kam kemis", 5: "jumat jmat jmt jum jumaat juma",
	6: "sabtu sbtu sab sbt saptu",
})

// monthOf looks a month up, mending one typo when only one month is that near.
func monthOf(w string) (time.Month, bool) {
	if m, ok := months[w]; ok {
		return m, true
	}
	if len(w) < 4 || weekdays[w] > 0 {
		return 0, false
	}
	var found time.Month
	for i, name := range monthNames {
		if len(name) > 3 && distance(w, strings.ToLower(name), 1) <= 1 {
			if found != 0 {
				return 0, false
			}
			found = time.Month(i + 1)
		}
	}
	return found, found != 0
}

var dateSpellings = strings.NewReplacer("jum'at", "jumat", "hari ini", "hariini", "kemarin dulu", "kemarindulu", "yang lalu", "lalu", "yg lalu", "lalu", "ke depan",
	"kedepan", "tadi pagi", "hariini", "tadi siang", "hariini", "tadi sore", "hariini", "nanti malam", "hariini", "nanti sore", "hariini", "nanti siang", "hariini",
	"malam ini", "hariini", "sore ini", "hariini", "siang ini", "hariini", "pagi ini", "hariini", "s/d", " sampai ", "hr ini", "hariini", "insya allah", "insyaallah")

// dateTokens cuts text into numbers, words and signs. Words of numbers become digits ("dua belas" is 12), a clock time vanishes.
func dateTokens(t string) []string {
	t = clockTime.ReplaceAllString(dateSpellings.Replace(t), " ")
	raw := pickTokensWithDots(t)
	var ts []string
	for i := 0; i < len(raw); {
		j := i
		var number []string
		for j < len(raw) {
			parts := spell(raw[j])
			if parts == nil || hasScale(parts, "juta", "sejuta", "setengah") {
				break
			}
			number = append(number, parts...)
			j++
		}
		if n, ok := wholeNumber(number); ok && j > i {
			ts, i = append(ts, strconv.Itoa(n)), j
			continue
		}
		ts, i = append(ts, trimParticle(raw[i])), i+1
	}
	return ts
}

func hasScale(parts []string, scales ...string) bool {
	for _, p := range parts {
		for _, s := range scales {
			if p == s {
				return true
			}
		}
	}
	return false
}

// trimParticle cuts -mi, -ji, -pi from words a date is made of ("besokpi", "rabumi").
func trimParticle(w string) string {
	if w == "selasapi" || len(w) > 5 {
		for _, tail := range []string{"mi", "ji", "pi"} {
			stem, ok := strings.CutSuffix(w, tail)
			if _, day := weekdays[stem]; ok && (day || relativeDays[stem] != nil || months[stem] > 0) {
				return stem
			}
		}
	}
	return w
}

func dayOffset(n int) *int { return &n }

var relativeDays = map[string]*int{
	"hariini": dayOffset(0), "sekarang": dayOffset(0), "skrg": dayOffset(0), "skrang": dayOffset(0), "besok": dayOffset(1), "bsk": dayOffset(1), "bsok": dayOffset(1),
	"besuk": dayOffset(1), "esok": dayOffset(1), "besoknya": dayOffset(1), "lusa": dayOffset(2), "lusanya": dayOffset(2), "kemarin": dayOffset(-1), "kmrn": dayOffset(-1),
	"kemaren": dayOffset(-1), "kmarin": dayOffset(-1), "kemarn": dayOffset(-1),
}

var dateFillers = set("tanggal tgl tg tggal tnggal tgal hari hr pada di bu ibu pak bapak pa ya mi ji pi saja aja dong kak mas mbak jadi rencana rencananya insyaallah juga nah lahir ttl " +
	"lahirnya mulai sejak dari itu ini pagi siang sore malam wita iya ok oke tabe kira kendari . , ! : ;")
