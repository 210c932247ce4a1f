package watermark

import (
	"bytes"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

const words = "Untuk keperluan halal – Disnakerperin Kendari – 24 November 2026 – Petugas Contoh"

// -look keeps what was marked, for looking at.
var look = flag.String("look", "", "folder that marked documents are kept in")

func keep(t testing.TB, name string, data []byte) {
	t.Helper()
	if *look != "" {
		if err := os.WriteFile(filepath.Join(*look, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// plain is a photo of one brightness.
func plain(w, h int, light uint8) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = light
	}
	return img
}

// card looks like a KTP from afar: a coloured card with dark lines of text on a dark table.
func card(w, h int) *image.RGBA {
	img := plain(w, h, 40)
	r := rand.New(rand.NewPCG(1, 2))
	for y := h / 8; y < h*7/8; y++ {
		for x := w / 10; x < w*9/10; x++ {
			img.SetRGBA(x, y, color.RGBA{uint8(150 + x*60/w), uint8(190 + y*40/h), 230, 255})
		}
	}
	for line := range 12 {
		y := h/6 + line*h/20
		for x := w / 8; x < w*6/10; x++ {
			if r.IntN(14) == 0 {
				x += w / 120
			}
			for d := range h / 60 {
				if (x/(w/400+1)+d*7)%3 != 0 {
					img.SetRGBA(x, y+d, color.RGBA{20, 20, 30, 255})
				}
			}
		}
	}
	return img
}

// changed is the share of pixels that the words made lighter or darker by more than 24 of 255, and the share of those by more than 140.
func changed(t testing.TB, before, after []byte) (some, much float64) {
	t.Helper()
	a, err := jpeg.Decode(bytes.NewReader(before))
	if err != nil {
		t.Fatal(err)
	}
	b, err := jpeg.Decode(bytes.NewReader(after))
	if err != nil {
		t.Fatal(err)
	}
	if a.Bounds() != b.Bounds() {
		t.Fatalf("%v became %v", a.Bounds(), b.Bounds())
	}
	w, h := a.Bounds().Dx(), a.Bounds().Dy()
	for y := range h {
		for x := range w {
			d := int(color.GrayModel.Convert(a.At(x, y)).(color.Gray).Y) - int(color.GrayModel.Convert(b.At(x, y)).(color.Gray).Y)
			if max(d, -d) > 24 {
				some++
			}
			if max(d, -d) > 140 {
				much++
			}
		}
	}
	return some / float64(w*h), much / float64(w*h)
}

func TestTheWordsAreSeenOnEveryBrightnessAndHideNothing(t *testing.T) {
	for name, img := range map[string]image.Image{
		"white": plain(1500, 1000, 255), "grey": plain(1500, 1000, 128), "black": plain(1500, 1000, 0),
		"card": card(2000, 1300), "upright": card(1200, 2000), "small": card(320, 240), "strip": card(2000, 120),
	} {
		before := encoded(t, img)
		after, err := JPEG(before, words)
		if err != nil {
			t.Fatal(err)
		}
		keep(t, name+".jpg", after)
		some, much := changed(t, before, after)
		if some < 0.03 || some > 0.35 || much > 0.01 {
			t.Errorf("%s: %.1f %% of the pixels changed, %.1f %% beyond reading", name, 100*some, 100*much)
		}
	}
}

func TestAGreyPhotoIsMarkedToo(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 800, 600))
	before := encoded(t, img)
	after, err := JPEG(before, words)
	if err != nil {
		t.Fatal(err)
	}
	if some, _ := changed(t, before, after); some < 0.03 {
		t.Errorf("%.1f %% of the pixels changed", 100*some)
	}
}

func TestAnOfficersNameMayHoldAnything(t *testing.T) {
	photo := encoded(t, plain(300, 200, 200))
	paper := document(t, 1)
	for _, name := range []string{"Petugas 🌴 Contoh", "حلال Contoh", strings.Repeat("panjang ", 200), "x", "\xff\x00\u202eContoh"} {
		if _, err := JPEG(photo, name); err != nil {
			t.Errorf("%q on a photo: %v", name, err)
		}
		if _, err := PDF(paper, name); err != nil {
			t.Errorf("%q on a PDF: %v", name, err)
		}
	}
}

func TestWithoutWordsNothingIsGivenOut(t *testing.T) {
	for _, none := range []string{"", " ", "🌴", "\u200b"} {
		if out, err := JPEG(encoded(t, plain(30, 30, 9)), none); !errors.Is(err, ErrUnmarked) || out != nil {
			t.Errorf("%q on a photo: %v", none, err)
		}
		if out, err := PDF(document(t, 1), none); !errors.Is(err, ErrUnmarked) || out != nil {
			t.Errorf("%q on a PDF: %v", none, err)
		}
	}
}

// document is a PDF of so many pages of different sizes.
func document(t testing.TB, pages int) []byte {
	t.Helper()
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetFont("Helvetica", "", 14)
	for n := range pages {
		switch n % 3 {
		case 0:
			pdf.AddPageFormat("P", fpdf.SizeType{Wd: 210, Ht: 297})
		case 1:
			pdf.AddPageFormat("L", fpdf.SizeType{Wd: 210, Ht: 297})
		case 2:
			pdf.AddPageFormat("P", fpdf.SizeType{Wd: 86, Ht: 54})
			pdf.SetFillColor(20, 30, 40)
			pdf.Rect(0, 0, 86, 54, "F")
		}
		for line := range 20 {
			pdf.Text(15, 20+float64(line)*12, "NOMOR INDUK BERUSAHA 9120001234567 CONTOH SATU ABON CONTOH")
		}
	}
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEveryPageOfAPDFIsMarked(t *testing.T) {
	for _, pages := range []int{1, 2, 5} {
		before := document(t, pages)
		after, err := PDF(before, words)
		if err != nil {
			t.Fatal(err)
		}
		keep(t, "document.pdf", after)
		conf := model.NewDefaultConfiguration()
		if err := api.Validate(bytes.NewReader(after), conf); err != nil {
			t.Error(err)
		}
		if n, err := api.PageCount(bytes.NewReader(after), conf); err != nil || n != pages {
			t.Errorf("%d pages of %d: %v", n, pages, err)
		}
		if marked, err := api.HasWatermarks(bytes.NewReader(after), conf); err != nil || !marked {
			t.Errorf("marked: %v, %v", marked, err)
		}
		left, err := stripped(after)
		if err != nil || left != pages {
			t.Errorf("%d of %d pages carry the words: %v", left, pages, err)
		}
	}
}

// stripped counts the pages from which a watermark can be taken again.
func stripped(data []byte) (int, error) {
	ctx, err := api.ReadContext(bytes.NewReader(data), model.NewDefaultConfiguration())
	if err != nil {
		return 0, err
	}
	if err := api.ValidateContext(ctx); err != nil {
		return 0, err
	}
	n := 0
	for page := 1; page <= ctx.PageCount; page++ {
		d, _, _, err := ctx.PageDict(page, false)
		if err != nil {
			return 0, err
		}
		content, err := ctx.PageContent(d, page)
		if err != nil {
			return 0, err
		}
		if bytes.Contains(content, []byte("/Artifact <</Subtype /Watermark")) {
			n++
		}
	}
	return n, nil
}

func TestWhatCannotBeMarkedIsAnErrorACallerCanTell(t *testing.T) {
	good := document(t, 2)
	locked := fpdf.New("P", "mm", "A4", "")
	locked.SetProtection(0, "rahasia", "rahasia")
	locked.AddPage()
	var secret bytes.Buffer
	if err := locked.Output(&secret); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("bukan PDF"), "cut short": good[:len(good)/3], "encrypted": secret.Bytes(),
		"no pages":  []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"),
		"a circle":  []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"),
		"too large": append([]byte("%PDF-1.4\n"), make([]byte, maxBytes)...),
	} {
		if out, err := PDF(data, words); !errors.Is(err, ErrUnmarked) || out != nil {
			t.Errorf("%s as a PDF: %v", name, err)
		}
		if out, err := JPEG(data, words); !errors.Is(err, ErrUnmarked) || out != nil {
			t.Errorf("%s as a photo: %v", name, err)
		}
	}
	photo := encoded(t, card(400, 300))
	if out, err := JPEG(photo[:len(photo)/2], words); !errors.Is(err, ErrUnmarked) || out != nil {
		t.Errorf("half a photo: %v", err)
	}
}

func FuzzNothingHostileGetsOutUnmarkedOrPanics(f *testing.F) {
	f.Add(document(f, 1))
	f.Add(encoded(f, card(64, 48)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := PDF(data, "x"); err != nil && !errors.Is(err, ErrUnmarked) {
			t.Error(err)
		}
		if _, err := JPEG(data, "x"); err != nil && !errors.Is(err, ErrUnmarked) {
			t.Error(err)
		}
	})
}

func BenchmarkJPEG(b *testing.B) {
	photo := encoded(b, card(2000, 1500))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := JPEG(photo, words); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPDF(b *testing.B) {
	paper := document(b, 4)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := PDF(paper, words); err != nil {
			b.Fatal(err)
		}
	}
}
