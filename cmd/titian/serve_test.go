package main

import (
	"bytes"
	"net"
	"os"
	"strings"
	"testing"

	"titian/bot/telegram/telegramtest"
	"titian/storage/storagetest"
)

func TestServingSaysHowItIsAndStopsInOrder(t *testing.T) {
	redis := storagetest.RedisServer(t)
	p := servedBy(t, storagetest.Postgres(t), redis.URL)
	s := p.serves()
	if code, body := s.get("/healthz"); code != 200 || body != "ok\n" {
		t.Errorf("/healthz: %d %q", code, body)
	}
	if code, body := s.get("/readyz"); code != 200 || !strings.Contains(body, `"ready":true`) {
		t.Errorf("/readyz: %d %q", code, body)
	}
	if code, body := s.get("/metrics"); code != 200 || !strings.Contains(body, "titian_inbox_waiting 0") || !strings.Contains(body, "go_goroutines") {
		t.Errorf("/metrics: %d %q", code, body)
	}
	if code, _ := s.get("/telegram"); code != 404 {
		t.Errorf("/telegram without a token: %d", code)
	}
	redis.Stop()
	if code, body := s.get("/readyz"); code != 503 || !strings.Contains(body, `"redis":"down"`) || !strings.Contains(body, `"postgres":"up"`) {
		t.Errorf("/readyz without Redis: %d %q", code, body)
	}
	if code, _ := s.get("/healthz"); code != 200 {
		t.Errorf("/healthz without Redis: %d", code)
	}
	redis.Start()
	s.stops()
}

func TestOnTelegramTheConversationSurvivesAStopAndAKill(t *testing.T) {
	api := telegramtest.New(telegramtest.Options{EasyPolling: true, Patience: patience})
	defer api.Close()
	p := servedBy(t, storagetest.Postgres(t), storagetest.Redis(t), "TELEGRAM_TOKEN="+api.Token(), "TELEGRAM_API="+api.URL(), "TELEGRAM_RATE=0")
	phone := api.User(4711, "Siti")
	says := func(text, want string) {
		t.Helper()
		phone.Say(text)
		// What was said shortly before a kill, or was on the table then, comes again first.
		for tries := 0; ; tries++ {
			got := phone.Next(t).Text
			if strings.Contains(got, want) {
				return
			}
			if tries == 3 {
				t.Fatalf("to %q it said %q, want %q", text, got, want)
			}
		}
	}

	s := p.serves()
	phone.Start()
	for !strings.Contains(phone.Next(t).Text, "Silakan pilih") {
	}
	says("daftar", "Langkah 1")
	if code, body := s.get("/readyz"); code != 200 || !strings.Contains(body, `"telegram":"up"`) {
		t.Errorf("/readyz: %d %q", code, body)
	}
	if _, body := s.get("/metrics"); !strings.Contains(body, `titian_turns_total{flow="registration",lasting="no",network="telegram"} 1`) ||
		!strings.Contains(body, `titian_reply_seconds_count{network="telegram"}`) {
		t.Errorf("/metrics: %s", body)
	}
	s.stops()
	noCanary(t, s, api.Token())

	phone.Say("setuju") // nobody is there
	s = p.serves()
	got := phone.Next(t)
	if !strings.Contains(got.Text, "Langkah 2") {
		t.Fatalf("after the stop it said %q", got.Text)
	}
	s.dies()

	s = p.serves()
	says("Siti Rahma", "Langkah 3")
	says("7471084512900001", "0001")
	s.stops()
	noCanary(t, s, api.Token(), "Siti Rahma", "7471084512900001")
}

func noCanary(t *testing.T, s *served, canaries ...string) {
	t.Helper()
	for _, c := range canaries {
		if bytes.Contains(s.errs.Bytes(), []byte(c)) {
			t.Errorf("%q was logged: %s", c, s.errs)
		}
	}
}

func TestWhatCannotWorkIsSaidInOneSentence(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	database, redis := storagetest.Postgres(t), storagetest.Redis(t)
	for name, c := range map[string]struct {
		env  []string
		args []string
		says string
	}{
		"an address that is taken":     {args: []string{"--addr", busy.Addr().String()}, says: "TITIAN_ADDR"},
		"a token of the wrong shape":   {env: []string{"TELEGRAM_TOKEN=hello"}, says: "@BotFather"},
		"a database URL that is none":  {env: []string{"DATABASE_URL=postgres://a:hunter2@[::1"}, args: []string{"migrate"}, says: "DATABASE_URL"},
		"a Redis URL that is none":     {env: []string{"REDIS_URL=http://a:hunter2@b"}, says: "REDIS_URL"},
		"a keyset that is none":        {env: []string{"TITIAN_KEYSET=hunter2"}, args: []string{"migrate"}, says: "TITIAN_KEYSET"},
		"rotating a keyset from above": {env: []string{"TITIAN_KEYSET=hunter2"}, args: []string{"keys", "rotate"}, says: "keyset.json"},
	} {
		t.Run(name, func(t *testing.T) {
			p := servedBy(t, database, redis, append([]string{"TITIAN_ADDR=127.0.0.1:0"}, c.env...)...)
			_, errs, code := p.runs("", c.args...)
			lines := strings.Split(strings.TrimSpace(errs), "\n")
			last := lines[len(lines)-1]
			if code != exitComplaint || !strings.HasPrefix(last, "titian: ") || !strings.Contains(last, c.says) ||
				strings.Contains(errs, "hunter2") || strings.Contains(errs, "goroutine") {
				t.Errorf("exit %d: %s", code, errs)
			}
		})
	}
}

func TestKeysRotateOnlyWhileNobodyElseWorks(t *testing.T) {
	p := servedBy(t, storagetest.Postgres(t), storagetest.Redis(t))
	p.prints("daftar\nsetuju\n", "chat")
	data := strings.TrimPrefix(p.env[0], "TITIAN_DATA=")
	before, err := os.ReadFile(data + "/keyset.json")
	if err != nil {
		t.Fatal(err)
	}
	s := p.serves()
	if _, errs, code := p.runs("", "keys", "rotate"); code != exitComplaint || !strings.Contains(errs, "another titian") {
		t.Errorf("exit %d: %s", code, errs)
	}
	s.stops()
	p.prints("", "keys", "rotate")
	after, err := os.ReadFile(data + "/keyset.json")
	if err != nil || bytes.Equal(before, after) {
		t.Errorf("the keyset is what it was, %v", err)
	}
	if said := p.prints("Siti Rahma\n", "chat"); !strings.Contains(said, "Langkah 3") {
		t.Errorf("what the old keys sealed is not read:\n%s", said)
	}
	if err := os.WriteFile(data+"/keyset.json", before, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := p.runs("", "migrate"); code != exitComplaint || !strings.Contains(errs, "older copy") {
		t.Errorf("with the older keyset: exit %d: %s", code, errs)
	}
}
