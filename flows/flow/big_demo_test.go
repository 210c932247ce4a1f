package flow_test

import (
	"strconv"
	"strings"
	"time"

	"titian/flows/flow"
)

// The halal file in small: every feature of the language in one flow.
var (
	food      = &flow.Field{Key: "food", Kind: flow.Choice, Options: flow.Options(flow.Yes, flow.No)}
	birthYear = &flow.Field{Key: "birth_year", Kind: flow.Text, Parse: digits(4), Samples: []string{"1980", "2020"}, Bad: []string{"80"}}
	age       = flow.Band("age", birthYear, func(value string, now time.Time) string {
		year, _ := strconv.Atoi(value)
		if now.Year()-year < 17 {
			return "minor"
		}
		return "adult"
	}, "minor", "adult")
	phone     = &flow.Field{Key: "phone", Kind: flow.Phone, Parse: digits(12), Samples: []string{"081234567890"}, Bad: []string{"0401"}}
	kecamatan = &flow.Field{Key: "kecamatan", Kind: flow.Choice, Parse: parseKecamatan, Options: optionsOf("kambu", "mandonga")}
	kelurahan = &flow.Field{Key: "kelurahan", Kind: flow.Choice, Options: kelurahanOf}
	spot      = &flow.Field{Key: "spot", Kind: flow.Place}
	permits   = &flow.Field{Key: "permits", Kind: flow.Several, Options: flow.Options("pirt", "bpom", "npwp", flow.None)}
	photos    = &flow.Field{Key: "photos", Kind: flow.Files, Max: 3}

	materialName = &flow.Field{Key: "name", Kind: flow.Text, Samples: []string{"garam"}}
	sealed       = &flow.Field{Key: "sealed", Kind: flow.Choice, Options: flow.Options(flow.Yes, flow.No)}
	brand        = &flow.Field{Key: "brand", Kind: flow.Text, Samples: []string{"Cap Kapal"}}
	producer     = &flow.Field{Key: "producer", Kind: flow.Text, Samples: []string{"PT Garam"}}

	ktp   = &flow.Field{Key: "ktp", Kind: flow.Files}
	sheet = &flow.Field{Key: "nib_sheet", Kind: flow.Files, Max: 2}
	email = &flow.Field{Key: "email", Kind: flow.Text, Samples: []string{"a@b.id"}, Optional: true}

	halal = flow.New("halal", 2,
		flow.Tell("welcome"),
		flow.When(flow.Fact("full", flow.Yes), flow.Tell("waiting_list")),
		flow.Ask(food),
		flow.When(food.Is(flow.No), flow.End("not_food")),
		flow.Ask(birthYear),
		flow.When(age.Is("minor"), flow.End("underage", func(flow.View) any { return "to a person" })),
		flow.Ask(phone),
		flow.Ask(kecamatan),
		flow.Ask(kelurahan),
		flow.Offer(spot),
		flow.Offer(permits),
		flow.Offer(photos),
		flow.Repeat("material", flow.Limits{Min: 1, Max: 4},
			flow.Ask(materialName),
			flow.Ask(sealed),
			flow.When(sealed.Is(flow.Yes), flow.Ask(brand), flow.Offer(producer)),
		),
		flow.Checklist("papers", ktp, sheet, email),
		flow.Review("summary"),
		flow.Submit("complete", func(v flow.View) any { return filed(v.Answers()) }),
		flow.Renamed("district", "kecamatan"),
		flow.Renamed("material.merk", "material.brand"),
	)
)

func optionsOf(ids ...string) func(flow.View) []flow.Option {
	var options []flow.Option
	for _, id := range ids {
		options = append(options, flow.Option{ID: id, Label: strings.ToUpper(id[:1]) + id[1:]})
	}
	return func(flow.View) []flow.Option { return options }
}

var kelurahanByKecamatan = map[string][]string{"kambu": {"padaleu", "lalolara"}, "mandonga": {"korumba", "alolama"}}

func kelurahanOf(v flow.View) []flow.Option {
	return optionsOf(kelurahanByKecamatan[v.Get("kecamatan")]...)(v)
}

// parseKecamatan understands a kelurahan too, and asks which "kendari" is meant.
func parseKecamatan(text string, _ flow.View) (flow.Understood, error) {
	text = strings.ToLower(text)
	if text == "kendari" {
		return flow.Understood{}, problem{reason: "unclear", options: []string{"Kambu", "Mandonga"}}
	}
	for kecamatan, list := range kelurahanByKecamatan {
		if text == kecamatan {
			return flow.Understood{Value: kecamatan}, nil
		}
		for _, kelurahan := range list {
			if text == kelurahan {
				return flow.Understood{Value: kecamatan, Also: map[string]string{"kelurahan": kelurahan}}, nil
			}
		}
	}
	return flow.Understood{}, problem{reason: "unknown", args: map[string]string{"got": text}}
}
