package simulator

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
)

// pictures are what a page shows as such. All else is only ever saved: nothing
// that the bot passes on can run here.
var pictures = []string{"image/jpeg", "image/png", "image/gif", "image/webp"}

// sent serves a file that the bot sent, to the browser whose chat it stands in
// and to nobody else; the guard forbids keeping it.
func (w *Web) sent(out http.ResponseWriter, r *http.Request) {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		http.Error(out, "another site", http.StatusForbidden)
		return
	}
	key, _, known := w.visitor(r)
	if !known {
		http.Error(out, "no contact yet", http.StatusUnauthorized)
		return
	}
	e, found := w.linked(key, "sent/"+r.PathValue("name"))
	file := w.shelf.open(e.shelved)
	if !found || file == nil {
		http.NotFound(out, r)
		return
	}
	defer file.Close()
	begin := make([]byte, 512)
	n, _ := io.ReadFull(file, begin)
	kind := http.DetectContentType(begin[:n])
	if !slices.Contains(pictures, kind) {
		kind = "application/octet-stream"
		out.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.File.Name}))
	}
	out.Header().Set("Content-Type", kind)
	out.Header().Set("Content-Length", strconv.FormatInt(e.File.SizeBytes, 10))
	_, _ = io.Copy(out, io.MultiReader(bytes.NewReader(begin[:n]), file))
}

// linked finds the line of a contact that a link belongs to.
func (w *Web) linked(key, link string) (entry, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b := w.browsers[key]; b != nil {
		for _, e := range b.chat {
			if e.Link == link {
				return *e, true
			}
		}
	}
	return entry{}, false
}
