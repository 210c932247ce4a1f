package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"titian/bot/telegram/telegramtest"
)

// What must not be found where it does not belong.
const (
	nikOfCanary    = "7471082508910077"
	phoneOfCanary  = "85241776633" // stands in 0852…, +62852…, 62852… and 852…
	nameOfCanary   = "Zulkarnaen Wibisana"
	streetOfCanary = "Jl. Cendrawasih Bengkok No. 77"
	tokenOfCanary  = "4200420042:AAkenari_0123456789_abcdefghijklmnop"
	secretOfToken  = "AAkenari_0123456789_abcdefghijklmnop"
)

// canary is an owner whose words are known, and who answers clumsily.
func canary(api *telegramtest.Server) (*owner, []question) {
	o := newOwner(api, 1)
	o.name, o.nik, o.local, o.street = nameOfCanary, nikOfCanary, "0852 4177-6633", streetOfCanary
	list := append([]question(nil), questions...)
	for i, q := range list {
		again := func(lines ...string) {
			list[i].does = func(o *owner, m telegramtest.Sent) error {
				ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
				defer cancel()
				for _, line := range lines {
					o.Say(line)
					if _, err := o.hears(ctx, q.asks); err != nil {
						return err
					}
				}
				return q.does(o, m)
			}
		}
		switch q.asks {
		case "registration.nik":
			again(nikOfCanary[:15], "NIK "+nikOfCanary+" atau 7471 0825 0891 0078")
		case "registration.phone":
			again("085241776633/081355667788", "telepon rumah")
		case "registration.kecamatan":
			again(nameOfCanary+" di "+streetOfCanary, nikOfCanary)
		case "registration.turnover":
			list[i].does = types("Rp 4.321.987")
		}
	}
	return o, list
}

func TestNoNumberNameOrTokenIsFoundWhereItDoesNotBelong(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{Token: tokenOfCanary, CallbackTTL: time.Minute})
	p := furnished(t, onTelegram(api)...)
	l := p.serves()
	for method, faults := range map[string][]telegramtest.Fault{
		"sendMessage":         {{Status: 500}, {DropBefore: true}, {HTML502: true}, {DropAfter: true}, {RetryAfter: 1}, {Truncate: 20}},
		"getUpdates":          {{Status: 500}, {DropAfter: true}, {HTML502: true}},
		"answerCallbackQuery": {{Status: 500}, {DropBefore: true}},
		"sendChatAction":      {{Status: 500}},
	} {
		for _, f := range faults {
			api.Fail(method, 0, f, 1)
		}
	}
	o, list := canary(api)
	stopped := false
	for i, q := range list {
		if q.asks != "registration.business" {
			continue
		}
		list[i].does = func(o *owner, m telegramtest.Sent) error {
			stopped = p.slowRedis(l, func() { _ = q.does(o, m) })
			return nil
		}
	}
	old := p.postmaster()
	for i, q := range list {
		if q.asks == "registration.workers" {
			list[i].does = func(o *owner, m telegramtest.Sent) error {
				p.kill("postgres", old)
				return q.does(o, m)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	if err := o.registers(ctx, list); err != nil {
		t.Fatal(err)
	}
	if !stopped {
		t.Error("no message was put into the inbox")
	}
	if row := p.exported("--full")[nikOfCanary]; row["phone"] != "+62"+phoneOfCanary || row["turnover_month"] != 4321987.0 {
		t.Errorf("what was filed is %v", row)
	}
	p.prints("halo\ndata saya\n", "chat", "--as", nameOfCanary)
	_, counted := l.get("/metrics")
	l.stops()
	p.leave()

	said := map[string]string{"standard output": l.out.String(), "standard error": l.errs.String(), "/metrics": counted}
	p.files(func(name string, content []byte) { said[name] = string(content) })
	nowhere := []string{nikOfCanary, phoneOfCanary, "7471 0825 0891 0078", "0852 4177-6633", "852-4177-6633", tokenOfCanary, secretOfToken, "4321987", "4.321.987"}
	inPostgres := []string{nameOfCanary, "Zulkarnaen", "Dapur " + nameOfCanary, streetOfCanary, "Cendrawasih", "telepon rumah", "Rp 4."}
	clear := false
	for name, text := range said {
		for _, word := range nowhere {
			if strings.Contains(text, word) {
				t.Errorf("%q stands in %s: %s", word, name, around(text, word))
			}
		}
		for _, word := range inPostgres {
			found := strings.Contains(text, word)
			clear = clear || found && word == nameOfCanary
			if found && !strings.HasPrefix(name, "postgres/") {
				t.Errorf("%q stands in %s: %s", word, name, around(text, word))
			}
		}
	}
	if !clear {
		t.Error("the search finds nothing: not even the name in Postgres, where it stands")
	}
	if len(said["standard error"]) < 200 || len(counted) < 200 {
		t.Errorf("there was hardly anything to search: %q", said["standard error"])
	}
}

// slowRedis lets Redis stand still until a message has gone to the inbox.
func (p *place) slowRedis(l *life, meanwhile func()) bool {
	pid := p.redis()
	syscall.Kill(pid, syscall.SIGSTOP)
	defer syscall.Kill(pid, syscall.SIGCONT)
	meanwhile()
	return await(patience, func() bool {
		_, counted := l.get("/metrics")
		return strings.Contains(counted, "\ntitian_diverted_total ") && !strings.Contains(counted, "\ntitian_diverted_total 0")
	})
}

// files reads everything in the data folder.
func (p *place) files(each func(name string, content []byte)) {
	p.Helper()
	err := filepath.WalkDir(p.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(p.data, path)
		each(name, content)
		return err
	})
	if err != nil {
		p.Error(err)
	}
}

func around(text, word string) string {
	at := strings.Index(text, word)
	return strings.ToValidUTF8(text[max(0, at-120):min(len(text), at+len(word)+60)], ".")
}

func TestNobodyElseOnTheMachineReadsTheDataFolder(t *testing.T) {
	t.Parallel()
	p := bare(t)
	p.prints("halo\ndaftar\n", "chat")
	l := p.serves()
	modes := 0
	err := filepath.WalkDir(p.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil // the servers' own files come and go
			}
			return err
		}
		about, err := d.Info()
		if err != nil {
			return nil
		}
		name, _ := filepath.Rel(p.data, path)
		servers := strings.HasPrefix(name, "postgres/") || strings.HasPrefix(name, "redis/")
		modes++
		switch mode := about.Mode(); {
		case servers: // in a closed folder
		case mode.IsDir() && mode.Perm()&0o007 != 0:
			t.Errorf("others may enter %s: %v", name, mode)
		case mode.IsRegular() && mode.Perm()&0o077 != 0:
			t.Errorf("others may read %s: %v", name, mode)
		}
		return nil
	})
	if err != nil || modes < 100 {
		t.Errorf("%d files, %v", modes, err)
	}
	if about, err := os.Stat(filepath.Join(p.data, "keyset.json")); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the keyset is %v, %v", about, err)
	}
	if argv, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.keeper()), "cmdline")); err != nil || bytes.Contains(argv, []byte("postgres://")) {
		t.Errorf("the keeper's command line is %q, %v", argv, err)
	}
	l.stops()
}
