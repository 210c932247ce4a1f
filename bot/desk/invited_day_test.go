package desk_test

import (
	"strings"
	"testing"
	"time"

	"titian/locales"
	"titian/storage"
)

func TestAReminderOfAnInvitationIsOneOfThoseOfWhichAPersonGetsOneADayAndNoneComesAtNightOrAfterBerhenti(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	names := []string{"satu", "dua", "tiga"}
	for i, name := range names {
		n := string(rune('1' + i))
		registers(h, name, map[int]string{4: "747105120385000" + n, 5: "08120000000" + n, 9: "lepo-lepo", 17: "mau"})
	}
	idle(t, h)
	ani.Hears()
	draftsInvitation(t, h, ani, 2, 4)
	from := map[string]int{"Ani": len(h.Network.Sent("Ani"))}
	for _, name := range names {
		from[name] = len(h.Network.Sent(name))
	}
	ani.Taps("Undian")
	ani.Taps("Kirim")
	hears(t, h, "Ani", from["Ani"], "selesai ✅")
	idle(t, h)
	h.Person("tiga").Hears()
	h.Person("tiga").Says("berhenti")

	now := h.Clock.Now().In(locales.WITA)
	h.Clock.Move(time.Date(now.Year(), now.Month(), now.Day()+3, 9, 5, 0, 0, locales.WITA).Sub(now))
	today := h.Clock.Now().In(locales.WITA).Format(time.DateOnly)
	if n := count(t, h, `WITH other AS (
			INSERT INTO reminders (id, contact, kind, about, nth, seq, made_at, day, ended_at)
			SELECT 'lain', x.contact, 'draft', 'lain', 1, 0, $1, $2, $1 FROM recipients x JOIN registrations r ON r.owner = x.owner WHERE r.number LIKE '%000002'
			RETURNING id) SELECT count(*) FROM other`, h.Clock.Now(), today); n != 1 {
		t.Fatal("the second was reminded of nothing else")
	}
	for _, name := range names {
		from[name] = len(h.Network.Sent(name))
	}
	if err := h.DB.TendInvitations(t.Context()); err != nil {
		t.Fatal(err)
	}
	reminder := hears(t, h, "satu", from["satu"], "Studi tiru ke Makassar")
	if n := count(t, h, `SELECT count(*) FROM reminders WHERE kind = 'invited' AND day = $1`, today); n != 1 {
		t.Errorf("%d took the day for their reminder", n)
	}
	event := ""
	if n := count(t, h, `SELECT count(*) FROM invited_notices WHERE kind = 'remind'`); n != 2 {
		t.Errorf("%d are to be reminded: who said BERHENTI is not", n)
	}
	event = text(t, h, `SELECT n.id FROM invited_notices n JOIN recipients x ON x.broadcast = n.broadcast AND x.person = n.person
		JOIN registrations r ON r.owner = x.owner WHERE n.kind = 'remind' AND r.number LIKE '%000002'`)
	remind := func() time.Duration {
		t.Helper()
		wait, err := h.Desk.NotifyInvited(t.Context(), storage.InvitedNotice{Kind: storage.InvitedRemind, Event: event})
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	heard := func(name string) (n int) {
		for _, m := range h.Network.Sent(name)[from[name]:] {
			if strings.Contains(m.Text, reminder) {
				n++
			}
		}
		return n
	}
	if wait := remind(); wait < 22*time.Hour || wait > 23*time.Hour || heard("dua") != 0 {
		t.Errorf("who was reminded of something else today waits %s, and heard %d", wait, heard("dua"))
	}
	h.Clock.Move(12 * time.Hour) // five past nine in the evening
	if wait := remind(); wait < 10*time.Hour || wait > 11*time.Hour || heard("dua") != 0 {
		t.Errorf("at night it waits %s, and heard %d", wait, heard("dua"))
	}
	h.Clock.Move(11 * time.Hour)
	if wait := remind(); wait != 0 || heard("dua") != 1 || heard("satu") != 1 || heard("tiga") != 0 {
		t.Errorf("the next morning it waits %s; they heard %d, %d, %d", wait, heard("satu"), heard("dua"), heard("tiga"))
	}
}
