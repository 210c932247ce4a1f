package whatsapp

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAFileThatIsLargerThanItSaidIsNotReadToItsEnd(t *testing.T) {
	for bytes, want := range map[int]error{MaxFileBytes: nil, MaxFileBytes + 1<<20: errTooLarge} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, bytes)) }))
		answer, err := (&http.Client{Transport: bounded{http.DefaultTransport}}).Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, answer.Body)
		if !errors.Is(err, want) || n > MaxFileBytes+sealOf {
			t.Errorf("of %d bytes %d were read: %v", bytes, n, err)
		}
		_ = answer.Body.Close()
		s.Close()
	}
}
