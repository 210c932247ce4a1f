package paper

import (
	"bytes"
	"compress/zlib"
	"io"
)

// What a file may become once it is unpacked.
const (
	maxOutside = 3 << 20   // objects that stand in the file as they are
	maxPlain   = 24 << 20  // objects and what draws a page, all together
	maxPicture = 128 << 20 // pictures, all together
	maxObjects = 50_000
	maxDepth   = 50
)

// weigh unpacks every stream once, keeping nothing, so that a few kilobytes that
// become gigabytes are refused before anything holds them.
func weigh(data []byte) error {
	if bytes.Count(data, []byte(" obj")) > maxObjects || bytes.Count(data, []byte("stream")) > 2*maxObjects {
		return refused("pdf_heavy")
	}
	scale := scale{data: data, plain: maxPlain, pictures: maxPicture}
	outside, from := 0, 0 // of streams
	for at := 0; ; {
		next := bytes.Index(data[at:], []byte("stream"))
		if next < 0 {
			break
		}
		at += next + len("stream")
		if bytes.HasSuffix(data[:at], []byte("endstream")) {
			continue
		}
		if at >= from {
			outside += at - from
			from = at + lengthOf(data[at:])
		}
		if !scale.add(at) {
			return refused("pdf_heavy")
		}
	}
	if outside+len(data)-from > maxOutside {
		return refused("pdf_heavy")
	}
	return nil
}

// scale knows how much may still be unpacked.
type scale struct {
	data            []byte
	plain, pictures int64
	reader          io.ReadCloser
}

// add weighs the stream that begins at, and says whether it was not too much.
func (s *scale) add(at int) bool {
	head := headOf(s.data[:at])
	body := bytes.TrimLeft(s.data[at:min(at+16, len(s.data))], " \r\n\t")
	body = s.data[at+min(16, len(s.data)-at)-len(body):]
	left := &s.plain
	if picture(head) {
		left = &s.pictures
	}
	switch {
	case bytes.Count(head, []byte("FlateDecode")) > 1:
		return false // packed twice: only a bomb is
	case packed(body):
		*left -= s.unpacked(body, *left+1)
	case left == &s.pictures: // other pictures are not unpacked here
	default:
		*left -= int64(lengthOf(body)) * growth(head)
	}
	return *left >= 0
}

// headOf is the dictionary before a stream, or more.
func headOf(before []byte) []byte {
	before = before[max(0, len(before)-2048):]
	return before[max(0, bytes.LastIndex(before, []byte(" obj"))):]
}

// picture says whether a stream is one that only viewers unpack. A name written in
// another way than usual is not believed.
func picture(head []byte) bool {
	if bytes.IndexByte(head, '#') >= 0 || bytes.Contains(head, []byte("ObjStm")) || bytes.Contains(head, []byte("XRef")) {
		return false
	}
	return bytes.Contains(head, []byte("/Image"))
}

// packed knows the two bytes that zlib begins with (RFC 1950).
func packed(body []byte) bool {
	return len(body) > 2 && body[0]&15 == 8 && (int(body[0])<<8|int(body[1]))%31 == 0
}

func (s *scale) unpacked(body []byte, most int64) int64 {
	if s.reader == nil {
		r, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			return 0
		}
		s.reader = r
	} else if err := s.reader.(zlib.Resetter).Reset(bytes.NewReader(body), nil); err != nil {
		return 0
	}
	n, _ := io.Copy(io.Discard, io.LimitReader(s.reader, most))
	return n
}

func lengthOf(body []byte) int {
	if end := bytes.Index(body, []byte("endstream")); end >= 0 {
		return end
	}
	return len(body)
}

// growth is how many bytes one of a stream may become at worst.
func growth(head []byte) int64 {
	switch {
	case bytes.Contains(head, []byte("LZWDecode")):
		return 1400
	case bytes.Contains(head, []byte("RunLengthDecode")):
		return 64
	case bytes.Contains(head, []byte("FlateDecode")):
		return 1032 // behind another filter
	}
	return 1
}
