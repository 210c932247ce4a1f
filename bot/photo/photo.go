// Package photo makes a clean JPEG of a photo that a stranger sent: its pixels,
// upright and no larger than they need to be, and nothing else that came with
// the file, neither where it was taken nor by which phone nor what was hidden
// behind it. It imports the standard library only, keeps nothing, and bounds
// what a hostile file may cost in memory and time.
package photo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
)

const (
	// MaxSide is the longest side of what comes out, in pixels.
	MaxSide = 2000
	// MaxOut is the largest photo that comes out, in bytes: SiHalal takes 2 MB.
	MaxOut = 2_000_000

	maxPixels = 50_000_000
	maxMemory = 160 << 20 // of one decoded image
)

// Photo is what came out: a JPEG of at most MaxSide and MaxOut, and what is wrong
// with how it looks, worst first; see quality.go for the words.
type Photo struct {
	JPEG  []byte
	Marks []string
}

// Refused is why a file will not do: "heic", "unknown", "broken" or "pixels".
type Refused struct{ Reason string }

// Error names the reason.
func (r *Refused) Error() string { return "photo refused: " + r.Reason }

func refused(reason string) *Refused { return &Refused{reason} }

// Cleaner cleans at most two photos at a time, and leaves one processor to those
// who wait for an answer: that bounds its memory and their patience. The zero
// Cleaner is not usable; New makes one for the whole process.
type Cleaner struct{ places chan struct{} }

// New makes a Cleaner.
func New() *Cleaner {
	return &Cleaner{places: make(chan struct{}, max(1, min(2, runtime.GOMAXPROCS(0)-1)))}
}

// Clean makes a clean photo of a JPEG or PNG, its orientation applied, without
// any metadata. A *Refused says why a file will not do; other errors are those
// of ctx, and worth another try.
func (c *Cleaner) Clean(ctx context.Context, data []byte) (Photo, error) {
	select {
	case c.places <- struct{}{}:
		defer func() { <-c.places }()
	case <-ctx.Done():
		return Photo{}, fmt.Errorf("clean photo: %w", ctx.Err())
	}
	f, err := look(data)
	if err != nil {
		return Photo{}, err
	}
	img, err := decode(ctx, f, data)
	if err != nil {
		return Photo{}, err
	}
	longest := max(img.Bounds().Dx(), img.Bounds().Dy())
	small := shrink(img, MaxSide)
	marks := lumaOf(small).marks(longest)
	out, err := encode(ctx, turn(small, f.orientation))
	if err != nil {
		return Photo{}, fmt.Errorf("clean photo: %w", err)
	}
	return Photo{JPEG: out, Marks: marks}, nil
}

// decode asks one decoder and not the image package's registry, which any
// import may widen. A decoder that panics met a broken file.
func decode(ctx context.Context, f facts, data []byte) (img image.Image, err error) {
	defer func() {
		if recover() != nil {
			img, err = nil, refused("broken")
		}
	}()
	from := patient{ctx, bytes.NewReader(data)}
	if f.jpeg {
		img, err = jpeg.Decode(from)
	} else {
		img, err = png.Decode(from)
	}
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("clean photo: %w", ctx.Err())
	case err != nil:
		return nil, refused("broken")
	}
	return img, nil
}

// patient reads until its context ends, and lets others run now and then.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	runtime.Gosched()
	return p.r.Read(b)
}
