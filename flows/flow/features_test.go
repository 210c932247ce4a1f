package flow_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"titian/flows/flow"
)

func toKecamatan(t *testing.T) *talk {
	return start(t, halal).chooses("yes").types("1980", "081234567890").asks("kecamatan")
}

func toPhotos(t *testing.T) *talk {
	return toKecamatan(t).types("Korumba").says(flow.Skip).says(flow.Skip).asks("photos")
}

func toMaterial(t *testing.T) *talk { return toPhotos(t).says(flow.Skip).asks("material.1.name") }

func toPapers(t *testing.T) *talk {
	return toMaterial(t).types("garam").chooses("no").taps("done").asks("papers")
}

func TestATellIsSaidOnceOnTheWay(t *testing.T) {
	k := start(t, halal).hears("halal.welcome", "halal.food")
	k.says(flow.Again).hears("halal.food")
	startWith(t, halal, map[string]string{"full": "yes"}, nil).hears("halal.welcome", "halal.waiting_list", "halal.food")
}

func TestATellIsSaidAgainWhenWhatItLooksAtChanged(t *testing.T) {
	f := flow.New("demo", 1, flow.Ask(hasNIB), flow.When(hasNIB.Is(flow.No), flow.Tell("help")), flow.Ask(name), flow.Submit("filed"))
	k := start(t, f).chooses("no").hears("demo.help", "demo.name")
	k.says(flow.Back).chooses("yes").hears("demo.name")
	k.says(flow.Back).chooses("no").hears("demo.help", "demo.name")
}

func TestABandSteersByWhatItIsCutFrom(t *testing.T) {
	k := start(t, halal).chooses("yes").types("2020").ends("underage").hears("halal.underage")
	if !slices.Equal(k.turn.Effects, []any{"to a person"}) {
		t.Fatalf("effects %v", k.turn.Effects)
	}
}

func TestAnAnswerMayAnswerALaterQuestionToo(t *testing.T) {
	toKecamatan(t).types("Korumba").asks("spot").has("kecamatan", "mandonga").has("kelurahan", "korumba")
}

func TestAnAmbiguousAnswerIsAskedAndItsMeaningsOffered(t *testing.T) {
	k := toKecamatan(t).types("Kendari").hears("halal.kecamatan.unclear", "halal.kecamatan").offers("suggest:0", "suggest:1")
	k.taps("suggest:1").asks("kelurahan").has("kecamatan", "mandonga")
	toKecamatan(t).types("Kendari").chooses("kambu").asks("kelurahan").has("kecamatan", "kambu")
}

func TestAnAnswerThatIsNoLongerValidIsAskedAgain(t *testing.T) {
	k := toPapers(t).sends().chooses("ktp").sends("a").chooses("nib_sheet").sends("b").chooses("done").asks("summary")
	k.chooses("edit:kecamatan", "kambu").asks("kelurahan").chooses("lalolara").asks("summary")
}

func TestAnAnswerThatStandsAloneIsReadOnceAndAgainAfterARestart(t *testing.T) {
	reads := 0
	alone := &flow.Field{Key: "alone", Kind: flow.Text, Alone: true, Parse: func(text string, _ flow.View) (flow.Understood, error) {
		reads++
		return flow.Understood{Value: text}, nil
	}}
	f := flow.New("demo", 1, flow.Ask(alone), flow.Ask(name), flow.Ask(business), flow.Submit("filed"))
	turn := f.Advance(f.Start("r", nil, nil, now).State, flow.Input{Text: "satu"}, now)
	reads = 0
	turn = f.Advance(turn.State, flow.Input{Text: "Siti"}, now)
	f.Table(turn.State, now)
	if reads != 0 {
		t.Errorf("it was read %d times more", reads)
	}
	raw, err := json.Marshal(turn.State)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := f.Load(raw)
	if err != nil {
		t.Fatal(err)
	}
	if f.Table(stored, now); reads == 0 {
		t.Error("a stored answer was not read by this release")
	}
}

func TestTapsTickSeveralOptionsUntilDone(t *testing.T) {
	k := toKecamatan(t).types("Korumba").says(flow.Skip).asks("permits")
	k.taps("npwp", "pirt", "bpom", "bpom").asks("permits")
	var ticked []string
	for _, o := range k.turn.Question.Options {
		if o.Picked {
			ticked = append(ticked, o.ID)
		}
	}
	if !slices.Equal(ticked, []string{"pirt", "npwp"}) {
		t.Fatalf("ticked %v", ticked)
	}
	k.taps("done").asks("photos").has("permits", "pirt,npwp")
}

func TestATypedListIsTheWholeAnswer(t *testing.T) {
	at := func() *talk { return toKecamatan(t).types("Korumba").says(flow.Skip).asks("permits") }
	at().chooses("npwp,pirt").asks("photos").has("permits", "pirt,npwp")
	at().chooses("bpom").asks("photos").has("permits", "bpom")
	at().taps("none").asks("photos").has("permits", "none")
	at().taps("done").asks("photos").has("permits", "none")
	at().chooses("bpom,none").hears("flow.pick_one", "halal.permits")
}

func TestAPlaceIsSharedOrRefusedWhereItIsNotWanted(t *testing.T) {
	k := toKecamatan(t).types("Korumba").asks("spot")
	if k.turn.Question.Request != "location" {
		t.Fatal("the network is not asked for a location")
	}
	k.types("dekat pasar").hears("flow.wants_place", "halal.spot")
	k.hear(flow.Input{Place: &flow.Point{Lat: -3.97, Lon: 122.51}}).asks("permits").has("spot", "-3.97,122.51")
	k.hear(flow.Input{Place: &flow.Point{}}).hears("flow.no_place_here", "halal.permits")
}

func TestASharedContactMustBeOnesOwn(t *testing.T) {
	k := start(t, halal).chooses("yes").types("1980").asks("phone")
	k.hear(flow.Input{Phone: "081111111111"}).hears("flow.not_own", "halal.phone")
	k.hear(flow.Input{Phone: "081234567890", PhoneOwn: true}).asks("kecamatan").has("phone", "081234567890")
	start(t, halal).hear(flow.Input{Phone: "081234567890", PhoneOwn: true}).hears("flow.no_contact_here", "halal.food")
}

func TestTheNumberTheNetworkVouchesForIsAnAnswer(t *testing.T) {
	start(t, halal).chooses("yes").types("1980").hear(flow.Input{Vouched: "081234567890"}).asks("kecamatan").has("phone", "081234567890")
}

func TestItemsAreAskedOneByOneUntilCukup(t *testing.T) {
	k := toMaterial(t).hears("halal.material.name")
	if k.turn.Question.Args["n"] != "1" {
		t.Fatal("the item's position is not given")
	}
	k.types("garam").chooses("yes").asks("material.1.brand").types("Cap Kapal").says(flow.Skip).asks("material.more")
	k.offers("add", "done", "edit:1", "remove:1").taps("add").asks("material.2.name").types("gula").chooses("no")
	k.says(flow.Enough).asks("papers").has("material", "1,2").has("material.more", "done")
}

func TestAnItemJustBegunIsLeftByCukupAndByKembali(t *testing.T) {
	begun := func() *talk { return toMaterial(t).types("garam").chooses("no").taps("add").asks("material.2.name") }
	begun().says(flow.Enough).asks("papers").has("material", "1")
	begun().says(flow.Back).asks("material.more").has("material", "1")
}

func TestAnItemIsChangedAndRemoved(t *testing.T) {
	k := toMaterial(t).types("garam").chooses("no").taps("add").types("gula").chooses("no").asks("material.more")
	k.taps("edit:2").hears("halal.material.edit").taps("edit:material.2.name").asks("material.2.name")
	k.types("gula aren").asks("material.more").has("material.2.name", "gula aren")
	k.taps("remove:1").asks("material.more").has("material", "2").has("material.1.name", "")
	k.taps("add").asks("material.3.name")
	if n := k.turn.Question.Args["n"]; n != "2" {
		t.Fatalf("the new item is called %s", n)
	}
}

func TestAListIsChangedFromTheSummary(t *testing.T) {
	k := toPapers(t).chooses("ktp").sends("a").chooses("nib_sheet").sends("b").chooses("done").asks("summary")
	k.chooses("edit:material").asks("material.more").taps("add").types("gula").chooses("no").asks("material.more")
	k.taps("done").asks("summary")
	k.chooses("edit:material").says(flow.Back).asks("summary")
}

func TestAnEffectSeesEachItemFromInside(t *testing.T) {
	var names []string
	f := flow.New("demo", 1, flow.Repeat("list", flow.Limits{Min: 1, Max: 3}, flow.Ask(materialName)),
		flow.Submit("filed", func(v flow.View) any {
			for _, item := range v.Items("list") {
				names = append(names, item.Get("name"))
			}
			return nil
		}))
	k := start(t, f).types("garam").taps("add").types("gula").taps("done").ends("filed")
	if !slices.Equal(names, []string{"garam", "gula"}) || len(k.turn.Effects) != 0 {
		t.Fatalf("saw %v, effects %v", names, k.turn.Effects)
	}
}

func TestAProofThatFailsThreeTimesLocksAndItsEffectLasts(t *testing.T) {
	proof := &flow.Field{Key: "proof", Kind: flow.Text, Locks: true,
		Parse:   func(string, flow.View) (flow.Understood, error) { return flow.Understood{}, errors.New("wrong") },
		OnStuck: func(flow.View) any { return "staff are told" }}
	f := flow.New("demo", 1, flow.Ask(proof), flow.Submit("filed"))
	k := start(t, f).hear(flow.Input{Text: "1", Ref: "7"})
	k.hear(flow.Input{Text: "2", Edits: "7"}).hears("demo.proof.invalid", "demo.proof")
	k.types("3").hears("demo.proof.invalid", "demo.proof.locked").ends("proof.locked")
	if !slices.Equal(k.turn.Effects, []any{"staff are told"}) {
		t.Fatalf("effects %v", k.turn.Effects)
	}
	k.types("4").ends("proof.locked").hears()
	if !f.Table(k.turn.State, now).Done {
		t.Fatal("a locked conversation goes on")
	}
}

func TestAfterCukupAnAnswerThatFitsNoLongerIsAskedAndMayBeLeft(t *testing.T) {
	k := toKecamatan(t).types("Korumba").says(flow.Enough).asks("summary")
	k.chooses("edit:kecamatan", "kambu").asks("kelurahan")
	k.says(flow.Back).asks("kecamatan").chooses("mandonga").asks("summary").has("kelurahan", "korumba")
}
