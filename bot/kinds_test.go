package bot_test

import (
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
)

func TestWhatCannotBeReadIsAnsweredWithWhatToDoAndTheQuestionAgain(t *testing.T) {
	h := bottest.New(t, bottest.Options{Lines: -1})
	p := h.Person("contoh")
	if said := p.Says("halo"); !strings.Contains(said, "Balas dengan angkanya saja, contoh: 1\n[1] Daftar") {
		t.Errorf("who writes for the first time is told %q", said)
	}
	for _, line := range []string{"1", "setuju"} {
		if said := p.Says(line); strings.Contains(said, "angkanya saja") {
			t.Errorf("%q is answered with %q", line, said)
		}
	}
	for kind, words := range map[chat.Kind]string{
		chat.Voice: "pesan suara belum bisa kami baca", chat.Sticker: "stiker belum bisa kami baca", chat.Video: "kirim sebagai foto",
		chat.Unsupported: "Mohon diketik saja", chat.Undecryptable: "Mohon kirim sekali lagi", chat.Once: "foto biasa", chat.Call: "ketik PETUGAS",
	} {
		if said := p.Gives(h.Network.Message("contoh", kind, "")); !strings.Contains(said, words) || !strings.Contains(said, "Siapa nama lengkap") {
			t.Errorf("%s is answered with %q", kind, said)
		}
	}
}
