package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"titian/bot/telegram/telegramtest"
)

func TestAStopUnderLoadIsInOrderAndLosesNothing(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	p := elsewhere(t, onTelegram(api)...)
	l := p.serves()
	c := gather(t, api, 50, 2*patience)
	for i := range 2 {
		c.reaches(t, c.all()*(i+1)/3)
		l.stops()
		if !l.out.has("Titian stopped.", patience) {
			t.Error("it does not say that it stopped")
		}
		l = p.serves()
		if strings.Contains(l.errs.String(), "ended without finishing") {
			t.Error("an end in order was taken for a death")
		}
	}
	c.registered(t)
	acknowledged(t, api)
	l.stops()
	p.allFiled(c.owners)
	for _, o := range c.owners {
		if copies := o.again(); copies != 0 {
			t.Errorf("owner %d got %d replies again although nothing was killed", o.n, copies)
		}
	}
}

func TestASecondSignalEndsItAtOnce(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	hanging := api.Fail("sendMessage", 0, telegramtest.Fault{Hang: true}, -1)
	p := elsewhere(t, onTelegram(api)...)
	l := p.serves()
	siti := api.User(7001, "Siti")
	siti.Start()
	ctx := t.Context()
	if err := hanging.Await(ctx, 1); err != nil {
		t.Fatal(err)
	}
	l.asked(syscall.SIGTERM)
	if !l.out.has("Titian stops", patience) {
		t.Fatal("it does not say that it stops")
	}
	l.asked(syscall.SIGTERM)
	began := time.Now()
	<-l.ended
	if code, took := l.cmd.ProcessState.ExitCode(), time.Since(began); code != 128+int(syscall.SIGTERM) || took > 2*time.Second {
		t.Errorf("exit %d after %v", code, took)
	}
	hanging.Lift()
	p.serves()
	siti.Say("daftar")
	for !strings.Contains(siti.Next(t).Text, saying("registration.consent")) {
	}
}

func TestOneOfTwoReplicasPollsAndTheOtherTakesOver(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	p := elsewhere(t, onTelegram(api)...)
	data := filepath.Join(room(t), "data")
	polls := p.serves()
	waits := p.serves("TITIAN_DATA="+data, "TITIAN_KEYSET_FILE="+filepath.Join(p.data, "keyset.json"))
	c := gather(t, api, 12, 2*patience)
	c.reaches(t, c.all()/3)
	worked := func(l *life) bool {
		_, counted := l.get("/metrics")
		return strings.Contains(counted, "titian_turns_total{")
	}
	if worked(waits) { // it may have been quicker
		polls, waits = waits, polls
	}
	if !worked(polls) || worked(waits) {
		t.Error("not one of the two polls")
	}
	polls.dies()
	c.registered(t)
	acknowledged(t, api)
	for _, call := range api.Calls("getUpdates") {
		if call.Status == 409 {
			t.Errorf("two polled at once: %s", call.Error)
		}
	}
	third := p.serves()
	again := newOwner(api, 99)
	if err := again.registers(t.Context(), questions); err != nil {
		t.Fatal(err)
	}
	waits.stops()
	third.stops()
	p.allFiled(append(c.owners, again))
	if _, err := os.Stat(filepath.Join(data, "keyset.json")); err == nil {
		t.Error("the replica wrote a keyset of its own")
	}
}

func TestReadyzSaysWhatIsDownWhilePlainAnswersGoOn(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	p := elsewhere(t, onTelegram(api)...)
	server := ownPostgres(p)
	l := p.serves()
	o := newOwner(api, 1)
	list := append([]question(nil), questions...)
	for i, q := range list {
		does := q.does
		switch q.asks {
		case "registration.name":
			list[i].does = func(o *owner, m telegramtest.Sent) error { server.Stop(); return does(o, m) }
		case "registration.address":
			list[i].does = func(o *owner, m telegramtest.Sent) error {
				code, body := l.get("/readyz")
				if code != 503 || !strings.Contains(body, `"postgres":"down"`) || !strings.Contains(body, `"redis":"up"`) || !strings.Contains(body, `"telegram":"up"`) {
					t.Errorf("/readyz without Postgres: %d %s", code, body)
				}
				if code, _ := l.get("/healthz"); code != 200 {
					t.Errorf("/healthz without Postgres: %d", code)
				}
				if code, body := l.get("/metrics"); code != 200 || !strings.Contains(body, "titian_turns_total") {
					t.Errorf("/metrics without Postgres: %d %s", code, body)
				}
				server.Start()
				return does(o, m)
			}
		}
	}
	if err := o.registers(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	if !await(patience, func() bool { code, _ := l.get("/readyz"); return code == 200 }) {
		t.Error("it never was ready again")
	}
	l.stops()
	p.allFiled([]*owner{o})
}

func TestTheTerminalWorksWithoutRedisAndSaysWhatToInstallWithoutPostgres(t *testing.T) {
	t.Parallel()
	p := bare(t, "REDIS_BIN=/nonexistent")
	lines := strings.SplitAfter(aRegistration, "\n")
	first := p.prints(strings.Join(lines[:9], ""), "chat")
	if !strings.Contains(first, saying("registration.kecamatan")) {
		t.Fatalf("it stopped before the kecamatan:\n%s", first)
	}
	p.leave() // and with it everything the Redis in memory held
	if said := p.prints(strings.Join(lines[9:], ""), "chat"); !numbered.MatchString(said) {
		t.Errorf("the registration did not go on:\n%s", said)
	}
	if rows := p.exported("--full"); rows["7471051203850001"]["name"] != "Contoh Satu" {
		t.Errorf("exported %v", rows)
	}
	if strings.Contains(fmt.Sprint(os.ReadDir(filepath.Join(p.data, "redis"))), "appendonly") {
		t.Error("there was a Redis after all")
	}

	none := bare(t, "PG_BIN=/nonexistent")
	for _, args := range [][]string{{"chat"}, {"serve", "--addr", address()}, {"export", "owners", "--format", "json"}} {
		none.refuses("apt-get install -y postgresql", args...)
	}
}

func TestAnAnswerOfAMegabyteIsReadAndTheNextOneToo(t *testing.T) {
	t.Parallel()
	p := program{t, nil}
	long := strings.Repeat("7", 1<<20)
	for kind, line := range map[string][2]string{
		"phone": {"0812-0000-0001", `"+6281200000001"`}, "money": {"2 juta", "2000000"}, "yesno": {"iye", "true"},
		"kecamatan": {"mandonga", `"Mandonga"`}, "date": {"12 juni 2024", `"2024-06-12"`}, "workers": {"3 orang", "3"},
		"products": {"abon ikan, stik ikan", `["abon ikan","stik ikan"]`}, "nik": {"7471051203850001", `"7471051203850001"`},
		"nib": {"0000000000017", `"0000000000017"`},
	} {
		began := time.Now()
		out := p.prints(line[0]+"\n"+long+"\n"+long+long+"\n\n"+line[0], "understand", kind, "--today", "2026-11-23")
		if want := line[1] + "\nnull\nnull\nnull\n" + line[1] + "\n"; out != want {
			t.Errorf("%s: got %s, want %s", kind, out, want)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", kind, took)
		}
	}
}
