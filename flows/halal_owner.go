package flows

import (
	"net/mail"
	"strings"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/flows/rules"
)

var email = &flow.Field{
	Key: "email", Kind: flow.Text, Echo: true, Parse: parseEmail,
	Samples: []string{"contoh@example.com"}, Bad: []string{"contoh"},
}

func parseEmail(text string, _ flow.View) (flow.Understood, error) {
	typed := strings.ToLower(strings.ReplaceAll(answer.NormaliseText(text), " ", ""))
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Address != typed || !strings.Contains(typed[strings.IndexByte(typed, '@'):], ".") || len(typed) > 120 {
		return flow.Understood{}, &answer.Problem{Reason: "unclear"}
	}
	return flow.Understood{Value: typed}, nil
}

// supervisor is the penyelia halal: a Muslim who knows what is halal (UU 33/2014 Art. 28); of a small business it may be
// the owner (PP 42/2024).
var supervisor = &flow.Field{Key: "supervisor", Kind: flow.Choice, Options: flow.Options("self", "other")}

var supervisorName = &flow.Field{
	Key: "supervisor_name", Kind: flow.Text, Parse: text(answer.ParseName),
	Samples: []string{"Contoh Tiga"}, Bad: []string{"123"},
}

var supervisorPhone = &flow.Field{
	Key: "supervisor_phone", Kind: flow.Text, Echo: true,
	Parse: phone.Parse, Show: phone.Show, Samples: []string{"0812-0000-0003"}, Bad: []string{"0401-3121234"},
}

// agrees is how another person agrees: nobody's KTP is asked for without that.
var agrees = &flow.Field{Key: "agrees", Kind: flow.Choice, Options: flow.Options("word", "sheet")}

var supervisorNIK = &flow.Field{
	Key: "supervisor_nik", Kind: flow.Text, Echo: true,
	Parse: nik.Parse, Show: nik.Show, Samples: nik.Samples, Bad: nik.Bad,
}

// factory is where it is made, and whose the place is.
var factory = &flow.Field{
	Key: "factory", Kind: flow.Choice, Options: flow.Options("own", "rent", "lent", "elsewhere"),
	Args: func(v flow.View) map[string]string {
		return map[string]string{"address": v.Fact("address") + ", " + v.Fact("kelurahan") + ", " + v.Fact("kecamatan")}
	},
}

var ownership = &flow.Field{Key: "ownership", Kind: flow.Choice, Options: flow.Options("own", "rent", "lent")}

var outlet = &flow.Field{Key: "outlet", Kind: flow.Choice, Options: flow.Options("same", "none", "elsewhere")}

var outletAddress = &flow.Field{
	Key: "outlet_address", Kind: flow.Text, Parse: text(answer.ParseAddress),
	Samples: []string{"Pasar Contoh, los 1"}, Bad: []string{"-"},
}

// papers are the documents, of the list as it is now.
func (q *halalQuestions) papers(r *rules.Rules) {
	for _, d := range r.Documents("") {
		q.documents = append(q.documents, paper(d))
	}
	q.comparison()
	q.sheet = paper(r.Documents(rules.WhenSheet)[0])
	q.supervisorKTP = paper(r.Documents(rules.WhenSupervisor)[0])
	q.productPhoto = paper(r.Documents(rules.WhenProduct)[0])
}

func paper(d rules.Document) *flow.Field {
	return &flow.Field{
		Key: d.ID, Kind: flow.Files, Max: d.Most, Optional: d.Optional && d.When == "", Want: wanted(d),
		Args: func(v flow.View) map[string]string {
			return map[string]string{"product": productCalled(v), "supervisor": v.Get("supervisor_name"), "business": v.Fact("business")}
		},
	}
}

// wanted is what the files of a document are checked for.
func wanted(d rules.Document) flow.Want {
	w := flow.Want{PDF: d.PDF, Legible: flow.Seen}
	if d.Read {
		w.Legible = flow.Readable
	}
	if d.ID == nibSheet && d.PDF {
		w.Compare = []string{nib.Key, "name"}
	}
	return w
}

// statement is the akad: that the bahan are halal, that the label will stand on the package, that changes will be
// reported. Only the word counts.
var statement = &flow.Field{
	Key: "statement", Kind: flow.Choice, Hidden: true, Options: flow.Options("agree"),
	Parse: func(text string, v flow.View) (flow.Understood, error) {
		u, err := parseConsent(text, v)
		if err == nil && u.Value == "no" {
			return flow.Understood{}, &answer.Problem{Reason: "no"}
		}
		return flow.Understood{Value: "agree"}, err
	},
	Samples: []string{"setuju"}, Bad: []string{"👍", "ya", "tidak"},
}
