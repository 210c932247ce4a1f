package flows

import (
	"regexp"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// listedIn are options that a fact names, one a line: its id, a tab, its label.
func listedIn(fact string) func(flow.View) []flow.Option {
	return func(v flow.View) (options []flow.Option) {
		for line := range strings.Lines(v.Fact(fact)) {
			if id, label, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				options = append(options, flow.Option{ID: id, Label: label})
			}
		}
		return options
	}
}

// returned are the items that SiHalal wants replaced; the reason is one, in words.
var returned = &flow.Field{Key: "items", Kind: flow.Several, Hidden: true, Options: listedIn("items")}

// pendamping is one of those who are staff, or another by name.
var pendamping = &flow.Field{
	Key: "person", Kind: flow.Choice, Hidden: true, Options: listedIn("people"),
	Parse: func(text string, _ flow.View) (flow.Understood, error) {
		name, good := storage.StaffName(answer.NormaliseText(text))
		if !good {
			return flow.Understood{}, &answer.Problem{Reason: "invalid"}
		}
		return flow.Understood{Value: typed + name}, nil
	},
	Valid: func(value string, v flow.View) bool {
		name, ok := own(value)
		return ok && name != "" || labelOf(listedIn("people"), value, v) != ""
	},
	Show:    func(value string, _ flow.View) string { name, _ := own(value); return name },
	Samples: []string{"Contoh Lima"}, Bad: []string{"x"},
}

func labelOf(options func(flow.View) []flow.Option, id string, v flow.View) string {
	for _, o := range options(v) {
		if o.ID == id {
			return o.Label
		}
	}
	return ""
}

// pendampingOf is the name of who was picked, or what was typed.
func pendampingOf(v flow.View, words string) string {
	value := v.Get(pendamping.Key)
	if name, ok := own(value); ok {
		return name
	}
	if name := labelOf(listedIn("people"), value, v); name != "" {
		return name
	}
	return words
}

// handedOn is the day on which a file was handed to its pendamping.
var handedOn = &flow.Field{
	Key: "day", Kind: flow.Choice, Hidden: true, Options: flow.Options("today"),
	Parse: func(text string, v flow.View) (flow.Understood, error) {
		today := v.Now().UTC().Add(8 * time.Hour) // WITA
		day, err := answer.ParseDate(text, today)
		if err != nil {
			return flow.Understood{}, err
		}
		if day.After(today) || today.Sub(day) > 366*24*time.Hour {
			return flow.Understood{}, &answer.Problem{Reason: "invalid"}
		}
		return flow.Understood{Value: day.Format(time.DateOnly)}, nil
	},
	Valid: func(value string, _ flow.View) bool {
		_, err := time.Parse(time.DateOnly, value)
		return value == "today" || err == nil
	},
	Show: func(value string, _ flow.View) string {
		day, err := time.Parse(time.DateOnly, value)
		if err != nil {
			return value
		}
		return answer.PrintDate(day)
	},
	Samples: []string{"kemarin"}, Bad: []string{"?"},
}

// dayOf is the noon of the day that was said, in WITA; zero: now.
func dayOf(v flow.View) time.Time {
	day, err := time.Parse(time.DateOnly, v.Get(handedOn.Key))
	if err != nil {
		return time.Time{}
	}
	return day.Add(4 * time.Hour)
}

// certificateShape is "ID" and digits, 16 to 20 characters in all as they are seen on certificates.
var certificateShape = regexp.MustCompile(`^ID[0-9]{14,18}$`)

func certificateField(key string) *flow.Field {
	return &flow.Field{
		Key: key, Kind: flow.Text, Hidden: true,
		Parse: func(text string, _ flow.View) (flow.Understood, error) {
			number := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "").Replace(answer.NormaliseText(text)))
			if !certificateShape.MatchString(number) {
				return flow.Understood{}, &answer.Problem{Reason: "invalid"}
			}
			return flow.Understood{Value: number}, nil
		},
		Samples: []string{"ID00000000000000017"}, Bad: []string{"SH2026-1-000001", "ID123"},
	}
}

var (
	certificateNumber = certificateField("number")
	certificateAgain  = certificateField("number_again")
)

// certificatePDF is the certificate, or a photo of it. Where its text can be read it is compared with the number.
var certificatePDF = &flow.Field{
	Key: "certificate", Kind: flow.Files, Want: flow.Want{PDF: true, Compare: []string{"number"}},
	Samples: []string{sampleCertificate(true), sampleCertificate(false)},
}

func sampleCertificate(agrees bool) string {
	number := map[string]string{"number": "ID00000000000000017"}
	f := flow.FileAnswer{ID: "a", MIME: "application/pdf", Has: number}
	if !agrees {
		f.Has, f.Lacks = nil, number
	}
	return flow.WriteFiles([]flow.FileAnswer{f})
}

// certificateSays is what the text of the certificate says of the number.
var certificateSays = flow.Weighed("certificate_says", certificatePDF, func(v flow.View) string {
	if differs(v.Files(certificatePDF.Key), certificateNumber.Key, v.Get(certificateNumber.Key)) {
		return flow.Differs
	}
	return flow.Agrees
}, flow.Agrees, flow.Differs)

// certificateRight is asked when the number does not stand in the PDF: staff decide, the bot does not.
var certificateRight = &flow.Field{
	Key: "right_number", Kind: flow.Choice, Hidden: true, Options: flow.Options("right", "retype"),
	Args: func(v flow.View) map[string]string { return map[string]string{"number": v.Get(certificateNumber.Key)} },
}

// certificateOf is the number as staff settled it.
func certificateOf(v flow.View) string {
	if again := v.Get(certificateAgain.Key); again != "" {
		return again
	}
	return v.Get(certificateNumber.Key)
}
