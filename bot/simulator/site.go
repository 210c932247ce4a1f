package simulator

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
)

//go:embed page
var page embed.FS

// The cookie that makes a browser a contact, and how long it lasts.
const (
	cookieName = "titian_coba"
	cookieFor  = 90 * 24 * time.Hour
)

// rules is the page's Content-Security-Policy: what stands in the page's own
// files, and nothing else.
const rules = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// Handler serves the web phone under /coba. It answers only whoever calls this
// machine by its IP address or as localhost, and no proxy: a page of another
// site cannot reach it under a name of its own, nor can it be exposed by oversight.
func (w *Web) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /coba", http.RedirectHandler("/coba/", http.StatusTemporaryRedirect))
	mux.HandleFunc("GET /coba/{$}", func(out http.ResponseWriter, r *http.Request) { serveFile(out, r, "phone.html") })
	mux.HandleFunc("GET /coba/{file}", func(out http.ResponseWriter, r *http.Request) { serveFile(out, r, r.PathValue("file")) })
	mux.HandleFunc("GET /coba/events", w.events)
	mux.HandleFunc("GET /coba/sent/{name}", w.sent)
	mux.HandleFunc("POST /coba/hello", w.hello)
	mux.HandleFunc("POST /coba/text", w.posted(text))
	mux.HandleFunc("POST /coba/tap", w.posted(tap))
	mux.HandleFunc("POST /coba/location", w.posted(location))
	mux.HandleFunc("POST /coba/contact", w.posted(contact))
	mux.HandleFunc("POST /coba/file", w.upload)
	return guarded(http.NewCrossOriginProtection().Handler(mux))
}

// guarded refuses whoever comes by a detour, and says what the page may do.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if !direct(r) {
			http.Error(out, "Telepon percobaan hanya untuk mesin ini: buka lewat alamat IP atau localhost, tanpa proxy.", http.StatusForbidden)
			return
		}
		h := out.Header()
		h.Set("Content-Security-Policy", rules)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(out, r)
	})
}

// direct says whether a request names this machine as nobody else can be named,
// and passed no proxy.
func direct(r *http.Request) bool {
	for _, sign := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"} {
		if r.Header.Get(sign) != "" {
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// types are the page's files by their ends.
var types = map[string]string{"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}

func serveFile(out http.ResponseWriter, r *http.Request, name string) {
	content, err := page.ReadFile("page/" + name)
	if err != nil {
		http.NotFound(out, r)
		return
	}
	out.Header().Set("Content-Type", types[name[strings.LastIndexByte(name, '.')+1:]]+"; charset=utf-8")
	http.ServeContent(out, r, "", time.Time{}, bytes.NewReader(content))
}

// hello makes a browser a contact, once. The page asks for it itself, because a
// visit from another site's link carries no SameSite=Strict cookie, and would
// otherwise turn a contact into another one.
func (w *Web) hello(out http.ResponseWriter, r *http.Request) {
	if _, _, known := w.visitor(r); !known {
		w.mu.Lock()
		issued := w.next()
		w.mu.Unlock()
		http.SetCookie(out, &http.Cookie{
			Name: cookieName, Value: rand.Text() + "." + strconv.FormatInt(issued, 36), Path: "/coba", Secure: r.TLS != nil,
			HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: int(cookieFor / time.Second),
		})
	}
	out.WriteHeader(http.StatusNoContent)
}

var wellFormedCookie = regexp.MustCompile(`^([A-Z2-7]{26})\.([0-9a-z]{1,13})$`)

// visitor says who asks. The address key is a hash of the cookie, so that who
// reads the database cannot speak for a contact. Returning says that the
// contact was made by an earlier process.
func (w *Web) visitor(r *http.Request) (key string, returning, known bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return "", false, false
	}
	parts := wellFormedCookie.FindStringSubmatch(cookie.Value)
	if parts == nil {
		return "", false, false
	}
	issued, err := strconv.ParseInt(parts[2], 36, 64)
	if err != nil {
		return "", false, false
	}
	return hashed("browser", parts[1]), issued < w.begun, true
}

// hashed is a short name that tells nothing of what it was made of.
func hashed(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}
