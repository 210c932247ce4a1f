package chattest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"titian/bot/chat"
)

var receiving = []promise{
	{"a message says who, where, when and what", nil, whatAMessageSays},
	{"messages of a chat arrive in order", nil, orderIsKept},
	{"a message that was refused comes again, and others go on meanwhile", []Ability{Redelivery}, refusedComesAgain},
	{"a message that was taken never comes again, even after a restart", []Ability{Restarts}, takenNeverComesAgain},
	{"a message unfinished when the bot ended comes again after the restart", []Ability{Redelivery, Restarts}, unfinishedComesAgain},
	{"what people say while the bot is away comes when it is back", []Ability{Restarts}, awayIsNotLost},
	{"any text comes as it was typed", nil, textComesWhole},
	{"an edit names the message and has the new text", []Ability{Edits}, editsComeAsEdits},
	{"a shared contact says whether it is the sender's own", []Ability{Contacts}, contactsCome},
	{"a shared place comes in degrees", []Ability{Locations}, placesCome},
	{"a person who blocks the bot and lets it back is heard of", []Ability{Blocking}, blockingIsHeardOf},
	{"the bot ends in time while a message is being worked on", nil, endsWhileWorking},
}

func whatAMessageSays(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	ref := siti.Says("halo")
	m := p.nextKind(t, chat.Text)
	switch {
	case m.Text != "halo", m.ID == "", m.At.IsZero(), m.Ref != ref:
		t.Errorf("the message is %+v, want text, id, time and ref %q", m, ref)
	case m.From != siti.Address(), m.Chat != siti.Address():
		t.Errorf("from and chat do not name the person")
	case m.Chat.Network != p.channel.Network():
		t.Errorf("network %q, want %q", m.Chat.Network, p.channel.Network())
	}
}

func orderIsKept(t *testing.T, h Harness) {
	const people, each = 5, 30
	p := start(t, h, take)
	told := map[string]int{}
	var all []Person
	for range people {
		all = append(all, h.Person(t))
	}
	for i := range each {
		for _, one := range all {
			one.Says(fmt.Sprint("pesan ", i))
		}
	}
	seen := map[string]bool{}
	for n := 0; n < people*each; {
		m := p.next(t)
		if !strings.HasPrefix(m.Text, "pesan ") {
			continue
		}
		n++
		key := m.Chat.Key
		if want := fmt.Sprint("pesan ", told[key]); m.Text != want {
			t.Fatalf("a chat's next message is %q, want %q", m.Text, want)
		}
		told[key]++
		if seen[m.ID] {
			t.Fatalf("two messages have one id")
		}
		seen[m.ID] = true
	}
}

func refusedComesAgain(t *testing.T, h Harness) {
	siti, budi := h.Person(t), h.Person(t)
	p := start(t, h, refuseOnce("ditolak"))
	siti.Says("ditolak")
	budi.Says("lain")
	var ids []string
	others := 0
	for len(ids) < 2 || others == 0 {
		switch m := p.nextKind(t, chat.Text); m.Text {
		case "ditolak":
			ids = append(ids, m.ID)
		case "lain":
			others++
		}
	}
	if ids[0] != ids[1] {
		t.Errorf("it came again with another id")
	}
}

func takenNeverComesAgain(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	for i := range 10 {
		siti.Says(fmt.Sprint("sudah ", i))
	}
	for range 10 {
		p.nextKind(t, chat.Text)
	}
	p.stop()
	p = start(t, h, take)
	siti.Says("penanda")
	if m := p.nextKind(t, chat.Text); m.Text != "penanda" {
		t.Errorf("%q came again", m.Text)
	}
}

func unfinishedComesAgain(t *testing.T, h Harness) {
	siti, budi := h.Person(t), h.Person(t)
	p := start(t, h, hold("terputus"))
	siti.Says("terputus")
	first := p.nextKind(t, chat.Text)
	budi.Says("lain")
	p.nextKind(t, chat.Text)
	p.stop()
	p = start(t, h, take)
	for {
		if again := p.nextKind(t, chat.Text); again.Text == "terputus" {
			if again.ID != first.ID {
				t.Errorf("it came again with another id")
			}
			return
		}
	}
}

func awayIsNotLost(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	siti.Says("sebelum")
	p.nextKind(t, chat.Text)
	p.stop()
	siti.Says("sementara")
	p = start(t, h, take)
	if m := p.nextKind(t, chat.Text); m.Text != "sementara" {
		t.Errorf("%q came, want what was said meanwhile", m.Text)
	}
}

// texts are what people write, and what the bot writes to them.
var texts = map[string]string{
	"plain":          "Nama usaha saya Sagu Mete \"Wonua\" & Co. <b>1</b> *dua* _tiga_ `empat` [lima](x)",
	"emoji":          "👍🏽 👨‍👩‍👧‍👦 🇮🇩 ❤️ 1️⃣",
	"right to left":  "السلام عليكم ورحمة الله وبركاته",
	"new lines":      "satu\n\ndua\n  tiga\nempat",
	"letters apart":  "é ñ ก็ ꦲꦏ꧀ꦱꦫ",
	"4096 points":    strings.Repeat("ikan🐟", 4096/5) + strings.Repeat("x", 4096%5),
	"one character":  "a",
	"slashes":        "RT 03/RW 02, Jl. Sao-Sao No. 5\\6 — Bende",
	"looks like url": "lihat https://kendarikota.go.id/?a=1&b=2#c dan @nama dan #tagar",
}

func textComesWhole(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	for name, text := range texts {
		if strings.Contains(text, "\n") && slices.Contains(h.Lacks, NewLines) {
			continue
		}
		siti.Says(text)
		if m := p.nextKind(t, chat.Text); m.Text != text {
			t.Errorf("%s: came as %.80q, want %.80q", name, m.Text, text)
		}
	}
}

func editsComeAsEdits(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	ref := siti.Says("Sagu Mte")
	p.nextKind(t, chat.Text)
	siti.Edits(ref, "Sagu Mete")
	m := p.nextKind(t, chat.Edited)
	if m.Edits != ref || m.Text != "Sagu Mete" || m.From != siti.Address() {
		t.Errorf("the edit is %+v, want the new text for %q", m, ref)
	}
}

func contactsCome(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	siti.SharesContact(false, "+6281234567890")
	if m := p.nextKind(t, chat.Contact); m.Card == nil || m.Card.Own || !strings.HasSuffix(m.Card.Phone, "6281234567890") {
		t.Errorf("a stranger's card came as %+v", m.Card)
	}
	if slices.Contains(h.Lacks, Vouching) {
		return
	}
	siti.SharesContact(true, "+6281234567891")
	if m := p.nextKind(t, chat.Contact); m.Card == nil || !m.Card.Own || m.Vouched != "+6281234567891" {
		t.Errorf("an own card came as %+v, vouched for %q", m.Card, m.Vouched)
	}
}

func placesCome(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	siti.SharesLocation(-3.9985, 122.5127)
	if m := p.nextKind(t, chat.Location); m.Place == nil || *m.Place != (chat.Place{Latitude: -3.9985, Longitude: 122.5127}) {
		t.Errorf("the place came as %+v", m.Place)
	}
}

func blockingIsHeardOf(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, take)
	siti.Blocks()
	if m := p.nextKind(t, chat.Blocked); m.Chat != siti.Address() || m.From != siti.Address() || m.ID == "" {
		t.Errorf("the block came as %+v", m)
	}
	_, err := p.channel.Send(t.Context(), siti.Address(), chat.Outgoing{Text: "halo"})
	if err == nil || chat.FailureOf(err) != chat.FailedBlocked {
		t.Errorf("sending to one who blocked the bot: %v, want %s", err, chat.FailedBlocked)
	}
	siti.Returns()
	if m := p.nextKind(t, chat.Returned); m.Chat != siti.Address() {
		t.Errorf("the return came as %+v", m)
	}
	if _, err := p.channel.Send(t.Context(), siti.Address(), chat.Outgoing{Text: "halo lagi"}); err != nil {
		t.Errorf("sending after the return: %v", err)
	}
}

func endsWhileWorking(t *testing.T, h Harness) {
	siti := h.Person(t)
	p := start(t, h, hold("lama"))
	siti.Says("lama")
	p.nextKind(t, chat.Text)
	p.stop() // holds Run to its time
}
