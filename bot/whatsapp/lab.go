//go:build lab

package whatsapp

import (
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"

	"go.mau.fi/whatsmeow"
)

// Lab leads every connection to a test server at root (http://127.0.0.1:port) whose trust root is 64 hex digits. It exists
// in builds with the tag lab only: no other can be told to trust anybody but WhatsApp. Call it before anything connects.
func Lab(root, trust string) (http.RoundTripper, error) {
	at, err := url.Parse(root)
	if err != nil || at.Host == "" {
		return nil, errors.New("WALAB_URL must be like http://127.0.0.1:port")
	}
	key, err := hex.DecodeString(trust)
	if err != nil || len(key) != len(whatsmeow.WACertPubKey) {
		return nil, errors.New("WALAB_ROOT must be 64 hex digits")
	}
	whatsmeow.WACertPubKey = [32]byte(key)
	return lab{at}, nil
}

type lab struct{ at *url.URL }

// RoundTrip sends the request to the test server instead of where it was meant for.
func (l lab) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = l.at.Scheme, l.at.Host
	return http.DefaultTransport.RoundTrip(r)
}
