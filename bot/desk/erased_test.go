package desk_test

import (
	"testing"

	"titian/storage"
)

func TestWhoDeletesTheirDataTakesWhatWasSaidWithThem(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	registers(h, "contoh", nil)
	p := h.Person("contoh")
	p.Says("petugas, kemasan ini boleh?")
	p.Gives(h.Network.Photo("contoh", shot(t, 40), ""))
	hears(t, h, "Ani", 0, "mengirim foto atau berkas")
	idle(t, h)
	ani.Replies("kemasan ini boleh?", "Boleh, Bu.")
	idle(t, h)
	has(t, p.Hears(), "Boleh, Bu.")
	h.Network.Lose(unavailable)
	sends(t, h, p, 70, "")
	for _, left := range []string{"threads", "thread_messages", "thread_posts", "fetches"} {
		if n := count(t, h, `SELECT count(*) FROM `+left); n == 0 {
			t.Fatalf("nothing stands in %s before", left)
		}
	}
	p.Says("hapus data")
	p.Says("0001")
	p.Says("hapus")
	if n := count(t, h, `SELECT count(*) FROM registrations`); n != 0 {
		t.Fatalf("%d registrations are left: the deletion did not go through", n)
	}
	for _, left := range []string{"threads", "thread_messages", "thread_posts", "fetches"} {
		if n := count(t, h, `SELECT count(*) FROM `+left); n != 0 {
			t.Errorf("%d rows are left in %s", n, left)
		}
	}
	if n := count(t, h, `SELECT count(*) FROM files WHERE purpose = 'thread' AND deleted_at IS NULL`); n != 0 {
		t.Errorf("%d files of the talk are left", n)
	}
}
