package door

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"titian/flows/flow"
)

const (
	nibDigits = 13 // PP 5/2021, Art. 176
	mostNIBs  = 4
	fewest    = 40 // letters of a text that is more than a stamp on a scan
)

// compare notes which of these words stand in a text and which do not, and the
// numbers in it that may be an NIB. A text of few letters says nothing.
func compare(a *flow.FileAnswer, text string, words map[string]string) {
	if len(words) == 0 || len(letters(text)) < fewest {
		return
	}
	a.NIBs = nibs(text)
	for key, value := range words {
		switch {
		case says(text, value), slices.Contains(a.NIBs, value):
			a.Has = noted(a.Has, key, value)
		case coded(value) && len(codes(text)) == 0: // it may stand in a picture
		case !numeric(value), len(numbers(text, len(value))) > 0, len(value) == nibDigits && len(a.NIBs) > 0:
			a.Lacks = noted(a.Lacks, key, value)
		}
	}
}

func noted(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

// says whether a number or a name stands in a text. Of a name, the order of its
// words and what stands between them do not count: titles come and go.
func says(text, value string) bool {
	if numeric(value) {
		return slices.Contains(numbers(text, len(value)), value)
	}
	if coded(value) {
		return slices.Contains(codes(text), strings.ToUpper(value))
	}
	name := letters(value)
	if name == "" || strings.Contains(letters(text), name) {
		return true
	}
	there := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(word) > 2 && !slices.Contains(there, word) {
			return false
		}
	}
	return true
}

// letters are those of a text, in lower case.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

func numeric(value string) bool { return value != "" && strings.Trim(value, "0123456789") == "" }

var (
	code  = regexp.MustCompile(`^(?i)id[0-9]{10,20}$`)
	inRow = regexp.MustCompile(`(?i)\bid[ .:/-]{0,3}([0-9][0-9 .-]{8,30}[0-9])`)
)

// coded says whether a value is the number of a halal certificate: ID and digits.
func coded(value string) bool { return code.MatchString(value) }

// codes are the numbers of certificates in a text, spaces and dots between their digits or none.
func codes(text string) (found []string) {
	for _, at := range inRow.FindAllStringSubmatch(text, 20) {
		found = append(found, "ID"+strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return r
			}
			return -1
		}, at[1]))
	}
	return found
}

var labelled = regexp.MustCompile(`(?i)(nomor\s*induk\s*berusaha|\bnib\b)[^0-9]{0,40}`)

// nibs are the numbers behind the words that announce one, else all of that length.
func nibs(text string) (found []string) {
	for _, at := range labelled.FindAllStringIndex(text, 20) {
		if number := leading(text[at[1]:], nibDigits); number != "" {
			found = append(found, number)
		}
	}
	if len(found) == 0 {
		found = numbers(text, nibDigits)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	return found[:min(len(found), mostNIBs)]
}

// leading is the number of n digits that a text begins with, spaces or none between them.
func leading(text string, n int) string {
	number := ""
	for i := 0; i < len(text); i++ {
		if c := text[i]; c >= '0' && c <= '9' {
			number += string(c)
		} else if c != ' ' || len(number) >= n {
			break
		}
	}
	if len(number) != n {
		return ""
	}
	return number
}

var digits = regexp.MustCompile(`\+?[0-9]+`)

// numbers are those of n digits, also with spaces between the digits; a phone
// number with its country is none.
func numbers(text string, n int) (found []string) {
	for line := range strings.Lines(text) {
		for _, view := range []string{line, strings.ReplaceAll(line, " ", "")} {
			for _, number := range digits.FindAllString(view, -1) {
				if len(number) == n && number[0] != '+' && !slices.Contains(found, number) {
					found = append(found, number)
				}
			}
		}
	}
	return found
}
