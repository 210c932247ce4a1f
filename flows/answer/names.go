package answer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	nameLead     = regexp.MustCompile(`(?i)^(?:nama (?:lengkap |pemilik )?(?:saya|sa|sy|aku|ku)?|namaku|nama|saya|sa|sy|perkenalkan|nm)(?:\s*[:=]\s*|\s+(?:adalah |ialah |yaitu |bernama |atas nama )?)`)
	businessLead = regexp.MustCompile(`(?i)^(?:nama (?:usaha|toko|ikm|merek|merk|brand)(?: ?(?:saya|sa|sy|nya|ku|kami))?|namanya|usaha (?:saya|sa|sy)(?: namanya| bernama)|usahaku namanya)(?:\s*[:=]\s*|\s+(?:adalah |ialah |yaitu |itu )?)`)
	addressLead  = regexp.MustCompile(`(?i)^(?:alamat(?:nya|ku)?(?: ?(?:usaha|rumah|lengkap))?(?: ?(?:saya|sa|sy|kami))?)(?:\s*[:=]\s*|\s+(?:adalah |ialah |yaitu |di |itu )?)`)
	namePolite   = regexp.MustCompile(`(?i)(?:[ ,]+(?:bu|pak|ya|kak|min|mi|ji|dong))+[.!]*$`)
)

// ParseName reads a person's name: lead-ins ("nama saya …") and closing politeness go, spaces collapse, capitals stay as typed.
// Refused: digits, no letters, a command, more than 100 runes.
func ParseName(s string) (string, error) {
	t, err := freeText(s, nameLead, 100)
	if err != nil {
		return "", err
	}
	if strings.ContainsRune(t, '?') {
		return "", problem(ReasonUnclear)
	}
	t = strings.TrimRight(namePolite.ReplaceAllString(t, ""), ",;:!?- ")
	if strings.ContainsFunc(t, unicode.IsDigit) || strings.ContainsAny(t, "?@/<>{}[]=+#%") || utf8.RuneCountInString(t) < 2 {
		return "", problem(ReasonUnclear)
	}
	if _, err := ParseYesNo(t); err == nil || len(words(t)) > 10 {
		return "", problem(ReasonUnclear)
	}
	return t, nil
}

// ParseBusiness reads the name of a business: any text of 2 to 120 runes with a letter in it that is no command.
func ParseBusiness(s string) (string, error) { return freeText(s, businessLead, 120) }

// ParseAddress reads an address: any text of 2 to 300 runes with a letter in it that is no command; lines are joined with commas.
func ParseAddress(s string) (string, error) { return freeText(s, addressLead, 300) }

func freeText(s string, lead *regexp.Regexp, most int) (string, error) {
	if len(s) > maxBytes {
		return "", problem(ReasonLong)
	}
	t := NormaliseText(s)
	if _, ok := Navigation(t); ok {
		return "", problem(ReasonCommand)
	}
	t = strings.Join(strings.FieldsFunc(t, func(r rune) bool { return r == '\n' }), ", ")
	for range 3 {
		rest := strings.TrimLeft(lead.ReplaceAllString(t, ""), " ,:;-")
		if rest == "" || rest == t {
			break
		}
		t = rest
	}
	t = strings.TrimSpace(strings.ReplaceAll(t, ",,", ","))
	switch n := utf8.RuneCountInString(t); {
	case n == 0:
		return "", problem(ReasonEmpty)
	case n > most:
		return "", problem(ReasonLong)
	case n < 2:
		return "", problem(ReasonShort)
	case !strings.ContainsFunc(t, unicode.IsLetter):
		return "", problem(ReasonUnclear)
	}
	return t, nil
}
