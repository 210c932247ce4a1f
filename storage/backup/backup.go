// Package backup makes one encrypted file of everything a dinas would miss: the rows of Postgres, the sealed files, the
// keyset that opens them and the texts it changed. The file opens with a recovery key that was written on paper and is
// not on the machine. It imports nothing of this module, holds no SQL, and neither knows nor decides when a backup is due.
//
// A backup is an age file over a tar of, in this order: head.json, keyset.json, locales/…, database/TABLE/00001.gz …,
// vault/ID …, end.json, which counts and sums up all before it. What is cut short or altered anywhere is refused.
package backup

import (
	"context"
	"errors"
	"io"
	"time"
)

// The errors a caller chooses by.
var (
	ErrKey       = errors.New("not a recovery key")
	ErrOtherKey  = errors.New("the backup was not made for this recovery key")
	ErrNotBackup = errors.New("not a backup of Titian")
	ErrDamaged   = errors.New("the backup is damaged or cut short")
	ErrNewer     = errors.New("the backup was made by a newer Titian")
)

// Dump gives the rows of a database as they stood at one moment.
type Dump interface {
	Shape() ([]byte, error)
	Tables() []string
	Copy(ctx context.Context, table string, to io.Writer) (rows int64, err error)
}

// Files are sealed files; none is ever changed, so what is listed after the moment of the dump is enough for it.
type Files interface {
	List(ctx context.Context, olderThan time.Time, yield func(id string, modTime time.Time) error) error
	Sealed(ctx context.Context, id string) (file io.ReadCloser, sizeBytes int64, err error)
}

// Contents is what goes into a backup.
type Contents struct {
	MadeAt time.Time
	Dump   Dump
	Files  Files
	Gone   error  // what Sealed returns of a file deleted since it was listed
	Keyset []byte // as keyset.json holds it
	Texts  string // folder of the texts that the dinas changed; its files only, none when it is not there
}

// Summary is what stands in a backup.
type Summary struct {
	MadeAt time.Time        `json:"made_at"`
	Rows   map[string]int64 `json:"rows"` // by table
	Files  int64            `json:"files"`
}

// AllRows is the rows of all tables.
func (s Summary) AllRows() (n int64) {
	for _, rows := range s.Rows {
		n += rows
	}
	return n
}

const version = 1

// The names in the archive.
const (
	headName   = "head.json"
	keysetName = "keyset.json"
	textsDir   = "locales/"
	tablesDir  = "database/"
	filesDir   = "vault/"
	endName    = "end.json"
)

// Bounds of what is held in memory.
const (
	chunkBytes    = 2 << 20
	maxSmallBytes = 4 << 20 // the head, the keyset, a text, the end
)

type head struct {
	Version int       `json:"titian_backup"`
	MadeAt  time.Time `json:"made_at"`
	Shape   []byte    `json:"shape"`
}

type end struct {
	Summary
	Entries int    `json:"entries"`
	SHA256  string `json:"sha256"` // of the names, sizes and contents of all entries before
}
