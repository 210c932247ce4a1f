// Package paper makes a clean PDF of one that a stranger sent: its pages as they
// look, without what acts, what is attached and who made it; and it reads the text,
// where there is some. Several photos of one document become one PDF here too. It
// imports nothing of this module, keeps nothing, opens no connection, and bounds
// what a hostile file may cost in memory and time.
package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

const (
	// MaxBytes is the largest PDF that is read: an NIB has 1 MB, and SiHalal takes 2.
	MaxBytes = 10 << 20
	// MaxPages is the most pages: an NIB with all its attachments has some ten.
	MaxPages = 30

	reading = 8 * time.Second  // until a file that is slow to read is given up
	giving  = 15 * time.Second // until nobody waits for it any more
)

// Paper is what came out.
type Paper struct {
	PDF  []byte // written anew
	Text string // what stands on it, in lines; empty of a scan
}

// Refused is why a PDF will not do: "too_large", "pdf_locked", "pdf_broken",
// "pdf_script", "pdf_attached", "pdf_form", "pdf_pages" or "pdf_heavy".
type Refused struct {
	Reason string
	Args   map[string]string
}

// Error names the reason.
func (r *Refused) Error() string { return "paper refused: " + r.Reason }

func refused(reason string) *Refused { return &Refused{Reason: reason} }

// Cleaner cleans one PDF at a time: that bounds its memory. New makes one for the
// whole process.
type Cleaner struct{ place chan struct{} }

// New makes a Cleaner.
func New() *Cleaner { return &Cleaner{place: make(chan struct{}, 1)} }

// Clean makes a clean paper of a PDF. A *Refused says why it will not do; other
// errors are those of ctx, and worth another try.
func (c *Cleaner) Clean(ctx context.Context, data []byte) (Paper, error) {
	if len(data) > MaxBytes {
		return Paper{}, &Refused{"too_large", map[string]string{
			"size": strconv.Itoa((len(data) + 1<<19) >> 20), "limit": strconv.Itoa(MaxBytes >> 20),
		}}
	}
	select {
	case c.place <- struct{}{}:
	case <-ctx.Done():
		return Paper{}, fmt.Errorf("clean paper: %w", ctx.Err())
	}
	type result struct {
		paper Paper
		err   error
	}
	done := make(chan result, 1)
	go func() { // the library cannot be stopped everywhere
		defer func() { <-c.place }()
		p, err := clean(ctx, data)
		done <- result{p, err}
	}()
	late := time.NewTimer(giving)
	defer late.Stop()
	select {
	case r := <-done:
		return r.paper, r.err
	case <-ctx.Done():
		return Paper{}, fmt.Errorf("clean paper: %w", ctx.Err())
	case <-late.C:
		return Paper{}, refused("pdf_heavy")
	}
}

// clean takes a reader that panics for one that met a broken file.
func clean(ctx context.Context, data []byte) (p Paper, err error) {
	defer func() {
		if recover() != nil {
			p, err = Paper{}, refused("pdf_broken")
		}
	}()
	data = data[max(0, bytes.Index(data, []byte("%PDF-"))):]
	if err := weigh(data); err != nil {
		return Paper{}, err
	}
	doc, err := read(ctx, data)
	if err != nil {
		return Paper{}, err
	}
	if err := harmless(doc); err != nil {
		return Paper{}, err
	}
	pages, err := pagesOf(doc)
	if err != nil {
		return Paper{}, err
	}
	p.Text = textOf(doc, pages)
	bare(doc)
	if err := api.ValidateContext(doc); err != nil {
		return Paper{}, refused("pdf_broken")
	}
	var out bytes.Buffer
	if err := api.WriteContext(doc, &out); err != nil {
		return Paper{}, refused("pdf_broken")
	}
	p.PDF = out.Bytes()
	return p, nil
}

// read parses every object.
func read(ctx context.Context, data []byte) (*model.Context, error) {
	soon, cancel := context.WithTimeout(ctx, reading)
	defer cancel()
	doc, err := pdfcpu.ReadWithContext(soon, patient{soon, bytes.NewReader(data)}, configuration())
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("clean paper: %w", ctx.Err())
	case soon.Err() != nil:
		return nil, refused("pdf_heavy")
	case err != nil && (errors.Is(err, pdfcpu.ErrWrongPassword) || bytes.Contains(data, []byte("/Encrypt"))):
		return nil, refused("pdf_locked")
	case err != nil:
		return nil, refused("pdf_broken")
	case doc.Encrypt != nil:
		return nil, refused("pdf_locked")
	}
	return doc, nil
}

// configuration is the library's own, made here so that it reads and writes no
// file of its own.
func configuration() *model.Configuration {
	return &model.Configuration{
		Reader15: true, ValidationMode: model.ValidationRelaxed, Eol: types.EolLF,
		WriteObjectStream: true, WriteXRefStream: true, Offline: true, Version: model.VersionStr,
		Limits: model.ResourceLimits{
			MaxStreamBytes: MaxBytes, MaxDecodeBytes: maxPicture, MaxImagePixels: 50_000_000, MaxImageBytes: maxPicture,
			MaxObjectCount: maxObjects, MaxObjectStreamCount: maxObjects, MaxObjectStreamFirst: 1 << 20,
			MaxXRefEntries: maxObjects, MaxRecursionDepth: maxDepth,
		},
	}
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	*bytes.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}
