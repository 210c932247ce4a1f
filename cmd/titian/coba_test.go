package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"titian/bot/bottest"
	"titian/bot/telegram/telegramtest"
	"titian/storage/storagetest"
)

// phone is the web phone in a headless Chromium.
type phone struct {
	testing.TB
	ctx context.Context
}

// phoneAtHand opens the web phone, on a screen of 360 by 740.
func phoneAtHand(t testing.TB, address string) phone {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("the web phone is tested in Chromium, and there is none: apt-get install -y chromium")
	}
	profile, err := os.MkdirTemp("", "titian-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // its children may write for an instant longer
		await(patience, func() bool { return os.RemoveAll(profile) == nil })
	})
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(360, 740),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "id-ID"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := phone{t, ctx}
	p.does("open "+address, chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile), chromedp.Navigate(address))
	return p
}

// does is a person's act; it takes half a minute at the most.
func (p phone) does(what string, acts ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	done := make(chan error, 1)
	go func() { done <- chromedp.Do(p.ctx, acts...) }()
	select {
	case err := <-done:
		if err == nil {
			return
		}
		p.Fatalf("%s: %v; the page shows:\n%s", what, err, p.shows())
	case <-time.After(30 * time.Second):
		p.Fatalf("%s: half a minute was not enough; the page shows:\n%s", what, p.shows())
	}
}

// shows is what stands on the page.
func (p phone) shows() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}

// sees waits until the newest message of the bot has these words, in any case, and nothing is on its way.
func (p phone) sees(words string) {
	p.Helper()
	is := fmt.Sprintf(`[...document.querySelectorAll(".line.bot .words")].at(-1)?.textContent.toLowerCase().includes(%q) &&
		!document.querySelector(".line.me .waiting, .line.me .sent")`, strings.ToLower(words))
	p.does("see "+words, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool](is, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(25*time.Second))(ctx, t)
		return chromedp.Void{}, err
	})
}

func (p phone) types(words string) {
	p.Helper()
	p.does("type "+words, chromedp.SendKeys(chromedp.CSS("#text"), words+"\r"))
}

// presses clicks a button under the newest message.
func (p phone) presses(label string) {
	p.Helper()
	p.does("press "+label, chromedp.Click(fmt.Sprintf(`(//div[contains(@class,"line bot")])[last()-1]//button[contains(., %q)]`, label)))
}

func (p phone) clicks(id string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS("#" + id))
}

// keeps writes a picture of the screen into the folder SCREENSHOTS, when there is one.
func (p phone) keeps(name string) {
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	p.does("wait for what moves", chromedp.Sleep(300*time.Millisecond))
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), shot, 0o644)
	}
	if err != nil {
		p.Error(err)
	}
}

// snapshot is a photo that will do, as a file.
func snapshot(t testing.TB, name string, hue uint8) string {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 1200, 900))
	for y := range 900 {
		for x := range 1200 {
			picture.Set(x, y, color.RGBA{hue, uint8(60 + x/8), uint8(60 + y/6), 255})
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, picture, nil)
	path := filepath.Join(t.TempDir(), name)
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnOwnerRegistersOnTheWebPhone(t *testing.T) {
	program := servedBy(t, storagetest.PostgresFrom(t, bottest.Migrate), storagetest.Redis(t))
	s := program.serves()
	p := phoneAtHand(t, s.web)
	p.keeps("1-intro")
	p.does("begin", p.clicks("begin"))
	p.sees("yang bisa kami bantu")
	p.keeps("2-greeting")
	p.presses("Daftar IKM binaan")
	p.sees("SETUJU")
	p.keeps("3-consent")
	p.presses("SETUJU")
	p.sees("nama lengkap")
	p.types("Contoh Satu")
	p.sees("NIK ada di KTP")
	p.types("7471051203850001")
	p.sees("nomor HP")
	p.presses("Bagikan nomor saya")
	p.keeps("4-contact")
	p.does("share the own number", chromedp.SendKeys(chromedp.CSS("#number"), "0812-0000-0001\r"))
	p.sees("nama usaha")
	p.types("Dapur Contoh")
	p.sees("bidang apa")
	p.keeps("5-list")
	p.presses("Pangan")
	p.sees("saja produk")
	p.types("abon ikan marlin, stik ikan")
	p.sees("kecamatan mana")
	p.keeps("6-long-list")
	p.types("lepo-lepo")
	p.sees("lamat tempat usaha")
	p.types("Jl. Contoh No. 1")
	p.sees("titik lokasi")
	p.keeps("7-request")
	p.presses("Kirim lokasi saya")
	p.does("share the example", p.clicks("example-place"), chromedp.SendKeys(chromedp.CSS("#point"), "\r"))
	p.sees("yang bekerja")
	p.types("berdua sama suami")
	p.sees("omzet")
	p.types("2 juta")
	p.sees("punya NIB")
	p.presses("Belum")
	p.sees("Selain NIB")
	p.types("1,4")
	p.sees("foto produk")
	p.does("send two photos", p.clicks("attach"),
		chromedp.SetUploadFiles(chromedp.CSS("#photos"), []string{snapshot(t, "abon.jpg", 200), snapshot(t, "stik.jpg", 40)}))
	p.does("see both taken", chromedp.WaitVisible(`(//div[contains(@class,"kind-files")])[2]//*[contains(@class,"taken")]`))
	p.keeps("8-photos")
	p.sees("menerima pengumuman")
	p.presses("Tidak")
	p.sees("Mohon diperiksa dulu")
	p.keeps("9-summary")
	p.presses("Kirim")
	p.sees("IKM-2")
	p.keeps("10-filed")

	var rows []map[string]any
	out := program.prints("", "export", "owners", "--format", "json", "--full")
	if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 1 {
		t.Fatalf("%v; in Postgres stands %s", err, out)
	}
	for column, want := range map[string]string{
		"name": "Contoh Satu", "nik": "7471051203850001", "phone": "+6281200000001", "business": "Dapur Contoh", "sector": "food",
		"kelurahan": "Lepo Lepo", "address": "Jl. Contoh No. 1", "workers": "2", "network": "web",
	} {
		if got := fmt.Sprint(rows[0][column]); got != want {
			t.Errorf("%s is %s, want %s", column, got, want)
		}
	}
	t.Log(out)
	p.survivesARestart(s, program)
}

// survivesARestart goes on with the same contact after the program was started
// again at the same address, in the page that was open all the while.
func (p phone) survivesARestart(s *served, program program) {
	p.Helper()
	s.stops()
	s = program.servesAt(strings.TrimPrefix(s.web, "http://"))
	p.types("status")
	p.sees("IKM-2")
	p.does("be told", chromedp.WaitVisible(chromedp.CSS(".note")))
	p.keeps("11-restarted")
	p.does("reload", chromedp.Reload())
	p.sees("IKM-2")
	s.stops()
}

func TestTheWebPhoneIsOnWithoutANetworkOrWhenAskedFor(t *testing.T) {
	alone := servedBy(t, storagetest.PostgresFrom(t, bottest.Migrate), storagetest.Redis(t))
	s := alone.serves()
	stays := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := stays.Get(s.web + "/")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusTemporaryRedirect || r.Header.Get("Location") != "/coba" {
		t.Errorf("/ answers %d %s", r.StatusCode, r.Header.Get("Location"))
	}
	if code, body := s.get("/coba"); code != 200 || !strings.Contains(body, "Telepon percobaan") {
		t.Errorf("/coba: %d", code)
	}
	if code, body := s.get("/readyz"); code != 200 || !strings.Contains(body, `"web":"up"`) {
		t.Errorf("/readyz: %d %s", code, body)
	}
	s.stops()

	api := telegramtest.New(telegramtest.Options{EasyPolling: true, Patience: patience})
	defer api.Close()
	there := []string{"TELEGRAM_TOKEN=" + api.Token(), "TELEGRAM_API=" + api.URL()}
	for name, c := range map[string]struct {
		env  []string
		code int
	}{"a network": {there, 404}, "a network and TITIAN_COBA": {append(there[:2:2], "TITIAN_COBA=true"), 200}} {
		s := program{t, append(alone.env[:len(alone.env):len(alone.env)], c.env...)}.serves()
		for _, path := range []string{"/", "/coba", "/coba/"} {
			if code, _ := s.get(path); code != c.code {
				t.Errorf("with %s %s answers %d, want %d", name, path, code, c.code)
			}
		}
		if code, _ := s.get("/telegram/coba/"); code != 404 {
			t.Errorf("with %s the phone is found below the webhook: %d", name, code)
		}
		s.stops()
	}
}

func TestTheWebPhoneIsFoundOnThisMachineWhereverItListens(t *testing.T) {
	for listens, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/coba", "0.0.0.0:80": "http://127.0.0.1:80/coba", "[::]:80": "http://127.0.0.1:80/coba",
		"[::1]:80": "http://[::1]:80/coba", "10.0.0.7:80": "http://10.0.0.7:80/coba",
	} {
		at, err := net.ResolveTCPAddr("tcp", listens)
		if err != nil {
			t.Fatal(err)
		}
		if got := phoneAt(at); got != want {
			t.Errorf("at %s it is %s, want %s", listens, got, want)
		}
	}
}
