package desk_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/bot/photo/phototest"
	"titian/storage"
)

// drafts writes an announcement to the food makers of two kecamatan and shows its card.
func drafts(t *testing.T, p *bottest.Person) string {
	t.Helper()
	has(t, p.Says("/siaran baru"), "gambar atau PDF")
	has(t, p.Says("lewati"), "Ketik teksnya", "{nama}")
	has(t, p.Says("Yth. {namma}, ada pelatihan."), "Tidak ada isian {namma}", "{nama}")
	has(t, p.Says("Yth. {nama}, petugas datang besok. Berapa biaya? Gratis untuk {usaha}."), "Untuk siapa?")
	has(t, p.Says("per kecamatan"), "Kecamatan mana?")
	has(t, p.Says("Baruga, Kambu"), "Sektor apa")
	has(t, p.Says("pangan"), "Kapan dikirim?")
	has(t, p.Says("kemarin jam 9"), "sudah lewat")
	has(t, p.Says("sekarang"), "jumlah tempat")
	return p.Says("tidak")
}

// draftsInvitation is drafts with places, answered within so many days; how they are given is asked last.
func draftsInvitation(t *testing.T, h *bottest.House, p *bottest.Person, places, days int) {
	t.Helper()
	drafts(t, p)
	p.Taps("Ubah")
	p.Taps("Undangan dan tempat")
	p.Says("ya")
	p.Says("Studi tiru ke Makassar")
	p.Says(day(h, 10) + " jam 9")
	p.Says(strconv.Itoa(places))
	has(t, p.Says("jumat depan jam 16"), "dua hari", "ketik tanggalnya")
	p.Says(day(h, days) + " jam 16")
}

func TestStaffWriteAnAnnouncementAsPhonesAndHabitsHaveIt(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	const words = "Yth. {nama}, besok ada pelatihan kemasan."
	picture := func(caption string) string {
		m := h.Network.Photo("Ani", phototest.Clear(7), "")
		m.Text = caption
		return ani.Gives(m)
	}
	wants := func(said, want, not string) {
		t.Helper()
		has(t, said, want)
		if strings.Contains(said, not) {
			t.Errorf("%q asks %q too", said, not)
		}
	}
	const picked, text, who = "gambar atau PDF", "Ketik teksnya", "Untuk siapa?"
	has(t, ani.Says("siaran baru"), picked) // without its slash
	wants(picture(words), who, text)
	has(t, ani.Says("lanjut"), who) // nothing of it is lost
	has(t, ani.Says("kembali"), text, words)
	has(t, ani.Says("kembali"), picked)
	has(t, picture("Yth. {namma}, besok ada pelatihan."), "Tidak ada isian {namma}", text)
	has(t, ani.Says("selesai"), text)
	has(t, ani.Says("oke"), "Satu kata")
	ani.Says("batal")
	ani.Says("menu")
	has(t, ani.Says("Pengumuman baru"), picked)
	has(t, ani.Says("gak ada gambar"), text)
	ani.Says("batal")
	has(t, ani.Says("/siaran baru"), picked)
	wants(ani.Says(words), who, text)
	ani.Says("semua")
	has(t, ani.Says("kirim skrg aja"), "jumlah tempat")
	has(t, ani.Says("tidak"), "Siaran 1: konsep", "Untuk: semua")
	wants(h.Person("satu").Says("siaran"), "asisten", picked)
}

func TestStaffAnnounceToTwoKecamatanAndWhoSaidBerhentiHearsNothing(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	agrees := func(name, nik, phone, place string) {
		registers(h, name, map[int]string{4: nik, 5: phone, 9: place, 17: "mau"})
	}
	agrees("satu", "7471051203850001", "081200000001", "lepo-lepo")
	agrees("dua", "7471051203850002", "081200000002", "Lalolara")
	agrees("tiga", "7471051203850003", "081200000003", "lepo-lepo")
	h.Person("tiga").Says("berhenti")
	idle(t, h)
	ani.Hears()

	card := drafts(t, ani)
	has(t, card, "Siaran 1: konsep", "Dikirimi: 2 orang (terminal 2)", "Tidak dikirimi: 1 orang (sudah BERHENTI 1)", "── Contoh Satu", "Gratis untuk Dapur Contoh", "begitu dimulai")
	has(t, ani.Taps("Kirim uji ke saya"), "Yth. Ani, petugas datang besok", "BERHENTI")
	ani.Taps("Siaran 1")
	has(t, ani.Taps("Ubah"), "Yang mana")
	has(t, ani.Taps("Penerima"), "Untuk siapa?")
	has(t, ani.Says("tulis sendiri"), "Tulis siapa")
	has(t, ani.Says("kecamtan:Baruga"), "Mungkin maksudnya", "kecamatan")
	has(t, ani.Says("kecamatan:Baruga,Kambu dan sektor:pangan"), "Dikirimi: 2 orang")

	ani.Hears()
	sent := len(h.Network.Sent("tiga"))
	from := map[string]int{"satu": len(h.Network.Sent("satu")), "dua": len(h.Network.Sent("dua")), "Ani": len(h.Network.Sent("Ani"))}
	draft := ani.Says("/siaran 1")
	has(t, draft, "konsep")
	var send string
	shown := h.Network.Sent("Ani")
	for _, c := range shown[len(shown)-1].Choices {
		if c.Label == "Kirim" {
			send = c.ID
		}
	}
	var outcomes []<-chan error // a double tap
	for range 2 {
		m := h.Network.Message("Ani", chat.Tap, "")
		m.Choice = send
		outcomes = append(outcomes, h.Bot.Receive(t.Context(), m))
	}
	for _, o := range outcomes {
		if err := bottest.Wait(t, o); err != nil {
			t.Fatal(err)
		}
	}
	hears(t, h, "Ani", from["Ani"], "Siaran 1 dimulai")
	hears(t, h, "Ani", from["Ani"], "Tidak bisa lagi")
	for _, name := range []string{"satu", "dua"} {
		has(t, hears(t, h, name, from[name], "petugas datang besok"), "Yth. Contoh Satu", "Dapur Contoh", "BERHENTI")
	}
	hears(t, h, "Ani", from["Ani"], "selesai ✅")
	idle(t, h)
	if n := len(h.Network.Sent("tiga")); n != sent {
		t.Errorf("who said BERHENTI was sent %d messages", n-sent)
	}
	for name, before := range from {
		n := 0
		for _, m := range h.Network.Sent(name)[before:] {
			if strings.Contains(m.Text, "petugas datang besok") {
				n++
			}
		}
		if name != "Ani" && n != 1 {
			t.Errorf("%s got it %d times", name, n)
		}
	}
	has(t, ani.Says("/siaran"), "Siaran 1: selesai")
}

func TestALargeAnnouncementWaitsForASecondOfficer(t *testing.T) {
	h := setup(t)
	ani, budi := h.Invite("Ani", storage.RoleOfficer), h.Invite("Budi", storage.RoleOfficer)
	dina := h.Invite("Dina", storage.RoleCompanion)
	has(t, dina.Says("/siaran"), "hanya untuk petugas dan admin")
	crowd(t, h, storage.ConfirmOver+1)
	idle(t, h)
	ani.Hears()
	budi.Hears()

	ani.Says("/siaran baru")
	ani.Says("lewati")
	ani.Says("Halo {nama}.")
	ani.Says("semua")
	ani.Says("besok jam 9")
	has(t, ani.Says("tidak"), "perlu persetujuan petugas lain")
	from := len(h.Network.Sent("Budi"))
	mine := len(h.Network.Sent("Ani"))
	has(t, ani.Taps("Kirim"), "Mereka sudah kami kabari")
	has(t, hears(t, h, "Budi", from, "menunggu persetujuan"), "Siaran 1: konsep", "101 orang")
	idle(t, h)
	for _, m := range h.Network.Sent("Ani")[mine:] {
		hasNot(t, m.Text, "persetujuan Bapak/Ibu")
		for _, c := range m.Choices {
			if c.Label == "Setujui" {
				t.Error("who made it is offered to confirm it")
			}
		}
	}
	budi.Hears()
	has(t, budi.Taps("Tolak"), "tidak disetujui")
	hears(t, h, "Ani", mine, "Budi tidak menyetujui siaran 1")
	idle(t, h)
	ani.Hears()
	budi.Hears()
	ani.Says("/siaran 1")
	from = len(h.Network.Sent("Budi"))
	ani.Taps("Kirim")
	hears(t, h, "Budi", from, "menunggu persetujuan")
	idle(t, h)
	budi.Hears()
	has(t, budi.Taps("Setujui"), "disetujui dan dimulai")
	if b, err := h.DB.Broadcast(context.Background(), 1); err != nil || b.State != storage.BroadcastRunning || b.ConfirmedBy == "" || b.ConfirmedBy == b.MadeBy {
		t.Errorf("it is %+v, %v", b, err)
	}
	has(t, budi.Says("/siaran 1"), "sedang dikirim")
	has(t, budi.Taps("Jeda"), "dijeda")
	has(t, ani.Says("/siaran 1"), "dijeda")
	has(t, ani.Taps("Batalkan"), "Yang belum dikirimi")
	has(t, ani.Taps("Ya, batalkan"), "dibatalkan", "101")
}

func TestOfTwoOfficersWhoApproveAtOnceOneStartsItAndTheOtherIsToldKindly(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	others := []string{"Budi", "Citra"}
	crowd(t, h, storage.ConfirmOver+1)
	for _, name := range others {
		h.Invite(name, storage.RoleOfficer)
	}
	idle(t, h)
	ani.Hears()
	for _, line := range []string{"/siaran baru", "lewati", "Halo {nama}.", "semua", "besok jam 9", "tidak"} {
		ani.Says(line)
	}
	from := map[string]int{}
	for _, name := range others {
		from[name] = len(h.Network.Sent(name))
	}
	ani.Taps("Kirim")
	var outcomes []<-chan error
	taps := map[string]chat.Message{}
	for _, name := range others {
		hears(t, h, name, from[name], "menunggu persetujuan")
		shown := h.Network.Sent(name)
		for _, m := range shown[from[name]:] {
			for _, c := range m.Choices {
				if c.Label == "Setujui" {
					tap := h.Network.Message(name, chat.Tap, "")
					tap.Choice = c.ID
					taps[name] = tap
				}
			}
		}
		from[name] = len(shown)
	}
	for _, name := range others {
		outcomes = append(outcomes, h.Bot.Receive(t.Context(), taps[name]))
	}
	for _, o := range outcomes {
		if err := bottest.Wait(t, o); err != nil {
			t.Fatal(err)
		}
	}
	started, late := 0, 0
	for _, name := range others {
		switch said := hears(t, h, name, from[name], "iaran 1"); {
		case strings.Contains(said, "disetujui dan dimulai"):
			started++
		case strings.Contains(said, "Mungkin sudah dilakukan petugas lain"):
			late++
		}
	}
	if started != 1 || late != 1 {
		t.Errorf("%d started it, %d were told that somebody else did", started, late)
	}
	if n := count(t, h, `SELECT count(*) FROM recipients`); n != storage.ConfirmOver+1 {
		t.Errorf("%d recipients", n)
	}
	if n := count(t, h, `SELECT count(*) FROM audit WHERE action = 'start broadcast'`); n != 1 {
		t.Errorf("it started %d times", n)
	}
}

// crowd are so many registered owners who agreed to announcements, each in a chat of their own.
func crowd(t *testing.T, h *bottest.House, n int) {
	t.Helper()
	ctx := context.Background()
	yes := true
	for i := range n {
		c, err := h.DB.Contact(ctx, chat.Address{Network: chat.Terminal, Key: "orang" + time.Duration(i).String()}, "", h.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		key := storage.TurnKey{Contact: c.ID, Seq: 1, Network: string(chat.Terminal), At: h.Clock.Now()}
		file := storage.File{Registration: storage.Registration{
			Name: "Contoh", Business: "Dapur Contoh", Sector: "food", Products: []string{"abon"}, Kecamatan: "Kambu", Kelurahan: "Lalolara", Address: "Jl. Contoh No. 1", Announcements: &yes, TypedBy: storage.TypedBySelf,
		}}
		if _, err := h.DB.Commit(ctx, key, []storage.Effect{file}, func(storage.Outcome) (storage.Record, error) {
			return storage.Record{Contact: c.ID, Seq: 1}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
