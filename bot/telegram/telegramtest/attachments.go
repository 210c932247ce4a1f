package telegramtest

import (
	"bytes"
	"image"
	"path"
	"strings"
)

// attach registers a person's file and posts it.
func (p *Phone) attach(f *file, build func(*message)) Post {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	p.srv.files.add(f)
	m := &message{}
	build(m)
	return p.postLocked(m)
}

func photoFile(content []byte) *file {
	f := &file{kind: "photo", data: content, size: int64(len(content)), width: 1280, height: 960}
	if cfg, _, err := image.DecodeConfig(bytes.NewReader(content)); err == nil && cfg.Width > 0 && cfg.Height > 0 {
		f.width, f.height = cfg.Width, cfg.Height
	}
	return f
}

// SendPhoto sends a picture, as a photo in several sizes; the largest has the content as given.
func (p *Phone) SendPhoto(content []byte, caption ...string) Post {
	f := photoFile(content)
	return p.attach(f, func(m *message) { m.Photo, m.Caption = p.srv.photoSizes(f), strings.Join(caption, " ") })
}

// SendPhotoOfSize claims a photo of this many bytes without having them.
func (p *Phone) SendPhotoOfSize(size int64, caption ...string) Post {
	f := photoFile(nil)
	f.size = size
	return p.attach(f, func(m *message) { m.Photo, m.Caption = p.srv.photoSizes(f), strings.Join(caption, " ") })
}

// SendAlbum sends several photos as one: updates in a row with one media_group_id, the caption on the first.
func (p *Phone) SendAlbum(contents [][]byte, caption ...string) []Post {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	p.srv.serial++
	group := itoa(13_000_000_000_000 + p.srv.serial)
	var posts []Post
	for i, content := range contents {
		f := p.srv.files.add(photoFile(content))
		m := &message{Photo: p.srv.photoSizes(f), MediaGroup: group}
		if i == 0 {
			m.Caption = strings.Join(caption, " ")
		}
		posts = append(posts, p.postLocked(m))
	}
	return posts
}

// SendDocument sends a file.
func (p *Phone) SendDocument(name, mime string, content []byte, caption ...string) Post {
	f := &file{kind: "document", name: name, mime: mime, data: content, size: int64(len(content))}
	return p.attach(f, func(m *message) { m.Document, m.Caption = f.document(), strings.Join(caption, " ") })
}

// SendDocumentOfSize claims a file of this many bytes without having them; a download gets zeros.
func (p *Phone) SendDocumentOfSize(name string, size int64) Post {
	f := &file{kind: "document", name: name, mime: map[string]string{".pdf": "application/pdf", ".jpg": "image/jpeg"}[path.Ext(name)], size: size}
	return p.attach(f, func(m *message) { m.Document = f.document() })
}

// SendVoice sends a voice message of some seconds.
func (p *Phone) SendVoice(seconds int) Post {
	f := &file{kind: "voice", size: int64(seconds) * 2000}
	return p.attach(f, func(m *message) { m.Voice = &media{fileRef: f.ref(), Duration: seconds, MIME: "audio/ogg"} })
}

// SendAudio sends a piece of music.
func (p *Phone) SendAudio(name string, seconds int) Post {
	f := &file{kind: "audio", name: name, size: int64(seconds) * 16000}
	return p.attach(f, func(m *message) {
		m.Audio = &media{fileRef: f.ref(), Duration: seconds, Name: name, MIME: "audio/mpeg"}
	})
}

// SendVideo sends a video of some seconds.
func (p *Phone) SendVideo(seconds int, caption ...string) Post {
	f := &file{kind: "video", name: "video.mp4", size: int64(seconds) * 200_000}
	return p.attach(f, func(m *message) {
		m.Video = &media{fileRef: f.ref(), Duration: seconds, Width: 1280, Height: 720, MIME: "video/mp4"}
		m.Caption = strings.Join(caption, " ")
	})
}

// SendSticker sends a sticker.
func (p *Phone) SendSticker(emoji string) Post {
	f := &file{kind: "sticker", name: "sticker.webp", size: 18_000}
	return p.attach(f, func(m *message) {
		m.Sticker = &sticker{fileRef: f.ref(), Type: "regular", Width: 512, Height: 512, Emoji: emoji, Set: "Kendari"}
	})
}
