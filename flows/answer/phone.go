package answer

import (
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
)

// Phone is an Indonesian mobile number in E.164, "+6281234567890". It prints as Phone(…90) with every verb of fmt and in slog;
// the number comes out only through E164, Local, a conversion to string, or JSON.
type Phone string

// E164 is the raw number.
func (p Phone) E164() string { return string(p) }

// Local is the number as people write it at home: 0812-3456-7890.
func (p Phone) Local() string {
	d, ok := strings.CutPrefix(string(p), "+62")
	if !ok || len(d) < 9 {
		return string(p)
	}
	d = "0" + d
	return d[:4] + "-" + d[4:8] + "-" + d[8:]
}

func (p Phone) Format(f fmt.State, _ rune) { redactTo(f, "Phone", string(p), 2) }
func (p Phone) String() string             { return redacted("Phone", string(p), 2) }
func (p Phone) LogValue() slog.Value       { return slog.StringValue(p.String()) }

var (
	chatLink   = regexp.MustCompile(`(?:wa\.me/|phone=)\+?(\d+)[^\s]*`)
	listMark   = regexp.MustCompile(`^\d{1,2}[.):] +([0o+(68])`)
	noChat     = regexp.MustCompile(`\b(?:tidak|tdk|nda|ndak|gak|ga|bukan|belum|blm|jangan)(?: ada| punya| bisa)? (?:wa|whatsapp|telegram)\w*`)
	clockTime  = regexp.MustCompile(`\b(?:jam|pukul|pkl) ?\d{1,2}(?:[.:]\d{2})?(?: ?(?:-|sampai|s/d|sd) ?\d{1,2}(?:[.:]\d{2})?)?`)
	mailOrName = regexp.MustCompile(`\S*@\S*`)
	thisNumber = regexp.MustCompile(`\b(?:nomor|nomer|no|no\.|hp|wa|yang|yg|sama|pakai|pake)\b.*\bini\b`)
	wordDigits = regexp.MustCompile(`\b(?:(?:nol|kosong|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan)[ ,.-]*){9,14}\b`)
)

// ParsePhone reads one mobile number: 08 and 8 to 11 digits more, as SiHalal asks, in any of the ways +62, 62, 0062, 8… and wa.me
// write it. Problems: "length" (got), "two", "foreign", "landline", "masked", "same" ("nomor ini saja") and "unclear".
func ParsePhone(s string) (Phone, error) {
	t, p := foldShort(s, maxNumberText)
	if p != nil {
		return "", p
	}
	t = chatLink.ReplaceAllString(t, " $1 ")
	if maskedDigits(t) {
		return "", problem(ReasonMasked)
	}
	t = listMark.ReplaceAllString(t, "$1")
	t = clockTime.ReplaceAllString(noChat.ReplaceAllString(mailOrName.ReplaceAllString(t, " "), " "), " ")
	t = wordDigits.ReplaceAllStringFunc(t, spelledDigits)
	runs := digitRuns(t)
	if len(runs) == 0 {
		if thisNumber.MatchString(t) {
			return "", problem(ReasonSame)
		}
		return "", problem(ReasonUnclear)
	}
	doubt := false
	for _, w := range words(t) {
		doubt = doubt || denial[w]
	}
	return onePhone(runs, doubt)
}

func onePhone(runs []run, doubt bool) (Phone, error) {
	var found Phone
	var first *Problem
	for _, r := range runs {
		if len(r.digits) <= 2 && r.before != "" && len(runs) > 1 && found == "" {
			continue // "hp 1: 0852…"
		}
		for _, d := range split(r) {
			p, bad := mobile(d)
			switch {
			case bad != nil && first == nil:
				first = bad
			case bad == nil && found != "" && p != found:
				return "", problem(ReasonTwo)
			case bad == nil:
				found = p
			}
		}
	}
	switch {
	case first != nil:
		return "", first
	case found == "":
		return "", problem(ReasonUnclear)
	case doubt:
		return "", problem(ReasonAmbiguous)
	}
	return found, nil
}

// split gives the whole run when it can be one number, or its parts when every part is a number of its own.
func split(r run) []string {
	if _, bad := mobile(r.digits); bad == nil || len(r.groups) < 2 {
		if strayTail(r.groups) {
			return []string{r.digits, "0"} // "0852 1111 2345 2": a number and something else
		}
		return []string{r.digits}
	}
	for cut := 1; cut < len(r.groups); cut++ {
		a, b := strings.Join(r.groups[:cut], ""), strings.Join(r.groups[cut:], "")
		if _, bad := mobile(a); bad != nil {
			continue
		}
		if _, bad := mobile(b); bad == nil {
			return []string{a, b}
		}
	}
	return []string{r.digits}
}

// strayTail tells that a full number is followed by one or two digits more, in a group shorter than the one before.
func strayTail(groups []string) bool {
	n := len(groups)
	if n < 2 || len(groups[n-1]) > 2 || len(groups[n-1]) >= len(groups[n-2]) {
		return false
	}
	p, bad := mobile(strings.Join(groups[:n-1], ""))
	return bad == nil && len(p) >= len("+6281234567890")-1
}

// mobile normalises one number. A number that starts with 8 has lost its 0; "+62 0812" has one too many.
func mobile(d string) (Phone, *Problem) {
	plus := strings.HasPrefix(d, "+")
	d = strings.TrimPrefix(d, "+")
	if rest, ok := strings.CutPrefix(d, "00"); ok && !plus {
		plus, d = true, rest
	}
	switch {
	case strings.HasPrefix(d, "62"):
		d = strings.TrimPrefix(d[2:], "0")
	case plus && !strings.HasPrefix(d, "0"):
		return "", problem(ReasonForeign)
	case strings.HasPrefix(d, "0"):
		d = d[1:]
	case !strings.HasPrefix(d, "8"):
		return "", problem(ReasonLength).With("got", strconv.Itoa(len(d)))
	}
	switch {
	case d == "" || d[0] != '8' && (d[0] < '2' || d[0] > '7'):
		return "", problem(ReasonUnclear)
	case d[0] != '8' || strings.HasPrefix(d, "80"): // 080x are toll-free and service numbers
		return "", problem(ReasonLandline)
	case len(d) < 9 || len(d) > 12:
		return "", problem(ReasonLength).With("got", strconv.Itoa(len(d)+1))
	}
	return Phone("+62" + d), nil
}

func spelledDigits(t string) string {
	var b strings.Builder
	for _, w := range words(t) {
		b.WriteString(strconv.Itoa(units[w]))
	}
	return b.String()
}
