package door

import (
	"bytes"
	"encoding/binary"
)

// kindOfAll says what a whole file is. A photo with a program, an archive or a
// page behind its end is two kinds at once; what cameras put there (a second
// JPEG, a short video) is not.
func kindOfAll(data []byte) Kind {
	kind := Sniff(data)
	var behind []byte
	switch kind {
	case JPEG:
		behind = afterJPEG(data)
	case PNG:
		behind = afterPNG(data)
	case PDF:
		behind = afterPDF(data)
	default:
		return kind
	}
	if len(behind) > 0 && foreign(behind) || zipped(data) {
		return Mixed
	}
	return kind
}

// zipped says whether a file is an archive too: unpackers look for its list at the
// end of the file, whatever stands before (APPNOTE.TXT, 4.3.16).
func zipped(data []byte) bool {
	tail := data[max(0, len(data)-22-0xffff):]
	for at := bytes.LastIndex(tail, []byte("PK\x05\x06")); at >= 0; at = bytes.LastIndex(tail[:at], []byte("PK\x05\x06")) {
		if at+22 <= len(tail) && at+22+int(binary.LittleEndian.Uint16(tail[at+20:])) <= len(tail) {
			return true
		}
	}
	return false
}

// afterPDF is what stands behind the last end of a PDF.
func afterPDF(data []byte) []byte {
	at := bytes.LastIndex(data, []byte("%%EOF"))
	if at < 0 {
		return nil
	}
	return bytes.TrimSpace(data[at+len("%%EOF"):])
}

// foreign looks for the beginnings and ends of what does not belong behind a photo.
func foreign(behind []byte) bool {
	switch Sniff(behind) {
	case PDF, Office, Archive, Executable, Page, Mixed:
		return true
	}
	for _, sign := range []string{"PK\x05\x06", "%PDF-", "Rar!\x1a\x07", "7z\xbc\xaf\x27\x1c", "<script", "<?php", "<html", "<svg"} {
		if bytes.Contains(behind, []byte(sign)) {
			return true
		}
	}
	return false
}

// afterJPEG is what stands behind the end of the first image (ITU T.81, annex B).
func afterJPEG(data []byte) []byte {
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xff {
			next := bytes.IndexByte(data[at:], 0xff)
			if next < 0 {
				return nil
			}
			at += next
			continue
		}
		switch marker := data[at+1]; {
		case marker == 0xff:
			at++
		case marker == 0xd9:
			return data[at+2:]
		case marker <= 1, marker >= 0xd0 && marker <= 0xd8:
			at += 2
		default:
			at += 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		}
	}
	return nil
}

// afterPNG is what stands behind the chunk IEND.
func afterPNG(data []byte) []byte {
	for at := uint64(8); at+12 <= uint64(len(data)); {
		length := uint64(binary.BigEndian.Uint32(data[at:]))
		end := at + 12 + length
		if end > uint64(len(data)) {
			return nil
		}
		if string(data[at+4:at+8]) == "IEND" {
			return data[end:]
		}
		at = end
	}
	return nil
}
