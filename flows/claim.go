package flows

import (
	"strconv"
	"strings"
	"unicode"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// A number that the network knows to be the sender's may stand on the dinas's own list. The bot then gives the
// registration these facts: "listed" (yes), "listed.id", and, masked, "listed.name", "listed.business",
// "listed.kecamatan". A number that was typed gives it none, whatever the list holds.

// claim asks whether the person on the list is the owner. Only a yes lets anything of the list in.
var claim = &flow.Field{
	Key: "claim", Kind: flow.Choice, Hidden: true, Options: flow.Options("yes", "no"), Parse: yesNo,
	Samples: []string{"iya betul", "bukan"}, Bad: []string{"mungkin"},
}

// Claim is what was said to the claim: "yes", "no", or nothing yet.
func Claim(s flow.State) string { return Chosen(s, claim.Key) }

// OwnPhone is the number of a registration that the network knows to be the sender's, and the message it came in.
func OwnPhone(s flow.State) (number answer.Phone, message string) {
	if a := s.Answers[phone.Key]; a.Own {
		return answer.Phone(a.Value), a.ID
	}
	return "", ""
}

// Met are the facts of a row of the list: nothing in them can be read by who does not know it already.
func Met(o storage.Imported) map[string]string {
	return map[string]string{
		"listed": "yes", "listed.id": string(o.ID),
		"listed.name": masked(o.Name), "listed.business": masked(o.Business), "listed.kecamatan": o.Kecamatan,
	}
}

// NotMet takes the facts of a row back.
func NotMet() map[string]string {
	facts := Met(storage.Imported{})
	for name := range facts {
		facts[name] = ""
	}
	return facts
}

// Given are the answers that a row of the list holds. What cannot be read as an answer is asked as ever.
func Given(o storage.Imported) map[string]string {
	answers := map[string]string{
		nik.Key: o.NIK.Digits(), business.Key: o.Business, sector.Key: o.Sector, products.Key: answer.PrintProducts(o.Products),
		"kecamatan": o.Kecamatan, "kelurahan": o.Kelurahan, address.Key: o.Address, nib.Key: string(o.NIB),
	}
	if o.Workers > 0 {
		answers[workers.Key] = strconv.Itoa(o.Workers)
	}
	if o.Turnover != nil {
		answers[turnover.Key] = strconv.FormatInt(int64(*o.Turnover), 10)
	}
	if o.NIB != "" {
		answers[hasNIB.Key] = "yes"
	}
	for key, value := range answers {
		if value == "" {
			delete(answers, key)
		}
	}
	return answers
}

// masked leaves the first letter of every word: "Dapur Contoh" is "D•••• C•••••".
func masked(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		first := true
		words[i] = strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return r
			}
			if first {
				first = false
				return r
			}
			return '•'
		}, word)
	}
	return strings.Join(words, " ")
}

// claimed is the row of the list that goes with a registration, by what was said to the claim.
func claimed(v flow.View, said string) storage.ImportedID {
	if v.Get(claim.Key) != said {
		return ""
	}
	return storage.ImportedID(v.Fact("listed.id"))
}
