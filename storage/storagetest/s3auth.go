package storagetest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const maxSkew = 15 * time.Minute // as Amazon has it

// refuses is the code a store refuses a request with that is not signed as it should be (AWS signature, version 4); "" when it is.
func (s *Store) refuses(r *http.Request) string {
	fields, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return "AccessDenied"
	}
	given := map[string]string{}
	for field := range strings.SplitSeq(fields, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		given[name] = value
	}
	at := r.Header.Get("X-Amz-Date")
	when, err := time.Parse("20060102T150405Z", at)
	scope := at[:min(8, len(at))] + "/" + s.Region + "/s3/aws4_request"
	keyID, claimed, _ := strings.Cut(given["Credential"], "/")
	switch {
	case keyID != s.KeyID:
		return "InvalidAccessKeyId"
	case err != nil || time.Since(when).Abs() > maxSkew:
		return "RequestTimeTooSkewed"
	case claimed != scope:
		return "AuthorizationHeaderMalformed"
	case !hmac.Equal([]byte(given["Signature"]), []byte(s.sign(r, given["SignedHeaders"], at, scope))):
		return "SignatureDoesNotMatch"
	}
	return ""
}

func (s *Store) sign(r *http.Request, signed, at, scope string) string {
	var headers strings.Builder
	for name := range strings.SplitSeq(signed, ";") {
		value := r.Header.Get(name)
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = r.Header.Get("Content-Length")
		}
		headers.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	query := strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20")
	canonical := strings.Join([]string{r.Method, (&url.URL{Path: r.URL.Path}).EscapedPath(), query, headers.String(), signed, r.Header.Get("X-Amz-Content-Sha256")}, "\n")
	sum := sha256.Sum256([]byte(canonical))
	key := []byte("AWS4" + s.Secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+at+"\n"+scope+"\n"+hex.EncodeToString(sum[:])))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
