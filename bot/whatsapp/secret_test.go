package whatsapp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"titian/bot/chat"
)

func TestWhatIsSealedOrSeenOnceComesAsWhatItIs(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.channel()
	d := run(t, c)
	p := n.person(t)
	id, secret := p.SaysEditably(n.office, "Sagu Mette")
	d.next(t)

	p.EditsSealed(n.office, id, secret, "Sagu Mete")
	if m := d.next(t); m.Kind != chat.Edited || m.Edits != id || m.Text != "Sagu Mete" {
		t.Errorf("a sealed edit comes as %+v", m)
	}
	p.EditsSealed(n.office, id, bytes.Repeat([]byte{1}, 32), "lain")
	if m := d.next(t); m.Kind != chat.Undecryptable {
		t.Errorf("an edit that cannot be read comes as %+v", m)
	}
	p.SendsOnce(n.office, []byte("sekali"))
	if m := d.next(t); m.Kind != chat.Once || m.From != p.Address() || len(m.Files) != 0 {
		t.Errorf("a photo to be seen once comes as %+v", m)
	}

	at, _ := jid(p.Address())
	poll, err := c.client.SendMessage(t.Context(), at, c.client.BuildPollCreation("Izin apa yang ada?", []string{"PIRT", "NPWP", "SIUP"}, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, chosen := range [][]string{{"PIRT"}, {"PIRT", "SIUP"}, nil} { // votes change, and are taken back
		p.Votes(t.Context(), n.office, poll.ID, chosen...)
		var want []string
		for _, label := range chosen {
			sum := sha256.Sum256([]byte(label))
			want = append(want, hex.EncodeToString(sum[:]))
		}
		if m := d.next(t); m.Kind != chat.Voted || m.ReplyTo != poll.ID || !slices.Equal(m.Votes, want) {
			t.Errorf("a vote for %v comes as %+v", chosen, m)
		}
	}
}
