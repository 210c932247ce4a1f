package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/telegram/telegramtest"
	"titian/storage"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/storagetest"
)

// ward is a set-up that works, for a test to break.
type ward struct {
	testing.TB
	*settings
	db   *postgres.DB
	rows *sql.DB
	now  time.Time
	// the share of the disk that is free
	free int64
	api  *telegramtest.Server
	// how far the Bot API server's clock is ahead
	ahead time.Duration
	// stored files are opened too
	everyFile bool
}

func admitted(t *testing.T) *ward {
	t.Helper()
	w := &ward{TB: t, free: 50, api: telegramtest.New(telegramtest.Options{EasyPolling: true, HTTPWebhook: true})}
	t.Cleanup(w.api.Close)
	to, err := url.Parse(w.api.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(r *http.Response) error {
		r.Header.Set("Date", time.Now().Add(w.ahead).UTC().Format(http.TimeFormat))
		return nil
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	w.settings = &settings{DatabaseURL: Secret(storagetest.PostgresFrom(t, bottest.Migrate)), RedisURL: Secret(storagetest.Redis(t)), Data: filepath.Join(t.TempDir(), "data"),
		Addr: "127.0.0.1:8080", RetentionDays: 90, TelegramToken: Secret(w.api.Token()), TelegramAPI: front.URL, TelegramRate: 25}
	opened, err := openResults(t.Context(), w.settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.close)
	w.db = opened.db
	rows, err := sql.Open("postgres", w.DatabaseURL.Reveal())
	w.must(err)
	t.Cleanup(func() { rows.Close() })
	w.rows = rows
	_, err = rows.Exec(`INSERT INTO staff (id, contact, name, role, since) VALUES ('a', 'a', 'Contoh Satu', 'admin', now()), ('b', 'b', 'Contoh Dua', 'admin', now())`)
	w.must(err)
	_, err = w.db.Begin(t.Context(), "replica", "telegram")
	w.must(err)
	return w
}

func (w *ward) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// examined is what is not well, by name.
func (w *ward) examined() (ill map[string]severity, all []finding) {
	w.Helper()
	x := &checkup{settings: w.settings, everyFile: w.everyFile, now: func() time.Time { return time.Now().Add(w.now.Sub(time.Time{})) },
		space: func(string) (int64, int64, error) { return w.free << 20, 100 << 20, nil }}
	x.all(w.Context())
	ill = map[string]severity{}
	for _, f := range x.findings {
		if f.Severity != fine {
			ill[f.Name] = f.Severity
			if f.Mend == "" || f.Says == "" {
				w.Errorf("of %s it says %q and mends it with %q", f.Name, f.Says, f.Mend)
			}
		}
		if text := f.Says + f.Mend; w.Store.Secret != "" && strings.Contains(text, w.Store.Secret.Reveal()) {
			w.Errorf("the store's secret stands in %q", text)
		}
		if text := f.Says + f.Mend; strings.Contains(text, w.TelegramToken.Reveal()) && w.TelegramToken != "" {
			w.Errorf("the token stands in %q", text)
		}
	}
	return ill, x.findings
}

func (w *ward) keysetFile() string { return filepath.Join(w.Data, "keyset.json") }

// stored gives it a store with an empty bucket.
func (w *ward) stored() *storagetest.Store {
	s := storagetest.S3(w)
	w.Store = storedIn(s).Store
	return s
}

func (w *ward) waits(id string, since time.Duration) {
	_, err := w.db.InboxPut(w.Context(), storage.Inboxed{Contact: "c", Network: "telegram", MessageID: id, ReceivedAt: time.Now().Add(-since), Body: []byte("x")})
	w.must(err)
}

// brokenSetups are what the doctor must name, each alone.
var brokenSetups = []struct {
	name string
	harm func(w *ward)
	want map[string]severity
}{
	{"Postgres does not answer", func(w *ward) { w.DatabaseURL = "postgres://titian@127.0.0.1:1/titian?sslmode=disable" }, map[string]severity{"postgres": wrong}},
	{"the database does not exist", func(w *ward) { w.DatabaseURL = Secret(strings.Replace(w.DatabaseURL.Reveal(), "test_", "nowhere_", 1)) }, map[string]severity{"postgres": wrong}},
	{"Redis does not answer", func(w *ward) { w.RedisURL = "redis://127.0.0.1:1/0" }, map[string]severity{"redis": wrong}},
	{"the address of Redis is none", func(w *ward) { w.RedisURL = "http://127.0.0.1" }, map[string]severity{"redis": wrong}},
	{"the keyset is gone", func(w *ward) { w.must(os.Remove(w.keysetFile())) }, map[string]severity{"keyset": wrong}},
	{"the keyset is another database's", func(w *ward) {
		other, err := keys.New()
		w.must(err)
		w.must(other.SaveFile(w.keysetFile()))
	}, map[string]severity{"keyset": wrong}},
	{"the keyset is open to others", func(w *ward) { w.must(os.Chmod(w.keysetFile(), 0o644)) }, map[string]severity{"keyset": wrong}},
	{"the keyset is damaged", func(w *ward) { w.must(os.WriteFile(w.keysetFile(), []byte("{"), 0o600)) }, map[string]severity{"keyset": wrong}},
	{"the token is refused", func(w *ward) { w.TelegramToken = "4711:not_the_token_of_anybody" }, map[string]severity{"telegram": wrong}},
	{"the token has no shape", func(w *ward) { w.TelegramToken = "halo" }, map[string]severity{"telegram": wrong}},
	{"Telegram cannot be reached", func(w *ward) { w.TelegramAPI = "http://127.0.0.1:1" }, map[string]severity{"telegram": wrong}},
	{"no phone is linked to WhatsApp", func(w *ward) { w.WhatsApp = "on" }, map[string]severity{"whatsapp": wrong}},
	{"the webhook is not the configured one", func(w *ward) {
		w.TelegramWebhook, w.TelegramWebhookSecret = "https://bot.example/telegram", "secret"
	}, map[string]severity{"webhook": heed}},
	{"the clock differs from Telegram's", func(w *ward) { w.ahead = 3 * time.Minute }, map[string]severity{"clock": wrong}},
	{"the clock is wrong", func(w *ward) { w.now = time.Time{}.Add(time.Hour) }, map[string]severity{"clock": wrong}},
	{"the disk runs low", func(w *ward) { w.free = 14 }, map[string]severity{"disk": heed}},
	{"the disk is full", func(w *ward) { w.free = 4 }, map[string]severity{"disk": wrong}},
	{"migrations wait", func(w *ward) {
		w.DatabaseURL = Secret(storagetest.Postgres(w))
		w.must(os.Remove(w.keysetFile()))
	}, map[string]severity{"migrations": wrong, "processes": heed}},
	{"the data folder is open to others", func(w *ward) { w.must(os.Chmod(w.Data, 0o777)) }, map[string]severity{"folder": wrong}},
	{"no process runs", func(w *ward) { w.must(w.db.Finish(w.Context(), "replica")) }, map[string]severity{"processes": heed}},
	{"a message is parked", func(w *ward) {
		w.must(w.db.Park(w.Context(), storage.Parked{Contact: "c", Network: "telegram", MessageID: "m", ParkedAt: time.Now(), Body: []byte("x")}))
	}, map[string]severity{"parked": heed}},
	{"one admin is left", func(w *ward) {
		_, err := w.rows.Exec(`UPDATE staff SET removed_at = now(), removed_by = 'a' WHERE id = 'b'`)
		w.must(err)
	}, map[string]severity{"admins": heed}},
	{"the inbox is not worked", func(w *ward) { w.waits("m", time.Hour) }, map[string]severity{"inbox": wrong}},
	{"a text file is broken", func(w *ward) {
		w.must(os.MkdirAll(filepath.Join(w.Data, "locales"), 0o700))
		w.must(os.WriteFile(filepath.Join(w.Data, "locales", "id.toml"), []byte("= rusak"), 0o600))
	}, map[string]severity{"texts": wrong}},
	{"the bucket does not exist", func(w *ward) { w.Bucket = w.stored().URL; w.Bucket += "-lain" }, map[string]severity{"bucket": wrong}},
	{"the bucket's key is another", func(w *ward) { w.Bucket = w.stored().URL; w.Store.KeyID = "OTHER" }, map[string]severity{"bucket": wrong}},
	{"the bucket's secret is another", func(w *ward) { w.Bucket = w.stored().URL; w.Store.Secret = "geheim-lain" }, map[string]severity{"bucket": wrong}},
	{"the bucket may not be written", func(w *ward) {
		s := w.stored()
		w.Bucket = s.URL
		s.Harm(func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
			if r.Method == http.MethodPut {
				storagetest.Refuse(rw, "AccessDenied")
				return
			}
			honest.ServeHTTP(rw, r)
		})
	}, map[string]severity{"bucket": wrong}},
	{"the bucket cannot be reached", func(w *ward) { s := w.stored(); w.Bucket = s.URL; s.Down() }, map[string]severity{"bucket": wrong}},
	{"the bucket keeps versions", func(w *ward) { s := w.stored(); w.Bucket = s.URL; s.KeepVersions(w) }, map[string]severity{"versions": heed}},
	{"the bucket has no key", func(w *ward) { w.Bucket = w.stored().URL; w.Store.KeyID = "" }, map[string]severity{"settings": wrong}},
	{"a secret stands in two places", func(w *ward) { w.TelegramTokenFile = "token" }, map[string]severity{"settings": wrong}},
}

func TestTheDoctorNamesEachBrokenSetup(t *testing.T) {
	for _, each := range brokenSetups {
		t.Run(each.name, func(t *testing.T) {
			w := admitted(t)
			each.harm(w)
			if ill, all := w.examined(); !maps.Equal(ill, each.want) {
				t.Errorf("it names %v, want %v: %+v", ill, each.want, all)
			}
		})
	}
}

func TestTheDoctorFindsNothingWrongWithWhatWorks(t *testing.T) {
	w := admitted(t)
	w.waits("m", time.Second)
	w.Bucket = w.stored().URL
	if ill, all := w.examined(); len(ill) > 0 {
		t.Errorf("it names %+v", all)
	}
}

func TestTheDoctorNamesAProcessThatDied(t *testing.T) {
	w := admitted(t)
	dead, err := postgres.Open(t.Context(), w.DatabaseURL.Reveal(), postgres.Options{Now: func() time.Time { return time.Now().Add(-time.Hour) }})
	w.must(err)
	defer dead.Close()
	_, err = dead.Begin(t.Context(), "gone", "telegram")
	w.must(err)
	ill, all := w.examined()
	if !maps.Equal(ill, map[string]severity{"processes": heed}) || !strings.Contains(fmt.Sprint(all), "gone") {
		t.Errorf("it names %+v", all)
	}
}

func TestTheDoctorsExitCodeAndItsJSON(t *testing.T) {
	url, data := storagetest.Postgres(t), ""
	p := servedBy(t, url, storagetest.Redis(t))
	data = dataOf(p)
	p.prints("", "migrate")
	out := p.prints("", "doctor")
	for _, line := range []string{"OK         keyset: ", "OK         migrations: ", "PERHATIAN  processes: ", "→ systemctl start titian"} {
		if !strings.Contains(out, line) {
			t.Errorf("it lacks %q: %s", line, out)
		}
	}
	if err := os.Chmod(filepath.Join(data, "keyset.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, errs, code := p.runs("", "doctor", "--json")
	if code != exitFailed || errs != "" {
		t.Errorf("exit %d: %s", code, errs)
	}
	var told struct {
		OK       bool
		Findings []finding
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil || told.OK {
		t.Fatalf("%v: %s", err, out)
	}
	for _, f := range told.Findings {
		if f.Name == "keyset" && (f.Severity != wrong || f.Mend != "chmod 600 "+quoted(filepath.Join(data, "keyset.json"))) {
			t.Errorf("of the keyset it says %+v", f)
		}
	}
}

func TestTheDoctorWorksBeforeTheFirstStart(t *testing.T) {
	p := program{t, []string{"TITIAN_DATA=" + filepath.Join(t.TempDir(), "none")}}
	if out := p.prints("", "doctor"); !strings.Contains(out, "belum ada") {
		t.Errorf("it says %s", out)
	}
	if _, err := os.Stat(dataOf(p)); !os.IsNotExist(err) {
		t.Errorf("it made the data folder: %v", err)
	}
}
