package desk_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"titian/bot/chat"
	"titian/storage"
	"titian/storage/postgres"
)

func TestStaffChooseWithAReasonAmongThoseWhoAnsweredInTheChatAndByPhone(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	for i, name := range []string{"satu", "dua", "tiga", "empat"} {
		n := string(rune('1' + i))
		registers(h, name, map[int]string{4: "747105120385000" + n, 5: "08120000000" + n, 9: "lepo-lepo", 17: "mau"})
	}
	h.Person("tiga").Says("berhenti")
	idle(t, h)
	ani.Hears()
	var silent atomic.Bool
	silent.Store(true)
	h.Network.Fail(func(to chat.Address, m chat.Outgoing) error {
		if silent.Load() && to.Key == "empat" && strings.Contains(m.Text, "petugas datang besok") {
			return &chat.SendError{Failure: chat.FailedUnsure}
		}
		return nil
	})

	draftsInvitation(t, h, ani, 2, 3)
	has(t, ani.Taps("Dipilih petugas"), "Tempat: 2", "Dikirimi: 3 orang", "BERHENTI 1")
	from := map[string]int{"Ani": len(h.Network.Sent("Ani"))}
	for _, name := range []string{"satu", "dua", "empat"} {
		from[name] = len(h.Network.Sent(name))
	}
	ani.Taps("Kirim")
	hears(t, h, "Ani", from["Ani"], "selesai ✅")
	for _, name := range []string{"satu", "dua"} {
		hears(t, h, name, from[name], "Ada 2 tempat")
		h.Person(name).Hears()
		has(t, h.Person(name).Says("ikut 1"), "tercatat ingin ikut")
	}

	// Who is not sure to have it stands on the list to telephone, and is sent to again only by an act of staff that warns.
	done := events(t, h, river.EventKindJobCompleted)
	ani.Hears()
	from["Ani"] = len(h.Network.Sent("Ani"))
	has(t, ani.Says("/siaran 1"), "elum pasti", ": 1")
	ani.Taps("Yang ditelepon")
	table := cells(t, awaitNamed(t, h, "Ani", "telepon-1.xlsx", from["Ani"]))
	has(t, table, "IKM-2026-000003", "IKM-2026-000004", "sudah BERHENTI", "belum pasti sampai", "telepon", "+6281200000003")
	hasNot(t, table, "IKM-2026-000001")
	awaitJob(t, done, postgres.SendList{})
	ani.Hears()
	ani.Says("/siaran 1")
	has(t, ani.Taps("Kirim lagi yang belum pasti"), "1 orang", "dua kali")
	if n := count(t, h, `SELECT count(*) FROM recipients WHERE state = 'unsure'`); n != 1 {
		t.Errorf("%d are unsure after the question alone", n)
	}
	silent.Store(false)
	has(t, ani.Taps("Ya, kirim sekali lagi"), "1 orang dikirimi sekali lagi")
	hears(t, h, "empat", from["empat"], "Ada 2 tempat")
	done = events(t, h, river.EventKindJobCompleted)
	hears(t, h, "Ani", from["Ani"], "Siaran 1: selesai")

	// By telephone: short numbers mean whoever was invited, also those who never had the message.
	ani.Hears()
	has(t, ani.Says("/siaran 1 ikut 3"), "IKM-2026-000003: tercatat ingin ikut")
	has(t, ani.Says("/siaran 1 tidak 4"), "IKM-2026-000004: tercatat tidak ikut")

	ani.Says("/siaran 1")
	card := ani.Taps("Pilih peserta")
	has(t, card, "3 orang ingin ikut, sisa tempat 2", "IKM-2026-000001 – Contoh Satu", "IKM-2026-000003", "/siaran 1 pilih IKM-2026-000001: ")
	hasNot(t, card, "IKM-2026-000004")
	has(t, ani.Says("/siaran 1 pilih 3"), "alasannya")
	has(t, ani.Says("/siaran 1 pilih 4: ramah"), "belum menyatakan ikut")
	from["satu"], from["dua"] = len(h.Network.Sent("satu")), len(h.Network.Sent("dua"))
	has(t, ani.Says("/siaran 1 pilih 1, 3 karena belum pernah ikut 2 kali"), "IKM-2026-000001: mendapat tempat", "IKM-2026-000003: mendapat tempat")
	hears(t, h, "satu", from["satu"], "mendapat tempat")
	has(t, ani.Says("/siaran 1 pilih 2: juga baik"), "tidak ada tempat kosong")
	if n := count(t, h, `SELECT count(*) FROM participants WHERE state = 'held' AND reason = 'belum pernah ikut 2 kali' AND said_by LIKE 'staff:%'`); n != 2 {
		t.Errorf("%d were chosen for the reason that was given", n)
	}
	ani.Says("/siaran 1")
	ani.Taps("Pilih peserta")
	has(t, ani.Taps("Tutup pemilihan"), "dikabari")
	has(t, ani.Taps("Ya, tutup"), "ditutup")
	hears(t, h, "dua", from["dua"], "Studi tiru ke Makassar")
	has(t, ani.Says("/siaran 1 tutup"), "sudah ditutup")
	from["Ani"] = len(h.Network.Sent("Ani"))
	ani.Says("/siaran 1 peserta")
	has(t, cells(t, awaitNamed(t, h, "Ani", "peserta-1.xlsx", from["Ani"])), "belum pernah ikut 2 kali", "mendapat tempat")
	awaitJob(t, done, postgres.SendList{})
	ani.Says("/siaran 1")
	has(t, ani.Taps("Versi baru"), "tidak bisa diganti", "menerima:1")
}

func TestANewVersionGoesToThoseWhomTheOneBeforeDidNotReach(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	registers(h, "satu", map[int]string{4: "7471051203850001", 5: "081200000001", 9: "lepo-lepo", 17: "mau"})
	registers(h, "dua", map[int]string{4: "7471051203850002", 5: "081200000002", 9: "Lalolara", 17: "mau"})
	idle(t, h)
	ani.Hears()
	h.Network.Fail(func(to chat.Address, m chat.Outgoing) error {
		if to.Key == "dua" && strings.Contains(m.Text, "petugas datang besok") {
			return &chat.SendError{Failure: chat.FailedInvalid}
		}
		return nil
	})
	drafts(t, ani)
	from, one := len(h.Network.Sent("Ani")), len(h.Network.Sent("satu"))
	ani.Taps("Kirim")
	hears(t, h, "Ani", from, "selesai ✅")
	ani.Hears()
	ani.Says("/siaran 1")
	asked := ani.Taps("Versi baru")
	has(t, asked, "hanya dikirim kepada yang belum menerimanya", "menerima:1", "Ketik teksnya")
	has(t, ani.Says("Yth. {nama}, petugas datang lusa."), "Siaran 2: konsep", "Dikirimi: 1 orang", "sudah menerima versi sebelumnya 1")
	ani.Taps("Ubah")
	has(t, ani.Taps("Teks"), "Ketik teksnya")
	has(t, ani.Says("Yth. {nama}, petugas datang hari Jumat."), "Siaran 2: konsep", "Dikirimi: 1 orang")
	two := len(h.Network.Sent("dua"))
	ani.Taps("Kirim")
	hears(t, h, "dua", two, "hari Jumat")
	hears(t, h, "Ani", from, "Siaran 2: selesai")
	for _, m := range h.Network.Sent("satu")[one:] {
		hasNot(t, m.Text, "hari Jumat")
	}
	if b, err := h.DB.Broadcast(t.Context(), 2); err != nil || b.Former != 1 || b.Version != 2 || b.StartedAt.After(h.Clock.Now().Add(time.Minute)) {
		t.Errorf("the new version is %+v, %v", b, err)
	}
}
