package telegramtest

import (
	"bytes"
	"image"
	_ "image/gif"  // photos may be these
	_ "image/jpeg" // photos may be these
	_ "image/png"  // photos may be these
	"mime"
	"path"
	"strings"
)

// draft is what a send method says beside the content.
type draft struct {
	chat      *chat
	replyTo   *message
	markup    *replyMarkup
	protected bool
	silent    bool
}

// draft reads what all send methods share: markup, chat, the message replied to.
func (s *Server) draft(c *call) (draft, *failure) {
	d := draft{protected: c.flag("protect_content"), silent: c.flag("disable_notification")}
	var f *failure
	if d.markup, f = c.markup(false); f != nil {
		return d, f
	}
	if d.chat, f = s.reach(c); f != nil {
		return d, f
	}
	if d.markup != nil && !d.chat.private() {
		if f := d.markup.privateOnly(); f != nil {
			return d, f
		}
	}
	if c.flag("allow_paid_broadcast") && !s.opt.PaidBroadcast {
		return d, bad("paid broadcasts are not enabled for the bot")
	}
	return d, s.replied(c, &d)
}

// replied finds the message replied to.
func (s *Server) replied(c *call, d *draft) *failure {
	var p struct {
		MessageID int    `json:"message_id"`
		ChatID    any    `json:"chat_id"`
		Allow     bool   `json:"allow_sending_without_reply"`
		Quote     string `json:"quote"`
		ParseMode string `json:"quote_parse_mode"`
		Entities  any    `json:"quote_entities"`
		Position  int    `json:"quote_position"`
		Task      int    `json:"checklist_task_id"`
		Option    string `json:"poll_option_id"`
	}
	given, err := c.decodeStrict("reply_parameters", &p)
	if err != nil {
		return bad("can't parse reply parameters JSON object")
	}
	if !given {
		p.MessageID = int(c.number("reply_to_message_id", 0, 0, 1<<31))
		p.Allow = c.flag("allow_sending_without_reply")
	}
	if p.MessageID == 0 {
		return nil
	}
	if d.replyTo = d.chat.messages[p.MessageID]; d.replyTo == nil && !p.Allow {
		return bad("message to be replied not found")
	}
	return nil
}

func (s *Server) sendMessage(c *call) (any, *failure) {
	text, entities, f := c.text("text", "entities", MaxTextRunes)
	if f != nil {
		return nil, f
	}
	d, f := s.draft(c)
	if f != nil {
		return nil, f
	}
	if f := s.charge(d.chat, c.flag("allow_paid_broadcast")); f != nil {
		return nil, f
	}
	return s.say(d.chat, &message{Text: text, Entities: entities}, d, c.method.name), nil
}

func (s *Server) sendPhoto(c *call) (any, *failure) {
	return s.sendFile(c, "photo", func(m *message, f *file) { m.Photo = s.photoSizes(f) })
}

func (s *Server) sendDocument(c *call) (any, *failure) {
	return s.sendFile(c, "document", func(m *message, f *file) { m.Document = f.document() })
}

// sendFile sends an upload, or a file the server knows by its file_id.
func (s *Server) sendFile(c *call, kind string, attach func(*message, *file)) (any, *failure) {
	caption, entities, f := c.text("caption", "caption_entities", MaxCaptionRunes)
	if f != nil {
		return nil, f
	}
	d, f := s.draft(c)
	if f != nil {
		return nil, f
	}
	sent, f := s.given(c, kind)
	if f != nil {
		return nil, f
	}
	if f := s.charge(d.chat, c.flag("allow_paid_broadcast")); f != nil {
		return nil, f
	}
	m := &message{Caption: caption, CaptionEntities: entities}
	attach(m, sent)
	return s.say(d.chat, m, d, c.method.name), nil
}

// given is the file a parameter holds.
func (s *Server) given(c *call, kind string) (*file, *failure) {
	up, uploaded := c.files[kind]
	v := c.values[kind]
	if name, ok := strings.CutPrefix(v, "attach://"); ok && !uploaded {
		if up, uploaded = c.files[name]; !uploaded {
			return nil, bad("there is no %s in the request", kind)
		}
	}
	switch {
	case uploaded:
		return s.uploaded(kind, up)
	case v == "":
		return nil, bad("there is no %s in the request", kind)
	case strings.Contains(v, "://"):
		return nil, bad("failed to get HTTP URL content")
	}
	known := s.files.byID[v]
	if known == nil {
		return nil, bad("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
	}
	if known.kind != kind {
		return nil, bad("can't use file of type %s as %s", typeName(known.kind), typeName(kind))
	}
	return known, nil
}

func typeName(kind string) string { return strings.ToUpper(kind[:1]) + kind[1:] }

func (s *Server) uploaded(kind string, up upload) (*file, *failure) {
	size := len(up.data)
	if size == 0 {
		return nil, bad("file must be non-empty")
	}
	if f := s.chargeUpload(size); f != nil {
		return nil, f
	}
	f := &file{kind: kind, name: path.Base(up.name), mime: up.mime, size: int64(size), data: up.data}
	if kind != "photo" {
		if f.mime == "" || f.mime == "application/octet-stream" {
			f.mime = mime.TypeByExtension(path.Ext(f.name))
		}
		return s.files.add(f), nil
	}
	if size > MaxPhotoBytes {
		return nil, bad("file of size %d bytes is too big for a photo; the maximum size is %d bytes", size, MaxPhotoBytes)
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(up.data))
	if err != nil {
		return nil, bad("IMAGE_PROCESS_FAILED")
	}
	w, h := cfg.Width, cfg.Height
	if w+h > 10000 || w > 20*h || h > 20*w {
		return nil, bad("PHOTO_INVALID_DIMENSIONS")
	}
	f.width, f.height = w, h
	return s.files.add(f), nil
}
