// Package door decides whether a file that a stranger sent comes in: by what its
// bytes say it is, by what could hide in it, and by whether a person could read
// it. What comes in is written anew by photo or paper and sealed in the vault;
// what does not is refused for a reason that a text in the locale explains, and
// nothing of it is kept. It imports no network and says nothing itself.
package door

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"titian/bot"
	"titian/bot/paper"
	"titian/bot/photo"
	"titian/flows/flow"
	"titian/storage"
	"titian/storage/vault"
)

// MaxBytes is the largest file that is read: 20 MiB, Telegram's getFile limit.
const MaxBytes = 20 << 20

const (
	mimeJPEG = "image/jpeg"
	reading  = 6 // files read at a time: what waits to be checked is in memory
)

// Vault keeps what came in; see storage/vault.
type Vault interface {
	Put(ctx context.Context, id string, r io.Reader, limitBytes int64) (vault.Stored, error)
}

// Door is bot.Files. It is safe for concurrent use.
type Door struct {
	vault  Vault
	full   func() bool
	photos Photos
	papers *paper.Cleaner
	places chan struct{}
}

// Photos makes clean photos; see photo.Cleaner.
type Photos interface {
	Clean(ctx context.Context, data []byte) (photo.Photo, error)
}

// New makes the one door of a process; full says whether the disk is.
func New(v Vault, full func() bool) *Door { return With(v, full, photo.New()) }

// With is New with another cleaner of photos.
func With(v Vault, full func() bool, photos Photos) *Door {
	return &Door{vault: v, full: full, photos: photos, papers: paper.New(), places: make(chan struct{}, reading)}
}

// Keep checks one file and seals it under id. A *bot.Refusal says why it will not
// do; other errors are those of r, of ctx or of the vault, and worth another try.
func (d *Door) Keep(ctx context.Context, id storage.FileID, want flow.Wanted, r io.Reader) (flow.FileAnswer, error) {
	if d.full() {
		return flow.FileAnswer{}, refused("full")
	}
	select {
	case d.places <- struct{}{}:
		defer func() { <-d.places }()
	case <-ctx.Done():
		return flow.FileAnswer{}, fmt.Errorf("keep file: %w", ctx.Err())
	}
	data, err := read(ctx, r)
	if err != nil {
		return flow.FileAnswer{}, err
	}
	source := sum(data)
	if slices.Contains(want.Known, source) {
		return flow.FileAnswer{}, known(source)
	}
	clean, kept, err := d.clean(ctx, want, data)
	if err != nil {
		return flow.FileAnswer{}, err
	}
	if same := sum(clean); slices.Contains(want.Known, same) {
		return flow.FileAnswer{}, known(same)
	}
	stored, err := d.vault.Put(ctx, string(id), bytes.NewReader(clean), int64(len(clean)))
	if err != nil {
		return flow.FileAnswer{}, fmt.Errorf("keep %s: %w", id, err)
	}
	kept.SizeBytes, kept.SHA256, kept.Source = stored.SizeBytes, stored.SHA256, source
	return kept, nil
}

// clean writes the file anew, by what it is.
func (d *Door) clean(ctx context.Context, want flow.Wanted, data []byte) ([]byte, flow.FileAnswer, error) {
	switch kind := kindOfAll(data); {
	case kind == JPEG, kind == PNG:
		return d.photo(ctx, want, data)
	case kind == PDF && want.PDF:
		return d.paper(ctx, want, data)
	case kind == PDF:
		return nil, flow.FileAnswer{}, refused("photo_only")
	default:
		return nil, flow.FileAnswer{}, refused(string(kind))
	}
}

// photo refuses one that is hard to see, until enough were: then it comes in with
// its marks. One that could harm never does.
func (d *Door) photo(ctx context.Context, want flow.Wanted, data []byte) ([]byte, flow.FileAnswer, error) {
	p, err := d.photos.Clean(ctx, data)
	var r *photo.Refused
	if errors.As(err, &r) {
		return nil, flow.FileAnswer{}, refused(r.Reason)
	}
	if err != nil {
		return nil, flow.FileAnswer{}, err
	}
	if at := slices.IndexFunc(p.Marks, want.Legible.Refuses); at >= 0 && !want.Lenient {
		return nil, flow.FileAnswer{}, &bot.Refusal{Reason: p.Marks[at], Quality: true}
	}
	return p.JPEG, flow.FileAnswer{MIME: mimeJPEG, Marks: p.Marks}, nil
}

// read takes the whole file into memory, as long as it is no larger than allowed.
func read(ctx context.Context, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(patient{ctx, r}, MaxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read file: %w", err)
	case len(data) == 0:
		return nil, refused("empty")
	case len(data) > MaxBytes:
		limit := strconv.Itoa(MaxBytes >> 20)
		return nil, &bot.Refusal{Reason: "too_large", Args: map[string]string{"size": "lebih dari " + limit, "limit": limit}}
	}
	return data, nil
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

func refused(reason string) *bot.Refusal { return &bot.Refusal{Reason: reason} }

func known(sum string) *bot.Refusal { return &bot.Refusal{Reason: "twice", Sum: sum} }

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}
