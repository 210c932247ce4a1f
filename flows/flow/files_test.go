package flow_test

import (
	"testing"

	"titian/flows/flow"
)

func photo(id, album string) flow.Input {
	return flow.Input{Album: album, Files: []flow.FileAnswer{{ID: id}}}
}

func TestOneMessageAnswersAFilesQuestion(t *testing.T) {
	k := toPhotos(t).types("nanti ya").hears("flow.wants_file", "halal.photos")
	k.sends("a").asks("material.1.name").says(flow.Back).asks("photos").dropped()
	k.sends("b").dropped("a").asks("material.1.name")
}

func TestAnAlbumIsOneAct(t *testing.T) {
	k := toPhotos(t).hear(photo("a", "x")).asks("material.1.name").hears("halal.material.name")
	if n := halal.WantsFiles(k.turn.State, "x", now); n != 2 {
		t.Fatalf("%d more files of the album are wanted", n)
	}
	k.hear(photo("b", "x")).hears().asks("material.1.name")
	k.hear(photo("c", "x")).hears().hear(photo("d", "x")).hears().dropped("d")
	if got := len(flow.ReadFiles(k.value("photos"))); got != 3 {
		t.Fatalf("%d photos are kept", got)
	}
	if len(k.turn.State.Misses) != 0 {
		t.Fatal("a miss was counted")
	}
}

func TestAnAlbumRefusedIsRefusedOnce(t *testing.T) {
	dark := func() flow.Input { return flow.Input{Album: "x", Refused: &flow.Refusal{Reason: "dark"}} }
	k := toPhotos(t).hear(dark()).hears("flow.file.dark", "halal.photos").hear(dark()).hears()
	if k.turn.State.Misses["photos"] != 1 {
		t.Fatal("each photo counted as a miss")
	}
	k.hear(photo("a", "x")).asks("material.1.name")
	k.hear(dark()).hears("flow.file.dark", "halal.material.name")
}

func TestPhotosWhereNoneAreWantedAreGivenUpAndSaidOnce(t *testing.T) {
	k := start(t, halal).hear(photo("a", "x")).hears("flow.no_files_here", "halal.food").dropped("a")
	k.hear(photo("b", "x")).hears().dropped("b")
}

func TestMoreFilesThanWantedAreGivenUpWithAWord(t *testing.T) {
	k := toPhotos(t).hear(flow.Input{Files: []flow.FileAnswer{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}}})
	k.hears("flow.files_extra", "halal.material.name").dropped("d")
	if len(k.turn.KeptFiles) != 3 || k.turn.KeptFiles[0].Key != "photos" {
		t.Fatalf("kept %v", k.turn.KeptFiles)
	}
}

func TestPapersComeInAnyOrder(t *testing.T) {
	k := toPapers(t).offers("ktp", "nib_sheet", "email")
	k.taps("nib_sheet").asks("nib_sheet").sends("b").asks("papers").offers("ktp", "email", "nib_sheet")
	k.taps("ktp").asks("ktp").sends("a").asks("papers").offers("email", "done", "ktp", "nib_sheet")
	k.taps("email").types("a@b.id").asks("summary")
}

func TestAPaperThatDoesNotSayWhatItIsIsAsked(t *testing.T) {
	k := toPapers(t).sends("a").hears("halal.papers.which").offers("ktp", "nib_sheet")
	k.taps("nib_sheet").asks("papers").has("ktp", "")
	if f := flow.ReadFiles(k.value("nib_sheet")); len(f) != 1 || f[0].ID != "a" {
		t.Fatalf("the sheet is %v", f)
	}
	k.sends("b").hears("halal.papers")
	if k.value("ktp") == "" {
		t.Fatal("the only paper left was not taken")
	}
	toPapers(t).sends("a").says(flow.Back).asks("papers").dropped("a")
}

func TestAListIsNotFinishedBeforeWhatIsRequiredIsThere(t *testing.T) {
	toPapers(t).says(flow.Enough).hears("flow.cannot_skip", "halal.papers")
}

func TestAnOptionalPaperIsTakenOutAgain(t *testing.T) {
	k := toPapers(t).chooses("ktp").sends("a").chooses("nib_sheet").sends("b").chooses("email").types("a@b.id").asks("summary")
	k.chooses("edit:email").says(flow.Skip).asks("summary").has("email", "")
	k.chooses("edit:ktp").says(flow.Back).asks("summary").dropped()
}

func TestSubmitKeepsTheFilesThatCountAndGivesUpTheRest(t *testing.T) {
	f := flow.New("demo", 1, flow.Ask(hasNIB), flow.When(hasNIB.Is(flow.Yes), flow.Ask(sheet)), flow.Review("summary"), flow.Submit("filed"))
	k := start(t, f).chooses("yes").sends("a").chooses("edit:has_nib", "no").asks("summary").dropped()
	k.chooses("send").ends("filed").dropped("a")
}

func TestAnEndGivesUpAllFilesOfItsRun(t *testing.T) {
	f := flow.New("demo", 1, flow.Ask(ktp), flow.Ask(food), flow.When(food.Is(flow.No), flow.End("bye")), flow.Submit("filed"))
	start(t, f).sends("a").chooses("no").ends("bye").dropped("a")
}

func TestFilesFiledBeforeAreGivenUpOnlyBySubmit(t *testing.T) {
	f := flow.New("demo", 1, flow.Ask(ktp), flow.Ask(food), flow.When(food.Is(flow.No), flow.End("bye")), flow.Review("summary"), flow.Submit("filed"))
	before := map[string]string{"ktp": "old", "food": "yes"}
	k := startWith(t, f, nil, before).asks("summary").chooses("edit:ktp").sends("new").asks("summary").dropped()
	k.chooses("send").ends("filed").dropped("old")
	startWith(t, f, nil, before).chooses("edit:ktp").sends("new").chooses("edit:food", "no").ends("bye").dropped("new")
}
