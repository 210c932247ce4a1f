package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// corners is an image whose corners are red, green, blue and white, clockwise from the top left.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x >= w/2:
				c = color.RGBA{0, 0, 255, 255}
			case y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is an APP1 segment with an orientation and a word that must not come out.
func exif(orientation uint16, word string) []byte {
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	tiff = binary.BigEndian.AppendUint16(tiff, orientation)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	body := append([]byte("Exif\x00\x00"), append(tiff, word...)...)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...)
}

func with(segment, photo []byte) []byte {
	return append(append(append([]byte{}, photo[:2]...), segment...), photo[2:]...)
}

func clean(t *testing.T, data []byte) image.Image {
	t.Helper()
	out, err := New().Clean(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(out.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// colours names the four corners of an image, clockwise from the top left.
func colours(img image.Image) string {
	b := img.Bounds()
	var names strings.Builder
	for _, p := range []image.Point{
		{b.Dx() / 8, b.Dy() / 8}, {b.Dx() * 7 / 8, b.Dy() / 8}, {b.Dx() * 7 / 8, b.Dy() * 7 / 8}, {b.Dx() / 8, b.Dy() * 7 / 8},
	} {
		r, g, bl, _ := img.At(p.X, p.Y).RGBA()
		switch high := uint32(0xb000); {
		case r > high && g > high && bl > high:
			names.WriteByte('W')
		case r > high:
			names.WriteByte('R')
		case g > high:
			names.WriteByte('G')
		case bl > high:
			names.WriteByte('B')
		default:
			names.WriteByte('?')
		}
	}
	return names.String()
}

func TestAPhotoStandsUprightWhateverItsOrientation(t *testing.T) {
	plain := asJPEG(t, corners(96, 64))
	for orientation, want := range map[uint16]string{
		0: "RGBW", 1: "RGBW", 2: "GRWB", 3: "BWRG", 4: "WBGR", 5: "RWBG", 6: "WRGB", 7: "BGRW", 8: "GBWR", 9: "RGBW",
	} {
		img := clean(t, with(exif(orientation, ""), plain))
		if got := colours(img); got != want {
			t.Errorf("orientation %d: corners are %s, want %s", orientation, got, want)
		}
		lying := orientation >= 5 && orientation <= 8
		if b := img.Bounds(); lying != (b.Dy() > b.Dx()) {
			t.Errorf("orientation %d: %d × %d", orientation, b.Dx(), b.Dy())
		}
	}
}

func TestNothingButPixelsComesOut(t *testing.T) {
	const secret = "GPS -3.9778 122.5151"
	data := append(with(exif(1, secret), asJPEG(t, corners(64, 64))), "PK\x03\x04"+secret...)
	out, err := New().Clean(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out.JPEG, []byte(secret)) || bytes.Contains(out.JPEG, []byte("Exif")) || bytes.Contains(out.JPEG, []byte("PK\x03\x04")) {
		t.Error("something else than pixels came out")
	}
}

func TestALargePhotoIsMadeSmallerAndASmallOneStays(t *testing.T) {
	if b := clean(t, asJPEG(t, corners(2200, 1100))).Bounds(); b.Dx() != 2000 || b.Dy() != 1000 {
		t.Errorf("2200 × 1100 became %v", b)
	}
	img := clean(t, asPNG(t, corners(4001, 7)))
	if b := img.Bounds(); b.Dx() != 2000 || b.Dy() != 3 {
		t.Errorf("4001 × 7 became %v", b)
	}
	if b := clean(t, asPNG(t, corners(33, 21))).Bounds(); b.Dx() != 33 || b.Dy() != 21 {
		t.Errorf("33 × 21 became %v", b)
	}
	if got := colours(clean(t, asPNG(t, corners(2040, 2040)))); got != "RGBW" {
		t.Errorf("corners are %s", got)
	}
}

func TestATransparentPNGStandsOnWhite(t *testing.T) {
	img := clean(t, asPNG(t, image.NewNRGBA(image.Rect(0, 0, 16, 16))))
	if got := colours(img); got != "WWWW" {
		t.Errorf("corners are %s", got)
	}
}

// pngHead is a PNG that promises w × h pixels and holds none.
func pngHead(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	ihdr = append(ihdr, 8, 6, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
}

// manyScans is a progressive JPEG whose scan is repeated.
func manyScans(t *testing.T, n int) []byte {
	photo := asJPEG(t, corners(16, 16))
	at := bytes.Index(photo, []byte{0xff, 0xda})
	scan := photo[at : len(photo)-2]
	return append(append(append([]byte{}, photo[:at]...), bytes.Repeat(scan, n)...), 0xff, 0xd9)
}

func TestAFileThatIsNoPhotoIsRefusedWithItsReason(t *testing.T) {
	photo := asJPEG(t, corners(200, 200))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":                       {nil, "unknown"},
		"a photo of an iPhone":          {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "heic"},
		"a PDF":                         {[]byte("%PDF-1.7\n"), "unknown"},
		"a web page named photo.jpg":    {[]byte("<html><script>alert(1)</script>"), "unknown"},
		"a program":                     {[]byte("\x7fELF\x02\x01\x01"), "unknown"},
		"a GIF":                         {[]byte("GIF89a\x01\x00\x01\x00"), "unknown"},
		"three bytes of a JPEG":         {photo[:3], "broken"},
		"half a JPEG":                   {photo[:len(photo)/2], "broken"},
		"half a PNG":                    {asPNG(t, corners(64, 64))[:90], "broken"},
		"a PNG of four billion pixels":  {pngHead(65535, 65535), "pixels"},
		"a PNG that is a thin line":     {pngHead(1, 60_000_000), "pixels"},
		"a PNG with too much in memory": {pngHead(7000, 7000), "pixels"},
		"a JPEG with 1000 scans":        {manyScans(t, 1000), "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New().Clean(t.Context(), c.data)
			r, ok := isRefused(err)
			if !ok || r.Reason != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestWhoFindsNoPlaceWaitsOrGivesUp(t *testing.T) {
	c := New()
	for range cap(c.places) {
		c.places <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Clean(ctx, asJPEG(t, corners(8, 8))); !errors.Is(err, context.Canceled) {
		t.Errorf("without a place: %v", err)
	}
	<-c.places
	if _, err := c.Clean(t.Context(), asJPEG(t, corners(8, 8))); err != nil {
		t.Errorf("with one: %v", err)
	}
	if n := cap(c.places); n < 1 || n > 2 {
		t.Errorf("%d photos at a time", n)
	}
}

func FuzzClean(f *testing.F) {
	photo := asJPEG(f, corners(32, 24))
	f.Add(photo)
	f.Add(with(exif(6, "x"), photo))
	f.Add(asPNG(f, corners(32, 24)))
	f.Add(pngHead(30, 30))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := New().Clean(t.Context(), data)
		if err != nil {
			if _, ok := isRefused(err); !ok {
				t.Fatal(err)
			}
			return
		}
		if _, err := jpeg.Decode(bytes.NewReader(out.JPEG)); err != nil {
			t.Fatal(err)
		}
	})
}

// isRefused says whether err is a verdict on the file, and which.
func isRefused(err error) (*Refused, bool) {
	var r *Refused
	return r, errors.As(err, &r)
}
