package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"titian/bot/telegram/telegramtest"
)

// What a halal file holds beside the registration, and must not be found.
const (
	penyeliaOfCanary = "Rahmatunnisa Bintang"
	nikOfPenyelia    = "7471046512880055"
	phoneOfPenyelia  = "81355667788"
	emailOfCanary    = "kenari.bengkok@example.com"
	brandOfCanary    = "Cap Kenari Bengkok"
	wordsOfOfficer   = "angka di kartu itu tertutup jempol"
	certificate      = "ID74110000077770077"
)

// ofCanary is a whole halal file with a penyelia who is somebody else.
func ofCanary() []line {
	var list []line
	for _, l := range halalFile {
		switch l.does {
		case "lewati":
			list = append(list, line{emailOfCanary, l.hears})
		case "saya sendiri":
			list = append(list, line{"orang lain", "nama lengkap penyelia"}, line{penyeliaOfCanary, "nomor HP penyelia"}, line{"0" + phoneOfPenyelia, "Penyelia perlu setuju"},
				line{"lembar", "Mohon foto lembar"}, line{"+", "Berapa NIK penyelia"}, line{nikOfPenyelia, "Mohon kirim foto KTP"}, line{"+", l.hears})
		case "Cap Contoh":
			list = append(list, line{brandOfCanary, l.hears})
		default:
			list = append(list, l)
		}
	}
	return append(list, line{"++", "Foto ini untuk yang mana"}, line{"Foto saat membuat", "Foto saat membuat: 2 foto"}, line{"selesai", "Mohon diperiksa dulu"},
		line{"kirim", "pernyataan pelaku usaha"}, line{"setuju", "HAL-2026-000001"})
}

// toTheCertificate lets an officer send the KTP back in words of their own, and carry the file on to its end.
func (ani *officer) toTheCertificate(o *halalOwner) {
	ani.t.Helper()
	says := func(text, hears string) { ani.t.Helper(); ani.Say(text); awaits(ani.t, ani.Phone, hears) }
	says("/berkas", "menunggu diperiksa")
	ani.taps("Berikutnya", "Dipegang: Ani")
	ani.taps("1. Data usaha", nikOfCanary)
	ani.taps("2. Penyelia halal", nikOfPenyelia)
	before := ani.SentCount()
	ani.taps("7. KTP pemilik", "terlihat 10 menit")
	if _, err := ani.Await(ani.t.Context(), before+2); err != nil { // the document itself
		ani.t.Fatal(err)
	}
	ani.taps("Perbaiki: alasan sendiri", "Ketik alasannya")
	says(wordsOfOfficer, "↩️ KTP pemilik")
	ani.taps("Terima sisanya", "✅ Cara membuat")
	ani.taps("Selesai memeriksa", "menunggu perbaikan pemilik")
	awaits(ani.t, o.Phone, wordsOfOfficer)
	o.brings([]line{{"status", wordsOfOfficer}, {"halal", "Mohon kirim foto KTP"}, {"+", "sudah kami terima"}, {"data saya", "empat angka terakhir"}, {nikOfCanary[12:], penyeliaOfCanary}})
	says("/berkas", "menunggu diperiksa")
	ani.taps("Berikutnya", "Dipegang: Ani")
	ani.taps("Terima sisanya", "✅ KTP pemilik")
	ani.taps("Selesai memeriksa", "lengkap, belum mendapat tempat")
	ani.taps("Beri tempat", "mendapat tempat")
	ani.taps("Serahkan ke pendamping", "Ketik nama pendamping")
	says("Contoh Tiga", "Tanggal berapa")
	ani.taps("Hari ini", "Pendamping: Contoh Tiga")
	ani.taps("Sudah diajukan di SiHalal", "Ketik nomor pendaftaran")
	says("SH2026-1-000001", "Nomor SiHalal")
	ani.taps("Sertifikat terbit", "nomor sertifikat")
	says(certificate, "Kirim PDF")
	ani.SendPhoto(paperPhoto(ani.t, 90))
	awaits(ani.t, ani.Phone, "sertifikat terbit")
	awaits(ani.t, o.Phone, "sudah terbit")
}

func TestNothingOfAHalalFileIsReadableInWhatLiesOnDisk(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{Token: tokenOfCanary, CallbackTTL: time.Minute})
	p := furnished(t, onTelegram(api)...)
	p.prints("", "programme", "set", "--name", "SEHATI Contoh", "--year", "2026", "--quota", "120")
	invitation := p.prints("", "staff", "invite", "--name", "Ani", "--role", "petugas")
	l := p.workday(address())
	l.up()
	ani := p.joins(t, api, invitation)
	who := newOwner(api, 1)
	who.name, who.nik, who.local, who.street = nameOfCanary, nikOfCanary, "0"+phoneOfCanary, streetOfCanary
	o := registerForHalal(t, api, who)
	o.brings(ofCanary())
	ani.toTheCertificate(o)
	_, counted := l.get("/metrics")
	sealed := p.inVault()
	if sealed < 9 {
		t.Errorf("%d files are in the vault", sealed)
	}
	said := map[string]string{"/metrics": counted, "the quota": p.prints("", "export", "quota", "--format", "csv"),
		"the applications": p.prints("", "export", "applications", "--format", "csv")}
	p.files(func(name string, content []byte) {
		if strings.HasPrefix(name, "vault/") {
			said[name] = string(content)
		}
	})

	o.brings([]line{{"hapus data", "empat angka terakhir"}, {nikOfCanary[12:], "HAPUS"}, {"hapus", "HAL-2026-000001"}})
	if !await(patience, func() bool { return p.inVault() == 0 }) {
		t.Errorf("%d files stay in the vault of whom was deleted", p.inVault())
	}
	after := p.prints("", "export", "quota", "--format", "csv")
	if !strings.Contains(after, "HAL-2026-000001") || strings.Contains(after, nameOfCanary) {
		t.Errorf("the berita acara of whom was deleted is %q", after)
	}
	l.stops()
	p.leave()
	said["standard output"], said["standard error"], said["the quota after"] = l.out.String(), l.errs.String(), after
	p.files(func(name string, content []byte) { said[name] = string(content) })

	nowhere := []string{nikOfCanary, phoneOfCanary, nikOfPenyelia, phoneOfPenyelia, penyeliaOfCanary, "Rahmatunnisa", emailOfCanary, brandOfCanary, wordsOfOfficer,
		"\xff\xd8\xff\xdb\x00\x84", "JFIF\x00", "%PDF-1"}
	inPostgres := []string{nameOfCanary, streetOfCanary, certificate}
	found := map[string]bool{}
	for name, text := range said {
		for _, word := range nowhere {
			if strings.Contains(text, word) {
				t.Errorf("%q stands in %s: %q", word, name, around(text, word))
			}
		}
		for _, word := range inPostgres {
			if !strings.Contains(text, word) {
				continue
			}
			found[word] = true
			if !strings.HasPrefix(name, "postgres/") && !strings.HasPrefix(name, "the ") {
				t.Errorf("%q stands in %s: %s", word, name, around(text, word))
			}
		}
	}
	if len(found) != len(inPostgres) {
		t.Errorf("the search finds only %v, though more stands in Postgres", found)
	}
}

// inVault is how many files lie in the vault.
func (p *place) inVault() (n int) {
	entries, err := filepath.Glob(filepath.Join(p.data, "vault", "*", "*"))
	if err != nil {
		p.Fatal(err)
	}
	for _, path := range entries {
		if about, err := os.Stat(path); err == nil && about.Mode().IsRegular() && filepath.Base(filepath.Dir(path)) != "tmp" {
			n++
		}
	}
	return n
}
