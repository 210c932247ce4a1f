package vault_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"titian/storage/vault"
)

// claimsJPEG is a JPEG whose head claims a size; nothing follows.
func claimsJPEG(w, h uint16) string {
	b := []byte(unhex("ffd8 ffc0 0011 08 0000 0000 03 012200 021101 031101"))
	binary.BigEndian.PutUint16(b[7:], h)
	binary.BigEndian.PutUint16(b[9:], w)
	return string(b) + unhex("ffda 0008 01 0100 003f00")
}

// claimsPNG is a PNG whose head claims a size; nothing follows.
func claimsPNG(w, h uint32) string {
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	chunk = binary.BigEndian.AppendUint32(chunk, h)
	chunk = append(chunk, 8, 6, 0, 0, 0)
	head := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return string(binary.BigEndian.AppendUint32(head, crc32.ChecksumIEEE(chunk))) + "\x00\x00\x00\x00IDAT"
}

func TestImageSaysItsSizeFromItsHead(t *testing.T) {
	for name, c := range map[string]struct {
		bytes string
		want  vault.Image
	}{
		"a photo":      {jpegOf(1280, 960), vault.Image{Kind: vault.JPEG, Width: 1280, Height: 960}},
		"a screenshot": {pngOf(720, 1600), vault.Image{Kind: vault.PNG, Width: 720, Height: 1600}},
		"50 MP":        {claimsPNG(10_000, 5_000), vault.Image{Kind: vault.PNG, Width: 10_000, Height: 5_000}},
	} {
		if got, err := vault.CheckImage(strings.NewReader(c.bytes)); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if got, err := vault.CheckImage(iotest.OneByteReader(strings.NewReader(c.bytes))); err != nil || got != c.want {
			t.Errorf("%s, byte by byte: %+v, %v", name, got, err)
		}
	}
}

func TestBombOfPixelsIsRefusedBeforeItGoesOff(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for name, b := range map[string]string{
		"a JPEG of 4,295 MP":      claimsJPEG(65_535, 65_535),
		"a PNG of 50 MP and more": claimsPNG(10_000, 5_001),
		"a PNG of 900 MP":         claimsPNG(30_000, 30_000),
		"a PNG one pixel high":    claimsPNG(50_000_001, 1),
	} {
		i, err := vault.CheckImage(strings.NewReader(b))
		if !errors.Is(err, vault.ErrTooManyPixels) || i.Width == 0 {
			t.Errorf("%s: %+v, %v", name, i, err)
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("allocated %d bytes", used)
	}
}

func TestWhatCannotBeReadIsNoImage(t *testing.T) {
	photo, shot := jpegOf(64, 64), pngOf(64, 64)
	for name, b := range map[string]string{
		"nothing": "", "zeros": strings.Repeat("\x00", 5000), "a photo of three bytes": photo[:3], "half a photo's head": photo[:80],
		"half a screenshot's head": shot[:20], "a PNG with a wrong checksum": shot[:18] + "\xff" + shot[19:],
		"a PNG without width": claimsPNG(0, 5), "a PNG of 2³¹ × 2³¹": claimsPNG(1<<31, 1<<31), "a JPEG without height": claimsJPEG(5, 0),
		"a GIF": gifOf(), "HEIC": ftyp("heic"), "a PDF": "%PDF-1.7", "HTML": "<html>", "a photo head, then zeros": photo[:3] + strings.Repeat("\x00", 9000),
	} {
		if i, err := vault.CheckImage(strings.NewReader(b)); !errors.Is(err, vault.ErrNotImage) {
			t.Errorf("%s: %+v, %v", name, i, err)
		}
	}
}

func TestBrokenDownloadIsNotCalledABadImage(t *testing.T) {
	broken := errors.New("connection reset")
	for _, n := range []int{0, 3, 80} {
		r := io.MultiReader(strings.NewReader(jpegOf(64, 64)[:n]), iotest.ErrReader(broken))
		if _, err := vault.CheckImage(r); !errors.Is(err, broken) || errors.Is(err, vault.ErrNotImage) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}
