package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/draw"
)

const (
	sheetMargin = 8.0 // mm
	pageBytes   = 2 << 10
	maxPhotos   = 20
	maxPixels   = 50_000_000
)

// smaller are the steps by which photos shrink until they fit together; letters
// of a sheet survive the first three.
var smaller = []struct{ side, quality int }{{2000, 76}, {1700, 72}, {1400, 70}, {1100, 65}, {850, 60}, {600, 50}}

// FromPhotos makes one PDF of the photos (JPEG) of one document, a page a photo,
// each as large as an A4 sheet lets it, upright or lying as the photo is. It has at
// most limitBytes; photos shrink when they must, and stay byte for byte when not.
// Errors are those of photos that cannot be read, of too many, and of ctx.
func FromPhotos(ctx context.Context, photos [][]byte, limitBytes int) ([]byte, error) {
	if len(photos) == 0 || len(photos) > maxPhotos {
		return nil, fmt.Errorf("bind %d photos", len(photos))
	}
	for step := -1; step < len(smaller); step++ {
		share := limitBytes/len(photos) - pageBytes
		pages := make([][]byte, len(photos))
		total := 0
		for i, photo := range photos {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("bind photos: %w", err)
			}
			pages[i] = photo
			if step >= 0 && len(photo) > share {
				small, err := shrunk(photo, smaller[step].side, smaller[step].quality)
				if err != nil {
					return nil, fmt.Errorf("bind photo %d: %w", i+1, err)
				}
				pages[i] = small
			}
			total += len(pages[i]) + pageBytes
		}
		if total <= limitBytes || step == len(smaller)-1 {
			return bound(pages)
		}
	}
	return nil, errors.New("bind photos: they do not fit")
}

// shrunk writes a photo anew, if that makes it smaller.
func shrunk(photo []byte, side, quality int) (small []byte, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("broken photo")
		}
	}()
	head, err := jpeg.DecodeConfig(bytes.NewReader(photo))
	if err != nil {
		return nil, err
	}
	if head.Width*head.Height > maxPixels {
		return nil, errors.New("too many pixels")
	}
	img, err := jpeg.Decode(bytes.NewReader(photo))
	if err != nil {
		return nil, err
	}
	if longest := max(head.Width, head.Height); longest > side {
		out := image.NewRGBA(image.Rect(0, 0, max(1, head.Width*side/longest), max(1, head.Height*side/longest)))
		draw.ApproxBiLinear.Scale(out, out.Rect, img, img.Bounds(), draw.Src, nil)
		img = out
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	if b.Len() >= len(photo) {
		return photo, nil
	}
	return b.Bytes(), nil
}

func bound(pages [][]byte) ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCompression(false) // photos are
	pdf.SetAutoPageBreak(false, 0)
	options := fpdf.ImageOptions{ImageType: "JPG"}
	for i, photo := range pages {
		name := fmt.Sprint(i)
		info := pdf.RegisterImageOptionsReader(name, options, bytes.NewReader(photo))
		if pdf.Err() {
			return nil, fmt.Errorf("bind photo %d: %w", i+1, pdf.Error())
		}
		orientation := "P"
		if info.Width() > info.Height() {
			orientation = "L"
		}
		pdf.AddPageFormat(orientation, fpdf.SizeType{Wd: 210, Ht: 297})
		w, h := pdf.GetPageSize()
		scale := min((w-2*sheetMargin)/info.Width(), (h-2*sheetMargin)/info.Height())
		across, down := info.Width()*scale, info.Height()*scale
		pdf.ImageOptions(name, (w-across)/2, (h-down)/2, across, down, false, options, 0, "")
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("bind photos: %w", err)
	}
	return out.Bytes(), nil
}
