package watermark

import (
	"bytes"
	"fmt"
	"math"

	"codeberg.org/go-pdf/fpdf"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/image/font/gofont/goregular"
)

const (
	sheet   = 1500.0 // points, each side of the sheet of words
	nominal = 600.0  // the shorter side of a page that the sheet is made for, about A4
	opacity = "0.38"

	maxBytes = 20 << 20
	maxPages = 300
)

// PDF writes the words over every page, slanting and again and again, without touching what is on it. Errors are ErrUnmarked.
func PDF(data []byte, words string) (marked []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			marked, err = nil, fmt.Errorf("%w: the reader gave up: %v", ErrUnmarked, r)
		}
	}()
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrUnmarked, len(data))
	}
	words, err = known(words)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnmarked, err)
	}
	over, err := sheetOf(words)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnmarked, err)
	}
	marked, err = stamp(data, over)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnmarked, err)
	}
	return marked, nil
}

// known are the words that the font can write; none is an error.
func known(words string) (string, error) {
	_, f, err := letters(10)
	if err != nil {
		return "", err
	}
	if words = printable(f, words); words == "" {
		return "", fmt.Errorf("no words")
	}
	return words, nil
}

// sheetOf is a PDF of one page, full of the words and otherwise clear.
func sheetOf(words string) ([]byte, error) {
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "pt", Size: fpdf.SizeType{Wd: sheet, Ht: sheet}})
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddUTF8FontFromBytes("go", "", goregular.TTF)
	pdf.AddPage()
	pdf.SetFont("go", "", 100)
	size := max(8, min(100*0.98*nominal/pdf.GetStringWidth(words), nominal/14))
	pdf.SetFontSize(size)
	pdf.SetTextColor(255, 255, 255)
	pdf.SetDrawColor(0, 0, 0)
	pdf.SetLineWidth(size / 16)
	pdf.TransformBegin()
	pdf.TransformRotate(slope*180/math.Pi, sheet/2, sheet/2)
	wide := pdf.GetStringWidth(words) + 3*size
	for n, y := 0, -sheet/2; y < 1.5*sheet; n, y = n+1, y+lines*size {
		for x := -sheet/2 - float64(n%2)*wide/2; x < 1.5*sheet; x += wide {
			pdf.SetTextRenderingMode(1) // the dark edge first, the light letters over it
			pdf.Text(x, y, words)
			pdf.SetTextRenderingMode(0)
			pdf.Text(x, y, words)
		}
	}
	pdf.TransformEnd()
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("make the words: %w", err)
	}
	return b.Bytes(), nil
}

// stamp lays the sheet over every page, as large as the page asks for.
func stamp(data, over []byte) ([]byte, error) {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.Cmd = model.ADDWATERMARKS
	conf.OptimizeDuplicateContentStreams = false
	ctx, err := api.ReadValidateAndOptimize(bytes.NewReader(data), conf)
	if err != nil {
		return nil, err
	}
	if ctx.PageCount < 1 || ctx.PageCount > maxPages {
		return nil, fmt.Errorf("%d pages", ctx.PageCount)
	}
	sizes, err := ctx.PageDims()
	if err != nil {
		return nil, err
	}
	alike := make(map[int]types.IntSet) // pages by how large the sheet has to be, in percent
	for i, s := range sizes {
		percent := max(1, int(math.Round(100*min(s.Width, s.Height)/nominal)))
		if alike[percent] == nil {
			alike[percent] = make(types.IntSet)
		}
		alike[percent][i+1] = true
	}
	for percent, pages := range alike {
		desc := fmt.Sprintf("scalefactor:%.2f abs, rotation:0, position:c, opacity:%s", float64(percent)/100, opacity)
		wm, err := api.PDFWatermarkForReadSeeker(bytes.NewReader(over), 1, desc, true, false, types.POINTS)
		if err != nil {
			return nil, err
		}
		if err := pdfcpu.AddWatermarks(ctx, pages, wm); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := api.Write(ctx, &out, conf); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
