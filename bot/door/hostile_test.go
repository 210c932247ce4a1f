package door

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"titian/bot"
	"titian/bot/paper/papertest"
	"titian/bot/photo/phototest"
	"titian/flows/flow"
	"titian/locales"
)

// hostile are files that must not come in, with the reason that is said.
func hostile() map[string]file {
	photo := string(phototest.Clear(1))
	picture := pngOf(64, 48)
	pdf := string(papertest.Sheet("Contoh"))
	page := "<!DOCTYPE html><html><script>alert(1)</script></html>"
	archive := zipOf("ktp.jpg", "a.exe")
	at := strings.Index(photo, "\xff\xda") // the pixels begin
	files := map[string]file{
		"nothing":                               {"", "empty"},
		"one zero byte":                         {"\x00", "unknown"},
		"a megabyte of zeros":                   {strings.Repeat("\x00", 1<<20), "unknown"},
		"more than 20 MB":                       {photo + strings.Repeat("\x00", MaxBytes), "too_large"},
		"random bytes":                          {scrambled(4096), "unknown"},
		"words":                                 {"nama saya Contoh Satu", "text"},
		"a contact card":                        {"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Contoh\r\nEND:VCARD\r\n", "text"},
		"a web page called .jpg":                {page, "page"},
		"a web page after spaces":               {"\r\n\r\n   " + page, "page"},
		"a web page after a byte order mark":    {"\xef\xbb\xbf" + page, "page"},
		"SVG":                                   {`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "page"},
		"SVG with outside entities":             {`<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>`, "page"},
		"XML that laughs a billion times":       {`<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>`, "page"},
		"PHP":                                   {"<?php system($_GET[0]);", "program"},
		"a shell script":                        {"#!/bin/sh\nrm -rf /\n", "program"},
		"a Python script":                       {"#!/usr/bin/env python\nimport os\n", "program"},
		"foto.jpg.exe":                          {"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", "program"},
		"an ELF program":                        {elf, "program"},
		"a Mach-O program":                      {"\xcf\xfa\xed\xfe\x07\x00\x00\x01\x03\x00\x00\x00\x02\x00\x00\x00", "program"},
		"undangan.apk":                          {zipOf("AndroidManifest.xml", "classes.dex"), "program"},
		"a Java program":                        {zipOf("META-INF/MANIFEST.MF", "Main.class"), "program"},
		"a Windows shortcut":                    {"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46", "program"},
		"WebAssembly":                           {"\x00asm\x01\x00\x00\x00", "program"},
		"Word":                                  {zipOf("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "document"},
		"Word with macros":                      {zipOf("[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/vbaProject.bin"), "document"},
		"Excel":                                 {zipOf("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), "document"},
		"PowerPoint":                            {zipOf("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"), "document"},
		"Word of before 2007":                   {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "document"},
		"RTF":                                   {`{\rtf1\ansi{\object\objocx}}`, "document"},
		"ZIP":                                   {archive, "archive"},
		"ZIP that leaves its folder":            {zipOf("../../etc/cron.d/x"), "archive"},
		"ZIP bomb":                              {zipBomb(), "archive"},
		"RAR":                                   {"Rar!\x1a\x07\x01\x00\x00\x00", "archive"},
		"7z":                                    {"7z\xbc\xaf\x27\x1c\x00\x04\x00\x00", "archive"},
		"gzip":                                  {gzipped("x"), "archive"},
		"SVG in gzip":                           {gzipped("<svg/>"), "archive"},
		"gzip bomb":                             {gzipped(strings.Repeat("\x00", 8<<20)), "archive"},
		"tar":                                   {tarOf("ktp.jpg"), "archive"},
		"bzip2":                                 {"BZh91AY&SY\x00\x00\x00\x00", "archive"},
		"xz":                                    {"\xfd7zXZ\x00\x00\x04\xe6\xd6", "archive"},
		"HEIC":                                  {ftyp("heic"), "heic"},
		"HEIF":                                  {ftyp("mif1"), "heic"},
		"AVIF":                                  {ftyp("avif"), "picture"},
		"a sticker":                             {"RIFF\x24\x00\x00\x00WEBPVP8 ", "picture"},
		"GIF":                                   {gifOf(), "picture"},
		"BMP":                                   {"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", "picture"},
		"TIFF":                                  {"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00", "picture"},
		"a video of WhatsApp":                   {ftyp("isom"), "video"},
		"a video of an iPhone":                  {ftyp("qt  "), "video"},
		"a Matroska video":                      {"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", "video"},
		"a voice note":                          {"OggS\x00\x02" + strings.Repeat("\x00", 22) + "OpusHead", "audio"},
		"MP3":                                   {"\xff\xfb\x90\x64\x00\x00", "audio"},
		"a photo with a ZIP behind it":          {photo + archive, "mixed"},
		"a photo with a ZIP and more behind it": {photo + archive + "\r\n  ", "mixed"},
		"a photo with a RAR behind it":          {photo + "Rar!\x1a\x07\x01\x00" + strings.Repeat("x", 99), "mixed"},
		"a photo with a page behind it":         {photo + page, "mixed"},
		"a photo with PHP behind it":            {photo + "\n<?php system($_GET[0]);", "mixed"},
		"a photo with a program behind it":      {photo + "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", "mixed"},
		"a photo with a PDF behind it":          {photo + pdf, "mixed"},
		"a photo with a PDF in its comment":     {photo[:20] + pdf, "mixed"},
		"a screenshot with a ZIP behind it":     {picture + archive, "mixed"},
		"a screenshot with a page behind it":    {picture + page, "mixed"},
		"a PDF with a ZIP behind it":            {pdf + archive, "mixed"},
		"a PDF with a page behind it":           {pdf + page, "mixed"},
		"a PDF with a ZIP in it":                {string(papertest.Write("", papertest.Stream("", []byte(archive)))), "mixed"},
		"a program with a PDF inside":           {"MZ" + strings.Repeat("\x90", 300) + pdf, "program"},
		"a GIF with a PDF inside":               {gifOf()[:12] + pdf, "mixed"},
		"50,000 × 50,000 pixels as PNG":         {pngHead(50_000, 50_000, 8), "pixels"},
		"50,000 × 50,000 pixels as JPEG":        {jpegHead(50_000, 50_000), "pixels"},
		"50,000,000 pixels in one line":         {pngHead(50_000_001, 1, 8), "pixels"},
		"16 bits a colour, 40 megapixels":       {pngHead(6400, 6400, 16), "pixels"},
		"a PNG of no size":                      {pngHead(0, 100, 8), "broken"},
		"a PNG whose pixels are a bomb":         {pngBomb(), "broken"},
		"a JPEG of a thousand scans":            {scans(photo, at, 1000), "broken"},
		"a JPEG without pixels":                 {photo[:at], "broken"},
		"a JPEG that is all markers":            {"\xff\xd8" + strings.Repeat("\xff\xd8", 5000), "broken"},
		"a JPEG with a segment beyond its end":  {"\xff\xd8\xff\xe1\xff\xff" + "Exif", "broken"},
		"a PDF with a password":                 {string(papertest.Locked()), "pdf_locked"},
		"a PDF that runs a script":              {string(papertest.Write("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>")), "pdf_script"},
		"a PDF with a script in escapes":        {string(papertest.Write("/OpenAction<</S/J#61vaScript/#4a#53(x)>>")), "pdf_script"},
		"a PDF that starts a program":           {string(papertest.Write("/OpenAction<</S/Launch/F(cmd.exe)>>")), "pdf_script"},
		"a PDF that carries a program":          {string(papertest.Write("/Names<</EmbeddedFiles<</Names[(a.exe) 5 0 R]>>>>", "<</Type/Filespec/F(a.exe)/EF<</F 6 0 R>>>>", papertest.Stream("/Type/EmbeddedFile", []byte("MZ")))), "pdf_attached"},
		"a PDF that is an XFA form":             {string(papertest.Write("/AcroForm<</Fields[]/XFA 5 0 R>>", papertest.Stream("", []byte("<xdp/>")))), "pdf_form"},
		"a PDF of 31 pages":                     {string(papertest.Pages(31, "x")), "pdf_pages"},
		"a PDF that draws a bomb":               {string(papertest.Write("", papertest.Bomb("", 26, 1))), "pdf_heavy"},
		"a PDF with a bomb as a picture":        {string(papertest.Write("", papertest.Bomb("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", 130, 1))), "pdf_heavy"},
		"a PDF with a bomb in a bomb":           {string(papertest.Write("", papertest.Bomb("", 8, 2))), "pdf_heavy"},
		"a PDF with a bomb of objects":          {string(papertest.Write("", papertest.Bomb("/Type/ObjStm/N 1/First 4", 26, 1))), "pdf_heavy"},
		"a PDF of lists in lists":               {string(papertest.WritePage("", "/Annots "+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000))), "pdf_broken"},
		"a PDF of dictionaries in dictionaries": {string(papertest.WritePage("", "/X "+strings.Repeat("<</A ", 20_000)+strings.Repeat(">>", 20_000))), "pdf_broken"},
		"a PDF whose pages bend back":           {string(papertest.Objects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 1>>")), "pdf_broken"},
		"a PDF that is a beginning":             {"%PDF-1.7\n", "pdf_broken"},
		"a PDF of 60,000 objects":               {string(papertest.Write("", slices.Repeat([]string{"null"}, 60_000)...)), "pdf_heavy"},
		"a PDF of 11 MB":                        {pdf + strings.Repeat("%\n", 6<<20), "too_large"},
		"a PDF of four million numbers":         {string(papertest.Write("", "["+strings.Repeat("7 ", 4<<20)+"]")), "pdf_heavy"},
	}
	for _, share := range []int{1, 5, 20, 50, 80, 95} {
		files[fmt.Sprintf("a JPEG cut at %d %%", share)] = file{photo[:max(3, len(photo)*share/100)], "broken"}
		files[fmt.Sprintf("a PNG cut at %d %%", share)] = file{picture[:max(8, len(picture)*share/100)], "broken"}
		files[fmt.Sprintf("a PDF cut at %d %%", share)] = file{pdf[:len(pdf)*share/100], "pdf_broken"}
	}
	return files
}

type file struct{ content, reason string }

// memoryAtMost is what one file may cost beyond itself, in bytes: most is taken by
// the pixels of a photo, or the objects of a PDF.
const memoryAtMost = 120 << 20

func TestHostileFilesAreRefusedWithASentenceAndNothingOfThemIsKept(t *testing.T) {
	texts, err := locales.Texts("")
	if err != nil {
		t.Fatal(err)
	}
	files := hostile()
	if len(files) < 60 {
		t.Errorf("only %d files", len(files))
	}
	// As mild as a question gets: what is unsafe passes no mildness.
	want := flow.Wanted{Want: flow.Want{PDF: true}, Lenient: true}
	d, s := setup(t)
	worst, by := uint64(0), ""
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			var r *bot.Refusal
			cost := memory(func() { r = d.refuses(t, want, f.content) })
			if cost > worst {
				worst, by = cost, name
			}
			if r == nil || r.Reason != f.reason {
				t.Fatalf("refused as %+v, want %s", r, f.reason)
			}
			if key := "flow.file." + r.Reason; !texts.Has(key) || strings.Contains(texts.Say(key, r.Args), "{") {
				t.Errorf("%s is said as %q", key, texts.Say(key, r.Args))
			}
			if r.Quality {
				t.Error("a third try would take it")
			}
			if cost > memoryAtMost {
				t.Errorf("took %d MB", cost>>20)
			}
		})
	}
	if len(s.files) > 0 {
		t.Errorf("%d of them are kept", len(s.files))
	}
	t.Logf("%d files; at most %d MB beside the file, by %s", len(files), worst>>20, by)
}

// refuses is takes with a limit of time.
func (d *Door) refuses(t *testing.T, want flow.Wanted, content string) *bot.Refusal {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := d.Keep(ctx, "a", want, strings.NewReader(content))
	var r *bot.Refusal
	if err != nil && !errors.As(err, &r) {
		t.Fatal(err)
	}
	return r
}

// memory is how much the heap grew at most while something was done.
func memory(do func()) uint64 {
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	now := func() uint64 {
		metrics.Read(heap)
		return heap[0].Value.Uint64()
	}
	runtime.GC()
	before := now()
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		top := before
		for tick := time.NewTicker(2 * time.Millisecond); ; {
			select {
			case <-tick.C:
				top = max(top, now())
			case <-done:
				tick.Stop()
				most <- max(top, now())
				return
			}
		}
	}()
	do()
	close(done)
	return <-most - before
}

func TestWhatHidesInAPhotoDoesNotComeOut(t *testing.T) {
	photo := phototest.Clear(1)
	segment := func(marker byte, body string) []byte {
		head := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
		return slices.Concat(photo[:2], head, []byte(body), photo[2:])
	}
	picture := pngOf(700, 500)
	for name, content := range map[string][]byte{
		"where it was taken":             segment(0xe1, "Exif\x00\x00II*\x00\x08\x00\x00\x00RAHASIA -3.9778 122.5151"),
		"a script as a comment":          segment(0xfe, "*/=alert('RAHASIA')/*"),
		"who wrote it":                   segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>RAHASIA</x:xmpmeta>"),
		"a second photo behind it":       slices.Concat(photo, photo, []byte("RAHASIA")),
		"a bomb in a text of a PNG":      []byte(picture[:33] + chunk("zTXt", "RAHASIA\x00\x00"+deflated(20)) + picture[33:]),
		"a bomb as the colours of a PNG": []byte(picture[:33] + chunk("iCCP", "RAHASIA\x00\x00"+deflated(20)) + picture[33:]),
	} {
		t.Run(name, func(t *testing.T) {
			d, s := setup(t)
			var r *bot.Refusal
			cost := memory(func() { _, r = d.takes(t, flow.Wanted{}, content) })
			if r != nil || len(s.files) != 1 {
				t.Fatalf("refused as %+v", r)
			}
			if bytes.Contains(s.files[0], []byte("RAHASIA")) || cost > 20<<20 {
				t.Errorf("it came out, or took %d MB", cost>>20)
			}
		})
	}
}

func scrambled(n int) string {
	b, x := make([]byte, n), uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

// zipBomb is a few kilobytes that become 8 MB.
func zipBomb() string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("ktp.jpg")
	if err != nil {
		panic(err)
	}
	for range 8 {
		_, _ = f.Write(make([]byte, 1<<20))
	}
	_ = w.Close()
	return b.String()
}

func chunk(kind, body string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

// pngHead is a PNG that promises so many pixels of 8 or 16 bits and holds none.
func pngHead(w, h uint32, bits byte) string {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return "\x89PNG\r\n\x1a\n" + chunk("IHDR", string(append(ihdr, bits, 6, 0, 0, 0)))
}

// pngBomb has 64 pixels and 20 MB of them.
func pngBomb() string { return pngHead(8, 8, 8) + chunk("IDAT", deflated(20)) + chunk("IEND", "") }

// deflated is so many megabytes of zeros, packed.
func deflated(megabytes int) string {
	packed := papertest.Bomb("", megabytes, 1)
	_, packed, _ = strings.Cut(packed, "stream\n")
	packed, _, _ = strings.Cut(packed, "\nendstream")
	return packed
}

// jpegHead is a JPEG that promises so many pixels.
func jpegHead(w, h uint16) string {
	whole := jpegOf(16, 16)
	at := strings.Index(whole, "\xff\xc0")
	size := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, h), w)
	return whole[:at+5] + string(size) + whole[at+9:]
}

// scans repeats the scan of a JPEG that begins at.
func scans(photo string, at, n int) string {
	return photo[:at] + strings.Repeat(photo[at:min(len(photo)-2, at+400)], n) + "\xff\xd9"
}
