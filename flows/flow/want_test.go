package flow_test

import (
	"slices"
	"strings"
	"testing"

	"titian/flows/flow"
)

var (
	typedNIB = &flow.Field{Key: "nib", Kind: flow.Text, Samples: []string{"0000000000017"}}
	nibSheet = &flow.Field{Key: "nib_sheet", Kind: flow.Files, Max: 2,
		Want: flow.Want{PDF: true, Legible: flow.Readable, Compare: []string{"nib"}},
		Samples: []string{
			flow.WriteFiles([]flow.FileAnswer{{ID: "a", MIME: "application/pdf", NIBs: []string{"0000000000017"}, Has: map[string]string{"nib": "0000000000017"}}}),
			flow.WriteFiles([]flow.FileAnswer{{ID: "b", MIME: "application/pdf", NIBs: []string{"0000000000025"}, Lacks: map[string]string{"nib": "0000000000017"}}}),
		}}
	agreement = flow.Weighed("agreement", nibSheet, func(v flow.View) string {
		for _, f := range v.Files("nib_sheet") {
			if says := f.Says("nib", v.Get("nib")); says != flow.Unread {
				return says
			}
		}
		return flow.Unread
	}, flow.Agrees, flow.Differs, flow.Unread)
	rightNIB = &flow.Field{Key: "right_nib", Kind: flow.Choice, Options: func(v flow.View) []flow.Option {
		options := []flow.Option{{ID: "typed", Label: v.Get("nib")}}
		for _, f := range v.Files("nib_sheet") {
			for _, nib := range f.NIBs {
				options = append(options, flow.Option{ID: nib, Label: nib})
			}
		}
		return options
	}}
	paperPhotos = &flow.Field{Key: "shop", Kind: flow.Files, Want: flow.Want{Legible: flow.Seen}}
	card        = &flow.Field{Key: "card", Kind: flow.Files, Want: flow.Want{Legible: flow.Readable}}
	permit      = &flow.Field{Key: "permit", Kind: flow.Files, Optional: true, Want: flow.Want{PDF: true, Legible: flow.Readable}}

	paper = flow.New("paper", 1,
		flow.Ask(typedNIB),
		flow.Ask(nibSheet),
		flow.When(agreement.Is(flow.Differs), flow.Ask(rightNIB)),
		flow.Checklist("papers", card, paperPhotos, permit),
		flow.Review("summary"),
		flow.Submit("filed"),
	)
)

func poor(reason string) flow.Input {
	return flow.Input{Refused: &flow.Refusal{Reason: reason, Quality: true}}
}

func toSheet(t *testing.T) *talk { return start(t, paper).types("0000000000017").asks("nib_sheet") }

func TestAPaperThatSaysAnotherNumberIsAskedAboutNotDecided(t *testing.T) {
	if _, err := flow.Walk(paper, flow.WalkOptions{}); err != nil {
		t.Fatal(err)
	}
	k := toSheet(t).hear(flow.Input{Files: flow.ReadFiles(nibSheet.Samples[1])})
	k.asks("right_nib").offers("typed", "0000000000025").taps("typed").asks("papers")
	toSheet(t).hear(flow.Input{Files: flow.ReadFiles(nibSheet.Samples[0])}).asks("papers")
	toSheet(t).sends("photo").asks("papers")
}

func TestAPhotoIsRefusedForItsLooksAtMostTwiceAnItem(t *testing.T) {
	k := toSheet(t)
	for range 2 {
		if k.wanted("").Lenient {
			t.Fatal("lenient too early")
		}
		k.hear(poor("blurred")).hears("flow.file.blurred", "flow.file.office", "paper.nib_sheet")
	}
	if !k.wanted("").Lenient {
		t.Fatal("the third photo would be refused too")
	}
	k.hear(flow.Input{Files: []flow.FileAnswer{{ID: "c", Marks: []string{"blurred"}}}}).hears("flow.file.marked", "paper.papers")
	if got := k.turn.KeptFiles[0].Marks; !slices.Equal(got, []string{"blurred"}) {
		t.Fatalf("kept with marks %v", got)
	}
	if k.wanted("").Lenient {
		t.Fatal("the next item is taken leniently too")
	}
}

func TestAnUnsafeFileDoesNotCountAsAPoorPhoto(t *testing.T) {
	k := toSheet(t)
	for range 4 {
		k.hear(flow.Input{Refused: &flow.Refusal{Reason: "program"}})
	}
	if k.wanted("").Lenient {
		t.Fatal("three unsafe files make a poor photo pass")
	}
}

func TestAPoorAlbumIsOneAct(t *testing.T) {
	k := toSheet(t).hear(poor("dark"))
	in := poor("dark")
	in.Album = "x"
	k.hear(in)
	if k.wanted("x").Lenient {
		t.Fatal("the second photo of a refused album is taken")
	}
	if k.hear(in).hears(); k.turn.State.Poor["nib_sheet"] != 2 {
		t.Fatalf("counted %v", k.turn.State.Poor)
	}
	if !k.wanted("").Lenient {
		t.Fatal("a third try is refused")
	}
}

func TestAFileSentBeforeIsNamedAndNotKeptTwice(t *testing.T) {
	k := toSheet(t).hear(flow.Input{Files: []flow.FileAnswer{{ID: "a", Source: "s1", SHA256: "c1"}}}).asks("papers")
	if known := k.wanted("").Known; !slices.Equal(known, []string{"s1", "c1"}) {
		t.Fatalf("known are %v", known)
	}
	k.taps("card").hear(flow.Input{Refused: &flow.Refusal{Reason: "twice", Sum: "s1"}}).hears("flow.file.twice", "paper.card")
	if label := k.turn.Says[0].Value[0].Key; label != "paper.nib_sheet.label" {
		t.Fatalf("it was used for %s", label)
	}
	if len(k.turn.State.Misses) > 0 {
		t.Fatal("it counts as a miss")
	}
}

func TestAChecklistJudgesAFileOnceItKnowsTheItem(t *testing.T) {
	k := toSheet(t).sends("a").asks("papers")
	if w := k.wanted(""); !w.PDF || w.Legible != flow.Seen {
		t.Fatalf("the list wants %+v", w.Want)
	}
	held := flow.Input{Files: []flow.FileAnswer{{ID: "b", MIME: "image/jpeg", Marks: []string{"soft"}}}}
	k.hear(held).taps("card").hears("flow.file.soft", "flow.file.office", "paper.papers").dropped("b")
	k.hear(held).taps("shop").hears("paper.papers")
	if marks := flow.ReadFiles(k.value("shop"))[0].Marks; marks != nil {
		t.Fatalf("a shop is marked %v", marks)
	}
	pdf := flow.Input{Files: []flow.FileAnswer{{ID: "c", MIME: "application/pdf"}}}
	k.hear(pdf).taps("card").hears("flow.file.photo_only", "flow.file.office", "paper.papers").dropped("c")
}

func TestWhatIsKnownOfAFileSurvivesTheStateAndOldLinesStillLoad(t *testing.T) {
	all := []flow.FileAnswer{
		{ID: "a", MIME: "image/jpeg", SizeBytes: 5, SHA256: "00", Source: "11", Marks: []string{"dark", "soft"}},
		{ID: "b", MIME: "application/pdf", NIBs: []string{"0000000000017"}, Has: map[string]string{"name": "Contoh\tSatu & Dua=%"}, Lacks: map[string]string{"nib": "1"}},
	}
	text := flow.WriteFiles(all)
	if again := flow.WriteFiles(flow.ReadFiles(text)); again != text || len(strings.Split(text, "\n")) != 2 {
		t.Fatalf("%q\n%q", text, again)
	}
	got := flow.ReadFiles(text)[1]
	if got.Says("name", "Contoh\tSatu & Dua=%") != flow.Agrees || got.Says("nib", "1") != flow.Differs ||
		got.Says("nib", "2") != flow.Unread || got.Says("nib", "0000000000017") != flow.Agrees {
		t.Fatalf("%+v", got)
	}
	old := flow.ReadFiles("abc 1000 ff image/jpeg\nbare")
	if len(old) != 2 || old[0].MIME != "image/jpeg" || old[0].SHA256 != "ff" || old[1].ID != "bare" {
		t.Fatalf("%+v", old)
	}
}

func (k *talk) wanted(album string) flow.Wanted { return k.flow.Wanted(k.turn.State, album, k.now) }
