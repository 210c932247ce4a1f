package rules_test

import (
	"strings"
	"testing"
	"time"

	"titian/flows/rules"
	"titian/locales"
)

func builtin(t *testing.T) *rules.Rules {
	t.Helper()
	r, err := rules.Read(locales.Files(""))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatADinasChangesWronglyIsSaidInASentence(t *testing.T) {
	for name, c := range map[string]struct{ file, old, with, says string }{
		"a limit that falls":               {rules.HalalFile, "turnover_most = 15_000_000_000", "turnover_most = 1", "must rise"},
		"a word that means nothing":        {rules.HalalFile, "turnover_most", "turnover_mots", "means nothing"},
		"a kind without a step":            {rules.HalalFile, "receive = \"Bahan diperiksa: ikan", "receives = \"", "receive"},
		"a kind with an unknown bahan":     {rules.HalalFile, "bahan = [\"ikan\", \"bawang_merah\"", "bahan = [\"emas\", \"bawang_merah\"", "emas"},
		"a law without an end before last": {rules.HalalFile, "until = \"2026-10-18\"", "until = \"besok\"", "date like"},
		"a bahan of no kind":               {rules.BahanFile, "kind = \"cleaning\"", "kind = \"sabun\"", "kind \"sabun\""},
		"an unknown group":                 {rules.BahanFile, "exempt = \"laut\"", "exempt = \"darat\"", "darat"},
		"a list without a version":         {rules.DocumentsFile, "version = \"2026-11\"", "version = \"\"", "version is missing"},
		"a document without a limit":       {rules.DocumentsFile, "most = 1\nread = true\n\n[[document]]\nid = \"nib_sheet\"", "read = true\n\n[[document]]\nid = \"nib_sheet\"", "1 to 10"},
		"a document named as a section":    {rules.DocumentsFile, "id = \"ktp\"", "id = \"bahan\"", "section"},
		"no TOML at all":                   {rules.DocumentsFile, "version =", "version", rules.DocumentsFile},
	} {
		_, err := rules.Read(func(file string) ([]byte, error) {
			b, err := locales.File("", file)
			if err != nil || file != c.file {
				return b, err
			}
			changed := strings.Replace(string(b), c.old, c.with, 1)
			if changed == string(b) {
				t.Errorf("%s: nothing was changed", name)
			}
			return []byte(changed), nil
		})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
	}
}

func TestANameIsDoubtedForAWholeWordAndNotForAnEstablishedName(t *testing.T) {
	r := builtin(t)
	for name, want := range map[string]string{
		"Abon Setan": "setan", "Keripik Rumput Laut": "", "bakso": "", "Bir Pletok": "", "BIR jahe": "bir", "Abon Janda-Muda": "janda", "Abon Rumah": "", "Natalia Cake": "",
	} {
		if word, why := r.Doubtful(name); word != want || (why == "") != (want == "") {
			t.Errorf("%q is doubted for %q (%q), want %q", name, word, why, want)
		}
	}
}

func TestTheKindOfAProductIsReadFromItsName(t *testing.T) {
	r := builtin(t)
	for name, want := range map[string]string{"abon ikan marlin": "abon", "Keripik Pisang": "keripik", "kue bagea": "kue", "mete goreng": "mete", "abon dan keripik": "", "tenun": ""} {
		if k, _ := r.KindOf(name); k.ID != want {
			t.Errorf("%q is of kind %q, want %q", name, k.ID, want)
		}
	}
}

func TestTheLawIsSaidAsItIsOnTheDay(t *testing.T) {
	r := builtin(t)
	before, after := r.Law(time.Date(2026, 10, 17, 23, 0, 0, 0, locales.WITA)), r.Law(time.Date(2026, 10, 18, 0, 0, 0, 0, locales.WITA))
	if !strings.Contains(before, "mulai 18 Oktober 2026") || !strings.Contains(after, "sudah wajib") {
		t.Errorf("before: %q, after: %q", before, after)
	}
}
