// Package watermark writes across a document who sees it, when and what for ("Untuk keperluan halal – …"), before it is shown
// in a chat: on a photo into its pixels, on a PDF onto each of its pages. It imports nothing of this module, keeps nothing, and
// never returns a document without the words: what it cannot mark is an error.
package watermark

import (
	"errors"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// ErrUnmarked: the document could not be marked; it is broken, encrypted or of an odd make. It must not be shown without.
var ErrUnmarked = errors.New("the document cannot be watermarked")

const (
	slope = 30 * math.Pi / 180 // the angle of the lines of words, rising to the right
	lines = 3.2                // from one line of words to the next, in heights of the letters
)

// printable is what the font has shapes for: an emoji in somebody's name is left out.
func printable(f *sfnt.Font, text string) string {
	var b sfnt.Buffer
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if i, err := f.GlyphIndex(&b, r); err != nil || i == 0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))), " ")
}

// letters is the font in a size, in pixels.
func letters(size float64) (font.Face, *sfnt.Font, error) {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, nil, err
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	return face, f, err
}
