package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
)

// watches reads what a page gets until an event of this name.
func (b *bench) watches(until string, change ...func(*http.Request)) (list []entry, last string) {
	b.t.Helper()
	r := b.me.request("GET", "events", nil)
	for _, c := range change {
		c(r)
	}
	answer, err := b.site.Client().Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" {
		b.t.Fatalf("events: %s", answer.Status)
	}
	read(answer.Body, func(id string, e entry) { list, last = append(list, e), id }, func(event string) bool { return event != until })
	return list, last
}

func texts(list []entry) string {
	var all []string
	for _, e := range list {
		all = append(all, e.From+":"+e.Text)
	}
	return strings.Join(all, " ")
}

func (b *bench) sends(text string) {
	b.t.Helper()
	if _, err := b.Send(b.t.Context(), b.me.Address(), chat.Outgoing{ID: "id-" + text, Text: text}); err != nil {
		b.t.Fatal(err)
	}
}

func TestAPageThatWasAwayGetsWhatCameSince(t *testing.T) {
	b := setup(t)
	b.wants(200, "POST", "text", words(1, "halo"))
	b.sends("satu")
	b.sends("dua")
	list, last := b.watches("ready")
	if got := texts(list); got != "me:halo bot:satu bot:dua" || !list[0].Taken {
		t.Fatalf("a page gets %q, %+v", got, list)
	}
	b.sends("dua") // once more, under the same id
	b.sends("tiga")
	for name, change := range map[string]func(*http.Request){
		"by the header": with("Last-Event-ID", last), "by the address": func(r *http.Request) { r.URL.RawQuery = "after=" + last },
	} {
		if list, _ := b.watches("ready", change); texts(list) != "bot:tiga" {
			t.Errorf("%s: after %s it gets %q", name, last, texts(list))
		}
	}
	for name, after := range map[string]string{"a number from the future": "9999999999999999", "no number": "-1 OR 1"} {
		if list, _ := b.watches("ready", with("Last-Event-ID", after)); texts(list) != "me:halo bot:satu bot:dua bot:tiga" {
			t.Errorf("%s: it gets %q", name, texts(list))
		}
	}
}

func TestAfterARestartTheContactIsTheSameAndThePageSaysThatItBeginsAnew(t *testing.T) {
	b := setup(t)
	_, h, _ := b.asks("POST", "hello", "", without("Cookie"))
	c, err := http.ParseSetCookie(h.Get("Set-Cookie"))
	if err != nil {
		t.Fatal(err)
	}
	b.me.cookie = c.Value
	b.wants(200, "POST", "text", words(1, "halo"))
	before := <-b.came
	list, last := b.watches("ready")
	if texts(list) != "me:halo" {
		t.Errorf("a new contact sees %q", texts(list))
	}
	b.stop()
	b.begins()
	list, _ = b.watches("ready", with("Last-Event-ID", last))
	if len(list) != 1 || list[0].Kind != restarted || list[0].From != fromUs {
		t.Errorf("after the restart it sees %+v", list)
	}
	b.wants(200, "POST", "text", words(2, "masih"))
	after := <-b.came
	if after.From != before.From || after.ID == before.ID {
		t.Errorf("%v %v", before, after)
	}
	if list, _ := b.watches("ready"); texts(list) != "note: me:masih" {
		t.Errorf("it sees %q", texts(list))
	}
}

func TestWhatHappensIsShownAtOnce(t *testing.T) {
	b := setup(t)
	seen := make(chan []entry, 1)
	go func() {
		list, _ := b.watches("typing")
		seen <- list
	}()
	for b.open() == 0 {
		pause(t.Context())
	}
	b.sends("satu")
	b.wants(200, "POST", "tap", fmt.Sprintf(`{"id":%q,"choice":"ya","label":"Ya","of":"id-satu"}`, id(1)))
	if m := <-b.came; m.Kind != chat.Tap || m.Choice != "ya" {
		t.Errorf("%+v", m)
	}
	for {
		b.Typing(t.Context(), b.me.Address())
		select {
		case list := <-seen:
			if end := list[len(list)-1]; end.Text != "Ya" || !end.Taken {
				t.Errorf("it sees %+v", list)
			}
			if news, _ := b.since(b.browsers[b.me.Address().Key], 0); news[0].Pressed != "ya" {
				t.Errorf("the question is %+v", news[0])
			}
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// alone waits until the server has noticed that every page was left.
func (b *bench) alone() {
	for b.open() > 0 {
		pause(b.t.Context())
	}
}

// open counts the pages that are open.
func (b *bench) open() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, one := range b.browsers {
		n += len(one.streams)
	}
	return n
}

func TestAStreamOutlivesTheServersTimeouts(t *testing.T) {
	b := setup(t)
	b.limits.beat = 5 * time.Millisecond
	impatient := httptest.NewUnstartedServer(b.Handler())
	impatient.Config.ReadTimeout, impatient.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	impatient.Start()
	t.Cleanup(impatient.Close)
	b.site = &site{Server: impatient}
	b.me.site = b.site
	seen := make(chan []entry, 1)
	go func() {
		list, _ := b.watches("typing")
		seen <- list
	}()
	<-time.After(150 * time.Millisecond) // the timeouts pass
	b.sends("masih")
	for {
		b.Typing(t.Context(), b.me.Address())
		select {
		case list := <-seen:
			if texts(list) != "bot:masih" {
				t.Errorf("it sees %q", texts(list))
			}
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestNobodyCanFillTheMemory(t *testing.T) {
	b := setup(t)
	b.limits.browsers, b.limits.messages, b.limits.bytes, b.limits.streams, b.limits.inHand = 3, 5, 4000, 2, 2
	for n := range 9 {
		b.sends(fmt.Sprint("pesan ", n))
	}
	if list, _ := b.watches("ready"); texts(list) != "bot:pesan 4 bot:pesan 5 bot:pesan 6 bot:pesan 7 bot:pesan 8" {
		t.Errorf("of nine messages are kept %q", texts(list))
	}
	b.sends(strings.Repeat("besar", 1000))
	if list, _ := b.watches("ready"); len(list) != 1 || b.browsers[b.me.Address().Key].bytes > 11000 {
		t.Errorf("beside a large one are kept %d", len(list)-1)
	}

	b.alone()
	var cut []func()
	for range 2 {
		answer, err := b.site.Client().Do(b.me.request("GET", "events", nil))
		if err != nil {
			t.Fatal(err)
		}
		cut = append(cut, func() { answer.Body.Close() })
	}
	b.wants(429, "GET", "events", "")

	b.reply <- make(chan error)
	b.reply <- make(chan error)
	b.limits.answer = time.Millisecond
	b.wants(503, "POST", "text", words(1, "a"))
	b.wants(503, "POST", "text", words(2, "b"))
	b.wants(429, "POST", "text", words(3, "c"))

	b.limits.answer = usualLimits.answer
	for n := range 20 { // strangers come and go, whoever is here stays
		letter := string(rune('A' + n))
		b.wants(200, "POST", "text", words(9, "halo"), with("Cookie", cookieName+"="+strings.Repeat(letter, 26)+".zzzzzzzzzz"))
	}
	b.mu.Lock()
	all, here := len(b.browsers), b.browsers[b.me.Address().Key] != nil
	b.mu.Unlock()
	if all != 3 || !here {
		t.Errorf("%d contacts are kept, the one who is here: %v", all, here)
	}
	for _, c := range cut {
		c()
	}
}

func TestWhatCannotBeShownIsInvalid(t *testing.T) {
	b := setup(t)
	for name, c := range map[string]struct {
		to chat.Address
		m  chat.Outgoing
	}{
		"a key that is a path":     {chat.Address{Network: chat.Web, Key: "../../../../../etc/passwd00"}, chat.Outgoing{Text: "a"}},
		"a shortcut over 64 bytes": {b.me.Address(), chat.Outgoing{Text: "a", Shortcuts: []chat.Choice{{ID: strings.Repeat("a", 65)}}}},
		"a text over 64 KiB":       {b.me.Address(), chat.Outgoing{Text: strings.Repeat("a", maxText+1)}},
	} {
		_, err := b.Send(t.Context(), c.to, c.m)
		if failed, ok := errors.AsType[*chat.SendError](err); !ok || failed.Failure != chat.FailedInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
