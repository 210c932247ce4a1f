package vault_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"titian/storage/vault"
)

func TestSniffSaysWhatAFileIsWhateverItClaims(t *testing.T) {
	pdf := "%PDF-1.7\n%âãÏÓ\n1 0 obj\n"
	for name, c := range map[string]struct {
		head string
		want vault.Kind
	}{
		"nothing":                           {"", vault.Empty},
		"one zero byte":                     {"\x00", vault.Unknown},
		"a megabyte of zeros":               {strings.Repeat("\x00", 1<<20), vault.Unknown},
		"a photo":                           {jpegOf(4, 4), vault.JPEG},
		"a photo's first three bytes":       {jpegOf(4, 4)[:3], vault.JPEG},
		"a screenshot":                      {pngOf(4, 4), vault.PNG},
		"an animated PNG":                   {"\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 29) + "acTL", vault.PNG},
		"a sticker":                         {"RIFF\x24\x00\x00\x00WEBPVP8 ", vault.WebP},
		"an iPhone's photo":                 {ftyp("heic"), vault.HEIC},
		"HEIF of another phone":             {ftyp("mif1"), vault.HEIC},
		"AVIF":                              {ftyp("avif"), vault.Picture},
		"GIF":                               {gifOf(), vault.Picture},
		"BMP":                               {"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", vault.Picture},
		"a PDF":                             {pdf, vault.PDF},
		"a PDF after a byte order mark":     {"\xef\xbb\xbf" + pdf, vault.PDF},
		"a PDF after a stray line":          {"\r\n  \n" + pdf, vault.PDF},
		"a PDF after a mail header":         {"X-Scanner: Canon\r\n\r\n" + pdf, vault.PDF},
		"a photo with a PDF in its comment": {jpegOf(4, 4)[:20] + pdf, vault.Unknown},
		"a GIF with a PDF in its comment":   {gifOf()[:12] + pdf, vault.Unknown},
		"a program with a PDF inside":       {"MZ" + strings.Repeat("\x90", 300) + pdf, vault.Executable},
		"an ELF program with a PDF inside":  {elf + pdf, vault.Executable},
		"a script with a PDF inside":        {"#!/bin/sh\necho\n" + pdf, vault.Executable},
		"a ZIP with a PDF inside":           {zipOf("ktp.txt")[:30] + pdf, vault.Archive},
		"a photo with a ZIP behind it":      {jpegOf(4, 4) + zipOf("a.txt"), vault.JPEG},
		"WhatsApp video":                    {ftyp("isom"), vault.Video},
		"iPhone video":                      {ftyp("qt  "), vault.Video},
		"3GP":                               {ftyp("3gp5"), vault.Video},
		"a Telegram voice note":             {"OggS\x00\x02" + strings.Repeat("\x00", 22) + "OpusHead", vault.Audio},
		"an m4a recording":                  {ftyp("M4A "), vault.Audio},
		"MP3":                               {"\xff\xfb\x90\x64\x00\x00", vault.Audio},
		"Word":                              {zipOf("[Content_Types].xml", "_rels/.rels", "word/document.xml"), vault.Office},
		"Excel":                             {zipOf("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), vault.Office},
		"Word of before 2007":               {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), vault.Office},
		"RTF":                               {`{\rtf1\ansi Surat`, vault.Office},
		"ZIP":                               {zipOf("ktp.jpg"), vault.Archive},
		"RAR":                               {"Rar!\x1a\x07\x01\x00", vault.Archive},
		"7z":                                {"7z\xbc\xaf\x27\x1c\x00\x04", vault.Archive},
		"gzip":                              {gzipped("x"), vault.Archive},
		"tar":                               {tarOf("ktp.jpg"), vault.Archive},
		"undangan.apk":                      {zipOf("AndroidManifest.xml", "classes.dex"), vault.Executable},
		"a Java program":                    {zipOf("META-INF/MANIFEST.MF", "Main.class"), vault.Executable},
		"foto.jpg.exe":                      {"MZ\x90\x00\x03\x00", vault.Executable},
		"an ELF program":                    {elf, vault.Executable},
		"a shell script":                    {"#!/bin/sh\nrm -rf /\n", vault.Executable},
		"PHP":                               {"<?php system($_GET[0]);", vault.Executable},
		"a Windows shortcut":                {"L\x00\x00\x00\x01\x14\x02\x00", vault.Executable},
		"HTML called .jpg":                  {"<!DOCTYPE html><html><script>", vault.Unknown},
		"SVG":                               {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, vault.Unknown},
		"plain text":                        {"nama saya Siti", vault.Unknown},
		"a contact card":                    {"BEGIN:VCARD\r\nVERSION:3.0\r\n", vault.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			if got := vault.Sniff([]byte(c.head)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func FuzzSniffAndCheckImage(f *testing.F) {
	for _, head := range []string{"", jpegOf(4, 4), pngOf(4, 4), "MZ%PDF-", zipOf("a"), ftyp("heic")} {
		f.Add([]byte(head))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kind := vault.Sniff(b)
		if (kind == vault.Empty) != (len(b) == 0) || kind == "" {
			t.Fatalf("%q for %d bytes", kind, len(b))
		}
		i, err := vault.CheckImage(bytes.NewReader(b))
		if err == nil && (i.Kind != kind || i.Width <= 0 || i.Height <= 0 || i.Width*i.Height > vault.MaxPixels) {
			t.Fatalf("passed %+v", i)
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

func unhex(s string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return string(b)
}
