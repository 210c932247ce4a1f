package storagetest

import (
	"encoding/xml"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Store is an S3 server in this process that has one empty bucket. It answers only what is signed with its key, for
// its region, at its time.
type Store struct {
	Endpoint string // http://127.0.0.1:PORT
	URL      string // s3://NAME, the bucket
	Region   string
	KeyID    string
	Secret   string

	server  *httptest.Server
	backend *s3mem.Backend

	mu   sync.Mutex
	now  func() time.Time
	harm func(w http.ResponseWriter, r *http.Request, honest http.Handler)
}

const storeBucket = "titian-berkas"

// S3 starts one that ends with the test.
func S3(t testing.TB) *Store {
	t.Helper()
	s := &Store{URL: "s3://" + storeBucket, Region: "id-test-1", KeyID: "TESTKEYOFNOBODY", Secret: "secret/of+nobody", now: time.Now}
	s.backend = s3mem.New(s3mem.WithTimeSource(s))
	if err := s.backend.CreateBucket(storeBucket); err != nil {
		t.Fatalf("make a bucket for tests: %v", err)
	}
	honest := gofakes3.New(s.backend, gofakes3.WithTimeSource(s), gofakes3.WithTimeSkewLimit(0), gofakes3.WithIntegrityCheck(true)).Server()
	honest = noUploadsIsNoError(honest)
	s.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		harm := s.harm
		s.mu.Unlock()
		if code := s.refuses(r); code != "" {
			Refuse(w, code)
			return
		}
		if harm != nil {
			harm(w, r, honest)
			return
		}
		honest.ServeHTTP(w, r)
	}))
	s.server.Config.ErrorLog = log.New(io.Discard, "", 0) // handlers that a test breaks off
	s.server.Start()
	s.Endpoint = s.server.URL
	t.Cleanup(func() {
		s.server.CloseClientConnections()
		s.server.Close()
	})
	return s
}

// noUploadsIsNoError lists no unfinished uploads, as stores do, where gofakes3 calls it an error.
func noUploadsIsNoError(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !r.URL.Query().Has("uploads") {
			next.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		if next.ServeHTTP(answer, r); answer.Code == http.StatusNotFound {
			_, _ = w.Write([]byte("<ListMultipartUploadsResult/>"))
			return
		}
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// Env are the variables that bring a program to it.
func (s *Store) Env() []string {
	return []string{"AWS_ENDPOINT_URL_S3=" + s.Endpoint, "AWS_REGION=" + s.Region, "AWS_ACCESS_KEY_ID=" + s.KeyID, "AWS_SECRET_ACCESS_KEY=" + s.Secret}
}

// Harm lets each request pass through harm; nil ends that.
func (s *Store) Harm(harm func(w http.ResponseWriter, r *http.Request, honest http.Handler)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.harm = harm
}

// Shift moves the clock that files are dated by.
func (s *Store) Shift(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = func() time.Time { return time.Now().Add(by) }
}

// Now and Since are the server's clock.
func (s *Store) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Since is how long ago a moment was by it.
func (s *Store) Since(t time.Time) time.Duration { return s.Now().Sub(t) }

// Keys are the full names of all that stands in the bucket.
func (s *Store) Keys(t testing.TB) (keys []string) {
	t.Helper()
	all, err := s.backend.ListBucket(storeBucket, nil, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all.Contents {
		keys = append(keys, o.Key)
	}
	return keys
}

// KeepVersions makes it keep what is deleted or replaced.
func (s *Store) KeepVersions(t testing.TB) {
	t.Helper()
	c := gofakes3.VersioningConfiguration{}
	c.Status = gofakes3.VersioningEnabled
	if err := s.backend.SetVersioningConfiguration(storeBucket, c); err != nil {
		t.Fatal(err)
	}
}

// Down ends it and whoever is being answered.
func (s *Store) Down() {
	s.server.CloseClientConnections()
	s.server.Close()
}

// Refuse answers as a store does that does not want to.
func Refuse(w http.ResponseWriter, code string) {
	status := http.StatusForbidden
	switch code {
	case "NoSuchBucket":
		status = http.StatusNotFound
	case "SlowDown", "InternalError":
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}{Code: code})
}
