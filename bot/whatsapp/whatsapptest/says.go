package whatsapptest

import (
	"context"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// put uploads a file as a phone does.
func (p *Phone) put(content []byte, kind whatsmeow.MediaType) whatsmeow.UploadResponse {
	p.t.Helper()
	up, err := p.client.Upload(p.ctx(), content, kind)
	if err != nil {
		p.t.Fatalf("a phone cannot upload: %v", err)
	}
	return up
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// document is a message with an uploaded document; WhatsApp wraps one that has a caption.
func (p *Phone) document(name, mime string, content []byte, caption string) *waE2E.Message {
	p.t.Helper()
	up := p.put(content, whatsmeow.MediaDocument)
	m := &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		FileName: proto.String(name), Title: proto.String(name), Mimetype: proto.String(mime), Caption: optional(caption),
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
	}}
	if caption != "" {
		return &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: m}}
	}
	return m
}

// image is a message with an uploaded picture.
func (p *Phone) image(content []byte, caption string) *waE2E.ImageMessage {
	p.t.Helper()
	up := p.put(content, whatsmeow.MediaImage)
	return &waE2E.ImageMessage{
		Mimetype: proto.String("image/jpeg"), Caption: optional(caption), Width: proto.Uint32(100), Height: proto.Uint32(100),
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
	}
}

// Says sends a text.
func (p *Phone) Says(to *Phone, words string) types.MessageID {
	p.t.Helper()
	return p.Send(to, &waE2E.Message{Conversation: proto.String(words)})
}

// Edits changes what was said.
func (p *Phone) Edits(to *Phone, id types.MessageID, words string) {
	p.t.Helper()
	p.Send(to, p.client.BuildEdit(to.JID(true), id, &waE2E.Message{Conversation: proto.String(words)}))
}

// SendsPhoto sends a picture.
func (p *Phone) SendsPhoto(to *Phone, content []byte, caption string) types.MessageID {
	p.t.Helper()
	return p.Send(to, &waE2E.Message{ImageMessage: p.image(content, caption)})
}

// SendsDocument sends a document.
func (p *Phone) SendsDocument(to *Phone, name, mime string, content []byte, caption string) types.MessageID {
	p.t.Helper()
	return p.Send(to, p.document(name, mime, content, caption))
}

// SendsAlbum sends a header, and pictures that belong to it.
func (p *Phone) SendsAlbum(to *Phone, photos [][]byte) {
	p.t.Helper()
	head := p.Send(to, &waE2E.Message{AlbumMessage: &waE2E.AlbumMessage{ExpectedImageCount: proto.Uint32(uint32(len(photos)))}})
	for _, content := range photos {
		p.Send(to, &waE2E.Message{ImageMessage: p.image(content, ""), MessageContextInfo: &waE2E.MessageContextInfo{
			MessageAssociation: &waE2E.MessageAssociation{AssociationType: waE2E.MessageAssociation_MEDIA_ALBUM.Enum(),
				ParentMessageKey: p.client.BuildMessageKey(to.JID(true), p.JID(true), head)},
		}})
	}
}

// SharesContact sends the card of somebody with WhatsApp.
func (p *Phone) SharesContact(to *Phone, name, number string) {
	p.t.Helper()
	p.Send(to, &waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: proto.String(name),
		Vcard: proto.String("BEGIN:VCARD\nVERSION:3.0\nFN:" + name + "\nTEL;type=CELL;waid=" + number + ":+" + number + "\nEND:VCARD")}})
}

// SharesLocation sends a place.
func (p *Phone) SharesLocation(to *Phone, latitude, longitude float64) {
	p.t.Helper()
	p.Send(to, &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &latitude, DegreesLongitude: &longitude}})
}

// Opens downloads the file of a message to this phone; nil: it has none.
func (p *Phone) Opens(m *waE2E.Message) []byte {
	p.t.Helper()
	f := attached(m)
	if f == nil {
		return nil
	}
	content, err := p.client.Download(p.ctx(), f)
	if err != nil {
		p.t.Fatalf("a phone cannot open a file: %v", err)
	}
	return content
}

// Deleted says whether somebody deleted a message that this phone has.
func (p *Phone) Deleted(id types.MessageID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.came {
		change := e.Message.GetProtocolMessage()
		if change.GetType() == waE2E.ProtocolMessage_REVOKE && change.GetKey().GetID() == id {
			return true
		}
	}
	return false
}

// await waits until a message has arrived at this phone too.
func (p *Phone) await(id types.MessageID) {
	p.t.Helper()
	if !p.has(id) {
		p.t.Fatal("a phone did not see a message")
	}
}

// has says whether a message arrives at this phone while the server lives.
func (p *Phone) has(id types.MessageID) bool {
	ctx, cancel := context.WithTimeout(p.server.life, patience)
	defer cancel()
	for {
		p.mu.Lock()
		rings := p.rings
		p.mu.Unlock()
		if p.heardMessage(id) != nil {
			return true
		}
		select {
		case <-rings:
		case <-ctx.Done():
			return false
		}
	}
}
