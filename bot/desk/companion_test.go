package desk_test

import (
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

// crafts taps a button that nobody offered.
func crafts(h *bottest.House, p *bottest.Person, choice string) string {
	m := h.Network.Message(p.Name, chat.Tap, "")
	m.Choice = choice
	return p.Gives(m)
}

func TestAPendampingWorksOnWhatWasHandedToThemAndOnNothingElse(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani, sari := h.Invite("Ani", storage.RoleOfficer), h.Invite("Sari", storage.RoleCompanion)
	owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
	files(t, h, "lain", "7471051203860002", "0000000000025")
	complete(t, ani)
	ani.Taps("Beri tempat")
	mine, err := h.DB.Application(t.Context(), "HAL-2026-000001")
	if err != nil {
		t.Fatal(err)
	}
	id := string(mine.ID)
	for _, choice := range []string{"d:o:" + id, "d:i:" + id + ":ktp", "d:p:" + id, "d:b:" + id, "d:t:" + id, "d:z:" + id, "d:s:" + id + ":OF74"} {
		if said := crafts(h, sari, choice); said != "Berkas atau butir itu tidak ada." {
			t.Errorf("before it was handed to them %s is answered %q", choice, said)
		}
	}
	was := len(h.Network.Sent("Sari"))
	has(t, ani.Taps("Serahkan ke pendamping"), "Sari")
	ani.Taps("Sari")
	has(t, ani.Says("kemarin"), "Pendamping: Sari")
	hears(t, h, "Sari", was, "HAL-2026-000001")
	if mine, err = h.DB.Application(t.Context(), id); err != nil || mine.HandedAt.Day() != 22 {
		t.Errorf("handed at %s, %v", mine.HandedAt, err)
	}

	sari.Hears()
	said := sari.Says("/berkas")
	has(t, said, "HAL-2026-000001")
	hasNot(t, said, "HAL-2026-000002", "Berikutnya")
	for _, command := range []string{"/kuota", "/telepon", "/kuota 2026 1 Fasilitasi Halal"} {
		has(t, sari.Says(command), "admin")
	}
	for _, choice := range []string{"d:n", "d:c:" + id, "d:a:" + id + ":ktp:1", "d:f:" + id + ":ktp:1:0", "d:w:" + id + ":ktp:1", "d:u:" + id + ":ktp",
		"d:r:" + id, "d:e:" + id, "d:x:" + id, "d:g:" + id, "d:v:" + id, "d:h:" + id, "d:ad:" + id + ":ktp", "d:l:1"} {
		has(t, crafts(h, sari, choice), "bukan wewenang")
	}
	sari.Says("/berkas")
	has(t, sari.Taps("HAL-2026-000001 Contoh Satu"), "pada pendamping", "Sudah diajukan di SiHalal")
	before := len(h.Network.Sent("Sari"))
	sari.Taps("7. KTP pemilik")
	if shown := awaitFile(t, h, "Sari", before); !shown.Protect {
		t.Errorf("the KTP is shown as %+v", shown)
	}
	sari.Hears()
	sari.Taps("Kembali ke berkas")
	before = len(h.Network.Sent("Sari"))
	sari.Taps("Berkas untuk SiHalal")
	awaitNamed(t, h, "Sari", "-1.zip", before)
	sari.Hears()
	sari.Taps("Sudah diajukan di SiHalal")
	has(t, sari.Says("SH2026-1-000001"), "Nomor SiHalal: SH2026-1-000001")

	told := len(h.Network.Sent("contoh"))
	has(t, sari.Taps("Dikembalikan"), "Boleh beberapa", "KTP pemilik", "Lembar NIB")
	has(t, sari.Says("7,8"), "yang diminta SiHalal")
	has(t, sari.Says("foto lebih jelas"), "dikembalikan SiHalal")
	fix := hears(t, h, "contoh", told, "KTP pemilik")
	has(t, fix, "Lembar NIB", "foto lebih jelas")
	hasNot(t, fix, "Foto tempat produksi")
	if p := current(t, h); p.Taken != 1 {
		t.Errorf("%d places are taken", p.Taken)
	}
	owner.Hears()
	owner.Says("halal")
	owner.Gives(h.Network.Photo("contoh", picture(t, 201), ""))
	owner.Says("KTP pemilik")
	said = owner.Gives(h.Network.Photo("contoh", picture(t, 202), ""))
	if strings.Contains(said, "untuk yang mana") {
		said = owner.Says("Lembar NIB")
	}
	has(t, said, "Sudah semua fotonya")
	has(t, owner.Taps("Kirim"), "sudah kami terima")
	sari.Says("/berkas")
	sari.Taps("HAL-2026-000001 Contoh Satu")
	sari.Taps("Sudah diajukan lagi")
	has(t, sari.Says("SH2026-1-000001"), "diajukan di SiHalal")
	sari.Taps("Sertifikat terbit")
	sari.Says("ID00000000000000017")
	told = len(h.Network.Sent("contoh"))
	has(t, sari.Gives(h.Network.Photo("Sari", picture(t, 78), "")), "sertifikat terbit")
	if file := awaitFile(t, h, "contoh", told).Attachment; file.MIME != "image/jpeg" || file.Name != "sertifikat-halal.jpg" {
		t.Errorf("a photo of the certificate is sent as %+v", file)
	}
}
