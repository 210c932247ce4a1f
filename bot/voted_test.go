package bot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
)

func TestAVoteChoosesWhatTheQuestionOffersAndAnOldOneSaysNothing(t *testing.T) {
	h := bottest.New(t, bottest.Options{Lines: -1})
	p := h.Person("contoh")
	asked := ""
	for _, line := range []string{
		"halo", "daftar", "setuju", "Contoh Satu", "7471051203850001", "081200000001", "Dapur Contoh", "pangan", "abon ikan marlin",
		"lepo-lepo", "Jl. Contoh No 1", "lewati", "berdua sama suami", "2 juta", "belum",
	} {
		asked = p.Says(line)
	}
	labels := h.Network.Sent("contoh")
	offered := labels[len(labels)-1].Choices
	vote := func(of ...string) chat.Message {
		m := h.Network.Message("contoh", chat.Voted, "")
		for _, label := range of {
			sum := sha256.Sum256([]byte(label))
			m.Votes = append(m.Votes, hex.EncodeToString(sum[:]))
		}
		return m
	}
	for _, m := range []chat.Message{vote(), vote("Ya, setuju"), vote(offered[0].Label, "lainnya")} {
		if said := p.Gives(m); said != "" {
			t.Errorf("a vote on something else than %q is answered with %q", asked, said)
		}
	}
	if said := p.Gives(vote(offered[0].Label, offered[3].Label)); !strings.Contains(said, "Langkah 16 ") {
		t.Errorf("a vote is answered with %q", said)
	}
	if again := p.Gives(vote(offered[1].Label)); again != "" {
		t.Errorf("a vote on a question that is over is answered with %q", again)
	}
	if said := p.Says("cukup"); !strings.Contains(said, offered[0].Label+", "+offered[3].Label) {
		t.Errorf("the summary is %q", said)
	}
}
