package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"titian/bot/whatsapp/whatsapptest"
)

// onWhatsApp are the variables that bring a program to a test server.
func onWhatsApp(s *whatsapptest.Server) []string {
	return []string{"WHATSAPP=on", "WALAB_URL=" + s.URL(), "WALAB_ROOT=" + whatsapptest.Root()}
}

// pairs links a phone with `titian whatsapp pair --text`.
func (p *place) pairs(phone *whatsapptest.Phone) {
	p.Helper()
	cmd := exec.Command(labBinary(p), "whatsapp", "pair", "--text")
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, p.env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	linked := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		switch line := lines.Text(); {
		case strings.Contains(line, "#"):
			go phone.Link(line)
		case line == "linked":
			linked = true
		}
	}
	if err := cmd.Wait(); err != nil || !linked {
		p.Fatalf("pair: %v, linked %t: %s", err, linked, errs.String())
	}
}

// wa is an owner with WhatsApp: what a button would be on Telegram is typed.
type wa struct {
	*whatsapptest.Phone
	office *whatsapptest.Phone
	heard  map[string]int // how often each message id came
}

func (o *wa) hears(ctx context.Context, key string) (string, error) {
	words, last := saying(key), ""
	for {
		e, err := o.Next(ctx)
		if err != nil {
			return "", fmt.Errorf("waiting for %q after %q: %w", words, last, err)
		}
		o.heard[e.Info.ID]++
		last = e.Message.GetConversation()
		if strings.Contains(last, saying("bot.parked")) {
			return "", errors.New("a message was parked")
		}
		if strings.Contains(last, words) {
			return last, nil
		}
	}
}

// byHand are the questions of a registration with what is typed at each.
func byHand(o *owner) [][2]string {
	return [][2]string{
		{"menu.choice", "1"},
		{"registration.consent", "setuju"},
		{"registration.name", o.name},
		{"registration.nik", o.nik},
		{"registration.phone", o.local},
		{"registration.business", "Dapur " + o.name},
		{"registration.sector", saying("registration.sector.food")},
		{"registration.products", "abon ikan marlin, stik ikan"},
		{"registration.kecamatan", "lepo-lepo"},
		{"registration.address", o.street},
		{"registration.location", "lewati"},
		{"registration.workers", "berdua sama suami"},
		{"registration.turnover", "2 juta"},
		{"registration.has_nib", "tidak"},
		{"registration.permits", "1,4"},
		{"registration.photos", "lewati"},
		{"registration.announcements", saying("registration.announcements.no")},
		{"registration.summary", saying("flow.option.send")},
	}
}

func TestAnOwnerRegistersOnWhatsAppFromPairingToANumber(t *testing.T) {
	t.Parallel()
	s := whatsapptest.New(t)
	office := s.Phone(t, "Dinas")
	p := elsewhere(t, onWhatsApp(s)...)
	p.pairs(office)
	l := p.inLab(address())
	l.up()
	office.AwaitLinked()
	siti := &owner{n: 1, name: "Contoh Sa", nik: "7471051203850001", local: "081270000001", street: "Jl. Merpati No. 1"}
	phone := &wa{Phone: s.Phone(t, siti.name), office: office, heard: map[string]int{}}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	phone.Says(office, "halo")
	for i, step := range byHand(siti) {
		if _, err := phone.hears(ctx, step[0]); err != nil {
			t.Fatalf("question %d: %v", i, err)
		}
		phone.Says(office, step[1])
	}
	filed, err := phone.hears(ctx, "registration.filed")
	if err != nil {
		t.Fatal(err)
	}
	siti.number = numbered.FindString(filed)
	row := p.exported("--full")[siti.nik]
	if got := fmt.Sprint(row["number"], " ", row["phone"], " ", row["network"]); got != siti.number+" +6281270000001 whatsapp" {
		t.Errorf("filed as %s", got)
	}
	for id, n := range phone.heard {
		if n != 1 {
			t.Errorf("message %s came %d times", id, n)
		}
	}
	for _, secret := range []string{siti.nik, phone.Number(), phone.JID(true).User, siti.street, "abon ikan"} {
		if strings.Contains(l.errs.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
