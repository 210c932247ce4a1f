package telegramtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// uploading posts a multipart form with one file.
func uploading(t *testing.T, srv *Server, method, field, name string, content []byte, more map[string]string) answered {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range more {
		_ = w.WriteField(k, v)
	}
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = w.Close()
	return request(t, "POST", srv.URL()+"/bot"+srv.Token()+"/"+method, w.FormDataContentType(), body.String())
}

var toSiti = map[string]string{"chat_id": "7001"}

func TestUploadsAreChecked(t *testing.T) {
	srv, _, siti := met(t, Options{})
	photo := picture(t, 300, 200)
	for _, c := range []struct {
		name, method, field string
		content             []byte
		code                int
		text                string
	}{
		{"photo", "sendPhoto", "photo", photo, 200, ""},
		{"photo of 10 MiB", "sendPhoto", "photo", append(bytes.Clone(photo), make([]byte, MaxPhotoBytes-len(photo))...), 200, ""},
		{"photo of one byte more", "sendPhoto", "photo", append(bytes.Clone(photo), make([]byte, MaxPhotoBytes-len(photo)+1)...), 400,
			"Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes"},
		{"photo that is none", "sendPhoto", "photo", []byte("halo"), 400, "Bad Request: IMAGE_PROCESS_FAILED"},
		{"photo like a ribbon", "sendPhoto", "photo", picture(t, 2100, 100), 400, "Bad Request: PHOTO_INVALID_DIMENSIONS"},
		{"empty file", "sendDocument", "document", nil, 400, "Bad Request: file must be non-empty"},
		{"wrong field", "sendDocument", "documen", []byte("x"), 400, `Bad Request: unknown parameter "documen"`},
		{"document of 50 MiB", "sendDocument", "document", make([]byte, MaxUploadBytes), 200, ""},
		{"document of one byte more", "sendDocument", "document", make([]byte, MaxUploadBytes+1), 413, "Request Entity Too Large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := uploading(t, srv, c.method, c.field, "berkas.pdf", c.content, toSiti)
			if c.code != 200 {
				refused(t, a, c.code, c.text)
				return
			}
			works(t, a)
			siti.Next(t)
		})
	}
}

func TestAFileIsSentAgainByItsID(t *testing.T) {
	srv, _, siti := met(t, Options{})
	works(t, uploading(t, srv, "sendDocument", "document", "nib.pdf", []byte("%PDF"), map[string]string{"chat_id": "7001", "caption": "NIB"}))
	first := siti.Next(t)
	if first.Text != "NIB" || first.FileName != "nib.pdf" {
		t.Fatalf("came %+v", first)
	}
	if content, ok := srv.File(first.Document); !ok || string(content) != "%PDF" {
		t.Fatalf("content %q", content)
	}
	works(t, ask(t, srv, "sendDocument", params{"chat_id": 7001, "document": first.Document}))
	refused(t, ask(t, srv, "sendPhoto", params{"chat_id": 7001, "photo": first.Document}), 400, "Bad Request: can't use file of type Document as Photo")
	refused(t, ask(t, srv, "sendDocument", params{"chat_id": 7001}), 400, "Bad Request: there is no document in the request")
	refused(t, ask(t, srv, "sendDocument", params{"chat_id": 7001, "document": "BQACx"}), 400,
		"Bad Request: wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
	refused(t, ask(t, srv, "sendDocument", params{"chat_id": 7001, "document": first.Document, "caption": long(1025)}), 400,
		"Bad Request: message caption is too long")
	works(t, ask(t, srv, "sendDocument", params{"chat_id": 7001, "document": first.Document, "caption": long(1024)}))
}

// seen is a waiting update, decoded into the fields the tests look at.
type seen struct {
	Message struct {
		Group    string `json:"media_group_id"`
		Caption  string `json:"caption"`
		Document struct {
			ID   string `json:"file_id"`
			Size int64  `json:"file_size"`
		} `json:"document"`
		Photo []struct {
			ID   string `json:"file_id"`
			Size int64  `json:"file_size"`
		} `json:"photo"`
	} `json:"message"`
}

func waiting(t *testing.T, srv *Server) []seen {
	t.Helper()
	var list []seen
	if err := json.Unmarshal(works(t, ask(t, srv, "getUpdates", params{"offset": -100})).Result, &list); err != nil {
		t.Fatal(err)
	}
	works(t, ask(t, srv, "getUpdates", params{"offset": srv.LastUpdate() + 1}))
	return list
}

// link is where to fetch the file_path getFile gives.
func link(t *testing.T, srv *Server, id string) string {
	t.Helper()
	var f struct {
		Path string `json:"file_path"`
	}
	if err := json.Unmarshal(works(t, ask(t, srv, "getFile", params{"file_id": id})).Result, &f); err != nil {
		t.Fatal(err)
	}
	return srv.URL() + "/file/bot" + srv.Token() + "/" + f.Path
}

func fetch(t *testing.T, url string) (int, []byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := plainClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

func TestAFileIsFetchedUntilItsPathExpires(t *testing.T) {
	srv, clock, siti := met(t, Options{EasyPolling: true})
	siti.SendDocument("nib.pdf", "application/pdf", []byte("isi"), "NIB saya")
	sent := waiting(t, srv)[0].Message
	if sent.Caption != "NIB saya" || sent.Document.Size != 3 {
		t.Fatalf("came %+v", sent)
	}
	url := link(t, srv, sent.Document.ID)
	if !strings.HasSuffix(url, ".pdf") || !strings.Contains(url, "/documents/file_") {
		t.Fatalf("path %s", url)
	}
	if code, body, err := fetch(t, url); code != 200 || string(body) != "isi" || err != nil {
		t.Fatalf("%d %q %v", code, body, err)
	}
	clock.Advance(61 * time.Minute)
	if code, _, _ := fetch(t, url); code != 404 {
		t.Fatalf("an expired path answered %d", code)
	}
	if code, _, _ := fetch(t, link(t, srv, sent.Document.ID)); code != 200 {
		t.Fatalf("a path asked for again answered %d", code)
	}
}

func TestNoFileOver20MiBCanBeFetched(t *testing.T) {
	srv, _, siti := met(t, Options{EasyPolling: true})
	siti.SendDocumentOfSize("besar.pdf", MaxDownloadBytes+1)
	siti.SendDocumentOfSize("pas.pdf", MaxDownloadBytes)
	list := waiting(t, srv)
	refused(t, ask(t, srv, "getFile", params{"file_id": list[0].Message.Document.ID}), 400, "Bad Request: file is too big")
	if code, body, err := fetch(t, link(t, srv, list[1].Message.Document.ID)); code != 200 || len(body) != MaxDownloadBytes || err != nil {
		t.Fatalf("%d, %d bytes, %v", code, len(body), err)
	}
	refused(t, ask(t, srv, "getFile", params{"file_id": "AgAC"}), 400, "Bad Request: wrong file_id or the file is temporarily unavailable")
}

func TestAnAlbumComesAsUpdatesInARow(t *testing.T) {
	srv, _, siti := met(t, Options{EasyPolling: true})
	posts := siti.SendAlbum([][]byte{picture(t, 400, 300), picture(t, 1300, 900)}, "KTP dan NIB")
	list := waiting(t, srv)
	if len(list) != 2 || posts[1].UpdateID != posts[0].UpdateID+1 || list[0].Message.Group == "" || list[0].Message.Group != list[1].Message.Group ||
		list[0].Message.Caption != "KTP dan NIB" || list[1].Message.Caption != "" {
		t.Fatalf("came %+v", list)
	}
	sizes := list[1].Message.Photo
	if code, body, _ := fetch(t, link(t, srv, sizes[len(sizes)-1].ID)); code != 200 || !bytes.Equal(body, picture(t, 1300, 900)) {
		t.Fatalf("the largest size answered %d with %d bytes", code, len(body))
	}
}

func TestDownloadsGoWrong(t *testing.T) {
	srv, clock, siti := met(t, Options{EasyPolling: true})
	siti.SendDocument("a.pdf", "application/pdf", bytes.Repeat([]byte("x"), 1600))
	url := link(t, srv, waiting(t, srv)[0].Message.Document.ID)

	srv.Fail(FileMethod, 0, Fault{Truncate: 100}, 1)
	if _, body, err := fetch(t, url); !errors.Is(err, io.ErrUnexpectedEOF) || len(body) != 100 {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
	srv.Fail(FileMethod, 0, Fault{HTML502: true}, 1)
	if code, body, _ := fetch(t, url); code != 502 || !strings.Contains(string(body), "<h1>502 Bad Gateway</h1>") {
		t.Fatalf("%d %q", code, body)
	}
	srv.Fail(FileMethod, 0, Fault{Slow: time.Second}, 1)
	slow := make(chan int, 1)
	go func() {
		_, body, _ := fetch(t, url)
		slow <- len(body)
	}()
	for n := range 16 {
		waiters(t, clock, n+1)
		clock.Advance(time.Second)
	}
	if n := soon(t, slow); n != 1600 {
		t.Fatalf("a slow body brought %d bytes", n)
	}
	if code, _, err := fetch(t, url); code != 200 || err != nil {
		t.Fatalf("after the faults: %d %v", code, err)
	}
}

func TestFilesOutOfMemoryKeepTheirSize(t *testing.T) {
	srv, _, siti := met(t, Options{EasyPolling: true, Keep: Keep{FileBytes: 1000, Files: 3}})
	for range 3 {
		siti.SendDocument("a.pdf", "application/pdf", bytes.Repeat([]byte("x"), 600))
	}
	list := waiting(t, srv)
	for i, want := range []byte{0, 0, 'x'} {
		if body, ok := srv.File(list[i].Message.Document.ID); !ok || len(body) != 600 || body[0] != want {
			t.Errorf("file %d: %v, %d bytes", i, ok, len(body))
		}
	}
	siti.SendDocument("a.pdf", "application/pdf", []byte("x"))
	if _, ok := srv.File(list[0].Message.Document.ID); ok {
		t.Error("the oldest of four files is still known")
	}
}
