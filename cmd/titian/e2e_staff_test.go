package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"titian/bot/telegram/telegramtest"
)

var lab struct {
	sync.Once
	path string
}

// atTenInTheMorning is `titian serve` with a clock that begins on a working day: at night nobody would be told anything.
func (p *place) atTenInTheMorning() *life {
	p.Helper()
	l := p.workday(address())
	l.up()
	return l
}

// workday is atTenInTheMorning at an address of one's own, and does not wait until it is there.
func (p *place) workday(addr string) *life {
	p.Helper()
	return p.inLab(addr, "TITIAN_NOW=2026-11-23T10:00:00+08:00")
}

// labBinary builds the program with the tag lab, once.
func labBinary(t testing.TB) string {
	t.Helper()
	lab.Do(func() {
		lab.path = filepath.Join(filepath.Dir(binary(t)), "titian-lab")
		if said, err := exec.Command("go", "build", "-tags", "lab", "-o", lab.path, ".").CombinedOutput(); err != nil {
			t.Fatalf("build: %v: %s", err, said)
		}
	})
	return lab.path
}

// inLab is `titian serve` as it is built for a laboratory, with further variables; it does not wait until it is there.
func (p *place) inLab(addr string, env ...string) *life {
	p.Helper()
	program := labBinary(p)
	l := &life{place: p, addr: addr, out: newPaper(), errs: newPaper(), ended: make(chan struct{})}
	l.cmd = exec.Command(program, "serve", "--addr", addr)
	l.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, append(env, p.env...)...)
	l.cmd.Stdout, l.cmd.Stderr = l.out, l.errs
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := l.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	go func() { l.cmd.Wait(); l.out.close(); close(l.ended) }()
	p.Cleanup(func() {
		l.dies()
		if p.Failed() {
			p.Logf("titian said %s\n%s", l.out, l.errs.tail(6000))
		}
	})
	return l
}

// awaits waits for the next message to a phone that holds the words.
func awaits(t *testing.T, p *telegramtest.Phone, words string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		m, err := p.NextSent(ctx)
		if err != nil {
			t.Fatalf("waiting for %q: %v", words, err)
		}
		if strings.Contains(m.Text, words) {
			return m.Text
		}
	}
}

// announcesToAll writes an announcement to all in the staff chat and sends it; the owner gets it, and staff see that it ended.
func announcesToAll(t *testing.T, staff, owner *telegramtest.Phone) {
	t.Helper()
	for _, step := range [][2]string{
		{"/siaran baru", "gambar atau PDF"}, {"lewati", "Ketik teksnya"}, {"Yth. {nama}, besok ada pelatihan.", "Untuk siapa?"},
		{"semua", "Kapan dikirim?"}, {"sekarang", "jumlah tempat"}, {"tidak", "Dikirimi: 1 orang (Telegram 1)"},
	} {
		staff.Say(step[0])
		awaits(t, staff, step[1])
	}
	card := staff.Transcript()
	if _, err := staff.Tap(card[len(card)-1].ID, texts().Say("desk.act.broadcast_send", nil)); err != nil {
		t.Fatal(err)
	}
	awaits(t, owner, "besok ada pelatihan")
	ends := texts().Say("broadcast.card.done", map[string]string{"number": "1"})
	if !await(patience, func() bool {
		return slices.ContainsFunc(staff.Transcript(), func(m telegramtest.Sent) bool { return strings.Contains(m.Text, ends) })
	}) {
		t.Errorf("staff never see %q", ends)
	}
}

func TestStaffOnTelegramHearOfARegistrationWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	p := elsewhere(t, onTelegram(api)...)
	invited := p.prints("", "staff", "invite", "--name", "Ani", "--role", "admin")
	l := p.atTenInTheMorning()
	ani := api.User(9001, "Ani")
	ani.Say(strings.TrimSpace(invited))
	awaits(t, ani.Phone, "Selamat datang, Ani")
	if list := p.prints("", "staff", "list"); !strings.Contains(list, "Ani") || !strings.Contains(list, "admin") {
		t.Errorf("the list is %q", list)
	}
	group := api.Group(-500, "Kabar dinas")
	ani.In(group).Say("/grup")
	awaits(t, group.Phone, "menerima kabar")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	siti, asked := newOwner(api, 1), slices.Clone(questions)
	for i, q := range asked {
		if q.asks == "registration.announcements" {
			asked[i].does = taps("registration.announcements.yes")
		}
	}
	if err := siti.registers(ctx, asked); err != nil {
		t.Fatal(err)
	}
	filed := time.Now()
	text := awaits(t, ani.Phone, siti.number)
	if took := time.Since(filed); took > 2*time.Second {
		t.Errorf("staff heard of it after %v", took)
	}
	if strings.Contains(text, "7471") || !strings.Contains(text, siti.name) {
		t.Errorf("staff hear %q", text)
	}
	if text := awaits(t, group.Phone, siti.number); strings.Contains(text, siti.name) {
		t.Errorf("the group hears %q", text)
	}
	announcesToAll(t, ani.Phone, siti.Phone)
	p.prints("", "staff", "remove", "--name", "Ani")
	said := ani.SentCount()
	ani.Say("/staf")
	if all, err := ani.Await(ctx, said+1); err != nil || strings.Contains(all[len(all)-1].Text, "admin") {
		t.Errorf("who was removed still sees the list: %v, %v", all, err)
	}
	l.stops()
}
