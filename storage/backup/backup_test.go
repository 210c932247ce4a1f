package backup_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"titian/storage/backup"
)

// store is a database and a vault in memory; it is also what a backup is read into.
type store struct {
	shape  string
	keyset string
	order  []string
	tables map[string]string
	files  map[string]string
	texts  map[string]string
	gone   string
	fails  error
}

var errGone = errors.New("gone")

func (s *store) Shape() ([]byte, error) { return []byte(s.shape), nil }
func (s *store) Tables() []string       { return s.order }
func (s *store) Copy(_ context.Context, table string, to io.Writer) (int64, error) {
	for line := range strings.Lines(s.tables[table]) {
		if _, err := io.WriteString(to, line); err != nil {
			return 0, err
		}
	}
	return int64(strings.Count(s.tables[table], "\n")), s.fails
}
func (s *store) List(_ context.Context, _ time.Time, yield func(string, time.Time) error) error {
	for id := range s.files {
		if err := yield(id, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}
func (s *store) Sealed(_ context.Context, id string) (io.ReadCloser, int64, error) {
	if id == s.gone {
		return nil, 0, fmt.Errorf("read: %w", errGone)
	}
	return io.NopCloser(strings.NewReader(s.files[id])), int64(len(s.files[id])), nil
}
func (s *store) Begin(shape []byte) error         { s.shape = string(shape); return nil }
func (s *store) Keyset(b []byte) error            { s.keyset = string(b); return nil }
func (s *store) Text(name string, b []byte) error { s.texts[name] = string(b); return nil }
func (s *store) File(_ context.Context, id string, r io.Reader) error {
	b, err := io.ReadAll(r)
	s.files[id] = string(b)
	return err
}
func (s *store) Table(_ context.Context, name string, r io.Reader) (int64, error) {
	b, err := io.ReadAll(r)
	s.order, s.tables[name] = append(s.order, name), string(b)
	return int64(bytes.Count(b, []byte("\n"))), err
}

func empty() *store {
	return &store{tables: map[string]string{}, files: map[string]string{}, texts: map[string]string{}}
}

// full holds a table that needs many chunks, one without rows, and files.
func full() *store {
	s := empty()
	s.shape, s.keyset, s.order = `{"schema":5}`, `{"titian_keyset":1}`, []string{"contacts", "empty", "turns"}
	var rows strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&rows, "%d\t%s\n", i, strings.Repeat(rand.Text(), 4))
	}
	s.tables["contacts"], s.tables["turns"] = rows.String(), "one\n"
	s.files["a"], s.files["b"] = "photo a", strings.Repeat("photo b", 100_000)
	return s
}

func contents(s *store, texts string) backup.Contents {
	return backup.Contents{MadeAt: time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC), Dump: s, Files: s, Gone: errGone, Keyset: []byte(s.keyset), Texts: texts}
}

func written(t *testing.T, s *store, texts string) (file []byte, secret string) {
	t.Helper()
	secret, public, err := backup.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	to, err := backup.ParsePublic(public)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := backup.Write(t.Context(), &b, contents(s, texts), to); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), secret
}

func read(t *testing.T, file []byte, typed string, into *store) (backup.Summary, error) {
	t.Helper()
	key, err := backup.ParseKey(typed)
	if err != nil {
		t.Fatal(err)
	}
	return backup.Read(t.Context(), bytes.NewReader(file), key, into)
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	texts := t.TempDir()
	if err := os.WriteFile(filepath.Join(texts, "id.toml"), []byte(`"bot.help" = "Halo"`), 0o600); err != nil {
		t.Fatal(err)
	}
	from, into := full(), empty()
	file, secret := written(t, from, texts)
	s, err := read(t, file, backup.Spelled(strings.ToLower(secret)), into)
	if err != nil {
		t.Fatal(err)
	}
	if into.shape != from.shape || into.keyset != from.keyset || into.texts["id.toml"] != `"bot.help" = "Halo"` || !slices.Equal(into.order, from.order) {
		t.Errorf("read %q %q %q %q", into.shape, into.keyset, into.texts, into.order)
	}
	for name, rows := range from.tables {
		if into.tables[name] != rows {
			t.Errorf("table %s is another", name)
		}
	}
	for id, content := range from.files {
		if into.files[id] != content {
			t.Errorf("file %s is another", id)
		}
	}
	if s.AllRows() != 60_001 || s.Files != 2 || s.MadeAt != time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC) {
		t.Errorf("%v rows, %d files, of %v", s.Rows, s.Files, s.MadeAt)
	}
	for _, secret := range []string{"photo a", "titian_keyset", "contacts"} {
		if bytes.Contains(file, []byte(secret)) {
			t.Errorf("%q can be read without the key", secret)
		}
	}
}

func TestABackupCutShortOrAlteredAnywhereIsRefused(t *testing.T) {
	s := full()
	file, secret := written(t, s, "")
	for _, n := range []int{0, 10, 200, 400, len(file) / 3, len(file) / 2, len(file) - 1} {
		if _, err := read(t, file[:n], secret, empty()); !errors.Is(err, backup.ErrDamaged) && !errors.Is(err, backup.ErrNotBackup) {
			t.Errorf("cut to %d of %d bytes: %v", n, len(file), err)
		}
		altered := bytes.Clone(file)
		altered[n] ^= 1
		if _, err := read(t, altered, secret, empty()); err == nil {
			t.Errorf("byte %d of %d altered is not noticed", n, len(file))
		}
	}
	if _, err := read(t, append(bytes.Clone(file), 0), secret, empty()); err == nil {
		t.Error("a byte too many is not noticed")
	}
}

func TestAnotherKeyATypingErrorAndAnotherFileAreToldApart(t *testing.T) {
	s := full()
	s.tables["contacts"] = ""
	file, secret := written(t, s, "")
	other, _, _ := backup.NewKey()
	if _, err := read(t, file, other, empty()); !errors.Is(err, backup.ErrOtherKey) {
		t.Error(err)
	}
	if _, err := read(t, []byte("titian"), secret, empty()); !errors.Is(err, backup.ErrNotBackup) {
		t.Error(err)
	}
	wrong := []byte(secret)
	wrong[30] = map[bool]byte{true: 'Q', false: 'P'}[wrong[30] == 'P']
	if _, err := backup.ParseKey(string(wrong)); !errors.Is(err, backup.ErrKey) || strings.Contains(err.Error(), string(wrong)) {
		t.Error(err)
	}
}

// counting says that it restored a row less than there are.
type counting struct{ *store }

func (c counting) Table(ctx context.Context, name string, r io.Reader) (int64, error) {
	n, err := c.store.Table(ctx, name, r)
	return max(0, n-1), err
}

func TestRowsThatDidNotAllArriveAreNoticedAndAVisitorsErrorIsItsOwn(t *testing.T) {
	s := full()
	file, secret := written(t, s, "")
	key, _ := backup.ParseKey(secret)
	if _, err := backup.Read(t.Context(), bytes.NewReader(file), key, counting{empty()}); !errors.Is(err, backup.ErrDamaged) {
		t.Error(err)
	}
	refusing := &refuser{store: empty(), err: errors.New("disk full")}
	if _, err := backup.Read(t.Context(), bytes.NewReader(file), key, refusing); !errors.Is(err, refusing.err) {
		t.Error(err)
	}
}

type refuser struct {
	*store
	err error
}

func (r *refuser) File(context.Context, string, io.Reader) error { return r.err }

func TestAFileDeletedMeanwhileIsPassedOverAndADumpThatFailsIsNoBackup(t *testing.T) {
	s := full()
	s.gone = "a"
	file, secret := written(t, s, "")
	into := empty()
	if sum, err := read(t, file, secret, into); err != nil || sum.Files != 1 || into.files["a"] != "" {
		t.Error(sum, err)
	}
	s.fails = errors.New("connection lost")
	to, _, _ := backup.Once()
	if _, err := backup.Write(t.Context(), io.Discard, contents(s, ""), to); !errors.Is(err, s.fails) {
		t.Error(err)
	}
}

func TestSevenDaysAndFourWeeksStayAndOnlyBackupsGo(t *testing.T) {
	place := time.FixedZone("WITA", 8*60*60)
	var names []string
	last := time.Date(2026, 11, 25, 2, 0, 0, 0, place) // a Wednesday
	for day := range 60 {
		names = append(names, backup.Name(last.AddDate(0, 0, -day)))
	}
	names = append(names, backup.Name(last.Add(-time.Hour)), "notes.txt", "titian-old.backup")
	old := backup.Old(names, place)
	var stay []string
	for _, name := range names {
		if !slices.Contains(old, name) {
			stay = append(stay, name)
		}
	}
	var want []string
	for day := range 7 {
		want = append(want, backup.Name(last.AddDate(0, 0, -day)))
	}
	// Wednesday's week and last Sunday's are among the seven days; two Sundays before them stay beside.
	want = append(want, backup.Name(last.AddDate(0, 0, -10)), backup.Name(last.AddDate(0, 0, -17)), "notes.txt", "titian-old.backup")
	if !slices.Equal(stay, want) {
		t.Errorf("stay %q\nwant %q", stay, want)
	}
}
