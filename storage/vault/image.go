package vault

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
)

// The errors of CheckImage.
var (
	ErrNotImage      = errors.New("not a JPEG or PNG that can be read")
	ErrTooManyPixels = errors.New("the image has too many pixels")
)

// MaxPixels is what may be decoded: 50 megapixels are 200 MB in memory, and more than any phone's camera
// sends through a chat.
const MaxPixels = 50_000_000

// Image is what the head of an image says of it.
type Image struct {
	Kind          Kind // JPEG or PNG
	Width, Height int  // pixels, before any EXIF turn
}

// CheckImage reads only the head of an image, so that a bomb of pixels is never decoded: ErrNotImage,
// ErrTooManyPixels (with the Image), or an error of r as it is. That the rest is there too, only decoding tells.
func CheckImage(r io.Reader) (Image, error) {
	src := &remembering{r: r}
	buffered := bufio.NewReaderSize(src, SniffBytes)
	head, _ := buffered.Peek(SniffBytes)
	kind := Sniff(head)
	config, err := readConfig(kind, buffered)
	switch {
	case src.err != nil:
		return Image{}, fmt.Errorf("check image: %w", src.err)
	case err != nil:
		return Image{}, fmt.Errorf("check image: %w", err)
	}
	i := Image{Kind: kind, Width: config.Width, Height: config.Height}
	if int64(i.Width)*int64(i.Height) > MaxPixels {
		return i, fmt.Errorf("check image: %w: %d × %d", ErrTooManyPixels, i.Width, i.Height)
	}
	return i, nil
}

// readConfig asks one decoder and not the image package's registry, which any import may widen.
func readConfig(kind Kind, r io.Reader) (config image.Config, err error) {
	switch kind {
	case JPEG:
		config, err = jpeg.DecodeConfig(r)
	case PNG:
		config, err = png.DecodeConfig(r)
	default:
		return config, fmt.Errorf("%w: it is %s", ErrNotImage, kind)
	}
	if err != nil {
		return config, fmt.Errorf("%w: %w", ErrNotImage, err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return config, fmt.Errorf("%w: %d × %d pixels", ErrNotImage, config.Width, config.Height)
	}
	return config, nil
}
