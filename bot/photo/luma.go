package photo

import (
	"image"
	"math"
)

// measured is the longest side at which a photo is measured, in pixels: what
// Telegram makes of one.
const measured = 1280

// clipped is the luma from which a pixel is white and nothing else.
const clipped = 250

// luma is the brightness of a photo, 0 to 255.
type luma struct {
	w, h int
	pix  []uint8
}

// lumaOf takes the brightness of an image, averaged down to measured.
func lumaOf(img *image.RGBA) luma {
	w, h := fit(img.Rect.Dx(), img.Rect.Dy(), measured)
	l := luma{w: w, h: h, pix: make([]uint8, w*h)}
	across, down := shares(img.Rect.Dx(), w), shares(img.Rect.Dy(), h)
	sums := make([]float32, w)
	grey := make([]float32, img.Rect.Dx())
	for y, rows := range down {
		clear(sums)
		for i, part := range rows.parts {
			row := img.Pix[(rows.first+i)*img.Stride:]
			for x := range grey {
				grey[x] = 0.299*float32(row[4*x]) + 0.587*float32(row[4*x+1]) + 0.114*float32(row[4*x+2])
			}
			for x, s := range across {
				sum := float32(0)
				for k, share := range s.parts {
					sum += share * grey[s.first+k]
				}
				sums[x] += part * sum
			}
		}
		for x, v := range sums {
			l.pix[y*w+x] = uint8(min(v+0.5, 255))
		}
	}
	return l
}

// light is how bright a photo is: lumas that half, 95 % and 99 % of it do not
// exceed, and the share that is clipped.
type light struct {
	p50, p95, p99 int
	clipped       float64
}

func (l luma) light() light {
	var hist [256]int
	for _, v := range l.pix {
		hist[v]++
	}
	at := func(percent int) int {
		n := 0
		for v, count := range hist {
			if n += count; 100*n >= percent*len(l.pix) {
				return v
			}
		}
		return 255
	}
	white := 0
	for _, count := range hist[clipped:] {
		white += count
	}
	return light{at(50), at(95), at(99), float64(white) / float64(len(l.pix))}
}

// noise is the standard deviation of what changes from pixel to pixel and is no
// edge: the median response to Immerkær's mask, which is blind to slopes.
func (l luma) noise() float64 {
	var count [2048]int
	n := 0
	for y := 1; y < l.h-1; y += 2 {
		for x := 1; x < l.w-1; x += 2 {
			i := y*l.w + x
			p := func(d int) int { return int(l.pix[i+d]) }
			v := p(-l.w-1) - 2*p(-l.w) + p(-l.w+1) - 2*p(-1) + 4*p(0) - 2*p(1) + p(l.w-1) - 2*p(l.w) + p(l.w+1)
			count[min(max(v, -v), len(count)-1)]++
			n++
		}
	}
	seen := 0
	for v, c := range count {
		if seen += c; 2*seen >= n {
			return float64(v) / 0.6745 / 6
		}
	}
	return 0
}

// rim is the share of the border of what is clipped that fades softly: a
// reflection does, a white sheet on a desk does not.
func (l luma) rim() float64 {
	const near, steep, far, white = 2, 40, 6, 12
	l = l.bright().bright() // without letters and noise
	soft, all := 0, 0
	for y := far; y < l.h-far; y++ {
		for x := far; x < l.w-far; x++ {
			i := y*l.w + x
			if l.pix[i] < clipped {
				continue
			}
			for _, d := range [4]int{1, -1, l.w, -l.w} {
				if l.pix[i+d] >= clipped || l.pix[i+far*d] >= clipped-white { // its inside, or a hole in it
					continue
				}
				all++
				if l.pix[i]-l.pix[i+near*d] < steep {
					soft++
				}
				break
			}
		}
	}
	return float64(soft) / math.Max(float64(all), 1)
}

// bright is half as large, each pixel the brightest of the nine around it: thin
// and dark is gone.
func (l luma) bright() luma {
	half := luma{w: l.w / 2, h: l.h / 2}
	half.pix = make([]uint8, half.w*half.h)
	for y := range half.h {
		for x := range half.w {
			brightest := uint8(0)
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					at := max(0, 2*y+dy)*l.w + max(0, 2*x+dx)
					brightest = max(brightest, l.pix[at])
				}
			}
			half.pix[y*half.w+x] = brightest
		}
	}
	return half
}
