package dossier

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"titian/storage"
)

// -look keeps the documents, for looking at: go test ./storage/dossier -look /tmp/dossier
var look = flag.String("look", "", "folder that the PDFs are kept in")

func made(t testing.TB, name string, c Case, s Files) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WritePDF(t.Context(), &b, c, s); err != nil {
		t.Fatal(err)
	}
	kept(t, name, b.Bytes())
	return b.Bytes()
}

func kept(t testing.TB, name string, pdf []byte) {
	t.Helper()
	if *look != "" {
		if err := os.WriteFile(filepath.Join(*look, name+".pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	api.DisableConfigDir()
	if err := api.Validate(bytes.NewReader(pdf), model.NewDefaultConfiguration()); err != nil {
		t.Errorf("%s is no valid PDF: %v", name, err)
	}
}

func pages(t testing.TB, pdf []byte) int {
	t.Helper()
	n, err := api.PageCount(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheDossierHoldsEveryAnswerInSiHalalsOrderAsText(t *testing.T) {
	c, s := abon(t)
	pdf := made(t, "abon", c, s)
	text := flat(words(t, pdf))
	at := 0
	for _, want := range []string{
		"HAL-2026-000001", "Contoh Satu", "Abon Contoh", "abon ikan", "Yang masih harus dilengkapi", "gula merah",
		"1. Pelaku Usaha", "7471014101900001", "0812-0000-0001", "contoh.satu@example.id", "9120001234567", "10297", "Mikro", "Rp4.500.000 per bulan",
		"2. Penyelia Halal", "pemilik sendiri", "3. Pabrik & Outlet", "Dapur Abon Contoh", "Milik sendiri", "-3.977800, 122.515000", "Kios Contoh", "Sewa",
		"4. Bahan", "ikan cakalang segar", "PT Contoh Minyak", "TERBUKA: curah", "TERBUKA: sertifikat", "Cleaning agent", "Kemasan", "standing pouch",
		"5. Produk", "Abon Ikan Cakalang Original", "“setan”", "Matriks produk × bahan", "B1. ikan cakalang segar", "●",
		"6. Proses Produk Halal", "Pembelian bahan", "Distribusi", "7. Pernyataan", "“SETUJU”",
		"Lampiran A", "Sudah punya NIB", "zz_other", "Foto", "Produk P1", "Foto proses (2 dari 2)",
		"Daftar dokumen", "KTP-pemilik_Contoh-Satu.jpg", "halaman kedua tidak ada", "Foto-proses_Contoh-Satu.pdf", "Pemeriksaan isian",
	} {
		found := strings.Index(text[at:], want)
		if found < 0 {
			t.Fatalf("%q does not follow in\n%s", want, text[at:])
		}
		at += found
	}
	n := pages(t, pdf)
	for page := 1; page <= n; page++ {
		if !strings.Contains(text, fmt.Sprintf("%d / %d", page, n)) {
			t.Errorf("page %d of %d has no number", page, n)
		}
	}
	if got := strings.Count(text, "bukan sertifikat halal · RAHASIA"); got != n {
		t.Errorf("%d of %d pages say what the document is", got, n)
	}
	if strings.Contains(text, "Email belum") {
		t.Error("a task that is done is listed")
	}
}

func TestTheSameCaseGivesTheSamePDF(t *testing.T) {
	c, s := abon(t)
	if !bytes.Equal(made(t, "abon", c, s), made(t, "abon", c, s)) {
		t.Error("two PDFs of one case differ")
	}
}

func TestAnEmptyDossierSaysWhatIsMissing(t *testing.T) {
	c := Case{Application: storage.Application{ID: "a1", Number: "HAL-2026-000002"}, At: now}
	text := flat(words(t, made(t, "empty", c, newShelf())))
	for _, want := range []string{"Belum ada bahan.", "Belum ada bahan pembersih.", "Belum ada kemasan.", "Belum ada produk.", "Narasi proses belum ada", "Belum ada dokumen."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if got := strings.Count(text, formOpen); got < 20 {
		t.Errorf("%d fields are said to be open", got)
	}
	if strings.Contains(text, "0001") || strings.Contains(text, "1970") {
		t.Error("a time that is not known is printed")
	}
}

// hostile are texts that people send and that a layout breaks on.
var hostile = []string{
	strings.Repeat("Donaudampfschifffahrt", 40), strings.Repeat("a b ", 400), "🍛 Abon 🇮🇩 Pedas 👨‍👩‍👧", "حلال", "清真", "𝗔𝗯𝗼𝗻 𝓔𝓷𝓪𝓴",
	"\x00\x01\x07nol\x1b[31m", "a\u202eb\u200bc\ufeff", "\xff\xfe", "baris\r\nbaru\ttab", "\\(Tj) ET endstream", "e\u0301́́́́", strings.Repeat("\u0301", 500),
	"{nb} {total}", "😀", "", " ", "\U0010ffff\ue000\ufffd", "½ kg – “asli” • Bu’e café × 2 ≤ 5 °C … €",
}

func TestNothingThatPeopleTypeBreaksTheLayout(t *testing.T) {
	for _, h := range hostile {
		c, s := abon(t)
		d := &c.Dossier
		d.Applicant.Name, d.Applicant.Business, d.Applicant.Address, d.Supervisor.Name, d.Factory.Name = h, h, h, h, h
		c.Application.Name, c.Application.Business, c.Application.Product, c.Programme, d.Statement.Answer = h, h, h, h, h
		drawn(t, made(t, "hostile name", c, s))
	}
	c, s := abon(t)
	d := &c.Dossier
	d.Materials, d.Products, d.Process = nil, nil, nil
	for i, h := range hostile {
		id := fmt.Sprintf("m%d", i)
		d.Materials = append(d.Materials, storage.Material{ID: id, Kind: storage.Ingredient, Name: h, Brand: h, Producer: h, Halal: h, Exempt: h})
		d.Products = append(d.Products, storage.Product{ID: h, Name: h, Brand: h, Materials: []string{id, h}, Doubtful: h})
		d.Process = append(d.Process, storage.ProcessStep{Step: h, Text: h})
		d.Documents = append(d.Documents, storage.DossierDocument{Item: h, Title: h, Files: []storage.FileID{"ktp"}})
		c.Application.Tasks = append(c.Application.Tasks, storage.Task{Kind: h, Subject: h})
		d.Eligibility[h] = h
	}
	drawn(t, made(t, "hostile", c, s))
}

// drawn fails for a letter on paper that the font has no shape for.
func drawn(t *testing.T, pdf []byte) {
	t.Helper()
	for _, r := range strings.ReplaceAll(words(t, pdf), "\n", "") {
		if !drawable(r) && r != ' ' {
			t.Fatalf("%q reached the paper, which has no shape for it", r)
		}
	}
}

func TestSignsWithoutAShapeGoAndLettersStay(t *testing.T) {
	for in, want := range map[string]string{
		"🍛 Abon 🇮🇩 Pedas": "Abon Pedas",
		"𝗔𝗯𝗼𝗻 ﬁsh":        "Abon ﬁsh",
		"حلال":            "?",
		"merek 清真 asli":   "merek ? asli",
		"a\u202eb\u200bc": "abc",
		"e\u0301clair":    "éclair",
		"– “a” • ½ × ≤ ° … € ● ’":  "– “a” • ½ × ≤ ° … € ● ’",
		"baris\r\nbaru\tdan\u00a0": "baris baru dan",
		"\xffpecah":                "pecah",
	} {
		if got := printable(in); got != want {
			t.Errorf("%q is printed as %q, want %q", in, got, want)
		}
	}
}

func TestTheFontHasEveryLetterOfIndonesian(t *testing.T) {
	for _, r := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789éèÉ–—“”‘’•…×≤≥½°€●/\\()[]{}@#%&*+=<>?!;:,.'\"-_" {
		if !drawable(r) {
			t.Errorf("no shape for %q", r)
		}
	}
}

func TestEightyBahanAndTwentyProductsStandOnReadablePages(t *testing.T) {
	c, s := abon(t)
	c.Dossier.Materials, c.Dossier.Products = nil, nil
	for i := range 80 {
		kind := []storage.MaterialKind{storage.Ingredient, storage.Ingredient, storage.Cleaning, storage.Packaging}[i%4]
		c.Dossier.Materials = append(c.Dossier.Materials, storage.Material{ID: fmt.Sprint("m", i), Kind: kind,
			Name: fmt.Sprintf("bahan contoh nomor %d", i), Brand: "Merek Contoh", Producer: "PT Contoh Produsen Bahan Makanan",
			Halal: fmt.Sprintf("ID0011%013d", i), ExpiresAt: now.AddDate(1, 0, i)})
	}
	for i := range 20 {
		p := storage.Product{ID: fmt.Sprint("p", i), Name: fmt.Sprintf("Produk Contoh %d", i), Brand: "Contoh"}
		for m := i; m < 80; m += i + 1 {
			p.Materials = append(p.Materials, fmt.Sprint("m", m))
		}
		c.Dossier.Products = append(c.Dossier.Products, p)
	}
	pdf := made(t, "many", c, s)
	text := words(t, pdf)
	dots, used := strings.Count(text, "●"), 0
	for _, p := range c.Dossier.Products {
		used += len(p.Materials)
	}
	if dots != used {
		t.Errorf("%d signs in the matrix, %d bahan are used", dots, used)
	}
	for i := range 80 {
		if !strings.Contains(text, fmt.Sprintf("ID0011%013d", i)) {
			t.Errorf("bahan %d has no number", i)
		}
	}
	if n := pages(t, pdf); n > 16 {
		t.Errorf("%d pages", n)
	}
}

func TestAFileOfAnotherApplicationNeverLandsInADossier(t *testing.T) {
	for name, smuggle := range map[string]func(*Case){
		"a document": func(c *Case) { c.Dossier.Documents[3].Files = []storage.FileID{"other"} },
		"one more file of a document": func(c *Case) {
			c.Dossier.Documents[3].Files = append(c.Dossier.Documents[3].Files, "other")
		},
		"the photo of a product":     func(c *Case) { c.Dossier.Products[1].Photo = "other" },
		"the photo of a bahan":       func(c *Case) { c.Dossier.Materials[0].Photo = "other" },
		"an item that staff look at": func(c *Case) { c.Application.Items[0].Files = []storage.FileID{"other"} },
		"a file of nobody":           func(c *Case) { c.Dossier.Products[0].Photo = "nobody" },
	} {
		t.Run(name, func(t *testing.T) {
			c, s := abon(t)
			s.put("a2", "other", mimeJPEG, photo(t, 40, 40, 1))
			s.put("", "nobody", mimeJPEG, photo(t, 40, 40, 1))
			smuggle(&c)
			var b bytes.Buffer
			if err := WritePDF(t.Context(), &b, c, s); !errors.Is(err, ErrForeign) {
				t.Errorf("the PDF: %v", err)
			}
			tray := &tray{}
			if _, err := WriteZIP(t.Context(), c, s, bindNone, tray.part); !errors.Is(err, ErrForeign) {
				t.Errorf("the ZIP: %v", err)
			}
			if b.Len() > 0 || len(tray.parts) > 0 || s.reads > 0 {
				t.Error("something was read or written")
			}
		})
	}
}

func TestAFileThatIsGoneOrAlteredIsNamedAndTheRestIsThere(t *testing.T) {
	c, s := abon(t)
	delete(s.data, "produk-1")
	s.data["tempat"] = photo(t, 30, 30, 99)
	s.put("a1", "proses-1", mimeJPEG, []byte("\xff\xd8\xff\xe0 broken"))
	text := flat(words(t, made(t, "gone", c, s)))
	for _, want := range []string{
		"Produk P1: Abon Ikan Cakalang Original – Abon Contoh: berkas hilang atau berubah", "Foto tempat produksi: berkas hilang atau berubah",
		"Foto proses (1 dari 2): berkas tidak dapat dibaca", "Produk P2",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in %s", want, text)
		}
	}
}

func TestAnOutageIsNoMissingFile(t *testing.T) {
	c, s := abon(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	delete(s.data, "produk-1")
	if err := WritePDF(ctx, &bytes.Buffer{}, c, s); !errors.Is(err, context.Canceled) && err == nil {
		t.Error("a dossier was made although reading was called off")
	}
}

func BenchmarkPDF(b *testing.B) {
	c, s := abon(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := WritePDF(b.Context(), &bytes.Buffer{}, c, s); err != nil {
			b.Fatal(err)
		}
	}
}
