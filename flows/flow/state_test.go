package flow_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"titian/flows/flow"
)

// Each file is a state that a released version stored. It must load for ever:
// never edit one, add one with each version.
func TestStatesOfReleasedVersionsLoadForEver(t *testing.T) {
	asks := map[string]string{"halal-1.json": "kelurahan", "halal-2.json": "papers"}
	files, _ := filepath.Glob("testdata/halal-*.json")
	if len(files) != len(asks) {
		t.Fatalf("testdata holds %v", files)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := halal.Load(raw)
		if err != nil {
			t.Fatal(err)
		}
		if q := halal.Table(s, now); q.ID != asks[filepath.Base(path)] {
			t.Errorf("%s goes on at %s", path, q.ID)
		}
	}
}

func TestRenamedAnswersCountUnderTheirNewKey(t *testing.T) {
	raw, _ := os.ReadFile("testdata/halal-1.json")
	s, _ := halal.Load(raw)
	if s.Answers["kecamatan"].Value != "mandonga" || s.Answers["material.1.brand"].Value != "Cap Kapal" {
		t.Fatalf("answers %v", s.Answers)
	}
	if s.Answers["shoe_size"].Value != "42" || s.Version != 2 {
		t.Fatal("an unknown answer was thrown away, or the version is the old one")
	}
}

func TestAStricterReleaseAsksAgain(t *testing.T) {
	loose := flow.New("demo", 1, flow.Ask(&flow.Field{Key: "nik", Kind: flow.Text}), flow.Ask(name), flow.Submit("filed"))
	strict := flow.New("demo", 2, flow.Ask(nik), flow.Ask(name), flow.Submit("filed"))
	k := start(t, loose).types("123").asks("name")
	if q := strict.Table(k.turn.State, now); q.ID != "nik" {
		t.Fatalf("goes on at %s", q.ID)
	}
}

func TestAStateOfAnotherFlowIsRefused(t *testing.T) {
	if _, err := halal.Load([]byte(`{"flow":"registration"}`)); err == nil {
		t.Fatal("it was loaded")
	}
	if _, err := halal.Load([]byte(`{`)); err == nil {
		t.Fatal("it was loaded")
	}
}

func TestAmendingBeginsAtTheSummaryWithWhatWasFiled(t *testing.T) {
	k := toPapers(t).chooses("ktp").sends("a").chooses("nib_sheet").sends("b").chooses("done", "send").ends("complete")
	again := startWith(t, halal, nil, k.turn.Effects[0].(filed))
	if q := again.turn.Question; q.ID != "spot" {
		t.Fatalf("goes on at %s, not at what was left open", q.ID)
	}
	again.says(flow.Enough).asks("summary").chooses("send").ends("complete")
}

func TestKeysListEveryKeyThatIsSaid(t *testing.T) {
	computed := []string{"halal.kecamatan.unclear", "halal.kecamatan.unknown", "halal.phone.length", "halal.birth_year.length",
		"registration.nik.length", "registration.nib.length"}
	for _, f := range []*flow.Flow{registration, halal} {
		m, err := flow.Walk(f, flow.WalkOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range m.Keys {
			if !slices.Contains(f.Keys(), key) && !slices.Contains(computed, key) {
				t.Errorf("%s is said and not listed", key)
			}
		}
	}
}
