package desk_test

import (
	"errors"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

func TestAStaffMemberMayBeAnOwnerTooAndIsTreatedAsOne(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	for _, line := range registering[:6] {
		ani.Says(line)
	}
	has(t, ani.Says("/bantuan"), "Perintah petugas")
	has(t, ani.Says("/staf"), "hanya untuk admin")
	for _, line := range registering[6:] {
		ani.Says(line)
	}
	if len(h.Owners("Ani")) != 1 {
		t.Error("the registration was lost on the way")
	}
}

func TestWordsThatOnlyLookLikeACommandStayAnAnswer(t *testing.T) {
	h := setup(t)
	p := h.Person("contoh")
	for _, line := range registering[:6] {
		p.Says(line)
	}
	has(t, p.Says("Pindah Rasa Bakery"), "bergerak di bidang apa")
	for _, command := range []string{"/undang Budi admin", "/copot Ani", "/libur", "/muat"} {
		hasNot(t, p.Says(command), "admin", "libur berikutnya", "dibaca ulang")
	}
	if n := count(t, h, `SELECT (SELECT count(*) FROM codes) + (SELECT count(*) FROM misses)`); n != 0 {
		t.Errorf("%d things came of it", n)
	}
}

func TestAGroupThatPutTheBotOutIsWrittenToNoMoreAndAMovedOneIsFollowed(t *testing.T) {
	gone := make(chan struct{}, 8)
	h := bottest.New(t, bottest.Options{Staff: true, Posted: func(to chat.Address, _ chat.Outgoing) error {
		switch to.Key {
		case "grup":
			return &chat.SendError{Failure: chat.FailedInvalid, MovedTo: "grup baru", Cause: errors.New("upgraded")}
		case "grup lain":
			gone <- struct{}{}
			return &chat.SendError{Failure: chat.FailedBlocked, Cause: errors.New("kicked")}
		}
		return nil
	}})
	boss := h.Invite("Boss", storage.RoleAdmin)
	for _, group := range []string{"grup", "grup lain"} {
		m := h.Network.Message("Boss", chat.Group, "/grup")
		m.Chat.Key = group
		boss.Gives(m)
	}
	h.Person("contoh").Says("petugas")
	has(t, h.Network.Await(t, "grup baru", 1)[0].Text, "menunggu petugas")
	<-gone
	idle(t, h)
	if n := count(t, h, `SELECT count(*) FROM staff_groups WHERE removed_at IS NULL`); n != 1 {
		t.Errorf("%d groups are written to, want the one that moved", n)
	}
}
