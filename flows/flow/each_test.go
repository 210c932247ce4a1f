package flow_test

import (
	"testing"

	"titian/flows/flow"
)

// A file in which the brand of each thing that was picked is asked.
var (
	things   = &flow.Field{Key: "things", Kind: flow.Several, Options: optionsOf("oil", "salt", "sugar")}
	wrapping = &flow.Field{Key: "package", Kind: flow.Files}
	label    = &flow.Field{
		Key: "label", Kind: flow.Choice, Options: flow.Options("bulk", flow.OptionPhoto), Photo: wrapping,
		Args: func(v flow.View) map[string]string { return map[string]string{"item": v.Item()} },
	}
	brands = flow.New("brands", 1,
		flow.Ask(things),
		flow.Each("brand", func(v flow.View) (list []flow.Option) {
			for _, id := range v.List("things") {
				if id != "salt" {
					list = append(list, flow.Option{ID: id, Label: "The " + id})
				}
			}
			return list
		},
			flow.Ask(label),
			flow.When(label.Is(flow.OptionPhoto), flow.Ask(wrapping)),
		),
		flow.Review("summary"),
		flow.Submit("filed"),
	)
)

func TestEachAsksOnceForWhatWasPicked(t *testing.T) {
	k := start(t, brands).chooses("oil,salt,sugar").asks("brand.oil.label")
	if args := k.turn.Question.Args; args["item"] != "oil" || args["n"] != "1" {
		t.Fatalf("the question names %v", args)
	}
	k.chooses("bulk").asks("brand.sugar.label").chooses("bulk").asks("summary")
	if rows := k.turn.Question.Rows; len(rows) != 3 || rows[1].Label.Text != "The oil" || rows[2].Label.Text != "The sugar" {
		t.Fatalf("the summary shows %+v", rows)
	}
	k.says(flow.Back).asks("brand.sugar.label").says(flow.Back).asks("brand.oil.label").says(flow.Back).asks("things")
	k.chooses("salt").asks("summary").taps("edit:things").chooses("oil,sugar").asks("brand.oil.label")
}

func TestEachChangesOneItemFromTheSummary(t *testing.T) {
	k := start(t, brands).chooses("oil,sugar", "bulk", "bulk").asks("summary")
	k.taps("edit:brand").asks("brand.more").offers("done", "edit:oil", "edit:sugar")
	k.taps("edit:sugar").taps("edit:brand.sugar.label").asks("brand.sugar.label").sends("f1")
	k.asks("brand.more").taps("done").asks("summary").has("brand.sugar.label", "photo")
	k.taps("send").ends("filed").dropped()
}

func TestAPhotoAnswersAChoiceThatTakesOne(t *testing.T) {
	k := start(t, brands).chooses("oil,sugar").asks("brand.oil.label")
	if n := brands.WantsFiles(k.turn.State, "", now); n != 1 {
		t.Fatalf("%d files are wanted", n)
	}
	k.sends("f1").asks("brand.sugar.label").has("brand.oil.label", "photo")
	k.says(flow.Back).asks("brand.oil.package").says(flow.Back).asks("brand.oil.label")
	k.sends("f2").asks("brand.sugar.label").dropped("f1")
	k.chooses("photo").asks("brand.sugar.package").sends("f3").asks("summary").taps("send").ends("filed").dropped()
}

func TestEachHoldsAgainstEverybody(t *testing.T) {
	if _, err := flow.Walk(brands, flow.WalkOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := flow.RandomWalk(brands, 3, 5000, flow.WalkOptions{}); err != nil {
		t.Fatal(err)
	}
}
