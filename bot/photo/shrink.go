package photo

import (
	"image"
	"image/color"
	"image/draw"
	"runtime"
)

// stripRows is how many source rows are brought to RGBA at a time, so that a
// large photo is never held twice.
const stripRows = 32

// shrink draws an image on white, averaged down so that its longest side is at
// most side. It never enlarges.
func shrink(src image.Image, side int) *image.RGBA {
	b := src.Bounds()
	w, h := fit(b.Dx(), b.Dy(), side)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	across, down := shares(b.Dx(), w), shares(b.Dy(), h)
	sums := make([]float32, 3*w) // of the row of out that is being filled
	row := make([]float32, 3*w)  // one source row, averaged across
	y := 0
	rows(src, func(at int, pixels []uint8) {
		average(row, pixels, across)
		for ; y < h; y++ {
			share, ok := down[y].of(at)
			if !ok {
				return
			}
			for i, v := range row {
				sums[i] += v * share
			}
			if at < down[y].last() {
				return
			}
			put(out.Pix[y*out.Stride:], sums)
			clear(sums)
		}
	})
	return out
}

func fit(w, h, side int) (int, int) {
	longest := max(w, h)
	if longest <= side {
		return w, h
	}
	return max(1, w*side/longest), max(1, h*side/longest)
}

// rows gives every source row as RGBA, from top to bottom.
func rows(src image.Image, use func(at int, pixels []uint8)) {
	b := src.Bounds()
	strip := image.NewRGBA(image.Rect(0, 0, b.Dx(), min(stripRows, b.Dy())))
	for top := 0; top < b.Dy(); top += stripRows {
		runtime.Gosched()
		draw.Draw(strip, strip.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(strip, strip.Bounds(), src, b.Min.Add(image.Pt(0, top)), draw.Over)
		for i := range min(stripRows, b.Dy()-top) {
			use(top+i, strip.Pix[i*strip.Stride:(i+1)*strip.Stride])
		}
	}
}

// share is which source pixels make up one of out, and how much of it each is.
type share struct {
	first int
	parts []float32 // their sum is 1
}

func (s share) last() int { return s.first + len(s.parts) - 1 }

func (s share) of(at int) (float32, bool) {
	if at < s.first || at > s.last() {
		return 0, false
	}
	return s.parts[at-s.first], true
}

// shares splits from source pixels into to, by the area that each covers.
func shares(from, to int) []share {
	list := make([]share, to)
	for i := range list {
		// In units of 1/to of a source pixel: exact in whole numbers.
		begin, end := i*from, (i+1)*from
		s := share{first: begin / to}
		for p := s.first; p*to < end; p++ {
			part := min(end, (p+1)*to) - max(begin, p*to)
			s.parts = append(s.parts, float32(part)/float32(from))
		}
		list[i] = s
	}
	return list
}

func average(row []float32, pixels []uint8, across []share) {
	for x, s := range across {
		var r, g, b float32
		at := 4 * s.first
		for _, part := range s.parts {
			r += part * float32(pixels[at])
			g += part * float32(pixels[at+1])
			b += part * float32(pixels[at+2])
			at += 4
		}
		row[3*x], row[3*x+1], row[3*x+2] = r, g, b
	}
}

func put(pixels []uint8, sums []float32) {
	for x := range len(sums) / 3 {
		for c := range 3 {
			pixels[4*x+c] = uint8(min(sums[3*x+c]+0.5, 255))
		}
		pixels[4*x+3] = 255
	}
}

// turn puts an image upright: what EXIF's eight orientations mean.
func turn(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	outW, outH := w, h
	if orientation >= 5 {
		outW, outH = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, outW, outH))
	flipX := orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8
	flipY := orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7
	for y := range outH {
		for x := range outW {
			sx, sy := x, y
			if orientation >= 5 {
				sx, sy = y, x
			}
			if flipX {
				sx = w - 1 - sx
			}
			if flipY {
				sy = h - 1 - sy
			}
			copy(out.Pix[out.PixOffset(x, y):][:4], src.Pix[src.PixOffset(sx, sy):][:4])
		}
	}
	return out
}
