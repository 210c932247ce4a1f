package bot_test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/bot/paper/papertest"
	"titian/bot/photo/phototest"
)

// stored counts the files below a folder.
func stored(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAHostileFileIsAnsweredInAConversationAndWritesNothing(t *testing.T) {
	dir := t.TempDir()
	h := bottest.New(t, bottest.Options{VaultDir: dir})
	p := toPhotos(t, h)
	before := stored(t, dir)
	photo := string(phototest.Clear(1))
	for _, c := range []struct{ name, content, says string }{
		{"../../etc/passwd", "root:x:0:0", "berkas tulisan"},
		{"foto\x00.jpg", "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", "berkas program"},
		{"foto\u202egpj.exe", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00", "berkas program"},
		{"a\r\nb.jpg", "<html><script>alert(1)</script></html>", "halaman web"},
		{strings.Repeat("x", 5000) + ".jpg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, "halaman web"},
		{"ktp.jpg", photo + "PK\x03\x04" + strings.Repeat("\x00", 40) + "PK\x05\x06" + strings.Repeat("\x00", 18), "ada berkas lain"},
		{"ktp.jpg", photo[:len(photo)/2], "tidak bisa dibuka"},
		{"", "", "kosong"},
		{"nib.pdf", string(papertest.Write("/OpenAction<</S/JavaScript/JS(x)>>")), "bukan PDF"},
		{"%s%n%x.heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"},
	} {
		m := h.Network.Photo(p.Name, []byte(c.content), "")
		m.Files[0].Name, m.Files[0].MIME = c.name, "image/jpeg"
		if said := p.Gives(m); !strings.Contains(said, c.says) || c.name != "" && strings.Contains(said, c.name) {
			t.Errorf("%.20q is answered with %q", c.name, said)
		}
	}
	if after := stored(t, dir); after != before {
		t.Errorf("%d files were written", after-before)
	}
	if p.Gives(h.Network.Photo(p.Name, []byte(photo), "")); stored(t, dir) != before+1 {
		t.Error("a photo after all that is not kept")
	}
}

// toPhotos brings somebody to the question that takes photos.
func toPhotos(t *testing.T, h *bottest.House) *bottest.Person {
	t.Helper()
	p := h.Person("contoh")
	for _, line := range registering {
		if said := p.Says(line); strings.Contains(said, "foto produk") {
			return p
		}
	}
	t.Fatal("no photos are asked for")
	return nil
}
