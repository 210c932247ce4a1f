package dossier

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	// MaxFile is the largest file that SiHalal takes (domain: its validator says 2 097 152 bytes).
	MaxFile = 2 << 20
	// MaxPart is the largest part of a ZIP: below the 50 MB that a bot may send on Telegram, with room for the list.
	MaxPart = 45_000_000

	listed = 64 << 10 // room for the list that ends a part
)

// Bind makes one PDF of at most MaxFile from the photos (JPEG) of one document. Without one, or when it fails, they stand one by one.
type Bind func(ctx context.Context, photos [][]byte) ([]byte, error)

// Report says what a ZIP came to.
type Report struct {
	Parts   int
	Entries []Entry
	Missing []string // titles of what is gone or altered
	Large   []string // names of files that SiHalal will not take as they are
}

// Entry is one file of a ZIP.
type Entry struct {
	Name      string
	Title     string
	Part      int // from 1
	SizeBytes int
}

// WriteZIP writes the PDF and every file of an application, named for SiHalal and without watermark, in parts below MaxPart. Each
// part is asked for when the one before it is closed, and ends with a list of what is in it. One file at a time is held in memory.
// The same Case gives the same bytes. ErrForeign: no part was asked for.
func WriteZIP(ctx context.Context, c Case, files Files, bind Bind, part func(n int) (io.WriteCloser, error)) (Report, error) {
	f, err := open(ctx, c, files)
	if err != nil {
		return Report{}, err
	}
	z := &zipper{c: c, next: part, limit: MaxPart}
	if err := z.all(ctx, f, bind); err != nil {
		return Report{}, errors.Join(fmt.Errorf("zip of %s: %w", c.Application.Number, err), z.abandon())
	}
	return z.report, nil
}

// zipper writes parts.
type zipper struct {
	c      Case
	next   func(int) (io.WriteCloser, error)
	limit  int
	file   io.WriteCloser
	zip    *zip.Writer
	size   int // of the part, no less than it is
	report Report
}

func (z *zipper) all(ctx context.Context, f *folder, bind Bind) error {
	var pdf bytes.Buffer
	if err := writePDF(ctx, &pdf, z.c, f); err != nil {
		return err
	}
	if err := z.add("Berkas_"+slug(z.c.Application.Number, "pengajuan")+".pdf", "Berkas pengajuan", pdf.Bytes()); err != nil {
		return err
	}
	pdf = bytes.Buffer{}
	for _, e := range plan(z.c, f) {
		if err := z.entry(ctx, e, f, bind); err != nil {
			return err
		}
	}
	return z.end(true)
}

// entry adds one document. What is gone is reported; photos that cannot be bound stand one by one.
func (z *zipper) entry(ctx context.Context, e entry, f *folder, bind Bind) error {
	var pages [][]byte
	for _, id := range e.ids {
		data, err := f.read(ctx, id)
		if errors.Is(err, errAbsent) {
			if !slices.Contains(z.report.Missing, e.title) {
				z.report.Missing = append(z.report.Missing, e.title)
			}
			continue
		}
		if err != nil {
			return err
		}
		pages = append(pages, data)
	}
	if len(e.ids) > 1 && len(pages) > 0 && bind != nil {
		bound, err := bind(ctx, pages)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			return z.fitting(e.name, e.title, bound)
		}
	}
	stem, extension := e.name, ""
	if at := strings.LastIndexByte(e.name, '.'); at >= 0 {
		stem, extension = e.name[:at], e.name[at:]
	}
	for n, data := range pages {
		name := e.name
		if len(e.ids) > 1 {
			name, extension = fmt.Sprintf("%s_foto-%d.jpg", stem, n+1), ".jpg"
		}
		if extension == ".jpg" && len(data) > MaxFile {
			data = lighter(data)
		}
		if err := z.fitting(name, e.title, data); err != nil {
			return err
		}
	}
	return nil
}

// fitting adds a file and reports one that SiHalal will not take.
func (z *zipper) fitting(name, title string, data []byte) error {
	if len(data) > MaxFile {
		z.report.Large = append(z.report.Large, name)
	}
	return z.add(name, title, data)
}

// add stores a file in the part, or in the next one when it would grow too large. A JPEG or a PDF does not get smaller by packing.
func (z *zipper) add(name, title string, data []byte) error {
	need := len(data) + 2*len(name) + 256
	if z.zip != nil && z.size+need+listed > z.limit {
		if err := z.end(false); err != nil {
			return err
		}
	}
	if z.zip == nil {
		if err := z.begin(); err != nil {
			return err
		}
	}
	if err := z.put(name, data); err != nil {
		return err
	}
	z.size += need
	z.report.Entries = append(z.report.Entries, Entry{name, title, z.report.Parts, len(data)})
	return nil
}

func (z *zipper) put(name string, data []byte) error {
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: z.c.At.In(wita)})
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func (z *zipper) begin() error {
	file, err := z.next(z.report.Parts + 1)
	if err != nil {
		return err
	}
	z.report.Parts++
	z.file, z.zip, z.size = file, zip.NewWriter(file), 0
	return nil
}

// end closes a part with the list of what is in it.
func (z *zipper) end(last bool) error {
	if err := z.put("DAFTAR_ISI.txt", []byte(z.list(last))); err != nil {
		return err
	}
	err := z.zip.Close()
	if closed := z.file.Close(); err == nil {
		err = closed
	}
	z.zip, z.file = nil, nil
	return err
}

// abandon lets go of a part that will not be finished.
func (z *zipper) abandon() error {
	if z.file == nil {
		return nil
	}
	return abandon(z.file)
}

func (z *zipper) list(last bool) string {
	var b strings.Builder
	a := z.c.Application
	fmt.Fprintf(&b, "Berkas halal %s\r\n%s – %s\r\nDibuat %s\r\n", a.Number, printable(a.Name), printable(a.Business), moment(z.c.At))
	fmt.Fprintf(&b, "Bagian %d", z.report.Parts)
	if last {
		fmt.Fprintf(&b, " dari %d", z.report.Parts)
	} else {
		b.WriteString(", masih ada bagian berikutnya")
	}
	fmt.Fprintf(&b, "\r\n\r\n%s\r\n%s\r\n\r\n", formFooter, formSecret)
	for _, e := range z.report.Entries {
		if e.Part == z.report.Parts {
			fmt.Fprintf(&b, "%s  (%d kB)\r\n    %s\r\n", e.Name, (e.SizeBytes+999)/1000, printable(e.Title))
		}
	}
	if last {
		paragraph(&b, "HILANG ATAU BERUBAH, mohon minta lagi kepada pemilik:", z.report.Missing)
		paragraph(&b, "LEBIH DARI 2 MB, mohon dikecilkan sebelum diunggah ke SiHalal:", z.report.Large)
	}
	return b.String()
}

func paragraph(b *strings.Builder, head string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\r\n%s\r\n", head)
	for _, line := range lines {
		fmt.Fprintf(b, "- %s\r\n", printable(line))
	}
}
