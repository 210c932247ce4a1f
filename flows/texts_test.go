package flows_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"titian/bot/dialogue"
	"titian/flows"
	"titian/flows/flow"
	"titian/locales"
	"titian/storage"
)

func texts(t testing.TB) *locales.Catalog {
	t.Helper()
	c, err := locales.Texts("")
	if err != nil {
		t.Fatal(err)
	}
	c.Learn(builtinRules(t).Texts())
	return c
}

// said are the keys of everything a flow may say: those it knows and those a walk met.
func said(t testing.TB, f *flow.Flow) []string {
	t.Helper()
	m, err := walked(f)
	if err != nil {
		t.Fatal(err)
	}
	keys := append(f.Keys(), m.Keys...)
	slices.Sort(keys)
	return slices.DeleteFunc(slices.Compact(keys), func(key string) bool {
		// A field is named in summaries only, and of these there is one.
		return strings.HasSuffix(key, ".label") && f.Name != "registration"
	})
}

func TestEverythingAConversationMaySayStandsInTheLocale(t *testing.T) {
	voice := dialogue.New(texts(t))
	for _, f := range book(t).All() {
		for _, key := range said(t, f) {
			if text := voice.Text(key, nil); strings.Contains(text, "⟨") {
				t.Errorf("there is no text for %s", key)
			}
		}
	}
}

// wrong is one typed answer for each reason the parsers give, at the question
// it may be given to. Each has words of its own that say what was received.
var wrong = map[string]map[string]string{
	"consent":       {"unclear": "apa itu", "word": "👍", "ambiguous": "setuju, tidak"},
	"name":          {"unclear": "12345", "short": "x", "long": strings.Repeat("contoh ", 40)},
	"nik":           {"length": "747105120385000", "date": "7471053203850001", "serial": "7471051203850000", "two": "7471051203850001 atau 7471051203850002", "masked": "7471xxxxxxxx0001", "unclear": "di rumah"},
	"phone":         {"length": "0812-00", "landline": "0401-3121234", "foreign": "+65 8123 4567", "two": "0812-0000-0001 / 0852-0000-0002", "masked": "0812-xxxx-0001", "same": "nomor ini saja", "unclear": "besok", "ambiguous": "bukan 0812-0000-0001"},
	"business":      {"unclear": "123", "short": "x", "long": strings.Repeat("contoh ", 40)},
	"products":      {"unclear": "apa ya?", "generic": "makanan", "elliptic": "abon marlin, cakalang", "long": numbered(60)},
	"kecamatan":     {"city": "Kendari", "ambiguous": "kambo", "far": "ranomeeto", "two": "Mandonga, Kadia", "unclear": "dekat pasar"},
	"kelurahan":     {"elsewhere": "Labibia", "unclear": "dekat pasar", "outside": "ranomeeto"},
	"address":       {"unclear": "123", "short": "x", "long": strings.Repeat("contoh ", 80)},
	"workers":       {"range": "2-3 orang", "none": "tidak ada karyawan", "ambiguous": "5 karyawan", "limit": "minimal 3", "unclear": "banyak", "two": "5 orang (6 orang)"},
	"turnover":      {"range": "2-3 juta", "period": "100 ribu sehari", "unit": "5", "ambiguous": "2 juta 500", "limit": "di bawah 5 juta", "none": "0", "two": "2 juta sebulan 3 juta", "unclear": "lumayan"},
	"claim":         {"unclear": "apa itu", "ambiguous": "ya, bukan"},
	"has_nib":       {"unclear": "masih diurus", "ambiguous": "sudah, belum"},
	"nib":           {"length": "123", "two": "0000000000017 atau 0000000000025", "masked": "00000xxxxx017", "unclear": "ada di rumah"},
	"announcements": {"unclear": "terserah", "ambiguous": "mau, tidak"},
}

func numbered(n int) string {
	var list []string
	for i := range n {
		list = append(list, "keripik rasa"+string(rune('a'+i/26))+string(rune('a'+i%26)))
	}
	return strings.Join(list, ", ")
}

// right are answers that lead past every question.
var right = map[string]string{
	"consent": "self", "claim": "yes", "name": "Contoh Satu", "nik": "7471051203850001", "phone": "+6281200000001", "business": "Dapur Contoh",
	"sector": "food", "products": "abon ikan", "kecamatan": "Kambu", "kelurahan": "Lalolara", "address": "Jl. Contoh No. 1",
	"location": "-4,122.5", "workers": "2", "turnover": "2000000", "has_nib": "yes", "nib": "0000000000017", "permits": "none",
	"photos": "foto 1000 - image/jpeg", "announcements": "no",
}

// at is a registration with one question open.
func at(f *flow.Flow, question string) flow.State {
	answers := map[string]string{}
	for key, value := range right {
		if key != question {
			answers[key] = value
		}
	}
	return f.Start("run", flows.Met(storage.Imported{ID: "i1", Name: "Contoh Satu"}), answers, now).State
}

func TestEveryReasonAnAnswerIsRefusedForHasWordsOfItsOwn(t *testing.T) {
	f, catalog := book(t).Registration, texts(t)
	for question, reasons := range wrong {
		for reason, text := range reasons {
			turn := f.Advance(at(f, question), flow.Input{ID: "1", Text: text}, now)
			say := turn.Says[0]
			if want := "registration." + question + "." + reason; say.Key != want {
				t.Errorf("%q at %s is refused as %s, want %s", text, question, say.Key, want)
				continue
			}
			words := catalog.Say(say.Key, say.Args)
			if !catalog.Has(say.Key) {
				words = catalog.Say("flow.reason."+reason, say.Args)
			}
			if strings.ContainsAny(words, "⟨{") {
				t.Errorf("%s is said as %q", say.Key, words)
			}
		}
	}
}

func TestEveryTextOfTheLocaleIsUsed(t *testing.T) {
	voice, used, prefixes := dialogue.New(texts(t)), literals(t), []string{}
	for key := range used {
		if key != "bot." && (strings.HasSuffix(key, ".") || strings.HasSuffix(key, "_")) {
			prefixes = append(prefixes, key)
		}
	}
	for _, kind := range []string{"voice", "sticker", "video", "unsupported", "undecryptable", "once", "call"} {
		used["bot."+kind] = true
	}
	for question, reasons := range wrong {
		for reason := range reasons {
			used["registration."+question+"."+reason], used["flow.reason."+reason] = true, true
		}
	}
	for _, reason := range []string{"empty", "command"} {
		used["flow.reason."+reason] = true
	}
	for _, yesNo := range []string{"registration.claim", "registration.has_nib", "registration.announcements", "cancel.discard"} {
		for _, reason := range []string{"unclear", "ambiguous"} {
			used[yesNo+"."+reason] = true
		}
	}
	for _, reason := range []string{"any.proof.wrong", "delete.erase.word", "registration.kelurahan.ambiguous", "registration.kecamatan.ok.kelurahan"} {
		used[reason] = true
	}
	for _, reason := range []string{
		"text.short", "text.field", "text.meant", "text.long", "query.meant", "query.field", "query.value", "query.no_value", "query.date", "query.number", "query.between",
		"send_at.clock", "send_at.past", "send_at.far", "event_day.past", "event_day.far", "deadline.past", "deadline.far", "deadline.after_event", "deadline.before_sent",
		"send_at.ambiguous", "event_day.ambiguous", "deadline.ambiguous",
	} {
		used["announce."+reason] = true
	}
	for _, f := range book(t).All() {
		for _, key := range said(t, f) {
			used[voice.Key(key)] = true
		}
	}
	for _, key := range texts(t).Keys() {
		base := key
		for _, suffix := range []string{".also", ".share", ".vouched", ".again"} {
			base = strings.TrimSuffix(base, suffix)
		}
		if !used[base] && !used[key] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("nothing says %q", key)
		}
	}
}

// literals are the strings in the code that speaks.
func literals(t testing.TB) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && strings.Contains(s, ".") {
					found[s] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheConsentTextIsTheOneThatWasAgreedOn(t *testing.T) {
	const sample = "Sebelum mulai, mohon dibaca 🙏 Data Bapak/Ibu (nama, NIK, nomor HP, data usaha, dokumen) dipakai Disnakerperin Kota Kendari untuk pendataan IKM binaan dan fasilitasi sertifikat halal. Data dapat diteruskan ke Pendamping PPH dan BPJPH untuk keperluan halal saja. Data disimpan sesuai aturan arsip dinas dan tidak diperjualbelikan. Bapak/Ibu boleh melihat, memperbaiki, menghapus data, atau menarik persetujuan kapan saja: ketik DATA SAYA atau HAPUS DATA. Ketik SETUJU untuk lanjut, TIDAK untuk berhenti."
	if got := texts(t).Say("registration.consent", nil); got != sample {
		t.Errorf("the consent text is\n%s\nwant\n%s", got, sample)
	}
}

// consentTexts are the hashes of the texts of every version that was released. A row
// is added when a text changes; none is ever changed.
var consentTexts = map[string]map[string]string{
	"1": {
		"registration.consent":       "c76a500c234f9331ba254f0edfd8dd031f1f33ec70d70df9ad92a712bdfb5895",
		"registration.announcements": "7e975cb1e6d94ec417cab97ef5bb2ae688f10e2cc926b1ae394b73b80a026112",
	},
}

// statementTexts are the hashes of the akad of every version that was released.
var statementTexts = map[string]string{
	"1": "f3c06aea82f3abcecb1eddfc083fb3b91de3992aa7020e6df5706b22c7238749",
}

// agreementTexts are those of the words by which a penyelia is asked.
var agreementTexts = map[string]string{
	"1": "7eaee9a7397fb76f1724998511cdc7d772c8ea6dd7743cee6defda4a505db01f",
}

func TestTheWordsToAPenyeliaChangeWithTheirVersion(t *testing.T) {
	if got, want := hash(texts(t).Say("bot.penyelia_asked", nil)), agreementTexts[flows.AgreementVersion]; got != want {
		t.Errorf("the words to a penyelia have the hash %s, version %s has %s: raise flows.AgreementVersion", got, flows.AgreementVersion, want)
	}
}

func TestTheAkadChangesWithItsVersion(t *testing.T) {
	if got, want := hash(texts(t).Say("halal.statement", nil)), statementTexts[flows.StatementVersion]; got != want {
		t.Errorf("the akad has the hash %s, version %s has %s: raise flows.StatementVersion", got, flows.StatementVersion, want)
	}
}

func TestConsentVersionChangesWithTheText(t *testing.T) {
	for key, want := range consentTexts[flows.ConsentVersion] {
		if got := hash(texts(t).Say(key, nil)); got != want {
			t.Errorf("the text of %s has the hash %s, version %s has %s: raise flows.ConsentVersion", key, got, flows.ConsentVersion, want)
		}
	}
}
