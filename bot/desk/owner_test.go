package desk_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

// sendsBack lets an officer take the file and end its review with the KTP to be sent again.
func sendsBack(t *testing.T, officer *bottest.Person) {
	t.Helper()
	officer.Says("/berkas")
	officer.Taps("Berikutnya")
	officer.Taps("7. KTP pemilik")
	officer.Taps("Perbaiki: buram")
	officer.Taps("Terima sisanya")
	has(t, officer.Taps("Selesai memeriksa"), "menunggu perbaikan pemilik")
}

// givesPlace lets the officer take that back, end the review anew and give a place.
func givesPlace(t *testing.T, officer *bottest.Person) {
	t.Helper()
	officer.Taps("Batalkan putusan")
	officer.Taps("Terima sisanya")
	has(t, officer.Taps("Selesai memeriksa"), "lengkap, belum mendapat tempat")
	has(t, officer.Taps("Beri tempat"), "mendapat tempat")
}

// told are the first words of what a name was told of their file, in order.
func told(h *bottest.House, name string, from int) (list []string) {
	for _, m := range h.Network.Sent(name)[from:] {
		for _, words := range []string{"Yang perlu dikirim ulang", "sudah lengkap", "mendapat tempat gratis", "diserahkan ke pendamping"} {
			if strings.Contains(m.Text, words) {
				list = append(list, words)
			}
		}
	}
	return list
}

func TestWhatIsOnItsWayToAnOwnerIsNotOvertakenByWhatCameLater(t *testing.T) {
	held, release := make(chan struct{}), make(chan struct{})
	var once atomic.Bool
	h := bottest.New(t, bottest.Options{Staff: true, Posted: func(_ chat.Address, m chat.Outgoing) error {
		if strings.Contains(m.Text, "Yang perlu dikirim ulang") && !once.Swap(true) {
			close(held)
			<-release
		}
		return nil
	}})
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	from := len(h.Network.Sent("contoh"))
	sendsBack(t, ani)
	<-held
	again := snoozes(t, h)
	givesPlace(t, ani)
	await(t, again, 1)
	if list := told(h, "contoh", from); len(list) != 0 {
		t.Errorf("overtaken by %q", list)
	}
	close(release)
	hears(t, h, "contoh", from, "Yang perlu dikirim ulang")
	wake(t, h)
	hears(t, h, "contoh", from, "mendapat tempat gratis")
	idle(t, h)
	if list := told(h, "contoh", from); strings.Join(list, ", ") != "Yang perlu dikirim ulang, mendapat tempat gratis" {
		t.Errorf("told %q", list)
	}
}

func TestOfWhatHappenedAtNightTheOwnerHearsInTheMorningWhatIsStillTrueInItsOrder(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	idle(t, h)
	from := len(h.Network.Sent("contoh"))
	h.Clock.Move(11*time.Hour + time.Minute) // 20.01
	held := snoozes(t, h)
	sendsBack(t, ani)
	givesPlace(t, ani)
	ani.Taps("Serahkan ke pendamping")
	ani.Says("Contoh Tiga")
	has(t, ani.Taps("Hari ini"), "pada pendamping")
	await(t, held, 4)
	if list := told(h, "contoh", from); len(list) != 0 {
		t.Fatalf("told at night: %q", list)
	}
	h.Clock.Move(11 * time.Hour) // 07.01
	for range 20 {
		wake(t, h)
		idle(t, h)
		if len(told(h, "contoh", from)) == 2 {
			break
		}
	}
	if list := told(h, "contoh", from); strings.Join(list, ", ") != "mendapat tempat gratis, diserahkan ke pendamping" {
		t.Errorf("told %q", list)
	}
	if n := count(t, h, `SELECT count(*) FROM owner_notices WHERE delivered_at IS NOT NULL`); n != 2 {
		t.Errorf("%d notices are written down as told", n)
	}
}

func TestAnOwnerHearsADecisionTwiceAtMostThoughTheProcessDiesBetweenSendingAndWritingItDown(t *testing.T) {
	var network *bottest.Network
	var died atomic.Bool
	clock := bottest.NewClock()
	network = bottest.NewNetwork(clock)
	h := bottest.New(t, bottest.Options{Staff: true, Clock: clock, Network: network, Posted: func(to chat.Address, m chat.Outgoing) error {
		if !strings.Contains(m.Text, "Yang perlu dikirim ulang") || died.Swap(true) {
			return nil
		}
		if _, err := network.Send(context.Background(), to, m); err != nil {
			return err
		}
		return errors.New("the process died here")
	}})
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	from := len(h.Network.Sent("contoh"))
	sendsBack(t, ani)
	hears(t, h, "contoh", from, "Yang perlu dikirim ulang")
	for n := 0; n < 20 && count(t, h, `SELECT count(*) FROM owner_notices WHERE delivered_at IS NOT NULL`) == 0; n++ {
		wake(t, h)
		idle(t, h)
	}
	if list := told(h, "contoh", from); len(list) != 2 {
		t.Errorf("told %q, want the same twice", list)
	}
	if n := count(t, h, `SELECT count(*) FROM owner_notices WHERE delivered_at IS NOT NULL AND due_at > delivered_at`); n != 1 {
		t.Errorf("%d notices are told, and their clock begins", n)
	}
	wake(t, h)
	idle(t, h)
	if list := told(h, "contoh", from); len(list) != 2 {
		t.Errorf("once it is written down the owner is told again: %q", list)
	}
}
