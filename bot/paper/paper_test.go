package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"titian/bot/paper/papertest"
)

func cleaned(t *testing.T, data []byte) Paper {
	t.Helper()
	p, err := New().Clean(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPaperComesOutWithItsPagesAndWithoutItsAuthor(t *testing.T) {
	data := papertest.Pages(3, papertest.NIB("0000000000017", "CONTOH SATU")...)
	if !bytes.Contains(data, []byte("/Author")) {
		t.Fatal("the sheet names no author")
	}
	p := cleaned(t, data)
	again := cleaned(t, p.PDF)
	if again.Text != p.Text || p.Text == "" {
		t.Errorf("the text became %q, was %q", again.Text, p.Text)
	}
	doc, err := read(t.Context(), p.PDF)
	if err != nil {
		t.Fatal(err)
	}
	if pages, err := pagesOf(doc); err != nil || len(pages) != 3 {
		t.Errorf("%d pages, %v", len(pages), err)
	}
	if info, _ := doc.DereferenceDict(*doc.Info); info["Author"] != nil || bytes.Contains(p.PDF, []byte("Rahasia")) {
		t.Errorf("the author came out")
	}
}

func TestTheTextOfASheetIsRead(t *testing.T) {
	lines := papertest.NIB("0000000000017", "CONTOH SATU, S.Pd. (Café)")
	for name, data := range map[string][]byte{
		"embedded font": papertest.Sheet(lines...),
		"old font":      papertest.Plain(lines[:3]...),
		"after a stray line": append([]byte("X-Scanner: Contoh\r\n"),
			papertest.Sheet(lines...)...),
		"in a drawing": papertest.Objects(
			"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</XObject<</A 5 0 R>>>>>>",
			"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>", papertest.Stream("", []byte("q /A Do Q")),
			papertest.Packed("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F 6 0 R>>>>",
				[]byte(`BT /F 11 Tf 1 0 0 1 50 800 Tm [(NOMOR) -300 (INDUK \(BERUSAHA\): 000)20(0000000)]TJ (\060\060\061\67)' ET`)),
			"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"),
		"by names of letters": papertest.Objects(
			"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
			papertest.Stream("", []byte("BT /F 11 Tf <010203040506> Tj ET")),
			"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Type/Encoding/Differences[1/N/I/B/space/one/seven]>>>>"),
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.NewReplacer(" ", "", "\n", "").Replace(cleaned(t, data).Text)
			if !strings.Contains(text, "0000000000017") && text != "NIB17" {
				t.Errorf("read %q", text)
			}
		})
	}
}

func TestAPaperThatDoesMoreThanShowIsRefusedByName(t *testing.T) {
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	script := papertest.Sheet("Contoh")
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a password":                   {papertest.Locked(), "pdf_locked"},
		"runs a script when opened":    {papertest.Write("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "pdf_script"},
		"a script written in escapes":  {papertest.Write("/OpenAction<</S/J#61vaScript/#4a#53(x)>>"), "pdf_script"},
		"a script nobody names":        {papertest.Write("", "<</S/JavaScript/JS(x)>>"), "pdf_script"},
		"a script in a packed object":  {papertest.Write("/Names<</JavaScript<</Names[(a) 5 0 R]>>>>", "<</S/JavaScript/JS 6 0 R>>", papertest.Packed("", []byte("app.alert(1)"))), "pdf_script"},
		"starts a program":             {papertest.Write("/OpenAction<</S/Launch/F(cmd.exe)>>"), "pdf_script"},
		"sends a form away":            {papertest.WritePage("", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/SubmitForm/F(http://contoh.invalid)>>>>]"), "pdf_script"},
		"acts when a page opens":       {papertest.WritePage("", "/AA<</O<</S/Launch/F(a)>>>>"), "pdf_script"},
		"a film":                       {papertest.WritePage("", "/Annots[<</Type/Annot/Subtype/RichMedia/Rect[0 0 1 1]>>]"), "pdf_script"},
		"a file attached":              {papertest.Write("/Names<</EmbeddedFiles<</Names[(a.exe) 5 0 R]>>>>", "<</Type/Filespec/F(a.exe)/EF<</F 6 0 R>>>>", papertest.Stream("/Type/EmbeddedFile", []byte("MZ"))), "pdf_attached"},
		"a file pinned to a page":      {papertest.WritePage("", "/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 1 1]/FS<</Type/Filespec/F(a)>>>>]"), "pdf_attached"},
		"a folder of files":            {papertest.Write("/Collection<</Type/Collection>>"), "pdf_attached"},
		"a form of forms":              {papertest.Write("/AcroForm<</Fields[]/XFA 5 0 R>>", papertest.Stream("", []byte("<xdp/>"))), "pdf_form"},
		"too many pages":               {papertest.Pages(31, "x"), "pdf_pages"},
		"no pages":                     {papertest.Objects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"), "pdf_broken"},
		"pages that bend back":         {papertest.Objects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"), "pdf_broken"},
		"pages of pages of pages":      {doubling(40), "pdf_broken"},
		"a bomb that draws":            {papertest.WritePage("", "", papertest.Bomb("", 26, 1)), "pdf_heavy"},
		"a bomb as a picture":          {papertest.WritePage("", "", papertest.Bomb("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", 130, 1)), "pdf_heavy"},
		"a bomb in a bomb":             {papertest.Write("", papertest.Bomb("", 8, 2)), "pdf_heavy"},
		"a bomb of objects":            {papertest.Write("", papertest.Bomb("/Type/ObjStm/N 1/First 4/Foo/Image", 26, 1)), "pdf_heavy"},
		"many small bombs":             {papertest.Write("", many(papertest.Bomb("", 2, 1), 20)...), "pdf_heavy"},
		"a bomb in another packing":    {papertest.Write("", papertest.Stream("/Filter/LZWDecode", make([]byte, 30_000))), "pdf_heavy"},
		"a bomb behind letters":        {papertest.Write("", papertest.Stream("/Filter[/ASCII85Decode/FlateDecode]", bytes.Repeat([]byte("x"), 30_000))), "pdf_heavy"},
		"objects without number":       {papertest.Write("", many("null", 60_000)...), "pdf_heavy"},
		"lists in lists":               {papertest.WritePage("", "/Annots "+deep), "pdf_broken"},
		"words instead of a document":  {[]byte("%PDF-1.7\nhalo\n%%EOF\n"), "pdf_broken"},
		"only a beginning":             {[]byte("%PDF-"), "pdf_broken"},
		"half of one":                  {script[:len(script)/2], "pdf_broken"},
		"a table that counts to never": {[]byte("%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\nxref\n0 999999999\ntrailer\n<</Size 999999999/Root 1 0 R/Prev 9>>\nstartxref\n45\n%%EOF"), "pdf_broken"},
		"eleven megabytes":             {append(papertest.Sheet("x"), make([]byte, MaxBytes)...), "too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New().Clean(t.Context(), c.data)
			var r *Refused
			if !errors.As(err, &r) || r.Reason != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// doubling is a tree of pages in which each branch is used twice: 2^n pages.
func doubling(n int) []byte {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>"}
	for i := range n {
		objects = append(objects, fmt.Sprintf("<</Type/Pages/Count 2/Kids[%d 0 R %d 0 R]>>", i+3, i+3))
	}
	return papertest.Objects(append(objects, "<</Type/Page/MediaBox[0 0 9 9]>>")...)
}

func many(object string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = object
	}
	return list
}

func TestALinkAndAFilledFormComeIn(t *testing.T) {
	link := papertest.WritePage("/OpenAction[3 0 R/Fit]", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(https://oss.go.id)>>>>]")
	cleaned(t, link)
	form := papertest.WritePage("/AcroForm<</Fields[5 0 R]/SigFlags 3>>", "/Annots[5 0 R]",
		"<</Type/Annot/Subtype/Widget/FT/Sig/T(ttd)/Rect[0 0 9 9]/V 6 0 R/P 3 0 R>>",
		"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Contents<00>>>")
	if p := cleaned(t, form); bytes.Contains(p.PDF, []byte("ByteRange")) {
		t.Error("a signature that no longer holds came out")
	}
}

func TestWhoWaitsForAPaperMayGiveUp(t *testing.T) {
	c := New()
	c.place <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Clean(ctx, papertest.Sheet("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("without a place: %v", err)
	}
}

func TestAFileCutAnywhereIsReadOrRefused(t *testing.T) {
	whole := papertest.Plain(papertest.NIB("0000000000017", "CONTOH SATU")[:4]...)
	c := New()
	for at := 5; at < len(whole); at += 1 + len(whole)/150 {
		_, err := c.Clean(t.Context(), whole[:at])
		var r *Refused
		if err != nil && !errors.As(err, &r) {
			t.Fatalf("cut at %d: %v", at, err)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add(papertest.Plain("NIB 0000000000017"))
	f.Add(papertest.Write("/OpenAction<</S/JavaScript/JS(x)>>"))
	f.Add(papertest.Write("", papertest.Packed("/Type/ObjStm/N 1/First 4", []byte("9 0 <</A 1>>"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := New().Clean(t.Context(), data)
		var r *Refused
		if err != nil && !errors.As(err, &r) {
			t.Fatal(err)
		}
		if err == nil && !bytes.HasPrefix(p.PDF, []byte("%PDF-")) {
			t.Fatal("what came out is no PDF")
		}
	})
}
