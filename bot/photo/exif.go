package photo

import "encoding/binary"

// orientation reads the one thing of EXIF that matters to the pixels: tag 0x0112
// of the first directory, 1 to 8; 1 when there is none that makes sense.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	count := uint64(order.Uint16(tiff[at:]))
	for entry := at + 2; count > 0 && entry+12 <= uint64(len(tiff)); entry, count = entry+12, count-1 {
		if order.Uint16(tiff[entry:]) != 0x0112 {
			continue
		}
		if o := int(order.Uint16(tiff[entry+8:])); o >= 1 && o <= 8 {
			return o
		}
		return 1
	}
	return 1
}

// pngOrientation is that of the eXIf chunk, when one stands before the pixels.
func pngOrientation(data []byte) int {
	for at := uint64(8); at+8 <= uint64(len(data)); {
		length := uint64(binary.BigEndian.Uint32(data[at:]))
		kind, body := string(data[at+4:at+8]), at+8
		if body+length > uint64(len(data)) || kind == "IDAT" {
			return 1
		}
		if kind == "eXIf" {
			return orientation(data[body : body+length])
		}
		at = body + length + 4
	}
	return 1
}
