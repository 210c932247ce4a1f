package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
)

// bench is a running web phone with one browser, whose every request is made by hand.
type bench struct {
	*Web
	t     testing.TB
	site  *site
	me    *visitor
	came  chan chat.Message
	reply chan (<-chan error) // what Receive answers; none: taken
	stop  func()
}

func setup(t *testing.T) *bench {
	s := newSite(t)
	b := &bench{t: t, site: s, came: make(chan chat.Message, 1000), reply: make(chan (<-chan error), 1000)}
	b.me = &visitor{t: t, site: s, life: t.Context(), cookie: "ABCDEFGHIJKLMNOPQRSTUVWXYZ.zzzzzzzzzz"}
	b.begins()
	return b
}

// begins starts a process at the bench's address.
func (b *bench) begins() {
	b.Web = b.site.opens(b.t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = b.Run(ctx, b.receive) }()
	b.stop = func() { cancel(); <-ended }
	b.t.Cleanup(b.stop)
	for !b.running() {
		pause(ctx)
	}
}

func (b *bench) receive(_ context.Context, m chat.Message) <-chan error {
	b.came <- m
	select {
	case r := <-b.reply:
		return r
	default:
		return outcome(nil)
	}
}

func outcome(err error) <-chan error {
	c := make(chan error, 1)
	c <- err
	return c
}

// asks makes one request; change alters it.
func (b *bench) asks(method, path, body string, change ...func(*http.Request)) (int, http.Header, string) {
	b.t.Helper()
	r := b.me.request(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for _, c := range change {
		c(r)
	}
	answer, err := b.site.Client().Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, string(said)
}

func (b *bench) wants(code int, method, path, body string, change ...func(*http.Request)) {
	b.t.Helper()
	if got, _, said := b.asks(method, path, body, change...); got != code {
		b.t.Errorf("%s %.60s answers %d %s, want %d", method, path, got, said, code)
	}
}

func without(header string) func(*http.Request) { return with(header, "") }

func with(header, value string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del(header)
		if value != "" {
			r.Header.Set(header, value)
		}
	}
}

func host(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }

// id is a well-formed message id.
func id(n int) string { return fmt.Sprintf("pesan-%012d", n) }

func words(n int, text string) string { return fmt.Sprintf(`{"id":%q,"text":%q}`, id(n), text) }

func TestABrowserBecomesAContactOnceByACookieThatNoScriptAndNoOtherSiteGets(t *testing.T) {
	b := setup(t)
	code, h, _ := b.asks("POST", "hello", "", without("Cookie"))
	c, err := http.ParseSetCookie(h.Get("Set-Cookie"))
	if code != 204 || err != nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/coba" || c.MaxAge <= 0 || !wellFormedCookie.MatchString(c.Value) {
		t.Fatalf("%d %v %+v", code, err, c)
	}
	if _, h, _ = b.asks("POST", "hello", "", with("Cookie", cookieName+"="+c.Value)); h.Get("Set-Cookie") != "" {
		t.Error("a contact was made another one")
	}
	if _, h, _ = b.asks("POST", "hello", "", with("Cookie", cookieName+"=../../etc")); h.Get("Set-Cookie") == "" {
		t.Error("a cookie that is none was kept")
	}
	if _, h, _ = b.asks("GET", "", ""); h.Get("Set-Cookie") != "" {
		t.Error("a visit, perhaps from a link elsewhere, sets the cookie")
	}
	b.wants(200, "POST", "text", words(1, "halo"), with("Cookie", cookieName+"="+c.Value))
	if m := <-b.came; strings.Contains(m.From.Key, c.Value[:26]) || strings.Contains(strings.ToUpper(m.ID), c.Value[:26]) {
		t.Error("the address tells the cookie")
	}
}

func TestOtherSitesStrangersAndProxiesAreRefused(t *testing.T) {
	b := setup(t)
	for _, path := range []string{"text", "tap", "location", "contact", "file?size=1&id=" + id(1), "hello"} {
		b.wants(403, "POST", path, words(1, "halo"), with("Sec-Fetch-Site", "cross-site"))
		b.wants(403, "POST", path, words(1, "halo"), with("Sec-Fetch-Site", "same-site"))
		b.wants(403, "POST", path, words(1, "halo"), without("Sec-Fetch-Site"), with("Origin", "http://evil.example"))
		b.wants(403, "POST", path, words(1, "halo"), host("evil.example"))
		b.wants(403, "POST", path, words(1, "halo"), with("X-Forwarded-For", "203.0.113.7"))
		b.wants(404, "GET", path, "")
		if path != "hello" {
			b.wants(401, "POST", path, words(1, "halo"), without("Cookie"))
		}
	}
	b.wants(403, "GET", "", "", host("titian.example:443"))
	b.wants(403, "GET", "events", "", with("Sec-Fetch-Site", "cross-site"))
	b.wants(401, "GET", "events", "", without("Cookie"))
	b.wants(200, "GET", "", "", host("localhost:8080"))
	b.wants(200, "GET", "", "", host("[::1]:8080"))
	b.wants(404, "GET", "..%2fsite.go", "")
	b.wants(404, "GET", "nothing.js", "")
	if len(b.came) != 0 {
		t.Errorf("%d messages came", len(b.came))
	}
}

func TestThePageUsesNothingFromOutside(t *testing.T) {
	b := setup(t)
	files, err := page.ReadDir("page")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := f.Name()
		if name == "phone.html" {
			name = ""
		}
		code, h, content := b.asks("GET", name, "")
		for header, want := range map[string]string{
			"Content-Security-Policy": rules, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		} {
			if h.Get(header) != want {
				t.Errorf("%s: %s is %q", f.Name(), header, h.Get(header))
			}
		}
		if code != 200 || content == "" || strings.HasPrefix(h.Get("Content-Type"), ";") {
			t.Errorf("%s: %d %s", f.Name(), code, h.Get("Content-Type"))
		}
		for _, foul := range []string{"https://", "//cdn", "style=", "onclick=", "innerHTML", "@import", "url("} {
			if strings.Contains(content, foul) {
				t.Errorf("%s holds %s", f.Name(), foul)
			}
		}
		if bare := strings.ReplaceAll(content, "http://www.w3.org/2000/svg", ""); strings.Contains(bare, "http://") {
			t.Errorf("%s names an address", f.Name())
		}
	}
	if strings.Contains(rules, "unsafe") || strings.Contains(rules, "*") || strings.Contains(rules, "data:") {
		t.Error(rules)
	}
}

func TestNonsenseIsRefusedForGood(t *testing.T) {
	b := setup(t)
	for name, c := range map[string]struct {
		path, body string
		code       int
	}{
		"not JSON":                   {"text", "halo", 400},
		"no id":                      {"text", `{"text":"halo"}`, 400},
		"an id with a path":          {"text", `{"id":"../../../../etc/passwd","text":"halo"}`, 400},
		"an id too long":             {"text", fmt.Sprintf(`{"id":%q,"text":"halo"}`, strings.Repeat("a", 65)), 400},
		"an empty text":              {"text", words(1, " \n"), 400},
		"a text of zero bytes":       {"text", `{"id":"` + id(1) + `","text":"\u0000"}`, 400},
		"a text over 64 KiB":         {"text", words(1, strings.Repeat("a", maxText)), 413},
		"a tap of nothing":           {"tap", `{"id":"` + id(1) + `"}`, 400},
		"a choice over 64 bytes":     {"tap", fmt.Sprintf(`{"id":%q,"choice":%q}`, id(1), strings.Repeat("a", 65)), 400},
		"a place with one number":    {"location", `{"id":"` + id(1) + `","latitude":1}`, 400},
		"a place beyond the pole":    {"location", `{"id":"` + id(1) + `","latitude":91,"longitude":0}`, 400},
		"a place that is no number":  {"location", `{"id":"` + id(1) + `","latitude":1e999,"longitude":0}`, 400},
		"a contact without number":   {"contact", `{"id":"` + id(1) + `","name":"Contoh"}`, 400},
		"a contact with a word":      {"contact", `{"id":"` + id(1) + `","phone":"nol delapan"}`, 400},
		"a file without size":        {"file?id=" + id(1), "", 400},
		"a file below nothing":       {"file?size=-1&id=" + id(1), "", 400},
		"a file with a bad album":    {"file?size=1&album=..&id=" + id(1), "", 400},
		"a file that hides its size": {"file?size=1&id=" + id(1), strings.Repeat("a", maxFile+1), 413},
	} {
		t.Run(name, func(t *testing.T) { b.wants(c.code, "POST", c.path, c.body) })
	}
	b.wants(415, "POST", "text", words(1, "halo"), with("Content-Type", "text/plain"))
	if len(b.came) != 0 {
		t.Errorf("%d messages came", len(b.came))
	}
}

func TestWhatIsSentAgainCountsOnce(t *testing.T) {
	b := setup(t)
	held := make(chan error, 1)
	b.reply <- held
	answers := make(chan int, 2)
	for range 2 {
		go func() { code, _, _ := b.asks("POST", "text", words(1, "halo")); answers <- code }()
	}
	first := <-b.came
	held <- nil
	for range 2 {
		if code := <-answers; code != 200 {
			t.Errorf("answered %d", code)
		}
	}
	b.wants(200, "POST", "text", words(1, "halo")) // the answer was lost
	if len(b.came) != 0 || first.ID != b.me.Address().Key+"."+id(1) {
		t.Errorf("it came %d times, as %s", 1+len(b.came), first.ID)
	}

	about := "file?size=3&name=a.jpg&id=" + id(2)
	b.reply <- outcome(errors.New("not now"))
	b.wants(503, "POST", about, "one")
	b.wants(200, "POST", about, "one")
	before, after := <-b.came, <-b.came
	if before.ID != after.ID || before.Files[0].Ref != after.Files[0].Ref {
		t.Error("the file came again as another one")
	}
}

func TestAMessageIsAnsweredOnlyOnceTheBotHasIt(t *testing.T) {
	b := setup(t)
	b.limits.answer = 20 * time.Millisecond
	b.reply <- make(chan error) // for ever
	b.wants(503, "POST", "text", words(1, "halo"))
	<-b.came
	b.stop()
	b.wants(503, "POST", "text", words(1, "halo"))
	b.wants(503, "POST", "file?size=1&id="+id(2), "a")
	b.wants(503, "GET", "events", "")
	if _, err := b.Send(t.Context(), b.me.Address(), chat.Outgoing{Text: "terlambat"}); chat.FailureOf(err) != chat.FailedBusy {
		t.Errorf("a reply to a process that goes: %v", err)
	}
	b.begins()
	b.wants(200, "POST", "text", words(1, "halo"))
	if m := <-b.came; m.Ref != id(1) {
		t.Errorf("%+v", m)
	}
}

func TestAFileIsCleanedOfItsNameAndLeavesNothingOnTheDisk(t *testing.T) {
	for said, want := range map[string]string{
		"NIB Sagu Mete (1).pdf": "NIB Sagu Mete (1).pdf", "../../etc/passwd": "passwd", `C:\Users\a\ktp.jpg`: "ktp.jpg",
		"a\x00b\nc.jpg": "abc.jpg", "..": "", "/": "", "": "", ".": "", "gambar\u202egpj.exe": "gambargpj.exe", "\xff\xfe.jpg": ".jpg",
		strings.Repeat("é", 500): strings.Repeat("é", 120), "<img src=x>.png": "<img src=x>.png", "a/b/": "b",
	} {
		if got := fileName(said); got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
	b := setup(t)
	b.wants(200, "POST", "file?size=3&name=..%2f..%2fktp.jpg&id="+id(1), "one", with("Content-Type", "image/jpeg"))
	f := (<-b.came).Files[0]
	if f.Name != "ktp.jpg" || f.MIME != "image/jpeg" || f.SizeBytes != 3 || strings.ContainsAny(f.Ref, "./") {
		t.Errorf("%+v", f)
	}
	if left, err := os.ReadDir(b.site.dir); err != nil || len(left) != 0 {
		t.Errorf("on the disk stands %v %v", left, err)
	}
	r, err := b.Fetch(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	b.tray.clear() // while it is read
	if got, err := io.ReadAll(r); err != nil || string(got) != "one" {
		t.Errorf("%q %v", got, err)
	}
	r.Close()
	r.Close()
	if _, err := b.Fetch(t.Context(), f); !gone(err) {
		t.Errorf("after it was let go: %v", err)
	}
}

func gone(err error) bool {
	failed, ok := errors.AsType[*chat.FetchError](err)
	return ok && failed.Gone
}

func TestAFileOver20MiBIsToldToTheBotAndNeverUploaded(t *testing.T) {
	b := setup(t)
	b.wants(200, "POST", fmt.Sprintf("file?size=%d&name=besar.mp4&id=%s", maxFile+1, id(1)), "")
	f := (<-b.came).Files[0]
	if f.SizeBytes != maxFile+1 {
		t.Errorf("%+v", f)
	}
	_, err := b.Fetch(t.Context(), f)
	if failed, ok := errors.AsType[*chat.FetchError](err); !ok || !failed.TooLarge {
		t.Errorf("%v", err)
	}
}

func TestFilesMakeRoomForNewerOnesAndGoInTime(t *testing.T) {
	l := limits{files: 3, spaceMiB: 1, fileFor: time.Minute}
	tray, err := newTray(t.TempDir(), &l)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	put := func(n, size int) {
		if _, err := tray.put(fmt.Sprint(n), bytes.NewReader(make([]byte, size)), begun.Add(time.Duration(n)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	there := func() (list string) {
		for n := range 10 {
			if r := tray.open(fmt.Sprint(n)); r != nil {
				list += fmt.Sprint(n)
				r.Close()
			}
		}
		return list
	}
	for n := range 4 {
		put(n, 1)
	}
	if got := there(); got != "123" {
		t.Errorf("of four files are left %s", got)
	}
	put(4, 1<<20)
	if got := there(); got != "4" {
		t.Errorf("beside one that takes all the room is left %s", got)
	}
	put(5, 1)
	tray.sweep(begun.Add(time.Minute + 5*time.Second))
	if got := there(); got != "5" || tray.bytes != 1 {
		t.Errorf("after a minute is left %s, %d bytes", got, tray.bytes)
	}
}
