package keys

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrExposed is returned for a keyset file that other users of the machine may read. It is refused and not
// quietly repaired: who could read it may have done so, and somebody must decide whether to rotate.
var ErrExposed = errors.New("the keyset file may be read by others")

// LoadFile reads a keyset file. fs.ErrNotExist when there is none, ErrExposed when its mode lets anybody
// but its owner in, ErrNotKeyset when it holds something else.
func LoadFile(path string) (*Keyset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the keyset: %w", err)
	}
	defer f.Close()
	if err := private(f); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxDocumentBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the keyset: %w", err)
	}
	k, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

func private(f *os.File) error {
	st, err := f.Stat()
	if err != nil {
		return fmt.Errorf("look at the keyset: %w", err)
	}
	if !st.Mode().IsRegular() {
		return fmt.Errorf("%s: %w: it is not a file", f.Name(), ErrNotKeyset)
	}
	if mode := st.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%w: %s has mode %04o; run: chmod 600 %s (and rotate the keyset if others use this machine)",
			ErrExposed, f.Name(), mode, f.Name())
	}
	return nil
}

// SaveFile writes the keyset for its owner only, replacing what was there: after a crash the file is the
// old one or the new one, whole, and once SaveFile returned nil it survives a power cut.
func (k *Keyset) SaveFile(path string) error {
	b, err := k.Marshal()
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := makeDir(dir); err != nil {
		return fmt.Errorf("save the keyset: %w", err)
	}
	aside := path + ".new"
	if err := writeAside(aside, append(b, '\n')); err != nil {
		return fmt.Errorf("save the keyset: %w", err)
	}
	if err := os.Rename(aside, path); err != nil {
		return fmt.Errorf("save the keyset: %w", errors.Join(err, os.Remove(aside)))
	}
	if err := syncDir(dir); err != nil {
		return fmt.Errorf("save the keyset: %w", err)
	}
	return nil
}

// writeAside starts from nothing, so that a leftover of a crash lends neither its mode nor its bytes.
func writeAside(path string, b []byte) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
