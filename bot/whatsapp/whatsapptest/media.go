package whatsapptest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// mediaStore holds encrypted files; the server never sees their keys.
type mediaStore struct {
	mu      sync.Mutex
	files   map[string]*mediaFile
	uploads int
	refuses int // the status every download gets; 0: none
	lost    int // so many of the next uploads are gone at once
}

type mediaFile struct {
	token string // the hash of the encrypted file, as the client named it
	body  []byte
	gone  bool
}

// maxUpload is the most the server takes: WhatsApp takes documents of 2 GB, tests need less.
const maxUpload = 64 << 20

func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	sum := sha256.Sum256(body)
	token := base64.URLEncoding.EncodeToString(sum[:])
	if err != nil || r.URL.Query().Get("auth") == "" || r.PathValue("token") != token {
		http.Error(w, "bad upload", http.StatusBadRequest)
		return
	}
	s.media.mu.Lock()
	defer s.media.mu.Unlock()
	s.media.uploads++
	path := s.media.keep(token, body, s.media.lost > 0)
	s.media.lost = max(s.media.lost-1, 0)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"url": "https://mmg.whatsapp.net" + path, "direct_path": path})
}

// keep stores a file and names the path it is fetched from.
func (m *mediaStore) keep(token string, body []byte, gone bool) string {
	id := rand.Text()
	m.files[id] = &mediaFile{token: token, body: body, gone: gone}
	return "/v/" + id + "?ccb=11-4"
}

func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.media.mu.Lock()
	defer s.media.mu.Unlock()
	f := s.media.files[r.PathValue("id")]
	switch {
	case s.media.refuses != 0:
		w.WriteHeader(s.media.refuses)
	case f == nil || r.URL.Query().Get("hash") != f.token:
		w.WriteHeader(http.StatusNotFound)
	case f.gone:
		w.WriteHeader(http.StatusForbidden)
	default:
		_, _ = w.Write(f.body)
	}
}

// Uploads counts the files that were uploaded.
func (s *Server) Uploads() int {
	s.media.mu.Lock()
	defer s.media.mu.Unlock()
	return s.media.uploads
}

// MediaGone lets every file of now be answered with 403, as WhatsApp does after some weeks.
func (s *Server) MediaGone() {
	s.media.mu.Lock()
	defer s.media.mu.Unlock()
	for _, f := range s.media.files {
		f.gone = true
	}
}

// MediaLost lets the next uploads be gone by the time somebody wants them.
func (s *Server) MediaLost(uploads int) {
	s.media.mu.Lock()
	defer s.media.mu.Unlock()
	s.media.lost = uploads
}

// MediaFails lets every download be answered with a status; 0: no longer.
func (s *Server) MediaFails(status int) {
	s.media.mu.Lock()
	defer s.media.mu.Unlock()
	s.media.refuses = status
}

// again puts a file that is gone at a new path; false: nobody has it.
func (m *mediaStore) again(hash []byte) (path string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	token := base64.URLEncoding.EncodeToString(hash)
	for _, f := range m.files {
		if f.token == token {
			return m.keep(token, f.body, false), true
		}
	}
	return "", false
}

// mediaAsked is a linked device asking its own phone to upload a file again. The lock is held.
func (s *Server) mediaAsked(d *device, n *waBinary.Node) {
	rmr := n.GetChildByTag("rmr")
	from, id := d.account.pn(), text(n.Attrs["id"])
	answer := waBinary.Node{Tag: "notification", Attrs: waBinary.Attrs{"type": "mediaretry", "id": id, "from": from, "t": now()}}
	content := []waBinary.Node{{Tag: "rmr", Attrs: waBinary.Attrs{"jid": rmr.Attrs["jid"], "from_me": "false"}}}
	asleep, phone := s.faults.phoneAsleep[d.account], d.account.phone
	s.links.Go(func() { // the phone may get the message after its linked device
		path, ok := "", false
		var key []byte
		if !asleep && phone != nil && phone.has(id) {
			var hash []byte
			hash, key = phone.fileOf(id)
			path, ok = s.media.again(hash)
		}
		if ok {
			content = append(content, retryAnswer(id, key, path))
		} else {
			content = append(content, waBinary.Node{Tag: "error", Attrs: waBinary.Attrs{"code": strconv.Itoa(2)}})
		}
		answer.Content = content
		s.mu.Lock()
		defer s.mu.Unlock()
		s.deliver(d, parcel{keyOf("notification", id, from), answer})
	})
}

func retryAnswer(id string, mediaKey []byte, path string) waBinary.Node {
	plain, err := proto.Marshal(&waMmsRetry.MediaRetryNotification{
		StanzaID: proto.String(id), DirectPath: proto.String(path), Result: waMmsRetry.MediaRetryNotification_SUCCESS.Enum(),
	})
	if err != nil {
		panic(err)
	}
	iv := make([]byte, 12)
	_, _ = rand.Read(iv)
	sealed, err := gcmutil.Encrypt(hkdfutil.SHA256(mediaKey, nil, []byte("WhatsApp Media Retry Notification"), 32), iv, plain, []byte(id))
	if err != nil {
		panic(err)
	}
	return waBinary.Node{Tag: "encrypt", Content: []waBinary.Node{{Tag: "enc_p", Content: sealed}, {Tag: "enc_iv", Content: iv}}}
}

// fileOf is what the phone knows of the file in a message it received too.
func (p *Phone) fileOf(id types.MessageID) (hash, key []byte) {
	m := p.heardMessage(id)
	if f := attached(m); f != nil {
		return f.GetFileEncSHA256(), f.GetMediaKey()
	}
	return nil, nil
}

// file is what the messages with a file have in common.
type file interface {
	GetDirectPath() string
	GetMediaKey() []byte
	GetFileSHA256() []byte
	GetFileEncSHA256() []byte
}

func attached(m *waE2E.Message) file {
	switch {
	case m.GetImageMessage() != nil:
		return m.GetImageMessage()
	case m.GetDocumentMessage() != nil:
		return m.GetDocumentMessage()
	}
	return nil
}
