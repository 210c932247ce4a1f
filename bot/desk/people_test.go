package desk_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

const (
	admitted = "Selamat datang"
	refused  = "kode itu tidak berlaku"
)

// count looks past the house for one number.
func count(t *testing.T, h *bottest.House, query string, args ...any) int {
	t.Helper()
	db, err := sql.Open("postgres", h.Options.PostgresURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func code(t *testing.T, h *bottest.House, name string, role storage.Role) string {
	t.Helper()
	out, err := h.DB.InviteStaff(t.Context(), name, role)
	if err != nil || out.Code == "" {
		t.Fatalf("%+v, %v", out, err)
	}
	return out.Code
}

// codeIn is the word behind a prefix in what was said.
func codeIn(t *testing.T, said, prefix string) string {
	t.Helper()
	_, rest, ok := strings.Cut(said, prefix)
	if !ok {
		t.Fatalf("%q holds no %q", said, prefix)
	}
	word, _, _ := strings.Cut(rest, "\n")
	return word
}

func TestACodeMakesOnePersonStaffAndIsNeverGoodAgain(t *testing.T) {
	h := setup(t)
	word := code(t, h, "Ani", storage.RoleOfficer)
	has(t, h.Person("ani").Says("/petugas "+strings.ToLower(word)), admitted, "Ani")
	has(t, h.Person("budi").Says("/petugas "+word), refused)
	late := code(t, h, "Cici", storage.RoleOfficer)
	h.Clock.Move(storage.CodeLife + time.Second)
	has(t, h.Person("cici").Says("/petugas "+late), refused)
	if n := count(t, h, `SELECT count(*) FROM staff`); n != 1 {
		t.Errorf("%d people are staff, want one", n)
	}
	if n := count(t, h, `SELECT count(*) FROM audit WHERE action = 'join staff'`); n != 1 {
		t.Errorf("%d joins stand in the audit, want one", n)
	}
}

func TestOfTwoPeopleWithOneCodeAtTheSameTimeOneIsStaff(t *testing.T) {
	h := setup(t)
	word := code(t, h, "Ani", storage.RoleOfficer)
	one := h.Bot.Receive(t.Context(), h.Network.Message("a", chat.Text, "/petugas "+word))
	two := h.Bot.Receive(t.Context(), h.Network.Message("b", chat.Text, "/petugas "+word))
	for _, done := range []<-chan error{one, two} {
		if err := bottest.Wait(t, done); err != nil {
			t.Fatal(err)
		}
	}
	said := h.Network.Await(t, "a", 1)[0].Text + h.Network.Await(t, "b", 1)[0].Text
	if strings.Count(said, admitted) != 1 || strings.Count(said, refused) != 1 {
		t.Errorf("the two hear %q", said)
	}
}

func TestWhoGuessesCodesIsMetWithSilenceAndStandsInTheAudit(t *testing.T) {
	h := setup(t)
	word := code(t, h, "Ani", storage.RoleAdmin)
	p := h.Person("mallory")
	for range storage.CodeMisses {
		has(t, p.Says("/petugas ABCD-EFGH-JKLM"), refused)
	}
	for _, guess := range []string{"/petugas ABCD-EFGH-JKLN", "/petugas " + word, "pindah ABCD-EFGH-JKLM"} {
		if said := p.Says(guess); said != "" {
			t.Errorf("%s is answered with %q", guess, said)
		}
	}
	if n := count(t, h, `SELECT count(*) FROM audit WHERE action = 'guess codes'`); n != 1 {
		t.Errorf("%d rows of guessing in the audit, want one", n)
	}
	has(t, h.Person("ani").Says("/petugas "+word), admitted)
	h.Clock.Move(time.Hour + time.Minute)
	has(t, p.Says("/petugas ABCD-EFGH-JKLM"), refused)
}

func TestAnAdminInvitesListsAndRemovesFromAPrivateChat(t *testing.T) {
	h := setup(t)
	boss := h.Invite("Boss", storage.RoleAdmin)
	word := codeIn(t, boss.Says("/undang Budi Santoso petugas"), "/petugas ")
	has(t, boss.Says("/staf"), "Boss – admin", "Budi Santoso – petugas (diundang")
	budi := h.Person("budi")
	has(t, budi.Says("/petugas "+word), admitted)
	has(t, budi.Says("/undang Cici admin"), "hanya untuk admin")
	has(t, budi.Says("/bantuan"), "Perintah petugas")
	has(t, boss.Says("/undang Budi Santoso admin"), "sudah dipakai")
	has(t, boss.Says("/copot Boss"), "admin terakhir")
	has(t, boss.Says("/copot budi santoso"), "sudah dicopot")
	hasNot(t, budi.Says("/staf"), "Boss")
	hasNot(t, budi.Says("/bantuan"), "Perintah petugas")
	if n := count(t, h, `SELECT count(*) FROM audit WHERE actor LIKE 'staff:%' AND action IN ('invite staff', 'remove staff')`); n != 2 {
		t.Errorf("%d rows of the admin's acts in the audit, want two", n)
	}
	if n, err := h.DB.Admins(t.Context()); n != 1 || err != nil {
		t.Errorf("%d admins, %v", n, err)
	}
}

func TestARemovalActsAtOnceAlsoOnWhatIsOnItsWay(t *testing.T) {
	h := setup(t)
	h.Invite("Boss", storage.RoleAdmin)
	ani := h.Invite("Ani", storage.RoleOfficer)
	was := len(h.Network.Sent(ani.Name))
	held := snoozes(t, h)
	h.Clock.Move(12 * time.Hour) // nine in the evening: notices are held
	h.Person("contoh").Says("petugas")
	await(t, held, 2)
	if _, err := h.DB.RemoveStaff(context.Background(), "Ani"); err != nil {
		t.Fatal(err)
	}
	h.Clock.Move(10 * time.Hour)
	from := len(h.Network.Sent("Boss"))
	wake(t, h)
	hears(t, h, "Boss", from, "Minta bicara")
	idle(t, h)
	if now := len(h.Network.Sent(ani.Name)); now != was {
		t.Errorf("the removed one was sent %d more messages", now-was)
	}
}

func TestAGroupHearsOfThingsWithoutNamesAndAnswersAdminsOnly(t *testing.T) {
	h := setup(t)
	boss := h.Invite("Boss", storage.RoleAdmin)
	ani := h.Invite("Ani", storage.RoleOfficer)
	inGroup := func(who, text string) chat.Message {
		m := h.Network.Message(who, chat.Group, text)
		m.Chat.Key = "grup"
		return m
	}
	tap := inGroup("orang", "")
	tap.Choice = "*|word|officer"
	for _, m := range []chat.Message{inGroup("orang", "/grup"), inGroup("Ani", "/grup"), inGroup("orang", "petugas"), tap, inGroup("Boss", "halo")} {
		if err := bottest.Wait(t, h.Bot.Receive(t.Context(), m)); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, h, `SELECT (SELECT count(*) FROM staff_groups) + (SELECT count(*) FROM wishes)`); n != 0 {
		t.Fatalf("%d things came of what strangers did in a group", n)
	}
	boss.Gives(inGroup("Boss", "/grup@titian_bot"))
	has(t, h.Network.Await(t, "grup", 1)[0].Text, "menerima kabar")
	_ = ani
	registers(h, "contoh", nil)
	text := hears(t, h, "grup", 1, "IKM-2026-000001")
	has(t, text, "Pendaftaran baru", "Baruga")
	hasNot(t, text, "Contoh Satu", "Dapur", "8120000", "7471")
	h.Person("uang").Says("lapor")
	hears(t, h, "Boss", 0, "permintaan uang")
	idle(t, h)
	for _, who := range []string{"grup", "Ani"} {
		for _, m := range h.Network.Sent(who) {
			hasNot(t, m.Text, "permintaan uang")
		}
	}
	boss.Gives(inGroup("Boss", "/grup lepas"))
	if n := count(t, h, `SELECT count(*) FROM staff_groups WHERE removed_at IS NULL`); n != 0 {
		t.Error("the group still hears of things")
	}
}

// text is one cell of the database.
func text(t *testing.T, h *bottest.House, query string, args ...any) (s string) {
	t.Helper()
	db, err := sql.Open("postgres", h.Options.PostgresURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query, args...).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}
