package door

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func TestSniffSaysWhatAFileIsWhateverItClaims(t *testing.T) {
	pdf := "%PDF-1.7\n%âãÏÓ\n1 0 obj\n"
	for name, c := range map[string]struct {
		head string
		want Kind
	}{
		"nothing":                           {"", Empty},
		"one zero byte":                     {"\x00", Unknown},
		"a megabyte of zeros":               {strings.Repeat("\x00", 1<<20), Unknown},
		"a photo":                           {jpegOf(4, 4), JPEG},
		"a photo's first three bytes":       {jpegOf(4, 4)[:3], JPEG},
		"a screenshot":                      {pngOf(4, 4), PNG},
		"an animated PNG":                   {"\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 29) + "acTL", PNG},
		"a sticker":                         {"RIFF\x24\x00\x00\x00WEBPVP8 ", Picture},
		"an iPhone's photo":                 {ftyp("heic"), HEIC},
		"HEIF of another phone":             {ftyp("mif1"), HEIC},
		"AVIF":                              {ftyp("avif"), Picture},
		"GIF":                               {gifOf(), Picture},
		"BMP":                               {"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", Picture},
		"a PDF":                             {pdf, PDF},
		"a PDF after a byte order mark":     {"\xef\xbb\xbf" + pdf, PDF},
		"a PDF after a stray line":          {"\r\n  \n" + pdf, PDF},
		"a PDF after a mail header":         {"X-Scanner: Canon\r\n\r\n" + pdf, PDF},
		"a photo with a PDF in its comment": {jpegOf(4, 4)[:20] + pdf, Mixed},
		"a GIF with a PDF in its comment":   {gifOf()[:12] + pdf, Mixed},
		"a program with a PDF inside":       {"MZ" + strings.Repeat("\x90", 300) + pdf, Executable},
		"an ELF program with a PDF inside":  {elf + pdf, Executable},
		"a script with a PDF inside":        {"#!/bin/sh\necho\n" + pdf, Executable},
		"a ZIP with a PDF inside":           {zipOf("ktp.txt")[:30] + pdf, Archive},
		"a photo with a ZIP behind it":      {jpegOf(4, 4) + zipOf("a.txt"), JPEG},
		"WhatsApp video":                    {ftyp("isom"), Video},
		"iPhone video":                      {ftyp("qt  "), Video},
		"3GP":                               {ftyp("3gp5"), Video},
		"a Telegram voice note":             {"OggS\x00\x02" + strings.Repeat("\x00", 22) + "OpusHead", Audio},
		"an m4a recording":                  {ftyp("M4A "), Audio},
		"MP3":                               {"\xff\xfb\x90\x64\x00\x00", Audio},
		"Word":                              {zipOf("[Content_Types].xml", "_rels/.rels", "word/document.xml"), Office},
		"Excel":                             {zipOf("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), Office},
		"Word of before 2007":               {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), Office},
		"RTF":                               {`{\rtf1\ansi Surat`, Office},
		"ZIP":                               {zipOf("ktp.jpg"), Archive},
		"RAR":                               {"Rar!\x1a\x07\x01\x00", Archive},
		"7z":                                {"7z\xbc\xaf\x27\x1c\x00\x04", Archive},
		"gzip":                              {gzipped("x"), Archive},
		"tar":                               {tarOf("ktp.jpg"), Archive},
		"undangan.apk":                      {zipOf("AndroidManifest.xml", "classes.dex"), Executable},
		"a Java program":                    {zipOf("META-INF/MANIFEST.MF", "Main.class"), Executable},
		"foto.jpg.exe":                      {"MZ\x90\x00\x03\x00", Executable},
		"an ELF program":                    {elf, Executable},
		"a shell script":                    {"#!/bin/sh\nrm -rf /\n", Executable},
		"PHP":                               {"<?php system($_GET[0]);", Executable},
		"a Windows shortcut":                {"L\x00\x00\x00\x01\x14\x02\x00", Executable},
		"HTML called .jpg":                  {"<!DOCTYPE html><html><script>", Page},
		"SVG":                               {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, Page},
		"plain text":                        {"nama saya Siti", Words},
		"a contact card":                    {"BEGIN:VCARD\r\nVERSION:3.0\r\n", Words},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Sniff([]byte(c.head)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func FuzzSniff(f *testing.F) {
	for _, head := range []string{"", jpegOf(4, 4), pngOf(4, 4), "MZ%PDF-", zipOf("a"), ftyp("heic")} {
		f.Add([]byte(head))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kind := Sniff(b)
		if (kind == Empty) != (len(b) == 0) || kind == "" {
			t.Fatalf("%q for %d bytes", kind, len(b))
		}
	})
}

const elf = "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00"

func ftyp(brand string) string {
	return "\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00" + brand + "mp42"
}

func jpegOf(w, h int) string {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		panic(err)
	}
	return b.String()
}

func pngOf(w, h int) string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		panic(err)
	}
	return b.String()
}

func gifOf() string {
	var b bytes.Buffer
	if err := gif.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4)), nil); err != nil {
		panic(err)
	}
	return b.String()
}

func zipOf(names ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func tarOf(name string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Format: tar.FormatUSTAR}); err != nil {
		panic(err)
	}
	_ = w.Close()
	return b.String()
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}
