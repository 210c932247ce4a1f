package bot_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

// mortal is a house whose process can die at one step of any message: it hangs there until the test ends, nothing after it
// is done, and another process goes on.
type mortal struct {
	*bottest.House
	t      *testing.T
	step   bottest.Step
	dies   *atomic.Pointer[death]
	people map[string]*bottest.Person
	lives  int
}

type death struct {
	victim string
	once   sync.Once
	done   chan struct{}
	ends   <-chan struct{}
}

func newMortal(t *testing.T, step bottest.Step) *mortal {
	t.Helper()
	m := &mortal{t: t, step: step, dies: &atomic.Pointer[death]{}, people: map[string]*bottest.Person{}}
	m.House = bottest.New(t, m.options(bottest.Options{Staff: true, Lease: 50 * time.Millisecond}))
	return m
}

func (m *mortal) options(o bottest.Options) bottest.Options {
	dies := m.dies
	bottest.At(&o, func(s bottest.Step, id string) error {
		d := dies.Load()
		if d == nil || s != m.step || id != d.victim {
			return nil
		}
		hangs := false
		d.once.Do(func() { hangs = true; close(d.done) })
		if !hangs {
			return nil
		}
		<-d.ends
		return storage.ErrDown
	})
	return o
}

// person is somebody at the process that lives.
func (m *mortal) person(name string) *bottest.Person {
	p := m.people[name]
	if p == nil {
		p = m.House.Person(name)
	}
	p = p.At(m.House)
	m.people[name] = p
	return p
}

// kills lets the process die in a message, and another one take it up: it comes again, and its answer holds the words.
func (m *mortal) kills(name string, message chat.Message, words string) {
	m.t.Helper()
	ends := make(chan struct{})
	m.t.Cleanup(func() { close(ends) })
	d := &death{victim: message.ID, done: make(chan struct{}), ends: ends}
	m.dies.Store(d)
	from := len(m.Network.Sent(name))
	m.Bot.Receive(context.Background(), message)
	select {
	case <-d.done:
	case <-time.After(time.Minute):
		m.t.Fatalf("the process does not come to %s of %q", m.step, message.Text)
	}
	m.lives++
	o := m.Options
	o.Worker = fmt.Sprint("life ", m.lives)
	m.House = bottest.New(m.t, o)
	if err := bottest.Wait(m.t, m.Bot.Receive(context.Background(), message)); err != nil {
		m.t.Fatal(err)
	}
	m.hears(name, from, words)
	m.person(name).Hears()
}

// hears waits until somebody was sent the words, while owed replies are taken over.
func (m *mortal) hears(name string, from int, words string) {
	m.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(30 * time.Second); ; {
		for _, sent := range m.Network.Sent(name)[from:] {
			if strings.Contains(sent.Text, words) {
				return
			}
		}
		select {
		case <-tick.C:
		case <-limit:
			m.t.Fatalf("%s: %s never hears %q", m.step, name, words)
		}
		if err := m.Bot.TakeOver(m.t.Context()); err != nil {
			m.t.Fatal(err)
		}
	}
}

// tap is a press of a button of the last message that has it.
func (m *mortal) tap(name, label string) chat.Message {
	m.t.Helper()
	sent := m.Network.Sent(name)
	for i := len(sent) - 1; i >= 0; i-- {
		for _, c := range sent[i].Choices {
			if c.Label == label {
				message := m.Network.Message(name, chat.Tap, "")
				message.Choice = c.ID
				return message
			}
		}
	}
	m.t.Fatalf("no button %q", label)
	return chat.Message{}
}

// is wants a number to stand in the database.
func (m *mortal) is(want int, query string) {
	m.t.Helper()
	db, err := sql.Open("postgres", m.Options.PostgresURL)
	if err != nil {
		m.t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(query).Scan(&n); err != nil {
		m.t.Fatal(err)
	}
	if n != want {
		m.t.Errorf("%s: %d, want %d: %s", m.step, n, want, query)
	}
}

// filesWhole wants every file that somebody still needs to open in the vault, and no other row.
func (m *mortal) filesWhole(want int) {
	m.t.Helper()
	db, err := sql.Open("postgres", m.Options.PostgresURL)
	if err != nil {
		m.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT id FROM files WHERE deleted_at IS NULL`)
	if err != nil {
		m.t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var id string
		if err := rows.Scan(&id); err != nil {
			m.t.Fatal(err)
		}
		r, err := m.Vault.Get(m.t.Context(), id)
		if err != nil {
			m.t.Errorf("%s: a file that is noted is not in the vault: %v", m.step, err)
			continue
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			m.t.Errorf("%s: a file is not whole: %v", m.step, err)
		}
		r.Close()
	}
	if n != want {
		m.t.Errorf("%s: %d files are noted, want %d", m.step, n, want)
	}
}

// photo is a sharp photo, another for another seed below 40.
func photo(t *testing.T, seed byte) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 1000, 700))
	for y := range 700 {
		for x := range 1000 {
			v := uint8(90 + (x/25+y/25+int(seed))%2*120)
			img.Set(x, y, color.RGBA{v, v - seed%40, v, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// halal is what an owner brings for a halal file after registering, up to the album of how it is made; + is a photo.
var halal = []string{
	"halal", "tidak ada", "tidak", "lewati", "saya sendiri", "milik sendiri", "online", "ikan, garam, minyak goreng", "1", "1", "Cap Contoh", "Cap Sabun",
	"1", "+", "ya", "sama", "+", "KTP pemilik", "+", "Lembar NIB", "+", "Foto tempat produksi",
}

func TestAProcessThatDiesInAHalalFileLosesNothingAndDecidesNothingTwice(t *testing.T) {
	for _, step := range []bottest.Step{
		bottest.BeforeMark, bottest.AfterMark, bottest.BeforeTransacted,
		bottest.AfterTransacted, bottest.BeforeSettle, bottest.AfterSettle,
	} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			m := newMortal(t, step)
			if refused, err := m.DB.SetProgramme(t.Context(), storage.Programme{Name: "Fasilitasi Halal", Year: 2026, Quota: 120}); err != nil || refused != "" {
				t.Fatal(refused, err)
			}
			m.Invite("Ani", storage.RoleOfficer)
			m.bringsAFile()
			m.reviewsIt()
			m.erasesIt()
		})
	}
}

// bringsAFile dies in a photo of an album, and in the filing.
func (m *mortal) bringsAFile() {
	own := map[int]string{8: "abon ikan", 14: "sudah", 15: "0000000000017", 16: "lewati", 17: "lewati", 18: "tidak"}
	for i, line := range registering {
		if other, ok := own[i]; ok {
			line = other
		}
		m.person("contoh").Says(line)
	}
	m.person("contoh").Says("kirim")
	for i, line := range halal {
		if line == "+" {
			m.person("contoh").Gives(m.Network.Photo("contoh", photo(m.t, byte(i)), ""))
			continue
		}
		m.person("contoh").Says(line)
	}
	first := m.Network.Photo("contoh", photo(m.t, 31), "bersama")
	m.kills("contoh", first, "")
	m.person("contoh").Gives(m.Network.Photo("contoh", photo(m.t, 32), "bersama"))
	for _, line := range []string{"Foto saat membuat", "selesai", "kirim"} {
		m.person("contoh").Says(line)
	}
	m.kills("contoh", m.Network.Message("contoh", chat.Text, "setuju"), "HAL-2026-000001")
	m.is(1, `SELECT count(*) FROM applications WHERE state = 'submitted'`)
	m.is(1, `SELECT count(*) FROM audit WHERE action = 'file application'`)
	m.is(2, `SELECT cardinality(files) FROM application_items ORDER BY cardinality(files) DESC LIMIT 1`)
	m.filesWhole(6)
}

// reviewsIt dies in a verdict, in the end of a review, in the owner's repair, and in a place.
func (m *mortal) reviewsIt() {
	ani := func() *bottest.Person { return m.person("Ani") }
	ani().Says("/berkas")
	ani().Taps("Berikutnya")
	ani().Taps("7. KTP pemilik")
	m.kills("Ani", m.tap("Ani", "Perbaiki: buram"), "fotonya buram")
	m.is(1, `SELECT count(*) FROM verdicts`)
	m.is(1, `SELECT count(*) FROM audit WHERE action = 'give verdict'`)
	ani().Taps("Terima sisanya")
	from := len(m.Network.Sent("contoh"))
	m.kills("Ani", m.tap("Ani", "Selesai memeriksa"), "menunggu perbaikan pemilik")
	m.is(1, `SELECT count(*) FROM owner_notices WHERE kind = 'fix'`)
	m.hears("contoh", from, "Yang perlu dikirim ulang")
	m.person("contoh").Says("halal")
	m.kills("contoh", m.Network.Photo("contoh", photo(m.t, 33), ""), "sudah kami terima")
	m.is(2, `SELECT revision FROM application_items WHERE key = 'ktp'`)
	m.is(1, `SELECT count(*) FROM audit WHERE action = 'replace items'`)
	m.filesWhole(6)
	ani().Says("/berkas")
	ani().Taps("Berikutnya")
	ani().Taps("Terima sisanya")
	ani().Taps("Selesai memeriksa")
	m.kills("Ani", m.tap("Ani", "Beri tempat"), "mendapat tempat")
	m.is(1, `SELECT count(*) FROM places`)
	m.is(1, `SELECT count(*) FROM audit WHERE action = 'grant place'`)
	m.is(1, `SELECT count(*) FROM owner_notices WHERE kind = 'place'`)
	m.hears("contoh", from, "mendapat tempat gratis")
	told := map[string]int{}
	for _, sent := range m.Network.Sent("contoh")[from:] {
		for _, words := range []string{"sudah diperiksa, terima kasih", "mendapat tempat gratis"} {
			if strings.Contains(sent.Text, words) {
				told[words]++
			}
		}
	}
	for words, n := range told {
		if n != 1 {
			m.t.Errorf("%s: the owner is told %q %d times", m.step, words, n)
		}
	}
}

// erasesIt dies in the deletion of an owner who holds a place.
func (m *mortal) erasesIt() {
	m.person("contoh").Says("hapus data")
	m.person("contoh").Says("0001")
	m.kills("contoh", m.Network.Message("contoh", chat.Text, "hapus"), "HAL-2026-000001")
	m.is(0, `SELECT count(*) FROM applications`)
	m.is(0, `SELECT count(*) FROM registrations`)
	m.is(1, `SELECT count(*) FROM places WHERE release = 'deleted'`)
	m.is(1, `SELECT count(*) FROM audit WHERE action = 'delete owner'`)
	m.filesWhole(0)
}
