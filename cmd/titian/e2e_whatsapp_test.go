package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/whatsapp"
	"titian/bot/whatsapp/whatsapptest"
)

// onWhatsApp are the variables that bring a program to a test server.
func onWhatsApp(s *whatsapptest.Server) []string {
	return []string{"WHATSAPP=on", "WALAB_URL=" + s.URL(), "WALAB_ROOT=" + whatsapptest.Root()}
}

// pairs links a phone with `titian whatsapp pair --text`.
func (p *place) pairs(phone *whatsapptest.Phone) {
	p.Helper()
	linked := false
	var secrets []string
	errs, err := p.pairing([]string{"--text"}, func(line string) {
		if _, code, ok := strings.Cut(line, "#"); ok {
			secrets = append(secrets, strings.Split(code, ",")[:4]...)
			go phone.Link(line)
		}
		linked = linked || line == "linked"
	})
	if err != nil || !linked {
		p.Fatalf("pair: %v, linked %t: %s", err, linked, errs)
	}
	for _, secret := range secrets {
		if strings.Contains(errs, secret) {
			p.Errorf("the log of pairing holds part of a code: %.4q…", secret)
		}
	}
}

// pairing runs `titian whatsapp pair` to its end, reading line by line what it prints.
func (p *place) pairing(args []string, reads func(line string)) (errs string, err error) {
	p.Helper()
	cmd := exec.Command(labBinary(p), append([]string{"whatsapp", "pair"}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, p.env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		reads(lines.Text())
	}
	err = cmd.Wait()
	return said.String(), err
}

func TestPairCommandLinksByACodeThatIsTyped(t *testing.T) {
	t.Parallel()
	s := whatsapptest.New(t)
	office := s.Phone(t, "Dinas")
	p := elsewhere(t, onWhatsApp(s)...)
	if errs, err := p.pairing([]string{"--phone", "0812"}, func(string) {}); err == nil || !strings.Contains(errs, "country code") {
		t.Errorf("a number without its country: %v, %s", err, errs)
	}
	code, linked := "", false
	errs, err := p.pairing([]string{"--phone", "+" + office.Number()}, func(line string) {
		if _, typed, ok := strings.Cut(line, "lalu ketik: "); ok {
			code = typed
			go office.LinkTyped(code)
		}
		linked = linked || line == "linked"
	})
	if err != nil || !linked || len(code) != 9 {
		t.Fatalf("%v, linked %t with a code of %d signs: %s", err, linked, len(code), errs)
	}
	for _, secret := range []string{code, strings.ReplaceAll(code, "-", ""), office.Number()} {
		if strings.Contains(errs, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestPairCommandShowsEachStepAndNoPasskeyAmongRawCodes(t *testing.T) {
	for _, step := range []struct {
		whatsapp.Step
		shows, raw string
	}{
		{whatsapp.Step{Code: "https://wa.me/x#1"}, "Pindai kode ini", "https://wa.me/x#1\n"},
		{whatsapp.Step{Typed: "ABCD-1234"}, "lalu ketik: ABCD-1234", "ABCD-1234\n"},
		{whatsapp.Step{Passkey: true}, "meminta passkey", ""},
		{whatsapp.Step{Linked: true}, "linked", "linked\n"},
	} {
		var shown, raw, errs bytes.Buffer
		(&whatsappPair{}).show(streams{out: &shown, err: &errs}, step.Step)
		(&whatsappPair{Text: true}).show(streams{out: &raw, err: &errs}, step.Step)
		if !strings.Contains(shown.String(), step.shows) || raw.String() != step.raw || step.Passkey != strings.Contains(errs.String(), "passkey") {
			t.Errorf("%+v shows %q, raw %q, beside it %q", step.Step, shown.String(), raw.String(), errs.String())
		}
	}
}

// wa is an owner with WhatsApp: what a button would be on Telegram is typed.
type wa struct {
	*whatsapptest.Phone
	*owner
	office *whatsapptest.Phone
	heard  map[string]map[string]bool // the ids that each text came under
}

func newWa(t testing.TB, s *whatsapptest.Server, office *whatsapptest.Phone, n int) *wa {
	o := &owner{
		n: n, name: "Contoh " + letters(n), nik: fmt.Sprintf("747105120385%04d", n), local: fmt.Sprintf("0812%08d", 70_000_000+n),
		street: fmt.Sprintf("Jl. Merpati No. %d", n),
	}
	return &wa{Phone: s.Phone(t, o.name), owner: o, office: office, heard: map[string]map[string]bool{}}
}

// registers answers everything that is asked, from the first word to the number.
func (o *wa) registers(ctx context.Context, acted func()) error {
	o.Phone.Says(o.office, "halo")
	return o.goesOn(ctx, byHand(o.owner), acted)
}

// goesOn answers what is asked, up to the number.
func (o *wa) goesOn(ctx context.Context, steps [][2]string, acted func()) error {
	for i, step := range steps {
		acted()
		if _, err := o.hears(ctx, step[0]); err != nil {
			return fmt.Errorf("owner %d at question %d: %w", o.n, i, err)
		}
		o.Phone.Says(o.office, step[1])
	}
	filed, err := o.hears(ctx, "registration.filed")
	o.number = numbered.FindString(filed)
	return err
}

// once wants each text to have come as one message: what is sent again has the id it had at first, and a phone shows it once.
func (o *wa) once(t testing.TB) {
	t.Helper()
	for text, ids := range o.heard {
		if len(ids) != 1 {
			t.Errorf("owner %d has %d messages that say %.60q", o.n, len(ids), text)
		}
	}
}

// hears waits for a message with the text of a key.
func (o *wa) hears(ctx context.Context, key string) (string, error) { return o.reads(ctx, saying(key)) }

// reads waits for a message with those words.
func (o *wa) reads(ctx context.Context, words string) (string, error) {
	last := ""
	for {
		e, err := o.Next(ctx)
		if err != nil {
			return "", fmt.Errorf("waiting for %q after %q: %w", words, last, err)
		}
		last = e.Message.GetConversation()
		if o.heard[last] == nil {
			o.heard[last] = map[string]bool{}
		}
		o.heard[last][e.Info.ID] = true
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

// corrected are steps that at the end change the last answer, which stands in the second part of a list.
func corrected(steps [][2]string) [][2]string {
	last := len(steps) - 1
	all := append(slices.Clone(steps[:last]), [][2]string{
		{"registration.summary", "ubah"}, {"bot.page.more", "0"}, {"bot.page.first", "16"}, {"registration.announcements", "1"},
	}...)
	return append(all, steps[last])
}

// brings hands in a halal file; see line.
func (o *wa) brings(ctx context.Context, t *testing.T, photos *int, list []line) {
	t.Helper()
	for _, l := range list {
		if l.does == "+" {
			*photos++
			o.Phone.SendsPhoto(o.office, paperPhoto(t, *photos), "")
		} else {
			o.Phone.Says(o.office, l.does)
		}
		if _, err := o.reads(ctx, l.hears); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnOwnerBringsAHalalFileOnWhatsAppAlsoWhereWhatsAppLostAPhoto(t *testing.T) {
	t.Parallel()
	s := whatsapptest.New(t)
	office := s.Phone(t, "Dinas")
	p := elsewhere(t, onWhatsApp(s)...)
	p.prints("", "programme", "set", "--name", "SEHATI Contoh", "--year", "2026", "--quota", "120")
	p.pairs(office)
	l := p.workday(address())
	l.up()
	office.AwaitLinked()
	siti := newWa(t, s, office, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	siti.Phone.Says(office, "halo")
	if err := siti.goesOn(ctx, withNIB(byHand(siti.owner)), func() {}); err != nil {
		t.Fatal(err)
	}
	ktp, photos := 0, 0
	for i, l := range halalFile {
		if l.hears == "Foto ini untuk yang mana" {
			ktp = i
			break
		}
	}
	siti.brings(ctx, t, &photos, halalFile[:ktp])
	s.MediaLost(1) // the phone has it still
	siti.brings(ctx, t, &photos, halalFile[ktp:])
	office.Sleep()
	s.MediaLost(1)
	siti.Phone.SendsPhoto(office, paperPhoto(t, 50), "")
	if _, err := siti.hears(ctx, "flow.file.gone"); err != nil {
		t.Fatal(err)
	}
	office.Wake()
	siti.brings(ctx, t, &photos, []line{
		{"+", "Foto ini untuk yang mana"}, {"Foto saat membuat", "Foto saat membuat: 1 foto"},
		{"selesai", "Mohon diperiksa dulu"}, {"kirim", "pernyataan pelaku usaha"}, {"setuju", "HAL-2026-000001"},
	})
	siti.once(t)
	var n int
	if err := p.database().QueryRow(`SELECT count(*) FROM files WHERE deleted_at IS NULL`).Scan(&n); err != nil || n != photos {
		t.Errorf("%d files of %d are stored: %v", n, photos, err)
	}
	p.prints("", "doctor", "--files")
}

// withNIB is a registration of somebody who may have a halal certificate.
func withNIB(list [][2]string) (all [][2]string) {
	for _, q := range list {
		switch q[0] {
		case "registration.products":
			q[1] = "abon ikan"
		case "registration.has_nib":
			all = append(all, [2]string{q[0], "sudah"}, [2]string{"registration.nib", "0000000000017"})
			continue
		}
		all = append(all, q)
	}
	return all
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
	siti := newWa(t, s, office, 1)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	siti.SendsOnce(office, paperPhoto(t, 1)) // which no linked device is shown
	if _, err := siti.hears(ctx, "bot.once"); err != nil {
		t.Fatal(err)
	}
	siti.Phone.Says(office, "halo")
	if err := siti.goesOn(ctx, corrected(byHand(siti.owner)), func() {}); err != nil {
		t.Fatal(err)
	}
	row := p.exported("--full")[siti.nik]
	if got := fmt.Sprint(row["number"], " ", row["phone"], " ", row["network"]); got != siti.number+" +6281270000001 whatsapp" {
		t.Errorf("filed as %s", got)
	}
	siti.once(t)
	_, counted := l.get("/metrics")
	l.stops()
	if !strings.Contains(counted, "titian_whatsapp_link 1") || !strings.Contains(l.errs.String(), `"link":"up"`) {
		t.Errorf("there was hardly anything to search: %s", l.errs)
	}
	for name, said := range map[string]string{"the log": l.errs.String() + l.out.String(), "/metrics": counted} {
		for _, secret := range []string{
			siti.name, siti.nik, siti.local, siti.local[1:], siti.Number(), siti.JID(true).User, siti.street, "abon ikan", office.Number(), office.JID(true).User,
		} {
			if strings.Contains(said, secret) {
				t.Errorf("%s holds %q: %s", name, secret, around(said, secret))
			}
		}
	}
}

func TestKilledBotAnswersEveryWhatsAppMessageOnce(t *testing.T) {
	t.Parallel()
	const owners = 50
	s := whatsapptest.New(t)
	office := s.Phone(t, "Dinas")
	p := elsewhere(t, onWhatsApp(s)...)
	p.pairs(office)
	first := p.inLab(address())
	first.up()
	office.AwaitLinked()
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	var acts atomic.Int64
	half := make(chan struct{})
	var all []*wa
	var working sync.WaitGroup
	for i := range owners {
		o := newWa(t, s, office, i+1)
		all = append(all, o)
		working.Go(func() {
			err := o.registers(ctx, func() {
				if acts.Add(1) == owners*8 {
					close(half)
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	select {
	case <-half:
	case <-ctx.Done():
		t.Fatalf("they have acted %d times", acts.Load())
	}
	first.dies()
	second := p.inLab(address())
	second.up()
	working.Wait()
	for _, o := range all {
		o.once(t)
	}
	if rows := p.exported("--full"); len(rows) != owners {
		t.Errorf("%d owners stand in Postgres", len(rows))
	}
	for office.Unread() != 0 {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("%d messages are not acknowledged", office.Unread())
		}
	}
}

func TestReleaseCannotBeToldWhomToTrust(t *testing.T) {
	t.Parallel()
	for name, has := range map[string]bool{binary(t): false, labBinary(t): true} {
		program, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"WALAB_URL", "WALAB_ROOT"} {
			if bytes.Contains(program, []byte(word)) != has {
				t.Errorf("%s knows %s: %t", name, word, !has)
			}
		}
	}
}

func TestSecondProcessTakesWhatsAppOverAndAdminsHearOfABan(t *testing.T) {
	t.Parallel()
	s := whatsapptest.New(t)
	office := s.Phone(t, "Dinas")
	p := elsewhere(t, onWhatsApp(s)...)
	p.pairs(office)
	first, second := p.inLab(address()), p.inLab(address())
	first.up()
	second.up()
	office.AwaitLinked()
	siti := newWa(t, s, office, 1)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	siti.Phone.Says(office, "halo")
	if _, err := siti.hears(ctx, "menu.choice"); err != nil {
		t.Fatal(err)
	}
	first.dies()
	died := time.Now()
	siti.Phone.Says(office, "1")
	if _, err := siti.hears(ctx, "registration.consent"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(died); took > 10*time.Second {
		t.Errorf("it was answered %v after the death of the first", took)
	}
	if n := office.ThrownOut(); n != 0 {
		t.Errorf("two had the device at once, %d times", n)
	}
	siti.once(t)
	db := p.database()
	braked := func(cause string) {
		t.Helper()
		if !await(patience, func() bool {
			var n int
			err := db.QueryRow(`SELECT count(*) FROM brakes WHERE cause = $1 AND released_at IS NULL AND (until_at > now()) IS NOT FALSE`, cause).Scan(&n)
			return err == nil && n == 1
		}) {
			t.Errorf("the brake is not on for %s", cause)
		}
	}
	office.RefuseMessages("463") // even of a reply
	siti.Phone.Says(office, "bantuan")
	braked("cold")
	office.RefuseMessages("")
	siti.Phone.Says(office, "bantuan")
	if _, err := siti.hears(ctx, "bot.help"); err != nil {
		t.Errorf("a reply with the brake on: %v", err)
	}
	if code, body := second.get("/readyz"); code != 200 || !strings.Contains(body, `"whatsapp brake":"on: cold"`) {
		t.Errorf("/readyz with the brake on: %d %s", code, body)
	}
	office.Ban(104, time.Hour)
	office.Refused(1)
	braked("ban")
	if _, body := second.get("/metrics"); !strings.Contains(body, `titian_whatsapp_brake{cause="ban"} 1`) || !strings.Contains(body, `titian_whatsapp_brake{cause="stops"} 0`) {
		t.Error("/metrics does not show the brake")
	}
	if !await(patience, func() bool {
		var n int
		err := db.QueryRow(`SELECT count(*) FROM operator_causes WHERE event LIKE 'whatsapp banned/%' AND says LIKE '%kode 104%'`).Scan(&n)
		return err == nil && n == 1
	}) {
		t.Error("admins are not told of the ban")
	}
}

// A bot that was away for an hour: everything is worked in order, and each chat answered once.
func TestBacklogOfFiveHundredIsWorkedInOrderAndEachChatAnsweredOnce(t *testing.T) {
	t.Parallel()
	backlog := []string{"daftar", "setuju", "Contoh Satu", "menyusul", "0812 0000 0001", "Dapur Contoh", "pangan", "abon ikan", "lepo-lepo", "Jl. Merpati No. 1"}
	const owners = 50
	s := whatsapptest.New(t)
	office := s.Phone(t, "Dinas")
	p := elsewhere(t, append(onWhatsApp(s), "TITIAN_NOW="+time.Now().Add(time.Hour).Format(time.RFC3339))...)
	p.pairs(office)
	var all []*wa
	for i := range owners {
		all = append(all, newWa(t, s, office, i+1))
	}
	for _, words := range backlog { // nobody is there yet
		for _, o := range all {
			o.Phone.Says(office, words)
		}
	}
	l := p.inLab(address())
	l.up()
	begun := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	for _, o := range all {
		if _, err := o.hears(ctx, "registration.location"); err != nil {
			t.Fatalf("owner %d: %v", o.n, err)
		}
	}
	t.Logf("%d messages are answered after %v", owners*len(backlog), time.Since(begun))
	for office.Unread() != 0 {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("%d messages are not acknowledged", office.Unread())
		}
	}
	if n := office.Sent(); n != owners {
		t.Errorf("%d answers to %d chats", n, owners)
	}
}
