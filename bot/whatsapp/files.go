package whatsapp

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

// MaxFileBytes is the largest file that is fetched: WhatsApp takes documents of 2 GB.
const MaxFileBytes = 20 << 20

// media is all that is needed to fetch a file, or to send it again: it stands in chat.File.Ref and Receipt.FileRef.
type media struct {
	Photo bool   `json:"photo,omitempty"`
	Path  string `json:"path"`
	URL   string `json:"url,omitempty"`
	Key   []byte `json:"key"`
	Enc   []byte `json:"enc"`
	Sum   []byte `json:"sum"`
	Size  uint64 `json:"size"`
	Mime  string `json:"mime,omitempty"`
	Chat  string `json:"chat,omitempty"` // of the message it came with, to have it uploaded again
	ID    string `json:"id,omitempty"`
}

func (f media) ref() string {
	b, err := json.Marshal(f)
	if err != nil {
		panic(err) // bytes and texts can always be written
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

var errNoMedia = errors.New("the file reference is not WhatsApp's")

func readMedia(ref string) (media, error) {
	var f media
	b, err := base64.RawURLEncoding.DecodeString(ref)
	if err != nil || json.Unmarshal(b, &f) != nil || f.Path == "" {
		return f, errNoMedia
	}
	return f, nil
}

func (f media) kind() whatsmeow.MediaType {
	if f.Photo {
		return whatsmeow.MediaImage
	}
	return whatsmeow.MediaDocument
}

// files reads a picture or a document. Pictures of an album name the message that heads it.
func files(m *chat.Message, e *events.Message) {
	m.Kind, m.Text = chat.Files, caption(e.Message)
	f := media{Chat: e.Info.Chat.String(), ID: e.Info.ID}
	claim := chat.File{}
	if p := e.Message.GetImageMessage(); p != nil {
		f.fill(p)
		f.Photo, f.Size, f.Mime, claim.Photo = true, p.GetFileLength(), p.GetMimetype(), true
	} else {
		d := e.Message.GetDocumentMessage()
		f.fill(d)
		f.Size, f.Mime, claim.Name = d.GetFileLength(), d.GetMimetype(), d.GetFileName()
	}
	claim.MIME, claim.SizeBytes, claim.Unique, claim.Ref = f.Mime, int64(f.Size), hex.EncodeToString(f.Sum), f.ref()
	m.Files = []chat.File{claim}
	if of := e.Message.GetMessageContextInfo().GetMessageAssociation(); of.GetAssociationType() == waE2E.MessageAssociation_MEDIA_ALBUM {
		m.Album = of.GetParentMessageKey().GetID()
	}
}

func (f *media) fill(d whatsmeow.DownloadableMessage) {
	f.Path, f.Key, f.Enc, f.Sum = d.GetDirectPath(), d.GetMediaKey(), d.GetFileEncSHA256(), d.GetFileSHA256()
}

func caption(m *waE2E.Message) string {
	if c := m.GetImageMessage().GetCaption(); c != "" {
		return c
	}
	return m.GetDocumentMessage().GetCaption()
}
