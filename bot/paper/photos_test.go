package paper

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"titian/bot/photo/phototest"
)

func sheetPhoto(w, h int, noise float64, quality int) []byte {
	return phototest.Scene{Subject: "sheet", W: w, H: h, Fills: 0.95, Gain: 1, Noise: noise, Quality: quality}.Shoot(uint64(w))
}

func TestSeveralPhotosOfOneDocumentBecomeOnePDF(t *testing.T) {
	photos := [][]byte{sheetPhoto(600, 800, 3, 85), sheetPhoto(800, 600, 3, 85)}
	out, err := FromPhotos(t.Context(), photos, 2<<20)
	if err != nil {
		t.Fatal(err)
	}
	for i, photo := range photos {
		if !bytes.Contains(out, photo) {
			t.Errorf("photo %d was written anew", i+1)
		}
	}
	sizes, err := api.PageDims(bytes.NewReader(out), configuration())
	if err != nil || len(sizes) != 2 || sizes[0].Width > sizes[0].Height || sizes[1].Width < sizes[1].Height {
		t.Errorf("pages are %v, %v", sizes, err)
	}
}

func TestPhotosShrinkUntilTheyFitTogether(t *testing.T) {
	large := sheetPhoto(900, 1200, 25, 95)
	photos := [][]byte{large, sheetPhoto(600, 800, 3, 85), large, large}
	const limit = 400 << 10
	if len(large) < limit {
		t.Fatalf("the photo has only %d bytes", len(large))
	}
	out, err := FromPhotos(t.Context(), photos, limit)
	if err != nil || len(out) > limit {
		t.Fatalf("%d bytes, %v", len(out), err)
	}
	if !bytes.Contains(out, photos[1]) {
		t.Error("a small photo shrank too")
	}
}

func TestWhatIsNoPhotoIsNotBound(t *testing.T) {
	for name, photos := range map[string][][]byte{
		"nothing": nil, "no photo": {[]byte("halo")}, "half a photo": {sheetPhoto(200, 300, 0, 80)[:100]}, "too many": make([][]byte, 21),
	} {
		if _, err := FromPhotos(t.Context(), photos, 1<<20); err == nil {
			t.Errorf("%s is bound", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := FromPhotos(ctx, [][]byte{sheetPhoto(200, 300, 0, 80)}, 1<<20); !errors.Is(err, context.Canceled) {
		t.Errorf("bound after its end: %v", err)
	}
}
