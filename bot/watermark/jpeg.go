package watermark

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

const (
	maxPixels = 50_000_000
	quality   = 85

	smallest = 9.0  // pixels of the letters
	strength = 0.42 // of the words over what lies below: legible, and a digit under them too
)

// JPEG writes the words over a photo, slanting and again and again: light letters with a dark edge, so that they are read on
// paper and on skin alike, and what lies below stays readable. It takes the memory of the decoded photo. Errors are ErrUnmarked.
func JPEG(data []byte, words string) (marked []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			marked, err = nil, fmt.Errorf("%w: the decoder gave up: %v", ErrUnmarked, r)
		}
	}()
	head, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnmarked, err)
	}
	if head.Width*head.Height > maxPixels {
		return nil, fmt.Errorf("%w: %d × %d pixels", ErrUnmarked, head.Width, head.Height)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnmarked, err)
	}
	light, img := luma(img)
	p, err := newPattern(words, head.Width, head.Height)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnmarked, err)
	}
	p.over(light)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnmarked, err)
	}
	return out.Bytes(), nil
}

// luma is the brightness of an image as one plane that can be changed, and the image that shares it.
func luma(img image.Image) (*image.Gray, image.Image) {
	switch img := img.(type) {
	case *image.Gray:
		return img, img
	case *image.YCbCr:
		return &image.Gray{Pix: img.Y, Stride: img.YStride, Rect: img.Rect}, img
	}
	plain := image.NewGray(img.Bounds()) // CMYK, which no phone makes
	draw.Draw(plain, plain.Rect, img, img.Bounds().Min, draw.Src)
	return plain, plain
}

// pattern is one tile of words that repeats: how much lighter or darker each of its pixels makes what lies below.
type pattern struct {
	w, h  int
	light []uint8 // share of white, 0 to 255
	dark  []uint8 // share of black
}

// newPattern makes a tile whose words are about as long as the shorter side of the photo.
func newPattern(words string, width, height int) (*pattern, error) {
	face, f, err := letters(100)
	if err != nil {
		return nil, err
	}
	words = printable(f, words)
	if words == "" {
		return nil, fmt.Errorf("no words")
	}
	short := float64(min(width, height))
	size := 100 * 1.05 * short / (float64(font.MeasureString(face, words)) / 64)
	size = max(smallest, min(size, short/14))
	if face, _, err = letters(size); err != nil {
		return nil, err
	}
	edge := max(1, int(math.Round(size/18)))
	long := font.MeasureString(face, words).Ceil()
	p := &pattern{w: long + int(3*size), h: 2 * int(lines*size)}
	fill := image.NewAlpha(image.Rect(0, 0, p.w, p.h))
	for row := range 2 { // the second row stands half a line further
		x := int(1.5*size) + row*p.w/2
		for _, at := range []int{x, x - p.w} {
			d := font.Drawer{Dst: fill, Src: image.Opaque, Face: face,
				Dot: fixed.P(at, int(1.5*size+float64(row)*lines*size))}
			d.DrawString(words)
		}
	}
	p.light = fill.Pix
	p.dark = p.edge(fill.Pix, edge)
	for i := range p.light {
		p.dark[i] = uint8(float64(max(0, int(p.dark[i])-int(p.light[i]))) * strength)
		p.light[i] = uint8(float64(p.light[i]) * strength)
	}
	return p, nil
}

// edge is a shape grown by so many pixels to each side, around the ends of the tile too.
func (p *pattern) edge(shape []uint8, by int) []uint8 {
	across := make([]uint8, len(shape))
	for y := range p.h {
		row := shape[y*p.w : (y+1)*p.w]
		for x := range p.w {
			for d := -by; d <= by; d++ {
				across[y*p.w+x] = max(across[y*p.w+x], row[(x+d+p.w)%p.w])
			}
		}
	}
	grown := make([]uint8, len(shape))
	for y := range p.h {
		for d := -by; d <= by; d++ {
			from := across[(y+d+p.h)%p.h*p.w:][:p.w]
			for x, v := range from {
				grown[y*p.w+x] = max(grown[y*p.w+x], v)
			}
		}
	}
	return grown
}

// over lays the tiles over a plane, turned by slope.
func (p *pattern) over(plane *image.Gray) {
	sin, cos := math.Sincos(slope)
	const one = 1 << 16
	stepU, stepV := int(cos*one), int(sin*one)
	w, h := p.w*one, p.h*one
	for y := range plane.Rect.Dy() {
		u := int((-float64(y) * sin) * one)
		v := int((float64(y) * cos) * one)
		u, v = ((u%w)+w)%w, ((v%h)+h)%h
		row := plane.Pix[y*plane.Stride:][:plane.Rect.Dx()]
		for x := range row {
			at := v>>16*p.w + u>>16
			if light, dark := int(p.light[at]), int(p.dark[at]); light|dark != 0 {
				below := int(row[x])
				row[x] = uint8(below + (255-below)*light/255 - below*dark/255)
			}
			if u += stepU; u >= w {
				u -= w
			}
			if v += stepV; v >= h {
				v -= h
			}
		}
	}
}
