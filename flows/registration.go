package flows

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// registration takes an owner from hello to a number that counts at the counter.
func registration(city *Regions) *flow.Flow {
	kecamatan, kelurahan := kecamatanOf(city), kelurahanOf(city)
	return flow.New("registration", registrationVersion,
		flow.Ask(consent),
		flow.When(consent.Is("no"), flow.End("no_consent")),
		flow.Ask(ownerName),
		flow.Offer(nik), // "menyusul"
		flow.When(age.Is("minor"), flow.End("underage", askOfficer("underage"))),
		flow.Ask(phone),
		flow.When(flow.Fact("listed", "yes"), // the dinas knows the number
			flow.Ask(claim),
			flow.When(claim.Is("yes"), flow.Tell("claimed")),
			flow.When(claim.Is("no"), flow.Tell("declined")),
		),
		flow.Ask(business),
		flow.Ask(sector),
		flow.When(sector.Is("trade"), flow.End("trade")),
		flow.Ask(products),
		flow.Ask(kecamatan),
		flow.When(kecamatan.Is(outside), flow.End("outside")),
		flow.Ask(kelurahan),
		flow.Ask(address),
		flow.Offer(location),
		flow.Ask(workers),
		flow.Offer(turnover),
		flow.Offer(hasNIB), // nobody is refused for lacking one
		flow.When(hasNIB.Is("yes"), flow.Offer(nib)),
		flow.Offer(permits),
		flow.Offer(photos),
		flow.Offer(announcements),
		flow.Review("summary"),
		flow.Submit("filed", fileRegistration(kecamatan, kelurahan)),
	)
}

// registrationVersion is raised with every released change of the questions.
const registrationVersion = 1

// ConsentVersion names the consent text of registration.consent. It changes
// with the text, and a test holds the two together by the text's hash.
const ConsentVersion = "1"

const outside = "outside"

// consent is asked with the text of UU 27/2022 Art. 21. The three ways of
// saying yes record who types. Only the word counts, never a bare "ya" or 👍.
var consent = &flow.Field{
	Key: "consent", Kind: flow.Choice, Alone: true, Hidden: true,
	Options: flow.Options("self", "family", "companion", "no"),
	Parse:   parseConsent,
	Samples: []string{"setuju"}, Bad: []string{"👍", "ya", "mungkin"},
}

func parseConsent(text string, _ flow.View) (flow.Understood, error) {
	words := strings.Fields(strings.ToLower(answer.NormaliseText(text)))
	agreed := false
	for _, w := range words {
		switch strings.Trim(w, ".,!") {
		case "setuju", "setujumi", "setujuji", "setujulah":
			agreed = true
		}
	}
	yes, err := answer.ParseYesNo(text)
	switch {
	case err == nil && !yes:
		return flow.Understood{Value: "no"}, nil
	case err == nil && agreed:
		return flow.Understood{Value: "self"}, nil
	case err == nil:
		return flow.Understood{}, &answer.Problem{Reason: "word"}
	}
	return flow.Understood{}, err
}

var ownerName = &flow.Field{
	Key: "name", Kind: flow.Text, Alone: true, Parse: text(answer.ParseName),
	Samples: []string{"Contoh Satu"}, Bad: []string{"123"},
}

var nik = &flow.Field{
	Key: "nik", Kind: flow.Text, Alone: true, Echo: true,
	Parse: func(s string, v flow.View) (flow.Understood, error) {
		n, err := answer.ParseNIK(s, v.Now())
		return flow.Understood{Value: n.Digits()}, err
	},
	Show:    func(value string, _ flow.View) string { return answer.NIK(value).Masked() },
	Samples: []string{"7471051203850001", "7471051203150001"}, Bad: []string{"747105120385000"},
}

// age steers a child's NIK to a person: data of children is specific data (UU 27/2022 Art. 4).
var age = flow.Band("age", nik, func(value string, now time.Time) string {
	if answer.NIK(value).Age(now) < 17 {
		return "minor"
	}
	return "adult"
}, "adult", "minor")

var phone = &flow.Field{
	Key: "phone", Kind: flow.Phone, Alone: true, Echo: true,
	Parse: func(s string, _ flow.View) (flow.Understood, error) {
		p, err := answer.ParsePhone(s)
		return flow.Understood{Value: p.E164()}, err
	},
	Show:    func(value string, _ flow.View) string { return answer.Phone(value).Local() },
	Samples: []string{"0812-0000-0001"}, Bad: []string{"0401-3121234"},
}

var business = &flow.Field{
	Key: "business", Kind: flow.Text, Alone: true, Parse: text(answer.ParseBusiness),
	Samples: []string{"Dapur Contoh"}, Bad: []string{"."},
}

// sector uses the labels of the dinas's own forms; "trade" sells without making, which is no industri.
var sector = &flow.Field{
	Key: "sector", Kind: flow.Choice, Alone: true,
	Options: flow.Options("food", "textile", "chemical", "metal", "furniture", "craft", "trade"),
}

var products = &flow.Field{
	Key: "products", Kind: flow.Text, Alone: true, Echo: true,
	Parse: func(s string, _ flow.View) (flow.Understood, error) {
		list, err := answer.ParseProducts(s)
		return flow.Understood{Value: answer.PrintProducts(list)}, err
	},
	Valid:   func(value string, _ flow.View) bool { return len(answer.ReadProducts(value)) > 0 },
	Show:    func(value string, _ flow.View) string { return strings.Join(answer.ReadProducts(value), ", ") },
	Samples: []string{"abon ikan marlin, stik ikan"}, Bad: []string{"makanan"},
}

// kecamatanOf asks for the kecamatan of the business. A kelurahan that only one
// kecamatan has answers both questions.
func kecamatanOf(city *Regions) *flow.Field {
	return &flow.Field{
		Key: "kecamatan", Kind: flow.Choice, Echo: true,
		Options: func(flow.View) []flow.Option { return city.kecamatan() },
		Parse: func(s string, _ flow.View) (flow.Understood, error) {
			kec, kel, err := city.now().FindArea(s)
			if err != nil || kel == "" {
				return flow.Understood{Value: kec}, trapped(err)
			}
			return flow.Understood{Value: kec, Also: map[string]string{"kelurahan": kel}}, nil
		},
		Samples: []string{"mandonga", "lepo-lepo"}, Bad: []string{"kendari"},
	}
}

// kelurahanOf offers the kelurahan of the kecamatan already given.
func kelurahanOf(city *Regions) *flow.Field {
	return &flow.Field{
		Key: "kelurahan", Kind: flow.Choice,
		Options: func(v flow.View) []flow.Option {
			var options []flow.Option
			for _, name := range city.now().Kelurahan(v.Get("kecamatan")) {
				options = append(options, flow.Option{ID: name, Label: name})
			}
			return options
		},
		Parse: func(s string, v flow.View) (flow.Understood, error) {
			kecamatan := v.Get("kecamatan")
			name, err := city.now().ParseKelurahan(kecamatan, s)
			return flow.Understood{Value: name}, astray(err, kecamatan)
		},
	}
}

// trapped names the double meanings of a kecamatan by what they are: the city
// itself ("Kendari"), and a place outside it, which is also an answer.
func trapped(err error) error {
	var p *answer.Problem
	switch {
	case !errors.As(err, &p):
		return err
	case p.Reason == answer.ReasonOutside:
		return &answer.Problem{Reason: "far"}
	case p.Reason == answer.ReasonAmbiguous && slices.Contains(p.Options, "Kendari"):
		return &answer.Problem{Reason: "city", Options: p.Options}
	}
	return p
}

// astray says of a kelurahan in which kecamatan it lies; that is no answer to choose here.
func astray(err error, asked string) error {
	var p *answer.Problem
	if !errors.As(err, &p) || p.Reason != answer.ReasonElsewhere {
		return err
	}
	return (&answer.Problem{Reason: p.Reason, Args: p.Args}).With("kecamatan", p.Options[0]).With("asked", asked)
}

var address = &flow.Field{
	Key: "address", Kind: flow.Text, Alone: true, Parse: text(answer.ParseAddress),
	Samples: []string{"Jl. Contoh No. 1"}, Bad: []string{"-"},
}

var location = &flow.Field{Key: "location", Kind: flow.Place, Alone: true, Echo: true}

var workers = &flow.Field{
	Key: "workers", Kind: flow.Text, Alone: true, Echo: true,
	Parse: func(s string, _ flow.View) (flow.Understood, error) {
		n, err := answer.ParseWorkers(s)
		return flow.Understood{Value: strconv.Itoa(n)}, err
	},
	Samples: []string{"berdua sama suami"}, Bad: []string{"banyak"},
}

// turnover is financial data of a person (UU 27/2022 Art. 4): it may always be left out.
var turnover = &flow.Field{
	Key: "turnover", Kind: flow.Text, Alone: true, Echo: true,
	Parse: func(s string, _ flow.View) (flow.Understood, error) {
		r, err := answer.ParseRupiah(s)
		return flow.Understood{Value: strconv.FormatInt(int64(r), 10)}, err
	},
	Show: func(value string, _ flow.View) string {
		n, _ := strconv.ParseInt(value, 10, 64)
		return answer.Rupiah(n).String()
	},
	Samples: []string{"2 juta"}, Bad: []string{"2 juta 500"},
}

var hasNIB = &flow.Field{
	Key: "has_nib", Kind: flow.Choice, Alone: true, Options: flow.Options("yes", "no"), Parse: parseHasNIB,
	Samples: []string{"sudah", "belum"}, Bad: []string{"masih diurus"},
}

// parseHasNIB takes the number itself as a yes, and as the answer to the next question.
func parseHasNIB(s string, v flow.View) (flow.Understood, error) {
	if n, err := answer.ParseNIB(s); err == nil {
		return flow.Understood{Value: "yes", Also: map[string]string{"nib": string(n)}}, nil
	}
	return yesNo(s, v)
}

var nib = &flow.Field{
	Key: "nib", Kind: flow.Text, Alone: true, Echo: true,
	Parse: func(s string, _ flow.View) (flow.Understood, error) {
		n, err := answer.ParseNIB(s)
		return flow.Understood{Value: string(n)}, err
	},
	Samples: []string{"0000000000017"}, Bad: []string{"123"},
}

var permits = &flow.Field{
	Key: "permits", Kind: flow.Several, Alone: true,
	Options: flow.Options("pirt", "bpom_md", "halal", "merek", "npwp", "sni", "slhs", "none"),
}

var photos = &flow.Field{Key: "photos", Kind: flow.Files, Alone: true, Max: 5, Echo: true}

// announcements is a consent of its own, and no unless it is said.
var announcements = &flow.Field{
	Key: "announcements", Kind: flow.Choice, Alone: true, Options: flow.Options("yes", "no"), Parse: yesNo,
	Samples: []string{"boleh", "tidak"}, Bad: []string{"terserah"},
}

// yesNo reads a yes or a no about a fact or a wish; "oke lanjut" says neither.
func yesNo(s string, _ flow.View) (flow.Understood, error) {
	yes, err := answer.ParseYesNo(s)
	if err == nil && yes && answer.GoesOn(s) {
		return flow.Understood{}, &answer.Problem{Reason: answer.ReasonAmbiguous}
	}
	if yes {
		return flow.Understood{Value: "yes"}, err
	}
	return flow.Understood{Value: "no"}, err
}

// text makes a field's parser of one that keeps what was typed, tidied.
func text(parse func(string) (string, error)) func(string, flow.View) (flow.Understood, error) {
	return func(s string, _ flow.View) (flow.Understood, error) {
		value, err := parse(s)
		return flow.Understood{Value: value}, err
	}
}

func askOfficer(reason string) flow.EffectFunc {
	return func(v flow.View) any {
		return storage.AskOfficer{Reason: reason, Owner: storage.OwnerID(v.Fact("owner"))}
	}
}
