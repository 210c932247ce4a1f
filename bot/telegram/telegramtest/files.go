package telegramtest

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// fileRef is what every kind of file shows.
type fileRef struct {
	ID       string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Size     int64  `json:"file_size,omitempty"`
}

// file is a file the server knows by its file_id.
type file struct {
	id, unique    string
	kind          string // photo document voice audio video sticker
	name, mime    string
	size          int64
	width, height int
	data          []byte // nil: only its size is claimed, or it fell out of memory
	thumbs        []photoSize
	path          string
	until         time.Time // its path can be fetched
}

// files are all known files; the oldest are forgotten first.
type files struct {
	keep   Keep
	count  int
	byID   map[string]*file
	byPath map[string]*file
	order  []*file
	bytes  int64
	full   int // order[:full] have lost their contents
}

func (fs *files) init(o Options) {
	fs.keep, fs.byID, fs.byPath = o.Keep, map[string]*file{}, map[string]*file{}
}

var idPrefix = map[string]string{"photo": "AgACAgUAAx", "document": "BQACAgUAAx", "voice": "AwACAgUAAx", "audio": "CQACAgUAAx", "video": "BAACAgUAAx", "sticker": "CAACAgUAAx"}

// add gives a file its ids.
func (fs *files) add(f *file) *file {
	fs.count++
	var b [24]byte
	binary.BigEndian.PutUint64(b[:], uint64(fs.count))
	binary.BigEndian.PutUint64(b[8:], uint64(fs.count)*0x9E3779B97F4A7C15)
	binary.BigEndian.PutUint64(b[16:], uint64(fs.count)*0xC2B2AE3D27D4EB4F)
	f.id = idPrefix[f.kind] + base64.RawURLEncoding.EncodeToString(b[:])
	f.unique = "AgAD" + base64.RawURLEncoding.EncodeToString(b[4:12])
	folder, ext := f.kind+"s", path.Ext(f.name)
	switch f.kind {
	case "photo":
		ext = ".jpg"
	case "voice":
		folder = "voice"
	case "audio":
		folder = "music"
	}
	f.path = folder + "/file_" + strconv.Itoa(fs.count) + ext
	fs.byID[f.id], fs.byPath[f.path] = f, f
	fs.order = append(fs.order, f)
	fs.bytes += int64(len(f.data))
	for fs.bytes > fs.keep.FileBytes && fs.full < len(fs.order)-1 {
		old := fs.order[fs.full]
		fs.bytes -= int64(len(old.data))
		old.data = nil
		fs.full++
	}
	for len(fs.order) > fs.keep.Files {
		old := fs.order[0]
		fs.order = fs.order[1:]
		fs.full = max(0, fs.full-1)
		fs.bytes -= int64(len(old.data))
		delete(fs.byID, old.id)
		delete(fs.byPath, old.path)
	}
	return f
}

func (f *file) ref() fileRef { return fileRef{ID: f.id, UniqueID: f.unique, Size: f.size} }

func (f *file) document() *document {
	return &document{fileRef: f.ref(), Name: f.name, MIME: f.mime}
}

// photoSizes lists a photo's sizes, the full one last. The smaller ones are separate files without contents of their own.
func (s *Server) photoSizes(f *file) []photoSize {
	if f.thumbs == nil {
		for _, edge := range []int{90, 320, 800} {
			if longest := max(f.width, f.height); longest > edge {
				w, h := max(1, f.width*edge/longest), max(1, f.height*edge/longest)
				small := s.files.add(&file{kind: "photo", width: w, height: h, size: max(400, f.size*int64(w)*int64(h)/int64(f.width*f.height))})
				f.thumbs = append(f.thumbs, photoSize{small.ref(), w, h})
			}
		}
		f.thumbs = append(f.thumbs, photoSize{f.ref(), f.width, f.height})
	}
	return f.thumbs
}

func (s *Server) getFile(c *call) (any, *failure) {
	id := c.values["file_id"]
	if id == "" {
		return nil, bad("file_id not specified")
	}
	f := s.files.byID[id]
	switch {
	case f == nil:
		return nil, bad("wrong file_id or the file is temporarily unavailable")
	case f.size > MaxDownloadBytes:
		return nil, bad("file is too big")
	}
	f.until = s.opt.Now().Add(s.opt.FileTTL)
	return struct {
		fileRef
		Path string `json:"file_path"`
	}{f.ref(), f.path}, nil
}

// File is the content of a file by its file_id, for a test that looks at what the bot sent; false when it is not known.
func (s *Server) File(id string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files.byID[id]
	if f == nil {
		return nil, false
	}
	return f.content(), true
}

func (f *file) content() []byte {
	if f.data != nil {
		return f.data
	}
	return make([]byte, f.size)
}

// serveFile answers GET <token>/<path>, of a path getFile gave less than FileTTL ago.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, rest string) {
	token, name, _ := strings.Cut(rest, "/")
	if f := s.authorise(token); f != nil {
		f.reply().write(w)
		return
	}
	t := s.sprung(FileMethod, 0)
	out := s.download(r, name)
	entry := Call{Method: FileMethod, Params: map[string]string{"path": name}, Status: out.status}
	if t != nil {
		entry.Error = "fault"
	}
	s.record(entry)
	if t != nil {
		s.hit(t)
		s.spoil(t, w, r, out)
		return
	}
	out.write(w)
}

func (s *Server) download(r *http.Request, name string) reply {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return (&failure{code: http.StatusMethodNotAllowed, text: "Method Not Allowed"}).reply()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files.byPath[name]
	if f == nil || s.opt.Now().After(f.until) {
		return notFound.reply()
	}
	return reply{status: http.StatusOK, kind: "application/octet-stream", body: f.content()}
}

// spoil lets a download go wrong.
func (s *Server) spoil(t *Trap, w http.ResponseWriter, r *http.Request, out reply) {
	f := t.fault
	if f.Delay > 0 {
		s.wait(f.Delay, r.Context().Done())
	}
	if canned, ok := f.canned(); ok {
		canned.write(w)
		return
	}
	switch {
	case f.Hang, f.HangAfter:
		s.hang(t, r)
		panic(http.ErrAbortHandler)
	case f.DropBefore, f.DropAfter:
		panic(http.ErrAbortHandler)
	case f.Truncate > 0:
		truncate(w, out, f.Truncate)
	case f.Slow > 0:
		s.trickle(w, r, out, f.Slow)
	default:
		out.write(w)
	}
}

// trickle sends a body in 16 pieces, waiting before each.
func (s *Server) trickle(w http.ResponseWriter, r *http.Request, out reply, pause time.Duration) {
	w.Header().Set("Content-Type", out.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.body)))
	w.WriteHeader(out.status)
	flow := http.NewResponseController(w)
	for piece := len(out.body)/16 + 1; len(out.body) > 0; out.body = out.body[min(piece, len(out.body)):] {
		_ = flow.Flush()
		if !s.wait(pause, r.Context().Done()) {
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(out.body[:min(piece, len(out.body))]); err != nil {
			return
		}
	}
}
