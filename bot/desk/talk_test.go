package desk_test

import (
	"testing"

	"titian/storage"
)

func TestAnOwnerAndAnOfficerTalkWhileTheFlowWaits(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	p := h.Person("contoh")
	for _, line := range registering[:4] {
		p.Says(line)
	}
	from := len(h.Network.Sent("Ani"))
	has(t, p.Says("petugas, apakah NIK wajib?"), "pertanyaannya kami sampaikan", "Berapa NIK")
	has(t, hears(t, h, "Ani", from, "apakah NIK wajib?"), "Minta bicara")
	idle(t, h)
	ani.Hears()
	has(t, p.Says("menyusul"), "nomor HP") // the flow goes on until an officer answers

	before := len(h.Network.Sent("contoh"))
	if said := ani.Replies("apakah NIK wajib?", "Tidak, boleh menyusul ya Bu."); said != "" {
		t.Errorf("the officer is told %q before it arrived", said)
	}
	has(t, hears(t, h, "contoh", before, "boleh menyusul"), "Petugas Ani", "LANJUT", "SELESAI")
	hears(t, h, "Ani", from, "✓ Sampai")

	idle(t, h)
	p.Hears()
	from = len(h.Network.Sent("Ani"))
	hasNot(t, p.Says("sudah mi, terima kasih. NIK saya 7471051203850001"), "nomor HP")
	text := hears(t, h, "Ani", from, "terima kasih")
	has(t, text, "7471••••••••0001")
	hasNot(t, text, "7471051203850001")

	has(t, p.Says("lanjut"), "nomor HP")
	has(t, p.Says("081200000001"), "Nomor dicatat")

	before = len(h.Network.Sent("contoh"))
	ani.Taps("Balas")
	has(t, ani.Says("Ada lagi yang bisa dibantu?"), "Sedang dikirim")
	hears(t, h, "contoh", before, "Ada lagi yang bisa")
	p.Hears()
	has(t, p.Says("selesai"), "percakapan dengan petugas selesai", "nama usaha")
	hears(t, h, "Ani", from, "selesai menurut pemilik")
	has(t, ani.Replies("terima kasih", "Halo?"), "sudah ditutup")
	if n := count(t, h, `SELECT count(*) FROM thread_messages`); n != 4 {
		t.Errorf("%d messages are kept, want two of each side", n)
	}
}
