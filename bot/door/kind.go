package door

import (
	"bytes"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Kind is what the bytes of a file say it is, whatever its name and its sender say. The slugs are stable:
// they are parts of locale keys.
type Kind string

// The kinds of files.
const (
	Unknown    Kind = "unknown"
	Mixed      Kind = "mixed" // two kinds at once
	Page       Kind = "page"  // HTML, SVG, XML: a document that may hold scripts
	Words      Kind = "text"  // plain text, a contact card
	Empty      Kind = "empty"
	JPEG       Kind = "jpeg"
	PNG        Kind = "png"
	HEIC       Kind = "heic"    // and HEIF: what an iPhone makes
	Picture    Kind = "picture" // any other: WebP, GIF, BMP, TIFF, AVIF …
	PDF        Kind = "pdf"
	Office     Kind = "document" // Word, Excel, PowerPoint, OpenDocument, RTF
	Video      Kind = "video"
	Audio      Kind = "audio"
	Archive    Kind = "archive"
	Executable Kind = "program" // programs, installers, APK, scripts
)

// SniffBytes is how much of the beginning of a file Sniff looks at.
const SniffBytes = 3072

// Sniff says what a file is by its first SniffBytes, or by all of a shorter one. It looks at no name and
// proves no more than the beginning: a JPEG with a ZIP behind it is a JPEG.
func Sniff(head []byte) Kind {
	if len(head) == 0 {
		return Empty
	}
	head = head[:min(len(head), SniffBytes)]
	kind := kindOf(mimetype.Detect(head))
	if kind == PDF {
		return behind(head)
	}
	return kind
}

// behind looks at what stands before "%PDF-", which readers accept anywhere in the first 1,024 bytes: a scan
// with a stray line is a PDF, a program or a photo with a PDF inside is not.
func behind(head []byte) Kind {
	at := bytes.Index(head, []byte("%PDF-"))
	if at <= 0 {
		return PDF
	}
	switch kind := kindOf(mimetype.Detect(head[:at])); kind {
	case Unknown, Words:
		return PDF
	case Executable:
		return Executable
	default:
		return Mixed
	}
}

func kindOf(m *mimetype.MIME) Kind {
	for up := m; up != nil; up = up.Parent() {
		if kind, ok := kinds(bare(up)); ok {
			return kind
		}
	}
	family, _, _ := strings.Cut(m.String(), "/")
	switch family {
	case "text":
		return Words
	case "image":
		return Picture
	case "video":
		return Video
	case "audio":
		return Audio
	}
	return Unknown
}

func bare(m *mimetype.MIME) string {
	mime, _, _ := strings.Cut(m.String(), ";")
	return mime
}

func kinds(mime string) (Kind, bool) {
	switch mime {
	case "image/jpeg":
		return JPEG, true
	case "image/png":
		return PNG, true
	case "image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence":
		return HEIC, true
	case "application/pdf":
		return PDF, true
	case "image/webp", "image/avif":
		return Picture, true
	case "image/svg+xml", "text/html", "text/xml", "application/xhtml+xml":
		return Page, true
	case "application/ogg":
		return Audio, true
	}
	switch {
	case executables(mime):
		return Executable, true
	case offices(mime):
		return Office, true
	case archives(mime):
		return Archive, true
	}
	return "", false
}

func executables(mime string) bool {
	switch mime {
	case "application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-mach-binary",
		"application/vnd.android.package-archive", "application/java-archive", "application/x-java-applet",
		"application/x-ms-installer", "application/x-ms-shortcut", "application/vnd.ms-htmlhelp",
		"application/vnd.debian.binary-package", "application/x-rpm", "application/wasm",
		"application/x-shockwave-flash", "application/x-chrome-extension", "application/x-bytecode.python",
		"text/x-shellscript", "text/x-php", "text/javascript", "text/x-python", "text/x-perl", "text/x-ruby",
		"text/x-lua", "text/x-tcl":
		return true
	}
	return false
}

func offices(mime string) bool {
	switch mime {
	case "application/x-ole-storage", "text/rtf", "application/vnd.sun.xml.calc":
		return true
	}
	return strings.HasPrefix(mime, "application/vnd.openxmlformats-officedocument.") ||
		strings.HasPrefix(mime, "application/vnd.oasis.opendocument.")
}

func archives(mime string) bool {
	switch mime {
	case "application/zip", "application/vnd.rar", "application/x-7z-compressed", "application/gzip",
		"application/x-tar", "application/x-bzip2", "application/x-xz", "application/zstd", "application/lzip",
		"application/vnd.ms-cab-compressed", "application/x-installshield", "application/x-archive",
		"application/x-xar", "application/x-cpio", "application/zlib":
		return true
	}
	return false
}
