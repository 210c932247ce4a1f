package dossier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/draw"

	"titian/storage"
)

const (
	photoSide    = 1100 // pixels of the longest side on paper: 200 dots an inch at the size they are printed
	photoQuality = 78
	photoHeight  = 108.0 // mm: two fill a page
	maxPixels    = 50_000_000
)

// picture is a photo with what stands below it.
type picture struct {
	id      storage.FileID
	caption string
}

// pictures are the photos that are shown: products, packages of bahan, and every document that is a photo of a place or a process.
// A KTP or a NIB is not printed again: it lies in the ZIP.
func pictures(c Case) []picture {
	var list []picture
	for i, p := range c.Dossier.Products {
		if p.Photo != "" {
			list = append(list, picture{p.Photo, fmt.Sprintf("Produk P%d: %s", i+1, named(p.Name, p.Brand))})
		}
	}
	for _, d := range c.documents() {
		if !shown(d.Item) {
			continue
		}
		for n, id := range d.Files {
			caption := d.Title
			if len(d.Files) > 1 {
				caption = fmt.Sprintf("%s (%d dari %d)", d.Title, n+1, len(d.Files))
			}
			list = append(list, picture{id, caption})
		}
	}
	for i, m := range c.Dossier.Materials {
		if m.Photo != "" {
			list = append(list, picture{m.Photo, fmt.Sprintf("Kemasan %s: %s", numbered(c.Dossier.Materials, i), named(m.Name, m.Brand))})
		}
	}
	return list
}

// shown says whether a document is a photo of something, by its key in the list of documents.
func shown(item string) bool { return strings.HasPrefix(item, "foto") }

// photos writes two photos a page. The same file is shown once.
func (p *paper) photos(ctx context.Context, c Case, f *folder) error {
	seen := make(map[storage.FileID]bool)
	begun := false
	for _, pic := range pictures(c) {
		if seen[pic.id] {
			continue
		}
		seen[pic.id] = true
		if !begun {
			p.page()
			p.section("Foto")
			begun = true
		}
		if err := p.photo(ctx, pic, f); err != nil {
			return err
		}
	}
	return nil
}

func (p *paper) photo(ctx context.Context, pic picture, f *folder) error {
	if known, ok := f.known[pic.id]; ok && known.MIME != mimeJPEG {
		p.remark(pic.caption, "berkas PDF, ada di dalam ZIP")
		return nil
	}
	data, err := f.read(ctx, pic.id)
	if errors.Is(err, errAbsent) {
		p.remark(pic.caption, "berkas hilang atau berubah")
		return nil
	}
	if err != nil {
		return err
	}
	small, err := printed(data, p.widths)
	if err != nil {
		p.remark(pic.caption, "berkas tidak dapat dibaca")
		return nil
	}
	p.need(photoHeight)
	frame := photoHeight - 11
	options := fpdf.ImageOptions{ImageType: "JPG"}
	info := p.pdf.RegisterImageOptionsReader(string(pic.id), options, bytes.NewReader(small))
	if p.pdf.Err() {
		return fmt.Errorf("photo %s: %w", pic.id, p.pdf.Error())
	}
	scale := min(p.inner()/info.Width(), frame/info.Height())
	w, h := info.Width()*scale, info.Height()*scale
	p.pdf.ImageOptions(string(pic.id), margin, p.y, w, h, false, options, 0, "")
	p.style(false, sizeText, black)
	p.line(margin, p.y+h+1.5, p.shorten(pic.caption, p.inner()))
	p.y += photoHeight
	return nil
}

// remark stands where a photo cannot.
func (p *paper) remark(caption, why string) {
	p.style(false, sizeText, amber)
	p.text(caption + ": " + why)
	p.gap(2)
}

// printed is a photo as large as paper needs it, a few pixels narrower when its width is used already: fpdf writes photos by their
// widths and equal ones in no order, and a document is to be the same every time.
func printed(data []byte, used map[int]bool) (small []byte, err error) {
	defer func() {
		if recover() != nil {
			small, err = nil, errors.New("broken photo")
		}
	}()
	head, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if head.Width*head.Height > maxPixels {
		return nil, errors.New("too many pixels")
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, h := fit(img, photoSide)
	for used[w] && w > 1 {
		w--
	}
	used[w] = true
	if err := jpeg.Encode(&out, scaled(img, w, h), &jpeg.Options{Quality: photoQuality}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// fit is how large an image becomes when its longest side is at most side.
func fit(img image.Image, side int) (w, h int) {
	b := img.Bounds()
	longest := max(b.Dx(), b.Dy())
	side = min(side, longest)
	return max(1, b.Dx()*side/longest), max(1, b.Dy()*side/longest)
}

func scaled(img image.Image, w, h int) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// lighter is a photo made small enough for SiHalal; one that cannot be read stays as it is.
func lighter(data []byte) (out []byte) {
	out = data
	defer func() { _ = recover() }() // a decoder that panics met a broken file
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return data
	}
	for _, to := range []struct{ side, quality int }{{2000, 85}, {2000, 72}, {1600, 70}, {1200, 65}} {
		var b bytes.Buffer
		w, h := fit(img, to.side)
		if err := jpeg.Encode(&b, scaled(img, w, h), &jpeg.Options{Quality: to.quality}); err != nil {
			return data
		}
		if b.Len() <= MaxFile {
			return b.Bytes()
		}
	}
	return data
}
