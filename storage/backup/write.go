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
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
)

// Write makes a backup that opens with any of the keys, in bounded memory. The caller syncs what it wrote.
func Write(ctx context.Context, to io.Writer, c Contents, keys ...age.Recipient) (Summary, error) {
	sealed, err := age.Encrypt(to, keys...)
	if err != nil {
		return Summary{}, fmt.Errorf("encrypt the backup: %w", err)
	}
	a := &archive{tar: tar.NewWriter(sealed), sum: sha256.New(), made: c.MadeAt.UTC()}
	s, err := a.write(ctx, c)
	if err != nil {
		return Summary{}, fmt.Errorf("write the backup: %w", err)
	}
	if err := errors.Join(a.tar.Close(), sealed.Close()); err != nil {
		return Summary{}, fmt.Errorf("write the backup: %w", err)
	}
	return s, nil
}

type archive struct {
	tar     *tar.Writer
	sum     hash.Hash
	entries int
	made    time.Time
}

func (a *archive) write(ctx context.Context, c Contents) (Summary, error) {
	s := Summary{MadeAt: a.made, Rows: map[string]int64{}}
	shape, err := c.Dump.Shape()
	if err != nil {
		return s, err
	}
	if err := a.json(headName, head{Version: version, MadeAt: a.made, Shape: shape}); err != nil {
		return s, err
	}
	if err := a.put(keysetName, int64(len(c.Keyset)), bytes.NewReader(c.Keyset)); err != nil {
		return s, err
	}
	if err := a.texts(c.Texts); err != nil {
		return s, err
	}
	for _, table := range c.Dump.Tables() {
		rows := &chunks{archive: a, table: table}
		if s.Rows[table], err = c.Dump.Copy(ctx, table, rows); err != nil {
			return s, err
		}
		if err := rows.flush(); err != nil {
			return s, err
		}
	}
	if s.Files, err = a.files(ctx, c); err != nil {
		return s, err
	}
	return s, a.json(endName, end{Summary: s, Entries: a.entries, SHA256: hex.EncodeToString(a.sum.Sum(nil))})
}

func (a *archive) json(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.put(name, int64(len(b)), bytes.NewReader(b))
}

func (a *archive) put(name string, size int64, r io.Reader) error {
	err := a.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: a.made})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	count(a.sum, name, size)
	n, err := io.Copy(io.MultiWriter(a.tar, a.sum), io.LimitReader(r, size))
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	a.entries++
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func count(sum io.Writer, name string, size int64) { fmt.Fprintf(sum, "%q %d\n", name, size) }

func (a *archive) texts(dir string) error {
	entries, err := os.ReadDir(dir)
	if dir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		if len(b) > maxSmallBytes {
			return fmt.Errorf("%s is larger than %d MB: it is no text", e.Name(), maxSmallBytes>>20)
		}
		if err := a.put(textsDir+e.Name(), int64(len(b)), bytes.NewReader(b)); err != nil {
			return err
		}
	}
	return nil
}

func (a *archive) files(ctx context.Context, c Contents) (n int64, err error) {
	ever := time.Now().Add(24 * time.Hour) // by the clock of the file system
	err = c.Files.List(ctx, ever, func(id string, _ time.Time) error {
		f, size, err := c.Files.Sealed(ctx, id)
		if c.Gone != nil && errors.Is(err, c.Gone) {
			return nil
		}
		if err != nil {
			return err
		}
		defer f.Close()
		n++
		return a.put(filesDir+id, size, f)
	})
	return n, err
}

// chunks compresses the rows of a table into entries of a size that is known before each is written.
type chunks struct {
	archive *archive
	table   string
	n       int
	plain   int
	buf     bytes.Buffer
	zip     *gzip.Writer
}

func (c *chunks) Write(p []byte) (int, error) {
	if c.zip == nil {
		c.zip = gzip.NewWriter(&c.buf)
	}
	if _, err := c.zip.Write(p); err != nil {
		return 0, err
	}
	if c.plain += len(p); c.plain < chunkBytes {
		return len(p), nil
	}
	return len(p), c.flush()
}

// flush writes an entry; of a table without rows one that holds nothing.
func (c *chunks) flush() error {
	if c.plain == 0 && c.n > 0 {
		return nil
	}
	if c.zip == nil {
		c.zip = gzip.NewWriter(&c.buf)
	}
	if err := c.zip.Close(); err != nil {
		return err
	}
	c.n++
	err := c.archive.put(fmt.Sprintf("%s%s/%05d.gz", tablesDir, c.table, c.n), int64(c.buf.Len()), &c.buf)
	c.buf.Reset()
	c.zip.Reset(&c.buf)
	c.plain = 0
	return err
}
