// Package photo makes a clean JPEG of a photo that a stranger sent: its pixels,
// upright and no larger than they need to be, and nothing else that came with
// the file, neither where it was taken nor by which phone nor what was hidden
// behind it. It imports the standard library only, keeps nothing, and bounds
// what a hostile file may cost in memory and time.
package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strconv"
)

const (
	// MaxBytes is the largest file that is read: 20 MiB, Telegram's getFile limit.
	MaxBytes = 20 << 20
	// MaxSide is the longest side of what comes out, in pixels.
	MaxSide = 2000

	quality   = 88
	maxPixels = 50_000_000
	maxMemory = 160 << 20 // of one decoded image
	atOnce    = 2
)

// Refused is why a file will not do: "empty", "too_large", "heic", "unknown",
// "broken" or "pixels", with what a reply may tell.
type Refused struct {
	Reason string
	Args   map[string]string
}

// Error names the reason.
func (r *Refused) Error() string { return "photo refused: " + r.Reason }

func refused(reason string) *Refused { return &Refused{Reason: reason} }

// Cleaner cleans at most two photos at a time: that bounds its memory. The
// zero Cleaner is not usable; New makes one for the whole process.
type Cleaner struct{ places chan struct{} }

// New makes a Cleaner.
func New() *Cleaner { return &Cleaner{places: make(chan struct{}, atOnce)} }

// Clean reads one JPEG or PNG and returns it as a JPEG of at most MaxSide, its
// orientation applied, without any metadata. A *Refused says why a file will
// not do; other errors are those of r or of ctx, and worth another try.
func (c *Cleaner) Clean(ctx context.Context, r io.Reader) ([]byte, error) {
	select {
	case c.places <- struct{}{}:
		defer func() { <-c.places }()
	case <-ctx.Done():
		return nil, fmt.Errorf("clean photo: %w", ctx.Err())
	}
	data, err := read(ctx, r)
	if err != nil {
		return nil, err
	}
	f, err := look(data)
	if err != nil {
		return nil, err
	}
	img, err := decode(ctx, f, data)
	if err != nil {
		return nil, err
	}
	upright := turn(shrink(img, MaxSide), f.orientation)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("clean photo: %w", err)
	}
	return out.Bytes(), nil
}

// read takes the whole file into memory, as long as it is no larger than allowed.
func read(ctx context.Context, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(patient{ctx, r}, MaxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("clean photo: %w", err)
	case len(data) == 0:
		return nil, refused("empty")
	case len(data) > MaxBytes:
		limit := strconv.Itoa(MaxBytes >> 20)
		return nil, &Refused{Reason: "too_large", Args: map[string]string{"size": "lebih dari " + limit, "limit": limit}}
	}
	return data, nil
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

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// IsRefused says whether err is a verdict on the file, and which.
func IsRefused(err error) (*Refused, bool) {
	var r *Refused
	return r, errors.As(err, &r)
}
