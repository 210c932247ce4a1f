package desk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

const moved = "sekarang ada di chat ini"

// word is what staff give at the counter for the first registration.
func word(t *testing.T, staff *bottest.Person) string {
	t.Helper()
	return codeIn(t, staff.Says("/pindah ikm-2026-000001"), "pindah ")
}

func TestAnOwnerWithANewPhoneGoesOnThereAndTheOldChatIsDetached(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	registers(h, "lama", nil)
	old := h.Person("lama")
	old.Says("ubah")
	has(t, old.Says("0001"), "Contoh Satu") // an amendment is open, and shows what was answered
	has(t, h.Person("baru").Says("pindah nomor"), "KTP")
	has(t, h.Person("baru").Says("/pindah IKM-2026-000001"), "KTP")
	was := len(h.Network.Sent("lama"))
	w := word(t, ani)
	baru := h.Person("baru")
	has(t, baru.Says("pindah "+strings.ToLower(strings.ReplaceAll(w, "-", " "))), moved, "IKM-2026-000001")
	told := hears(t, h, "lama", was, "dipindahkan ke chat lain")
	hasNot(t, told, "Contoh", "IKM-2026", "baru")
	if len(h.Owners("baru")) != 1 || len(h.Owners("lama")) != 0 {
		t.Errorf("the new chat speaks for %d owners, the old one for %d", len(h.Owners("baru")), len(h.Owners("lama")))
	}
	old = h.Person("lama")
	for _, line := range []string{"ulang", "status", "data saya"} {
		hasNot(t, old.Says(line), "Contoh Satu", "IKM-2026", "7471")
	}
	has(t, baru.Says("status"), "IKM-2026-000001")
	has(t, h.Person("lain").Says("pindah "+w), "tidak berlaku")
	if n := count(t, h, `SELECT count(*) FROM audit WHERE action IN ('allow move', 'move owner')`); n != 2 {
		t.Errorf("%d rows of the move in the audit, want who allowed it and who moved", n)
	}
}

func TestAMoveWordIsGoodForADayAndOnlyTheLastOneGiven(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	registers(h, "lama", nil)
	first := word(t, ani)
	second := word(t, ani)
	has(t, h.Person("baru").Says("pindah "+first), "tidak berlaku")
	h.Clock.Move(storage.CodeLife + time.Second)
	has(t, h.Person("baru").Says("pindah "+second), "tidak berlaku")
	has(t, ani.Says("/pindah IKM-2026-000009"), "Tidak ada pendaftaran")
	if len(h.Owners("lama")) != 1 {
		t.Error("the owner moved by a word that was not good")
	}
}

func TestOfTwoChatsWithOneMoveWordAtTheSameTimeOneHasTheOwner(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	registers(h, "lama", nil)
	w := word(t, ani)
	one := h.Bot.Receive(t.Context(), h.Network.Message("a", chat.Text, "pindah "+w))
	two := h.Bot.Receive(t.Context(), h.Network.Message("b", chat.Text, "pindah "+w))
	for _, done := range []<-chan error{one, two} {
		if err := bottest.Wait(t, done); err != nil {
			t.Fatal(err)
		}
	}
	said := h.Network.Await(t, "a", 1)[0].Text + h.Network.Await(t, "b", 1)[0].Text
	if strings.Count(said, moved) != 1 || len(h.Owners("a"))+len(h.Owners("b")) != 1 {
		t.Errorf("the two hear %q", said)
	}
}

func TestACompanionOfTheHalalProcessMayNotMoveAnOwner(t *testing.T) {
	h := setup(t)
	budi := h.Invite("Budi", storage.RoleCompanion)
	registers(h, "lama", nil)
	hasNot(t, budi.Says("/pindah IKM-2026-000001"), "pindah ", "24 jam")
	if n := count(t, h, `SELECT count(*) FROM codes WHERE kind = 'move'`); n != 0 {
		t.Error("a word was given")
	}
}

func TestAHolidayChangesEveryPromiseAtOnceOnEveryProcess(t *testing.T) {
	h := setup(t)
	second := another(t, h)
	boss := h.Invite("Boss", storage.RoleAdmin)
	p := h.Person("contoh")
	has(t, p.Says("petugas"), "jam kantor hari ini")
	has(t, boss.Says("/libur 23 November 2026 Hari Uji"), "23 November 2026", "Hari Uji")
	has(t, p.Says("petugas"), "Selasa, 24 November 2026")
	has(t, boss.Says("/libur"), "23 November 2026 – Hari Uji", "25 Desember 2026")
	until(t, h, "contoh", second, "24 November")
	has(t, boss.Says("/libur hapus 23-11-2026"), "bukan hari libur")
	has(t, p.Says("petugas"), "jam kantor hari ini")
	until(t, h, "contoh", second, "jam kantor hari ini")
	has(t, boss.Says("/libur 1 Januari 2020"), "Mohon tulis tanggalnya")
	if n := count(t, h, `SELECT count(*) FROM audit WHERE action = 'set holiday'`); n != 2 {
		t.Errorf("%d rows of holidays in the audit, want two", n)
	}
}

// until asks another process for staff until its promise holds the words.
func until(t *testing.T, h *bottest.House, name string, other *bottest.House, words string) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for n := 0; ; n++ {
		if strings.Contains(other.Person(fmt.Sprint(name, " ", words, n)).Says("petugas"), words) {
			return
		}
		select {
		case <-limit:
			t.Fatalf("the other process never promises %q", words)
		default:
		}
	}
}

func TestAnAdminHasTheDataFilesReadAgainAllOrNone(t *testing.T) {
	dir := t.TempDir()
	h := bottest.New(t, bottest.Options{Staff: true, Data: dir})
	boss, p := h.Invite("Boss", storage.RoleAdmin), h.Person("contoh")
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("id.toml", `"bot.help" = "Bantuan baru."`)
	hasNot(t, p.Says("bantuan"), "Bantuan baru")
	write("office.toml", "[hours]\nsenin = \"besok\"\n")
	has(t, boss.Says("/muat"), "belum dibaca ulang", "office.toml")
	hasNot(t, p.Says("bantuan"), "Bantuan baru")
	write("office.toml", "[hours]\nsenin = \"08.00-11.45\"\n")
	write("kendari.csv", "kode,kecamatan,kelurahan\n1,Contoh,Contoh Satu\n2,Umpama,Umpama Satu\n")
	has(t, boss.Says("/muat"), "sudah dibaca ulang")
	has(t, p.Says("bantuan"), "Bantuan baru")
	has(t, p.Says("petugas"), "11.45")
	registers(h, "wilayah", map[int]string{9: "umpama satu"})
	if r := h.Owners("wilayah"); len(r) != 1 {
		t.Error("the new regions are not understood")
	}
}
