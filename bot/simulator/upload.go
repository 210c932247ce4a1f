package simulator

import (
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"titian/bot/chat"
)

// uploadWithin is how long a page may take for one file.
const uploadWithin = 2 * time.Minute

// upload takes one file as the request's body; what is known of it stands in
// the address. A file over 20 MiB is not sent, only its size: the bot answers
// that, as on any other network.
func (w *Web) upload(out http.ResponseWriter, r *http.Request) {
	key, returning, known := w.visitor(r)
	if !known {
		http.Error(out, "no contact yet", http.StatusUnauthorized)
		return
	}
	q := r.URL.Query()
	id, album := q.Get("id"), q.Get("album")
	size, err := strconv.ParseInt(q.Get("size"), 10, 64)
	if !wellFormedID.MatchString(id) || album != "" && !wellFormedID.MatchString(album) || err != nil || size < 0 {
		http.Error(out, "nonsense", http.StatusBadRequest)
		return
	}
	m, e := w.message(key, id)
	m.Kind, m.Text = chat.Files, clean(q.Get("caption"), 1024)
	if album != "" {
		m.Album = key + "." + album
	}
	f := chat.File{
		Ref: hashed("file", key, id), Name: fileName(q.Get("name")), MIME: mediaType(r.Header.Get("Content-Type")),
		SizeBytes: size, Photo: q.Get("photo") == "1",
	}
	if size <= maxFile && !w.seen(key, id) {
		var code int
		if f.SizeBytes, code = w.store(out, r, f.Ref); code != 0 {
			http.Error(out, "the file was not received", code)
			return
		}
	}
	m.Files = []chat.File{f}
	e.Kind, e.Text, e.File = m.Kind, m.Text, &chat.File{Name: f.Name, MIME: f.MIME, SizeBytes: f.SizeBytes, Photo: f.Photo}
	w.answer(out, r, returning, m, e, "")
}

// seen says whether the bot has, or works on, a message: its file is then not read again.
func (w *Web) seen(key, id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.browsers[key]
	if b == nil {
		return false
	}
	_, seen := b.known(id)
	return seen
}

// store puts the body on the tray; otherwise it says with which status it failed.
func (w *Web) store(out http.ResponseWriter, r *http.Request, ref string) (sizeBytes int64, code int) {
	select {
	case w.receiving <- struct{}{}:
		defer func() { <-w.receiving }()
	default:
		return 0, http.StatusServiceUnavailable
	}
	if !w.running() {
		return 0, http.StatusServiceUnavailable
	}
	control := http.NewResponseController(out)
	_ = control.SetReadDeadline(time.Now().Add(uploadWithin))
	_ = control.SetWriteDeadline(time.Now().Add(2 * uploadWithin))
	sizeBytes, err := w.tray.put(ref, http.MaxBytesReader(out, r.Body, maxFile), w.now())
	if err != nil {
		return 0, tooLargeOr(err, http.StatusServiceUnavailable)
	}
	return sizeBytes, 0
}

func (w *Web) running() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shift != nil
}

// fileName is the last part of a name, whatever a browser says it is.
func fileName(s string) string {
	s = path.Base(path.Clean("/" + strings.ReplaceAll(clean(s, 300), `\`, "/")))
	if s == "/" || s == "." {
		return ""
	}
	return clean(s, 120)
}

func mediaType(s string) string {
	kind, _, err := mime.ParseMediaType(s)
	if err != nil || len(kind) > 100 {
		return ""
	}
	return kind
}
