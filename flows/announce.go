package flows

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
	"titian/storage/segment"
)

// announce takes a member of staff from what they want to say to a draft that they can look at, try and send. Facts: "broadcast"
// when a draft is changed, "former" when it is a new version of that one, "picture" is "none" when it has none and keeps none, "sectors" and what Announcing reads.
func announce(a *Announcing, city *Regions) *flow.Flow {
	query, districts := queryOf(a), districtsOf(city)
	return flow.New("announce", 1,
		flow.When(flow.Not(flow.Fact("picture", "none")), flow.Offer(picture)),
		flow.Ask(textOf(a)),
		flow.Ask(who),
		flow.When(who.Is("kecamatan"), flow.Ask(districts), flow.Ask(alsoSectors)),
		flow.When(who.Is("sector"), flow.Ask(onlySectors)),
		flow.When(who.Is("saved"), flow.Ask(saved)),
		flow.When(who.Is("words"), flow.Ask(query)),
		flow.Ask(sendAt),
		flow.Ask(invites),
		flow.When(invites.Is("yes"),
			flow.Ask(event),
			flow.Ask(eventDay),
			flow.Ask(places),
			flow.Ask(deadline),
			flow.Ask(rule),
		),
		flow.Submit("drafted", func(v flow.View) any {
			e := audienceOf(a, v, districts.Key, query.Key)
			b := storage.Broadcast{Text: v.Get("text"), Audience: e.String(), SendAt: at(v, sendAt)}
			n, _ := strconv.ParseInt(v.Fact("broadcast"), 10, 64)
			b.ID = storage.BroadcastID(n)
			n, _ = strconv.ParseInt(v.Fact("former"), 10, 64)
			b.Former = storage.BroadcastID(n)
			if files := v.Files(picture.Key); len(files) > 0 {
				b.File = storage.Announced(storage.FileID(files[0].ID), files[0].MIME, files[0].SizeBytes)
			}
			w := storage.WriteBroadcast{Broadcast: b, Audience: e}
			if v.Get(invites.Key) == "yes" {
				n, _ := strconv.Atoi(v.Get(places.Key))
				w.Invitation = storage.Invitation{Event: v.Get(event.Key), Day: at(v, eventDay), Places: n, Deadline: at(v, deadline), Rule: storage.Rule(v.Get(rule.Key))}
			}
			return w
		}),
	)
}

var picture = &flow.Field{
	Key: "picture", Kind: flow.Files, Want: flow.Want{PDF: true}, Hidden: true,
	Samples: []string{flow.WriteFiles([]flow.FileAnswer{{ID: "a", MIME: "image/jpeg"}})},
}

// textOf is the text with {nama} and {usaha}: under a file it must be shorter.
func textOf(a *Announcing) *flow.Field {
	return &flow.Field{
		Key: "text", Kind: flow.Text, Hidden: true,
		Parse: func(text string, v flow.View) (flow.Understood, error) {
			text = strings.TrimSpace(text)
			if text == "" {
				return flow.Understood{}, &answer.Problem{Reason: "empty"}
			}
			return flow.Understood{Value: text}, a.says(text, v.Has(picture.Key))
		},
		Samples: []string{"Halo {nama}, besok ada pelatihan."}, Bad: []string{" "},
	}
}

// who is whom it is for; whoever knows no query gets through by tapping.
var who = &flow.Field{
	Key: "who", Kind: flow.Choice, Hidden: true,
	Options: func(v flow.View) []flow.Option {
		options := []flow.Option{{ID: "everyone"}, {ID: "kecamatan"}, {ID: "sector"}, {ID: "binaan"}}
		if v.Fact("saved") != "" {
			options = append(options, flow.Option{ID: "saved"})
		}
		return append(options, flow.Option{ID: "words"})
	},
}

func districtsOf(city *Regions) *flow.Field {
	return &flow.Field{
		Key: "districts", Kind: flow.Several, Hidden: true,
		Options: func(flow.View) (options []flow.Option) {
			for _, o := range city.kecamatan() {
				if o.ID != outside {
					options = append(options, o)
				}
			}
			return options
		},
	}
}

var (
	onlySectors = &flow.Field{Key: "sectors", Kind: flow.Several, Hidden: true, Options: listedIn("sectors")}
	alsoSectors = &flow.Field{
		Key: "also_sectors", Kind: flow.Several, Hidden: true,
		Options: func(v flow.View) []flow.Option {
			return append([]flow.Option{{ID: flow.None}}, listedIn("sectors")(v)...)
		},
	}
	saved = &flow.Field{Key: "saved", Kind: flow.Choice, Hidden: true, Options: func(v flow.View) (options []flow.Option) {
		for i, o := range listedIn("saved")(v) {
			options = append(options, flow.Option{ID: strconv.Itoa(i), Label: o.ID})
		}
		return options
	}}
)

// queryOf is the audience in words; a wrong one is told, with the right one to pick.
func queryOf(a *Announcing) *flow.Field {
	return &flow.Field{
		Key: "query", Kind: flow.Text, Hidden: true,
		Parse: func(text string, v flow.View) (flow.Understood, error) {
			e, err := a.read(answer.NormaliseText(text), v)
			var p *segment.Problem
			if errors.As(err, &p) {
				problem := &answer.Problem{Reason: string(p.Reason), Args: map[string]string{"word": p.Word, "field": string(p.Field)}}
				if len(p.Meant) > 0 {
					problem.Reason, problem.Args["meant"] = "meant", strings.Join(p.Meant, ", ")
				}
				return flow.Understood{}, problem
			}
			if err != nil {
				return flow.Understood{}, err
			}
			return flow.Understood{Value: e.String()}, nil
		},
		Samples: []string{"semua"}, Bad: []string{"kecamatann:Kambu"},
	}
}

// audienceOf is whom the answers mean.
func audienceOf(a *Announcing, v flow.View, districts, query string) segment.Expr {
	var e segment.Expr
	switch v.Get(who.Key) {
	case "kecamatan":
		e = anyOf(segment.Kecamatan, v.List(districts), nil)
		if list := v.List(alsoSectors.Key); len(list) > 0 {
			e = segment.And{e, anyOf(segment.Sector, list, named(v.Fact("sectors")))}
		}
	case "sector":
		e = anyOf(segment.Sector, v.List(onlySectors.Key), named(v.Fact("sectors")))
	case "binaan":
		e = segment.Is{Field: segment.Binaan, Value: segment.Yes}
	case "saved":
		e, _ = a.read(`segmen:"`+labelOf(saved.Options, v.Get(saved.Key), v)+`"`, v)
	case "words":
		e, _ = a.read(v.Get(query), v)
	}
	if e == nil {
		e = segment.Is{Field: segment.Everyone}
	}
	return e
}

func anyOf(f segment.Field, ids []string, shown map[string]string) segment.Expr {
	var list segment.Or
	for _, id := range ids {
		list = append(list, segment.Is{Field: f, Value: id, Shown: shown[id]})
	}
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// sendAt is when it goes: at once, or later.
var sendAt = momentSamples(momentField("send_at", -1, flow.Options("now"), ahead), "besok jam 9", "kemarin jam 9")

func momentSamples(f *flow.Field, good string, bad ...string) *flow.Field {
	f.Samples, f.Bad = []string{good}, bad
	return f
}

// ahead refuses what is past, or too far.
func ahead(t time.Time, v flow.View) string {
	switch {
	case !t.After(v.Now()):
		return "past"
	case t.Sub(v.Now()) > 366*24*time.Hour:
		return "far"
	}
	return ""
}

// invites says whether it is an invitation with places.
var invites = &flow.Field{Key: "invites", Kind: flow.Choice, Options: flow.Options("no", "yes"), Parse: yesNo, Hidden: true, Samples: []string{"ya", "tidak"}}

var (
	event = &flow.Field{
		Key: "event", Kind: flow.Text, Hidden: true,
		Parse: func(text string, _ flow.View) (flow.Understood, error) {
			text = strings.Join(strings.Fields(answer.NormaliseText(text)), " ")
			if n := len([]rune(text)); n < 3 || n > 100 {
				return flow.Understood{}, &answer.Problem{Reason: "long"}
			}
			return flow.Understood{Value: text}, nil
		},
		Samples: []string{"Studi tiru ke Makassar"}, Bad: []string{"x"},
	}
	eventDay = momentSamples(momentField("event_day", 8, nil, ahead), "minggu depan kamis jam 8")
	places   = &flow.Field{
		Key: "places", Kind: flow.Text, Hidden: true,
		Parse: func(text string, _ flow.View) (flow.Understood, error) {
			n, err := strconv.Atoi(onlyDigits.Replace(strings.ToLower(answer.NormaliseText(text))))
			if err != nil || n < 1 || n > 10_000 {
				return flow.Understood{}, &answer.Problem{Reason: "number"}
			}
			return flow.Understood{Value: strconv.Itoa(n)}, nil
		},
		Samples: []string{"35", "20 org", "35 kursi"}, Bad: []string{"banyak", "0"},
	}
	deadline = momentSamples(momentField("deadline", 16, nil, func(t time.Time, v flow.View) string {
		if day := at(v, eventDay); !day.IsZero() && t.After(day) {
			return "after_event"
		}
		if send := at(v, sendAt); !send.IsZero() && !t.After(send) {
			return "before_sent"
		}
		return ahead(t, v)
	}), "besok jam 16")
	rule = &flow.Field{Key: "rule", Kind: flow.Choice, Hidden: true, Options: flow.Options("lot", "register", "first", "staff")}
)

// onlyDigits takes away what people write around a number of places.
var onlyDigits = strings.NewReplacer(" ", "", "orang", "", "org", "", "kursi", "", "kuota", "", "peserta", "", "tempat", "", "ikm", "")
