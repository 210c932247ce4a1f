// Package dossier makes what is handed on of a halal application: one PDF in SiHalal's own order, a ZIP with the files as
// SiHalal takes them, and the berita acara of a programme. It makes files from nouns: it opens no connection, holds no SQL,
// and never puts a file of one application into the dossier of another.
//
// Its words are SiHalal's names for the fields (the form of the pengajuan), which is why they stand here, in form.go, and not
// among the texts a dinas may change.
package dossier

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"titian/storage"
)

// ErrForeign: the answers name a file that is not one of this application. Nothing was written.
var ErrForeign = errors.New("a file belongs to another application")

// Case is one application with what its owner told.
type Case struct {
	Application storage.Application
	Dossier     storage.Dossier
	Programme   string     // its name
	Questions   []Question // the eligibility questionnaire in its order; keys that are not in it come last, as they are
	At          time.Time  // when the dossier is made; it decides every date in it, so the same Case gives the same bytes
}

// Question is one of the eligibility questionnaire, in words.
type Question struct{ Key, Text string }

// File is what the records say of one sealed file.
type File struct {
	ID          storage.FileID
	Application storage.ApplicationID // the one it was sent for; of several, the one that was asked for
	MIME        string                // "image/jpeg", "application/pdf"
	SizeBytes   int64
	SHA256      string // in hex; empty: not noted
}

// Files are the sealed files of applications.
type Files interface {
	// Look tells of the files among ids that are there, seen from one application; others are left out.
	Look(ctx context.Context, a storage.ApplicationID, ids []storage.FileID) ([]File, error)
	// Open reads one from its start.
	Open(ctx context.Context, id storage.FileID) (io.ReadCloser, error)
}

// maxFile is what is read of one file: Telegram's getFile limit, which bounds what a vault holds.
const maxFile = 20 << 20

// The formats that a dossier knows.
const (
	mimeJPEG = "image/jpeg"
	mimePDF  = "application/pdf"
)

// folder is the files of one Case, each proven to be of its application.
type folder struct {
	files Files
	known map[storage.FileID]File
}

// open looks up every file that the case names. ErrForeign: one of them is of another application.
func open(ctx context.Context, c Case, files Files) (*folder, error) {
	ids := c.files()
	found, err := files.Look(ctx, c.Application.ID, ids)
	if err != nil {
		return nil, fmt.Errorf("look up the files of %s: %w", c.Application.Number, err)
	}
	f := &folder{files: files, known: make(map[storage.FileID]File, len(found))}
	for _, file := range found {
		if file.Application != c.Application.ID || file.Application == "" {
			return nil, fmt.Errorf("dossier of %s, file %s: %w", c.Application.Number, file.ID, ErrForeign)
		}
		f.known[file.ID] = file
	}
	return f, nil
}

// files are the ids of all files of the case, each once, in its order.
func (c Case) files() []storage.FileID {
	var ids []storage.FileID
	add := func(more ...storage.FileID) {
		for _, id := range more {
			if id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, d := range c.documents() {
		add(d.Files...)
	}
	for _, i := range c.Application.Items {
		add(i.Files...)
	}
	for _, p := range c.Dossier.Products {
		add(p.Photo)
	}
	for _, m := range c.Dossier.Materials {
		add(m.Photo)
	}
	return ids
}

// documents are the documents in the order they were told, with the files that staff look at: an item is what counts once it was
// replaced or brought to the counter.
func (c Case) documents() []storage.DossierDocument {
	list := slices.Clone(c.Dossier.Documents)
	for _, i := range c.Application.Items {
		if i.Kind != storage.ItemDocument {
			continue
		}
		at := slices.IndexFunc(list, func(d storage.DossierDocument) bool { return d.Item == i.Key })
		if at < 0 {
			list = append(list, storage.DossierDocument{Item: i.Key, Title: i.Title, Files: i.Files})
			continue
		}
		list[at].Files = i.Files
	}
	return list
}

// errAbsent: the file is not there, or not the one that was kept. The dossier says so and goes on.
var errAbsent = errors.New("the file is missing or altered")

// read takes one file into memory and holds it against what the records say. Errors are errAbsent or those of ctx.
func (f *folder) read(ctx context.Context, id storage.FileID) ([]byte, error) {
	known, ok := f.known[id]
	if !ok {
		return nil, fmt.Errorf("file %s: %w", id, errAbsent)
	}
	r, err := f.files.Open(ctx, id)
	if err != nil {
		return nil, absent(ctx, id, err)
	}
	defer r.Close()
	var b bytes.Buffer
	b.Grow(int(min(max(known.SizeBytes, 0), maxFile)) + bytes.MinRead) // a file at a time, and each once
	if _, err := b.ReadFrom(io.LimitReader(r, maxFile+1)); err != nil {
		return nil, absent(ctx, id, err)
	}
	data := b.Bytes()
	sum := sha256.Sum256(data)
	if len(data) > maxFile || known.SHA256 != "" && known.SHA256 != hex.EncodeToString(sum[:]) {
		return nil, fmt.Errorf("file %s: %w", id, errAbsent)
	}
	return data, nil
}

func absent(ctx context.Context, id storage.FileID, err error) error {
	if ctx.Err() != nil || storage.IsDown(err) {
		return fmt.Errorf("read file %s: %w", id, err)
	}
	return fmt.Errorf("file %s: %w: %w", id, errAbsent, err)
}
