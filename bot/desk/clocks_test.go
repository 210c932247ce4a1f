package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/locales"
	"titian/storage"
)

// at moves the house's clock to a time in Kendari, also back.
func at(t *testing.T, h *bottest.House, when string) {
	t.Helper()
	to, err := time.ParseInLocation("2006-01-02 15.04", when, locales.WITA)
	if err != nil {
		t.Fatal(err)
	}
	h.Clock.Move(to.Sub(h.Clock.Now()))
}

// looks lets the house look for who waits, and counts the reminders that a name was sent.
func looks(t *testing.T, h *bottest.House, name string) int {
	t.Helper()
	for range 2 { // a second look tells nothing twice
		if err := h.Desk.WatchThreads(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wake(t, h)
	idle(t, h)
	return strings.Count(fmt.Sprint(h.Network.Sent(name)), "Belum dijawab sejak")
}

func TestAWishIsRemindedOfAfterFourOfficeHoursAndNeverAtNight(t *testing.T) {
	for what, c := range map[string]struct {
		wish, promise string
		when          []string // looked at; the reminders by then are reminded
		reminded      []int
	}{
		"a wish of Friday, 22.00": {"2026-11-27 22.00", "Senin, 30 November 2026 pukul 08.00",
			[]string{"2026-11-28 03.00", "2026-11-28 12.00", "2026-11-30 11.58", "2026-11-30 12.01", "2026-11-30 15.58", "2026-11-30 22.00", "2026-12-01 08.02"},
			[]int{0, 0, 0, 1, 1, 1, 2}},
		"a wish on the eve of seven days of Lebaran": {"2026-03-17 16.00", "Rabu, 25 Maret 2026 pukul 08.00",
			[]string{"2026-03-18 12.00", "2026-03-21 10.00", "2026-03-24 13.00", "2026-03-25 11.58", "2026-03-25 12.01"},
			[]int{0, 0, 0, 0, 1}},
	} {
		t.Run(what, func(t *testing.T) {
			h := setup(t)
			at(t, h, strings.Split(c.wish, " ")[0]+" 09.00")
			ani := h.Invite("Ani", storage.RoleOfficer)
			at(t, h, c.wish)
			has(t, h.Person("contoh").Says("petugas"), c.promise)
			for i, when := range c.when {
				at(t, h, when)
				if n := looks(t, h, ani.Name); n != c.reminded[i] {
					t.Fatalf("%d reminders by %s, want %d", n, when, c.reminded[i])
				}
			}
		})
	}
}

func TestAnAnsweredThreadEndsInADayOfSilenceAndAWishWaitsForItsAnswer(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	open := `SELECT count(*) FROM threads WHERE closed_at IS NULL`
	p := h.Person("contoh")
	p.Says("petugas, kapan kantor buka?")
	h.Clock.Move(25 * time.Hour)
	if looks(t, h, ani.Name); count(t, h, open) != 1 {
		t.Fatal("a wish that nobody answered is closed")
	}
	ani.Replies("kapan kantor buka?", "Pukul delapan, Bu.")
	idle(t, h)
	has(t, p.Hears(), "Pukul delapan")
	h.Clock.Move(23 * time.Hour)
	if looks(t, h, ani.Name); count(t, h, open) != 1 {
		t.Fatal("the thread is closed before its time")
	}
	has(t, p.Says("terima kasih banyak Pak"), "Sudah kami teruskan")
	idle(t, h)
	ani.Replies("terima kasih banyak", "Sama-sama, Bu.")
	idle(t, h)
	has(t, p.Hears(), "Sama-sama")
	h.Clock.Move(24*time.Hour + time.Minute)
	if looks(t, h, ani.Name); count(t, h, open) != 0 {
		t.Fatal("the thread is still open after a day of silence")
	}
	hasNot(t, p.Says("menu"), "kami teruskan")
	has(t, ani.Replies("terima kasih banyak", "Masih di sana?"), "sudah ditutup")
}

func TestWhoeverAnswersFirstGoesOnAloneAndTheOtherIsToldWho(t *testing.T) {
	h := setup(t)
	ani, budi := h.Invite("Ani", storage.RoleOfficer), h.Invite("Budi", storage.RoleOfficer)
	p := h.Person("contoh")
	p.Says("petugas, apa syarat halal?")
	hears(t, h, "Ani", 0, "syarat halal")
	hears(t, h, "Budi", 0, "syarat halal")
	idle(t, h)
	ani.Replies("syarat halal", "Ada tiga belas.")
	idle(t, h)
	has(t, budi.Replies("syarat halal", "Tidak ada."), "Ani sudah menjawab", "tidak dikirim")
	idle(t, h)
	said := p.Hears()
	has(t, said, "Ada tiga belas.")
	hasNot(t, said, "Tidak ada.")
	hears(t, h, "Budi", 0, "Ani sudah menjawab")

	before := len(h.Network.Sent("Budi"))
	p.Says("terima kasih, apa lagi?")
	p.Says("dan berapa lama?")
	idle(t, h)
	if now := len(h.Network.Sent("Budi")); now != before {
		t.Errorf("the other officer is still shown what is said: %v", h.Network.Sent("Budi")[before:])
	}
	all := fmt.Sprint(h.Network.Sent("Ani"))
	if a, b := strings.Index(all, "apa lagi?"), strings.Index(all, "berapa lama?"); a < 0 || b < a {
		t.Errorf("the officer reads in another order: %s", all)
	}
	ani.Taps("Serahkan")
	hears(t, h, "Budi", before, "berapa lama?")
	idle(t, h)
	budi.Replies("berapa lama?", "Dua minggu.")
	idle(t, h)
	has(t, p.Hears(), "Petugas Budi", "Dua minggu.")
	budi.Taps("Selesai")
	idle(t, h)
	has(t, p.Hears(), "sudah ditutup petugas")
}

func TestAnAnswerIsSaidOnceHoweverOftenItIsCarriedAndAFailedOneIsToldOf(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	p := h.Person("contoh")
	p.Says("petugas, apa syarat halal?")
	hears(t, h, "Ani", 0, "syarat halal")
	idle(t, h)
	for n := range 5 {
		ani.Replies("syarat halal", fmt.Sprint("Jawaban ", n))
	}
	for range 3 {
		if _, err := h.Desk.Carry(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
	}
	idle(t, h)
	said, last := p.Hears(), -1
	for n := range 5 {
		words := fmt.Sprint("Jawaban ", n)
		if i := strings.Index(said, words); i <= last || strings.Count(said, words) != 1 {
			t.Errorf("the owner reads %q, want each answer once and in order", said)
		} else {
			last = i
		}
	}
	h.Network.Fail(blocks("contoh"))
	ani.Replies("syarat halal", "Masih ada?")
	hears(t, h, "Ani", 0, "Tidak sampai")
}
