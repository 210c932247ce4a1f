package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"path"
	"strings"

	"filippo.io/age"
)

// Visitor is given what stands in a backup, in this order. Nothing of it counts before Read has returned nil: only the
// end of a backup says that it was whole.
type Visitor interface {
	Begin(shape []byte) error
	Keyset(b []byte) error
	Text(name string, b []byte) error
	Table(ctx context.Context, name string, rows io.Reader) (n int64, err error)
	File(ctx context.Context, id string, sealed io.Reader) error
}

// Read goes through a whole backup. ErrOtherKey, ErrNotBackup, ErrDamaged and ErrNewer; an error of the visitor as it is.
// What the visitor says of rows is compared with what was dumped.
func Read(ctx context.Context, from io.Reader, key age.Identity, v Visitor) (Summary, error) {
	plain, err := age.Decrypt(from, key)
	var other *age.NoIdentityMatchError
	switch {
	case errors.As(err, &other):
		return Summary{}, ErrOtherKey
	case err != nil:
		return Summary{}, fmt.Errorf("%w: %w", ErrNotBackup, err)
	}
	r := &reader{plain: plain, tar: tar.NewReader(plain), sum: sha256.New(), v: v, rows: map[string]int64{}}
	s, err := r.read(ctx)
	if err != nil {
		return Summary{}, fmt.Errorf("read the backup: %w", err)
	}
	return s, nil
}

type reader struct {
	plain   io.Reader
	tar     *tar.Reader
	sum     hash.Hash
	entries int
	v       Visitor

	now   *tar.Header // the entry being read
	files int64
	rows  map[string]int64
}

// next goes to the next entry; what the last one still held is counted.
func (r *reader) next() error {
	if r.now != nil {
		if _, err := io.Copy(r.sum, r.tar); err != nil {
			return damaged(err)
		}
	}
	h, err := r.tar.Next()
	if err != nil {
		return damaged(err)
	}
	r.now = h
	if h.Name != endName {
		count(r.sum, h.Name, h.Size)
		r.entries++
	}
	return nil
}

// damaged is what any failure to read means: the bytes are not those that were written.
func damaged(err error) error {
	if errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// Read gives the content of the entry, and tells the disk's errors from a visitor's.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.tar.Read(p)
	r.sum.Write(p[:n])
	if err != nil && err != io.EOF {
		err = damaged(err)
	}
	return n, err
}

func (r *reader) small() ([]byte, error) {
	if r.now.Size > maxSmallBytes {
		return nil, fmt.Errorf("%w: %s is too large", ErrDamaged, r.now.Name)
	}
	return io.ReadAll(r)
}

func (r *reader) read(ctx context.Context) (Summary, error) {
	if err := r.head(); err != nil {
		return Summary{}, err
	}
	if err := r.next(); err != nil {
		return Summary{}, err
	}
	for r.now.Name != endName {
		if err := ctx.Err(); err != nil {
			return Summary{}, err
		}
		if err := r.entry(ctx); err != nil {
			return Summary{}, err
		}
	}
	return r.end()
}

func (r *reader) head() error {
	if err := r.next(); err != nil {
		return err
	}
	b, err := r.small()
	if err != nil {
		return err
	}
	var h head
	switch {
	case r.now.Name != headName || json.Unmarshal(b, &h) != nil || h.Version < 1:
		return ErrNotBackup
	case h.Version > version:
		return ErrNewer
	}
	return r.v.Begin(h.Shape)
}

// entry gives the visitor one thing and goes on to the next.
func (r *reader) entry(ctx context.Context) error {
	dir, name := path.Split(r.now.Name)
	switch {
	case dir == "" && name == keysetName:
		b, err := r.small()
		if err == nil {
			err = r.v.Keyset(b)
		}
		if err != nil {
			return err
		}
	case dir == textsDir:
		b, err := r.small()
		if err == nil {
			err = r.v.Text(name, b)
		}
		if err != nil {
			return err
		}
	case dir == filesDir:
		if err := r.v.File(ctx, name, r); err != nil {
			return err
		}
		r.files++
	case strings.HasPrefix(dir, tablesDir):
		return r.table(ctx, dir)
	default:
		return fmt.Errorf("%w: it holds %q", ErrDamaged, r.now.Name)
	}
	return r.next()
}

func (r *reader) table(ctx context.Context, dir string) error {
	name := strings.TrimSuffix(strings.TrimPrefix(dir, tablesDir), "/")
	if _, twice := r.rows[name]; twice {
		return fmt.Errorf("%w: table %s comes twice", ErrDamaged, name)
	}
	rows := &tableReader{r: r, dir: dir}
	n, err := r.v.Table(ctx, name, rows)
	if rows.err != nil && rows.err != io.EOF {
		return rows.err // more to the point than what became of it
	}
	if err == nil {
		_, err = io.Copy(io.Discard, rows)
	}
	r.rows[name] = n
	return err
}

// tableReader joins the chunks of a table and stops at the first entry that is none.
type tableReader struct {
	r   *reader
	dir string
	zip *gzip.Reader
	err error
}

func (t *tableReader) Read(p []byte) (n int, err error) {
	for t.err == nil && n == 0 {
		if t.zip == nil {
			if t.zip, t.err = gzip.NewReader(t.r); t.err != nil {
				t.err = damaged(t.err)
				break
			}
		}
		n, err = t.zip.Read(p)
		switch {
		case err == io.EOF:
			t.zip = nil
			if t.err = t.r.next(); t.err == nil && path.Dir(t.r.now.Name)+"/" != t.dir {
				t.err = io.EOF
			}
		case err != nil:
			t.err = damaged(err)
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, t.err
}

func (r *reader) end() (Summary, error) {
	sum := hex.EncodeToString(r.sum.Sum(nil))
	b, err := r.small()
	if err != nil {
		return Summary{}, err
	}
	var e end
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&e); err != nil {
		return Summary{}, damaged(err)
	}
	if _, err := r.tar.Next(); err != io.EOF {
		return Summary{}, fmt.Errorf("%w: something follows its end", ErrDamaged)
	}
	if _, err := io.Copy(io.Discard, r.plain); err != nil { // age says at its end that nothing was cut off
		return Summary{}, damaged(err)
	}
	switch {
	case e.SHA256 != sum || e.Entries != r.entries || e.Files != r.files:
		return Summary{}, fmt.Errorf("%w: its end does not agree with it", ErrDamaged)
	case !maps.Equal(e.Rows, r.rows):
		return Summary{}, fmt.Errorf("%w: it holds other rows than were dumped", ErrDamaged)
	}
	return e.Summary, nil
}
