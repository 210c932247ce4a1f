// Package phototest takes photos as phones would: of papers, food and people that
// do not exist, in good light and bad. It is imported by tests only.
package phototest

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"sync"
)

// Scene is one photo and how it is taken.
type Scene struct {
	Name    string
	Subject string  // what lies on the desk: card, sheet, jar, plate or oven
	W, H    int     // of the photo, pixels
	Fills   float64 // share of the frame's width that it fills
	Tilt    float64 // degrees
	Slant   float64 // perspective: how much smaller the far side is
	Gain    float64 // exposure; 1 is right
	Shade   float64 // light falls off by this share across the frame
	Defocus float64 // sigma, pixels
	Motion  float64 // length of a shake, pixels
	Heading float64 // its direction, degrees
	Noise   float64 // sigma, of 255
	Glare   float64 // radius of a reflection, share of the frame's width
	Quality int     // of the JPEG
}

// Shoot takes the photo, as a JPEG; the seed is that of its noise. Like all that
// draws here it runs without the race detector, which would make it ten times slower.
//
//go:norace
func (s Scene) Shoot(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 7))
	light := s.projected()
	if s.Motion > 0 {
		light = shaken(light, s.W, s.H, s.Motion, s.Heading)
	}
	if s.Defocus > 0 {
		light = blurred(light, s.W, s.H, s.Defocus)
	}
	img := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	grain := make([]float32, 1<<14)
	for i := range grain {
		grain[i] = float32(random.NormFloat64() * s.Noise)
	}
	var rays []float32 // of a reflection, by the square of how far off its middle
	if s.Glare > 0 {
		rays = make([]float32, 1024)
		for i := range rays {
			d := float64(i) / 256
			rays[i] = float32(330 * math.Exp(-d*d))
		}
	}
	gx, gy, gr := float32(s.W)*0.45, float32(s.H)*0.5, float32(s.Glare)*float32(s.W)
	gain, shade := float32(s.Gain), float32(s.Shade)/float32(s.W+s.H)
	at := 0
	for y := range s.H {
		for x := range s.W {
			v := light[y*s.W+x] * gain * (1 - shade*float32(x+y))
			if rays != nil {
				dx, dy := (float32(x)-gx)/gr, (float32(y)-gy)*1.4/gr
				if i := int(256 * (dx*dx + dy*dy)); i < len(rays) {
					v += rays[i]
				}
			}
			n := random.Uint64()
			img.Pix[at] = uint8(max(0, min(255, v*0.99+grain[n&0x3fff]+0.5)))
			img.Pix[at+1] = uint8(max(0, min(255, v+grain[n>>14&0x3fff]+0.5)))
			img.Pix[at+2] = uint8(max(0, min(255, v*0.96+grain[n>>28&0x3fff]+0.5)))
			img.Pix[at+3] = 255
			at += 4
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: s.Quality}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// view is all that where a phone is held depends on.
type view struct {
	subject            string
	w, h               int
	fills, tilt, slant float64
}

// views keeps what is seen from where: many photos differ in the light and the hand only.
var views sync.Map

func (s Scene) projected() []float32 {
	v := view{s.Subject, s.W, s.H, s.Fills, s.Tilt, s.Slant}
	once, _ := views.LoadOrStore(v, sync.OnceValue(s.project))
	return once.(func() []float32)()
}

// project lays the paper on a desk and looks at it from where the phone is.
//
//go:norace
func (s Scene) project() []float32 {
	paper, wood := subjects[s.Subject](), desk()
	pw, ph := float64(paper.Rect.Dx()), float64(paper.Rect.Dy())
	scale := s.Fills * float64(s.W) / pw
	if fit := 0.96 * float64(s.H) / ph; scale > fit && s.Fills <= 1 {
		scale = fit
	}
	sin, cos := math.Sincos(s.Tilt * math.Pi / 180)
	sin, cos = sin/scale, cos/scale
	out := make([]float32, s.W*s.H)
	const sub = 2 // rays a pixel, each way
	for y := range s.H {
		for x := range s.W {
			sum := 0
			for i := range sub * sub {
				fx := float64(x) + (float64(i%sub)+0.5)/sub - float64(s.W)/2
				fy := float64(y) + (float64(i/sub)+0.5)/sub - float64(s.H)/2
				far := 1 + s.Slant*fy/float64(s.H)
				fx, fy = fx/far, fy/far
				u, v := fx*cos+fy*sin+pw/2, -fx*sin+fy*cos+ph/2
				if u < 0 || v < 0 || u >= pw || v >= ph {
					sum += int(wood.Pix[(int(v)&511)*wood.Stride+int(u)&511])
					continue
				}
				sum += int(paper.Pix[int(v)*paper.Stride+int(u)])
			}
			out[y*s.W+x] = float32(sum) / (sub * sub)
		}
	}
	return out
}

// desk is wood, or cloth.
var desk = sync.OnceValue(func() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 512, 512))
	for y := range 512 {
		for x := range 512 {
			u, v := float64(x), float64(y)
			img.Pix[y*img.Stride+x] = uint8(95 + 8*math.Sin(v/37+2*math.Sin(u/191)) + 4*math.Sin(v/9+u/63))
		}
	}
	return img
})

// blurred is very nearly a Gaussian: three means, each across and down.
//
//go:norace
func blurred(p []float32, w, h int, sigma float64) []float32 {
	radius := (math.Sqrt(4*sigma*sigma+1) - 1) / 2 // of each mean; it need not be whole
	whole := int(radius)
	part := float32(radius - float64(whole))
	total := float32(2*whole+1) + 2*part
	pass := func(from []float32, lines, length, next, step int) []float32 {
		to := make([]float32, len(from))
		for n := range lines {
			at := func(i int) float32 { return from[n*next+max(0, min(length-1, i))*step] }
			sum := float32(0)
			for i := -whole; i <= whole; i++ {
				sum += at(i)
			}
			for i := range length {
				to[n*next+i*step] = (sum + part*(at(i-whole-1)+at(i+whole+1))) / total
				sum += at(i+whole+1) - at(i-whole)
			}
		}
		return to
	}
	for range 3 {
		p = pass(pass(p, h, w, w, 1), w, h, 1, w)
	}
	return p
}

//go:norace
func shaken(p []float32, w, h int, length, heading float64) []float32 {
	sin, cos := math.Sincos(heading * math.Pi / 180)
	n := int(length*1.5) + 1
	dx, dy := make([]int, n), make([]int, n)
	for i := range n {
		d := ((float64(i)+0.5)/float64(n) - 0.5) * length
		dx[i], dy[i] = int(math.Round(d*cos)), int(math.Round(d*sin))
	}
	to := make([]float32, len(p))
	for y := range h {
		for x := range w {
			sum := float32(0)
			for i := range n {
				sum += p[max(0, min(h-1, y+dy[i]))*w+max(0, min(w-1, x+dx[i]))]
			}
			to[y*w+x] = sum / float32(n)
		}
	}
	return to
}

// Clear is a small photo on which every letter can be read; another seed makes
// another file.
func Clear(seed uint64) []byte {
	return Scene{Subject: "card", W: 660, H: 480, Fills: 0.98, Gain: 1, Noise: 3, Quality: 80}.Shoot(seed)
}
