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

// await waits until a message has arrived at this phone too.
func (p *Phone) await(id types.MessageID) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx(), patience)
	defer cancel()
	for {
		p.mu.Lock()
		rings := p.rings
		p.mu.Unlock()
		if p.heardMessage(id) != nil {
			return
		}
		select {
		case <-rings:
		case <-ctx.Done():
			p.t.Fatal("a phone did not see a message")
		}
	}
}
