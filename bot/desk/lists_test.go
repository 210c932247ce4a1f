package desk_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
	"titian/storage/postgres"
)

// cells is the text in the first worksheet of an xlsx file.
func cells(t *testing.T, m chat.Outgoing) string {
	t.Helper()
	data := content(t, m)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAnOfficerInvitesFromTheChatGetsTheListToPrintAndMarksWhoCame(t *testing.T) {
	var fails atomic.Pointer[chat.SendError]
	h := bottest.New(t, bottest.Options{Staff: true, Posted: func(chat.Address, chat.Outgoing) error {
		if err := fails.Load(); err != nil {
			return err
		}
		return nil
	}})
	ani, dina := h.Invite("Ani", storage.RoleOfficer), h.Invite("Dina", storage.RoleCompanion)
	registers(h, "satu", map[int]string{4: "7471051203850001", 5: "081200000001", 9: "lepo-lepo", 17: "mau"})
	registers(h, "dua", map[int]string{4: "7471051203850002", 5: "081200000002", 9: "Lalolara", 17: "mau"})
	idle(t, h)
	ani.Hears()

	has(t, drafts(t, ani), "Siaran 1: konsep")
	has(t, ani.Says("/siaran 1 peserta"), "bukan undangan")
	ani.Says("/siaran 1")
	ani.Taps("Ubah")
	has(t, ani.Taps("Undangan dan tempat"), "jumlah tempat")
	has(t, ani.Says("ya"), "Acaranya apa")
	has(t, ani.Says("Studi tiru ke Makassar"), "jam mulainya")
	has(t, ani.Says(day(h, 10)+" jam 9"), "Berapa tempat")
	has(t, ani.Says("1"), "Paling lambat dijawab")
	has(t, ani.Says(day(h, 3)+" jam 16"), "Bagaimana tempat dibagi")
	has(t, ani.Taps("Yang lebih dulu terdaftar"), "Tempat: 1", "IKUT", "TIDAK")
	has(t, ani.Says("/siaran 1 peserta"), "belum dimulai")
	ani.Says("/siaran 1")
	from := map[string]int{"satu": len(h.Network.Sent("satu")), "dua": len(h.Network.Sent("dua")), "Ani": len(h.Network.Sent("Ani"))}
	ani.Taps("Kirim")
	for _, name := range []string{"satu", "dua"} {
		hears(t, h, name, from[name], "Ada 1 tempat")
		h.Person(name).Hears()
		has(t, h.Person(name).Says("ikut 1"), "tercatat ingin ikut")
	}
	hears(t, h, "Ani", from["Ani"], "selesai ✅")
	has(t, ani.Says("/siaran 1"), "Yth. {nama}, petugas datang besok", "Tempat 1: ingin ikut 2")
	has(t, ani.Says("/siaran 1 hadir IKM-2026-000001"), "belum mulai harinya")

	h.Clock.Move(4 * 24 * time.Hour)
	if err := h.DB.TendInvitations(t.Context()); err != nil {
		t.Fatal(err)
	}
	hears(t, h, "satu", from["satu"], "mendapat tempat")
	hears(t, h, "dua", from["dua"], "daftar tunggu nomor 1")

	ani.Hears()
	has(t, ani.Says("/siaran 1"), "selesai ✅", "Tempat 1: mendapat tempat 1, daftar tunggu 1")
	from["Ani"] = len(h.Network.Sent("Ani"))
	done := events(t, h, river.EventKindJobCompleted)
	has(t, ani.Taps("Daftar peserta"), "24 jam")
	pdf, table := awaitNamed(t, h, "Ani", "peserta-1.pdf", from["Ani"]), awaitNamed(t, h, "Ani", "peserta-1.xlsx", from["Ani"])
	if !bytes.HasPrefix(content(t, pdf), []byte("%PDF-")) {
		t.Error("the list to print is no PDF")
	}
	has(t, cells(t, table), registered(t, h, 1), registered(t, h, 2), "mendapat tempat", "menunggu")
	awaitJob(t, done, postgres.SendList{})
	from["Ani"] = len(h.Network.Sent("Ani"))
	ani.Taps("Yang ditelepon")
	hears(t, h, "Ani", from["Ani"], "Tidak ada yang perlu ditelepon")
	awaitJob(t, done, postgres.SendList{})

	h.Clock.Move(6 * 24 * time.Hour)
	ani.Hears()
	has(t, ani.Says("/siaran 1 hadir"), "/siaran 1 hadir IKM-2026-000012")
	has(t, ani.Says("/siaran 1 hadir "+registered(t, h, 1)+", 2, 77, IKM-2026-999999"), registered(t, h, 1)+": hadir ✅",
		registered(t, h, 2)+": tidak tercatat, karena tidak ada tempat kosong", "77: mohon tulis nomor lengkapnya", "999999: tidak tercatat, karena nomor itu tidak diundang")
	from["Ani"] = len(h.Network.Sent("Ani"))
	ani.Says("/siaran 1 peserta")
	table = awaitNamed(t, h, "Ani", "peserta-1.xlsx", from["Ani"])
	has(t, cells(t, table), "hadir")
	awaitJob(t, done, postgres.SendList{})
	isTakenAway(t, h, "Ani", table, 24*time.Hour)

	has(t, dina.Says("/siaran 1 peserta"), "hanya untuk petugas dan admin")
	staff, err := h.DB.Staff(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	asked := storage.ListAsked{Broadcast: 1, At: h.Clock.Now()}
	for _, s := range staff {
		if s.Name == "Ani" {
			asked.Staff = s.ID
		}
	}
	gone, old := asked, asked
	gone.Staff, old.At = "gone", asked.At.Add(-25*time.Hour)
	for _, c := range []struct {
		asked   storage.ListAsked
		failure chat.Failure
		again   bool
	}{{asked, chat.FailedBusy, true}, {asked, chat.FailedUnsure, true}, {asked, chat.FailedBlocked, false}, {gone, chat.FailedBusy, false}, {old, chat.FailedBusy, false}} {
		fails.Store(&chat.SendError{Failure: c.failure})
		if err := h.Desk.SendList(t.Context(), c.asked); (err != nil) != c.again {
			t.Errorf("%s, asked by %s at %s: %v; tried again is to be %t", c.failure, c.asked.Staff, c.asked.At, err, c.again)
		}
	}
}

// day is "12/6/2024", so many days from now.
func day(h *bottest.House, days int) string {
	return h.Clock.Now().AddDate(0, 0, days).Format("2/1/2006")
}

// registered is the number of those who answered, in the order in which they registered.
func registered(t *testing.T, h *bottest.House, n int) string {
	t.Helper()
	_, list, err := h.DB.Participants(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if strings.HasSuffix(p.Number, string(rune('0'+n))) {
			return p.Number
		}
	}
	t.Fatalf("nobody of %+v is number %d", list, n)
	return ""
}
