package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// facts are what the head of a file tells, before anything is decoded.
type facts struct {
	jpeg        bool
	orientation int // EXIF 1 to 8
}

// maxScans is how often a progressive JPEG may go over its pixels: cameras use
// some ten scans, and a file of 20 MiB could hold hundreds of thousands.
const maxScans = 64

// look tells what a file is, and refuses what would cost too much to decode.
func look(data []byte) (facts, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return lookAtJPEG(data)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return lookAtPNG(data)
	case isHEIC(data):
		return facts{}, refused("heic")
	}
	return facts{}, refused("unknown")
}

// isHEIC knows the brands of ISO 23008-12 in the ftyp box, also AVIF's kin "mif1".
func isHEIC(data []byte) bool {
	if len(data) < 12 || string(data[4:8]) != "ftyp" {
		return false
	}
	switch string(data[8:12]) {
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1":
		return true
	}
	return false
}

func lookAtJPEG(data []byte) (facts, error) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return facts{}, refused("broken")
	}
	m := markers(data)
	bytesAPixel := m.samples
	if m.progressive {
		bytesAPixel *= 5 // and a coefficient of 4 bytes a sample
	}
	if err := affordable(config, bytesAPixel); err != nil {
		return facts{}, err
	}
	if m.scans > maxScans {
		return facts{}, refused("broken")
	}
	return facts{jpeg: true, orientation: m.orientation}, nil
}

func lookAtPNG(data []byte) (facts, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return facts{}, refused("broken")
	}
	bytesAPixel := 4.0
	switch config.ColorModel {
	case color.GrayModel:
		bytesAPixel = 1
	case color.Gray16Model:
		bytesAPixel = 2
	case color.RGBA64Model, color.NRGBA64Model:
		bytesAPixel = 8
	}
	if data[min(28, len(data)-1)] == 1 { // IHDR: interlaced, decoded pass by pass beside the whole
		bytesAPixel *= 1.5
	}
	if err := affordable(config, bytesAPixel); err != nil {
		return facts{}, err
	}
	return facts{orientation: pngOrientation(data)}, nil
}

func affordable(config image.Config, bytesAPixel float64) error {
	if config.Width <= 0 || config.Height <= 0 {
		return refused("broken")
	}
	pixels := float64(config.Width) * float64(config.Height)
	if pixels > maxPixels || pixels*bytesAPixel > maxMemory {
		return refused("pixels")
	}
	return nil
}

// head is what the markers of a JPEG say (ITU T.81, annex B).
type head struct {
	progressive bool
	samples     float64 // a pixel, over all components
	scans       int
	orientation int
}

// markers walks over all segments and scans. It never fails: a file that is
// broken is found so by its decoder.
func markers(data []byte) head {
	h := head{samples: 4, orientation: 1}
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xff {
			next := bytes.IndexByte(data[at:], 0xff)
			if next < 0 {
				return h
			}
			at += next
			continue
		}
		marker := data[at+1]
		if marker == 0xff { // a fill byte
			at++
			continue
		}
		if marker == 0 || marker == 1 || marker >= 0xd0 && marker <= 0xd8 { // stuffing and markers without a length
			at += 2
			continue
		}
		if marker == 0xd9 {
			return h
		}
		length := int(binary.BigEndian.Uint16(data[at+2:]))
		end := at + 2 + length
		if length < 2 || end > len(data) {
			return h
		}
		h.segment(marker, data[at+4:end])
		at = end
	}
	return h
}

func (h *head) segment(marker byte, body []byte) {
	switch {
	case marker == 0xda:
		h.scans++
	case marker == 0xe1:
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok {
			h.orientation = orientation(tiff)
		}
	case marker >= 0xc0 && marker <= 0xc2:
		h.progressive = marker == 0xc2
		h.samples = samples(body)
	}
}

// samples is how many samples a pixel has, by the sampling factors of a frame.
func samples(frame []byte) float64 {
	if len(frame) < 6 || len(frame) < 6+3*int(frame[5]) {
		return 4
	}
	sum, across, down := 0, 1, 1
	for i := range int(frame[5]) {
		factors := frame[6+3*i+1]
		h, v := int(factors>>4), int(factors&15)
		sum += h * v
		across, down = max(across, h), max(down, v)
	}
	return float64(sum) / float64(across*down)
}
