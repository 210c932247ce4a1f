package bucket_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"titian/storage"
	"titian/storage/backup"
	"titian/storage/backup/backuptest"
	"titian/storage/bucket"
	"titian/storage/storagetest"
	"titian/storage/vault"
	"titian/storage/vault/vaulttest"
)

func options(s *storagetest.Store) bucket.Options {
	return bucket.Options{URL: s.URL, Endpoint: s.Endpoint, Region: s.Region, KeyID: s.KeyID, Secret: s.Secret}
}

func opened(t *testing.T, o bucket.Options) *bucket.Bucket {
	t.Helper()
	b, err := bucket.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func setup(t *testing.T) (*bucket.Bucket, *storagetest.Store) {
	t.Helper()
	s := storagetest.S3(t)
	return opened(t, options(s)), s
}

func put(t *testing.T, b *bucket.Bucket, name, text string) {
	t.Helper()
	if err := b.Put(t.Context(), name, writes(text)); err != nil {
		t.Fatal(err)
	}
}

func writes(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

func read(b *bucket.Bucket, ctx context.Context, name string) (string, error) {
	f, _, err := b.Open(ctx, name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(f)
	return string(text), errors.Join(err, f.Close())
}

func TestBucketIsAStore(t *testing.T) {
	vaulttest.Run(t, func(t *testing.T) vault.Store {
		b, _ := setup(t)
		return b.Under("vault")
	})
}

func TestBucketIsAPlaceForBackups(t *testing.T) {
	backuptest.Run(t, func(t *testing.T) backup.Place {
		b, _ := setup(t)
		return b.Under("cadangan")
	})
}

func TestAddressesThatAreNone(t *testing.T) {
	for address, want := range map[string]string{
		"s3://berkas-ikm": "berkas-ikm|", "s3://berkas/": "berkas|", "s3://berkas/kota/2026/": "berkas|kota/2026",
		"": "", "s3://": "", "s3:///x": "", "http://berkas": "", "/mnt/cadangan": "", "s3://Berkas": "", "s3://b": "",
		"s3://berkas/../x": "", "s3://berkas/a//b": "", "s3://berkas/a b": "", "s3://key:secret@berkas": "", "s3://berkas?x=1": "",
	} {
		name, folder, err := bucket.Parse(address)
		if got := name + "|" + folder; want != "" && (err != nil || got != want) || want == "" && !errors.Is(err, bucket.ErrAddress) {
			t.Errorf("%q: %q, %v", address, got, err)
		}
	}
	for _, endpoint := range []string{"minio:9000", "ftp://minio", "http://minio/path", "http://key:secret@minio", "https://"} {
		if _, err := bucket.Open(bucket.Options{URL: "s3://berkas", Endpoint: endpoint}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}

func TestFoldersOfABucketDoNotSeeEachOther(t *testing.T) {
	b, s := setup(t)
	put(t, b, "titian.backup", "a")
	put(t, b.Under("vault"), "berkas", "b")
	for in, want := range map[*bucket.Bucket]string{b: "titian.backup", b.Under("vault"): "berkas"} {
		var names []string
		if err := in.List(t.Context(), func(name string, _ int64, _ time.Time) error { names = append(names, name); return nil }); err != nil || !slices.Equal(names, []string{want}) {
			t.Errorf("%s lists %q: %v", in, names, err)
		}
	}
	if keys := s.Keys(t); !slices.Equal(keys, []string{"titian.backup", "vault/berkas"}) {
		t.Errorf("there are %q", keys)
	}
}

func TestMoreFilesThanAPageAreAllListed(t *testing.T) {
	b, _ := setup(t)
	for i := range 1100 {
		put(t, b, fmt.Sprintf("f%04d", i), "x")
	}
	n := 0
	if err := b.List(t.Context(), func(string, int64, time.Time) error { n++; return nil }); err != nil || n != 1100 {
		t.Errorf("%d: %v", n, err)
	}
}

func TestARenamedFileStandsUnderItsNewNameOnly(t *testing.T) {
	b, s := setup(t)
	put(t, b, "part", "baru")
	put(t, b, "whole", "lama")
	if err := b.Rename(t.Context(), "part", "whole"); err != nil {
		t.Fatal(err)
	}
	if got, err := read(b, t.Context(), "whole"); got != "baru" || err != nil || len(s.Keys(t)) != 1 {
		t.Errorf("%q, %v; there are %q", got, err, s.Keys(t))
	}
	if err := b.Rename(t.Context(), "part", "whole"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a file that is not there: %v", err)
	}
}

// An upload whose process died shows nothing, and its parts go once they are old.
func TestPartsOfAnUploadThatDiedShowNothingAndAreSwept(t *testing.T) {
	b, s := setup(t)
	s.Harm(func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		if r.Method == http.MethodDelete || r.URL.Query().Get("partNumber") == "2" {
			panic(http.ErrAbortHandler) // neither the rest nor the abandoning arrives
		}
		honest.ServeHTTP(w, r)
	})
	s.Shift(-25 * time.Hour)
	if err := b.Put(t.Context(), "large", writes(strings.Repeat("x", vaulttest.Large))); !storage.IsDown(err) {
		t.Errorf("the line broke: %v", err)
	}
	s.Harm(nil)
	s.Shift(0)
	if _, err := read(b, t.Context(), "large"); !errors.Is(err, fs.ErrNotExist) || len(s.Keys(t)) != 0 {
		t.Errorf("it shows: %v", err)
	}
	if n := unfinished(t, s); n != 1 {
		t.Fatalf("%d unfinished uploads, want the dead one", n)
	}
	if err := b.Sweep(t.Context(), time.Now().Add(-26*time.Hour)); err != nil || unfinished(t, s) != 1 {
		t.Errorf("a young one was swept: %v", err)
	}
	if err := b.Sweep(t.Context(), time.Now().Add(-24*time.Hour)); err != nil || unfinished(t, s) != 0 {
		t.Errorf("it was not swept: %v", err)
	}
}

// unfinished counts uploads whose parts are kept.
func unfinished(t *testing.T, s *storagetest.Store) int {
	t.Helper()
	n, err := opened(t, options(s)).Unfinished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAStoreThatHangsIsDownAndWaitsForNobodyLong(t *testing.T) {
	s := storagetest.S3(t)
	o := options(s)
	o.Patience = 50 * time.Millisecond
	b := opened(t, o)
	put(t, b, "nota", strings.Repeat("x", 4<<20))
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	answers := func(w http.ResponseWriter, r *http.Request, _ http.Handler) { <-over }
	halfway := func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Content-Length", "1000")
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
		_, _ = w.Write([]byte("half"))
		w.(http.Flusher).Flush()
		<-over
	}
	for name, harm := range map[string]func(http.ResponseWriter, *http.Request, http.Handler){"before it answers": answers, "in the middle of a file": halfway} {
		s.Harm(harm)
		if _, err := read(b, t.Context(), "nota"); !storage.IsDown(err) || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("reading, it hangs %s: %v", name, err)
		}
	}
	s.Harm(answers)
	if err := b.Put(t.Context(), "baru", writes("x")); !storage.IsDown(err) {
		t.Errorf("writing: %v", err)
	}
	if err := b.Delete(t.Context(), "nota"); !storage.IsDown(err) {
		t.Errorf("deleting: %v", err)
	}
	if err := b.List(t.Context(), func(string, int64, time.Time) error { return nil }); !storage.IsDown(err) {
		t.Errorf("listing: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Put(ctx, "baru", writes("x")); !errors.Is(err, context.Canceled) || storage.IsDown(err) {
		t.Errorf("whose caller went away: %v", err)
	}
}

func TestAFileCutShortOnTheWayIsDownAndNotAltered(t *testing.T) {
	b, s := setup(t)
	v := vault.On(b, sealer(t))
	id := vault.NewID()
	if _, err := v.Put(t.Context(), id, strings.NewReader(strings.Repeat("isi", 100_000)), 1<<20); err != nil {
		t.Fatal(err)
	}
	s.Harm(func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		honest.ServeHTTP(&cutting{ResponseWriter: w, left: 100_000}, r)
	})
	f, err := v.Get(t.Context(), id)
	if err == nil {
		_, err = io.ReadAll(f)
		f.Close()
	}
	if !storage.IsDown(err) || errors.Is(err, vault.ErrAltered) {
		t.Errorf("got %v", err)
	}
}

// cutting loses the connection after so many bytes.
type cutting struct {
	http.ResponseWriter
	left int
}

func (c *cutting) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	return c.ResponseWriter.Write(p)
}

func TestAnEndpointThatIsGoneIsDown(t *testing.T) {
	b, s := setup(t)
	s.Down()
	if _, err := b.Check(t.Context()); !storage.IsDown(err) {
		t.Error(err)
	}
	if _, ok := errors.AsType[*bucket.Refused](func() error { _, err := b.Check(t.Context()); return err }()); ok {
		t.Error("it is called a refusal")
	}
}

func TestTheStoreRefusesWithItsOwnWordAndThatIsDownToo(t *testing.T) {
	s := storagetest.S3(t)
	for name, c := range map[string]struct {
		harm func(*bucket.Options)
		code string
	}{
		"another key":    {func(o *bucket.Options) { o.KeyID = "OTHER" }, "InvalidAccessKeyId"},
		"another secret": {func(o *bucket.Options) { o.Secret = "wrong" }, "SignatureDoesNotMatch"},
		"another bucket": {func(o *bucket.Options) { o.URL = "s3://tidak-ada" }, "NoSuchBucket"},
	} {
		o := options(s)
		c.harm(&o)
		_, err := opened(t, o).Check(t.Context())
		if r, ok := errors.AsType[*bucket.Refused](err); !ok || r.Code != c.code || !storage.IsDown(err) || strings.Contains(err.Error(), s.Secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckNamesTheRightThatIsMissingAndLeavesNothing(t *testing.T) {
	b, s := setup(t)
	for step, method := range map[bucket.Step]string{bucket.StepPut: http.MethodPut, bucket.StepGet: http.MethodGet, bucket.StepDelete: http.MethodDelete, bucket.StepList: "list", "": "none"} {
		s.Harm(func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
			listing := r.Method == http.MethodGet && r.URL.Query().Has("list-type")
			if listing && method == "list" || !listing && r.Method == method {
				storagetest.Refuse(w, "AccessDenied")
				return
			}
			honest.ServeHTTP(w, r)
		})
		failed, err := b.Check(t.Context())
		if _, refused := errors.AsType[*bucket.Refused](err); failed != step || refused != (step != "") {
			t.Errorf("without %s: %q, %v", step, failed, err)
		}
		if n := len(s.Keys(t)); n > 0 && step != bucket.StepDelete {
			t.Errorf("without %s it leaves %d files", step, n)
		}
		s.Harm(nil)
		for _, key := range s.Keys(t) {
			if err := b.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
	}
	if v, err := b.Versioned(t.Context()); v || err != nil {
		t.Errorf("versions: %v %v", v, err)
	}
	s.KeepVersions(t)
	if v, err := b.Versioned(t.Context()); !v || err != nil {
		t.Errorf("versions: %v %v", v, err)
	}
}
