package main

import (
	"bytes"
	"context"
	"database/sql"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"titian/bot/telegram/telegramtest"
)

// paperPhoto is a photo of a document, sharp enough to be read and another for another n below 100.
func paperPhoto(t testing.TB, n int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 1000, 700))
	for y := range 700 {
		for x := range 1000 {
			v := uint8(90 + ((x+7*n)/25+y/25)%2*120)
			img.Set(x, y, color.RGBA{v, v - uint8(n%8*10), v - uint8(n/8*6), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// line is what a person on Telegram does, and the words of the answer; "+" sends the next photo, "++" an album of two.
type line struct{ does, hears string }

// halalFile is what an owner brings for a halal file, up to the photos of how it is made.
var halalFile = []line{
	{"halal", "Adakah yang berlaku di usaha"}, {"tidak ada", "ayam, daging, kaldu"}, {"tidak", "alamat email"}, {"lewati", "Siapa penyelia halal"},
	{"saya sendiri", "Tempatnya milik siapa"}, {"milik sendiri", "Di mana produknya dijual"}, {"online", "Bahan apa saja"},
	{"ikan, garam, minyak goreng", "Sabun atau pembersih"}, {"1", "Kemasannya apa saja"}, {"1", "Minyak goreng: merek apa"},
	{"Cap Contoh", "Sabun cuci piring: merek apa"}, {"Cap Sabun", "merek yang tertulis"}, {"1", "Mohon kirim foto"}, {"+", "memakai semua bahan"},
	{"ya", "Cara membuat"}, {"sama", "Tinggal dokumen"}, {"+", "Foto ini untuk yang mana"}, {"KTP pemilik", "KTP pemilik: 1 foto"},
	{"+", "Foto ini untuk yang mana"}, {"Lembar NIB", "Lembar NIB: 1 foto"}, {"+", "Foto ini untuk yang mana"}, {"Foto tempat produksi", "tempat produksi: 1 foto"},
}

// halalOwner is an owner of food with a NIB, on Telegram.
type halalOwner struct {
	*owner
	t      *testing.T
	photos int
}

func registerForHalal(t *testing.T, api *telegramtest.Server, o *owner) *halalOwner {
	t.Helper()
	var list []question
	for _, q := range questions {
		switch q.asks {
		case "registration.products":
			q.does = types("abon ikan")
		case "registration.has_nib":
			q.does = taps("registration.has_nib.yes")
			list = append(list, q, question{"registration.nib", types("0000000000017")})
			continue
		}
		list = append(list, q)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	if err := o.registers(ctx, list); err != nil {
		t.Fatal(err)
	}
	return &halalOwner{owner: o, t: t}
}

func (o *halalOwner) brings(list []line) {
	o.t.Helper()
	for _, l := range list {
		switch l.does {
		case "+":
			o.photos++
			o.SendPhoto(paperPhoto(o.t, o.photos))
		case "++":
			o.photos += 2
			o.SendAlbum([][]byte{paperPhoto(o.t, o.photos-1), paperPhoto(o.t, o.photos)})
		default:
			o.Say(l.does)
		}
		awaits(o.t, o.Phone, l.hears)
	}
}

// officer is a member of staff on Telegram.
type officer struct {
	*telegramtest.User
	t *testing.T
}

func (p *place) joins(t *testing.T, api *telegramtest.Server, invitation string) *officer {
	t.Helper()
	ani := &officer{api.User(9001, "Ani"), t}
	ani.Say(strings.TrimSpace(invitation))
	awaits(t, ani.Phone, "Selamat datang")
	return ani
}

// presses taps the button of that label on the last message that has one, without waiting.
func (o *officer) presses(label string) {
	o.t.Helper()
	sent := o.Transcript()
	for i := len(sent) - 1; i >= 0; i-- {
		if b, ok := sent[i].Button(label); ok {
			if _, err := o.Tap(sent[i].ID, b.Data); err != nil {
				o.t.Fatal(err)
			}
			return
		}
	}
	o.t.Fatalf("no button %q", label)
}

func (o *officer) taps(label, hears string) {
	o.t.Helper()
	o.presses(label)
	awaits(o.t, o.Phone, hears)
}

// database looks past the program.
func (p *place) database() *sql.DB {
	p.Helper()
	for _, v := range p.env {
		if url, ok := strings.CutPrefix(v, "DATABASE_URL="); ok {
			db, err := sql.Open("postgres", url)
			if err != nil {
				p.Fatal(err)
			}
			p.Cleanup(func() { db.Close() })
			return db
		}
	}
	p.Fatal("the place has no database of its own")
	return nil
}

func TestKilledInAnUploadAVerdictOrAPlaceItLosesNothingAndDecidesNothingTwice(t *testing.T) {
	t.Parallel()
	r := seed(t)
	api := botAPI(t, telegramtest.Options{})
	p := elsewhere(t, onTelegram(api)...)
	p.prints("", "programme", "set", "--name", "SEHATI Contoh", "--year", "2026", "--quota", "120")
	invitation := p.prints("", "staff", "invite", "--name", "Ani", "--role", "petugas")
	at := address()
	l := p.workday(at)
	l.up()
	db := p.database()
	// dies is a kill; the minute after which what its process had in hand is taken over has passed.
	dies := func() {
		t.Helper()
		l.dies()
		if _, err := db.Exec(`UPDATE river_job SET state = 'available', scheduled_at = now() WHERE state = 'running'`); err != nil {
			t.Fatal(err)
		}
		l = p.workday(at)
	}
	soon := func() { <-time.After(time.Duration(r.IntN(250)) * time.Millisecond); dies() } // the moment, not a wait for anything
	hangs := func(method string, chat int64, do func()) {
		t.Helper()
		hanging := api.Fail(method, chat, telegramtest.Fault{Hang: true}, -1)
		do()
		if err := hanging.Await(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		dies()
		hanging.Lift()
	}
	ani := p.joins(t, api, invitation)
	o := registerForHalal(t, api, newOwner(api, 1))
	t.Cleanup(func() {
		if t.Failed() {
			for _, m := range o.Events()[max(0, len(o.Events())-8):] {
				t.Logf("the owner heard %q", m.Text)
			}
		}
	})
	o.brings(halalFile)
	hangs("getFile", 0, func() { o.SendAlbum([][]byte{paperPhoto(t, 60), paperPhoto(t, 61)}) })
	awaits(t, o.Phone, "Foto ini untuk yang mana")
	o.Say("Foto saat membuat")
	soon()
	awaits(t, o.Phone, "Foto saat membuat: 2 foto")
	o.brings([]line{{"selesai", "Mohon diperiksa dulu"}, {"kirim", "pernyataan pelaku usaha"}})
	o.Say("setuju")
	soon()
	awaits(t, o.Phone, "HAL-2026-000001")

	ani.Say("/berkas")
	awaits(t, ani.Phone, "menunggu diperiksa")
	ani.taps("Berikutnya", "Dipegang: Ani")
	ani.taps("7. KTP pemilik", "terlihat 10 menit")
	hangs("sendMessage", ani.Chat(), func() { ani.presses("Perbaiki: buram") })
	awaits(t, ani.Phone, "fotonya buram")
	ani.taps("Terima sisanya", "✅ Cara membuat")
	hangs("sendMessage", o.Chat(), func() { ani.presses("Selesai memeriksa") })
	awaits(t, o.Phone, "sudah diperiksa, terima kasih")
	o.Say("halal")
	awaits(t, o.Phone, "Mohon kirim foto KTP")
	o.SendPhoto(paperPhoto(t, 70))
	soon()
	awaits(t, o.Phone, "sudah kami terima")
	ani.Say("/berkas")
	awaits(t, ani.Phone, "menunggu diperiksa")
	ani.taps("Berikutnya", "Dipegang: Ani")
	ani.taps("Terima sisanya", "✅ KTP pemilik")
	ani.presses("Selesai memeriksa")
	soon()
	awaits(t, ani.Phone, "lengkap, belum mendapat tempat")
	ani.presses("Beri tempat")
	soon()
	awaits(t, o.Phone, "mendapat tempat gratis")
	acknowledged(t, api)
	l.up()
	l.stops()

	for query, want := range map[string]int{
		`SELECT count(*) FROM applications WHERE state = 'placed'`:                                       1,
		`SELECT count(*) FROM places WHERE released_at IS NULL`:                                          1,
		`SELECT last FROM application_numbers`:                                                           1,
		`SELECT revision FROM application_items WHERE key = 'ktp'`:                                       2,
		`SELECT count(*) FROM verdicts WHERE verdict = 'fix'`:                                            1,
		`SELECT count(*) FROM audit WHERE action = 'give verdict'`:                                       1,
		`SELECT count(*) FROM audit WHERE action = 'end review'`:                                         2,
		`SELECT count(*) FROM audit WHERE action IN ('file application','replace items','grant place')`:  3,
		`SELECT count(*) FROM (SELECT item, revision FROM verdicts GROUP BY 1, 2 HAVING count(*) > 1) t`: 0,
		`SELECT count(*) FROM owner_notices WHERE kind = 'fix' AND delivered_at IS NOT NULL`:             1,
		`SELECT count(*) FROM owner_notices WHERE kind = 'place'`:                                        1,
		`SELECT count(*) FROM files WHERE deleted_at IS NULL`:                                            6,
		`SELECT cardinality(files) FROM application_items ORDER BY 1 DESC LIMIT 1`:                       2,
	} {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil || n != want {
			t.Errorf("%d, %v, want %d: %s", n, err, want, query)
		}
	}
	if said := p.prints("", "doctor", "--files"); strings.Contains(said, "HAL-") {
		t.Errorf("the doctor says %q", said)
	}
	told := map[string]int{}
	for _, m := range o.Events() {
		for _, words := range []string{"sudah diperiksa, terima kasih", "sudah lengkap", "mendapat tempat gratis"} {
			if strings.Contains(m.Text, words) {
				told[words]++
			}
		}
	}
	for words, n := range told {
		if n > 2 {
			t.Errorf("the owner is told %q %d times", words, n)
		}
	}
	t.Logf("the owner was told %v", told)
}
