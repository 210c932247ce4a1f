package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

// another is a second process on the same stores.
func another(t *testing.T, h *bottest.House) *bottest.House {
	t.Helper()
	o := h.Options
	o.Worker = "second"
	return bottest.New(t, o)
}

func TestStaffHearOfAWishAndOfADuplicateWithWhatIsNeeded(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	registers(h, "contoh", nil)
	registers(h, "ganda", map[int]string{3: "Contoh Dua", 6: "Dapur Dua"})
	text := hears(t, h, ani.Name, 0, "Mungkin ganda")
	has(t, text, "IKM-2026-000002", "Contoh Dua", "mirip IKM-2026-000001")
	hasNot(t, text, "7471051203850001", "81200000001")
	h.Person("contoh").Says("petugas")
	has(t, hears(t, h, ani.Name, 0, "Minta bicara"), "Contoh Satu", "Dapur Contoh", "IKM-2026-000001")
	h.Person("baru").Says("petugas")
	hears(t, h, ani.Name, 0, "belum terdaftar")
}

func TestMoreThanFiveNoticesAnHourBecomeOneCounter(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	was := len(h.Network.Sent(ani.Name))
	held := snoozes(t, h)
	for n := range 8 {
		h.Person(fmt.Sprint("orang", n)).Says("petugas")
	}
	await(t, held, 3)
	sent := h.Network.Await(t, ani.Name, was+5)
	if n := strings.Count(fmt.Sprint(sent), "dihitung dulu"); n != 1 {
		t.Errorf("%d notices say that what follows is counted, want one", n)
	}
	h.Clock.Move(time.Hour)
	wake(t, h)
	has(t, hears(t, h, ani.Name, was+5, "Kabar lainnya"), "3 permintaan petugas")
	wake(t, h)
	idle(t, h)
	if n := len(h.Network.Sent(ani.Name)) - was; n != 6 {
		t.Errorf("%d messages came of eight wishes, want five and a counter", n)
	}
}

func TestANoticeOfTheNightIsHeldUntilTheMorning(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	was := len(h.Network.Sent(ani.Name))
	held := snoozes(t, h)
	h.Clock.Move(11*time.Hour + time.Minute) // 20.01
	h.Person("contoh").Says("petugas")
	await(t, held, 1)
	wake(t, h)
	await(t, held, 1)
	if now := len(h.Network.Sent(ani.Name)); now != was {
		t.Fatal("staff are written to at night")
	}
	h.Clock.Move(11 * time.Hour) // 07.01
	wake(t, h)
	hears(t, h, ani.Name, was, "Minta bicara")
}

func TestTheDigestComesOnceInTheMorningOfAWorkingDayThoughThereAreTwoProcesses(t *testing.T) {
	h := setup(t)
	second := another(t, h)
	ani := h.Invite("Ani", storage.RoleOfficer)
	if err := h.Desk.MakeDigest(t.Context()); err != nil { // today's, which covers nothing yet
		t.Fatal(err)
	}
	registers(h, "contoh", nil)
	h.Person("orang").Says("petugas")
	h.Clock.Move(22*time.Hour + 55*time.Minute) // 07.55 of the next day
	if err := h.Desk.MakeDigest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, h, `SELECT count(*) FROM digests`); n != 1 {
		t.Fatalf("%d digests before eight, want that of the day before", n)
	}
	h.Clock.Move(6 * time.Minute)
	var both sync.WaitGroup
	for _, each := range []*bottest.House{h, second, h, second} {
		both.Go(func() {
			if err := each.Desk.MakeDigest(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	has(t, hears(t, h, ani.Name, 0, "Pendaftaran baru: 1"), "Permintaan petugas: 1", "Mungkin ganda: 0")
	idle(t, h)
	if n := strings.Count(fmt.Sprint(h.Network.Sent(ani.Name)), "Pendaftaran baru: 1"); n != 1 {
		t.Errorf("the digest came %d times", n)
	}
	h.Clock.Move(4 * 24 * time.Hour) // Saturday
	if err := h.Desk.MakeDigest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, h, `SELECT count(*) FROM digests`); n != 2 {
		t.Errorf("%d digests, want none on a day off", n)
	}
}

func TestAProcessThatDiesBetweenSendingAndWritingItDownTellsTwiceAtMostAndLosesNothing(t *testing.T) {
	var network *bottest.Network
	var died atomic.Bool
	clock := bottest.NewClock()
	network = bottest.NewNetwork(clock)
	h := bottest.New(t, bottest.Options{Staff: true, Clock: clock, Network: network, Posted: func(to chat.Address, m chat.Outgoing) error {
		if died.Swap(true) {
			return nil
		}
		if _, err := network.Send(context.Background(), to, m); err != nil {
			return err
		}
		return errors.New("the process died here")
	}})
	ani := h.Invite("Ani", storage.RoleOfficer)
	was := len(h.Network.Sent(ani.Name))
	h.Person("contoh").Says("petugas")
	h.Network.Await(t, ani.Name, was+2)
	idle(t, h)
	if n := len(h.Network.Sent(ani.Name)) - was; n != 2 {
		t.Errorf("the notice came %d times, want twice", n)
	}
	if n := count(t, h, `SELECT count(*) FROM staff_notices WHERE sent_at IS NOT NULL`); n != 1 {
		t.Errorf("%d notices are written down, want one", n)
	}
}

func TestStaffHearOfANumberThatTheListHasForSomebodyElse(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	if _, err := h.DB.ImportOwners(t.Context(), "ikm.xlsx", "test", false, []storage.Imported{
		{Name: "Contoh Dua", NIK: "7471051203850002", Phone: "+6281200000001", Business: "Tenun Contoh"}}); err != nil {
		t.Fatal(err)
	}
	before := len(h.Network.Sent(ani.Name))
	for i, says := range []string{"bukan", "ya"} {
		p := h.Person(says)
		for _, line := range registering[:5] {
			p.Says(line)
		}
		m := h.Network.Message(p.Name, chat.Contact, "")
		m.Card = &chat.Card{Phone: "+6281200000001", Own: true}
		p.Gives(m)
		for _, line := range append([]string{says}, registering[6+i:]...) { // who says yes is not asked for the usaha
			p.Says(line)
		}
	}
	for _, words := range []string{"menjawab bukan orang itu", "NIK-nya berbeda"} {
		text := hears(t, h, ani.Name, before, words)
		has(t, text, "IKM-2026-00000", "Contoh Satu")
		hasNot(t, text, "Contoh Dua", "7471", "8120")
	}
}
