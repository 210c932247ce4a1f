package bot_test

import (
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/flows/answer"
	"titian/storage"
)

// listed is an owner of the dinas's list with a number of their own.
func listed(phone answer.Phone) storage.Imported {
	return storage.Imported{Name: "Contoh Satu", NIK: "7471051203850001", Phone: phone, Business: "Dapur Contoh", Sector: "food",
		Products: []string{"abon ikan"}, Kecamatan: "Kadia", Kelurahan: "Bende", Address: "Jl. Contoh No. 1", Workers: 3, Binaan: true}
}

const (
	theirs   = answer.Phone("+6281200000001")
	anybodys = answer.Phone("+6281200000009")
)

func imports(t *testing.T, h *bottest.House, list ...storage.Imported) storage.ImportCount {
	t.Helper()
	n, err := h.DB.ImportOwners(t.Context(), "ikm.xlsx", "test", false, list)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// shares gives the number of the phone that the person holds, as the network knows it.
func shares(h *bottest.House, p *bottest.Person, number answer.Phone) string {
	m := h.Network.Message(p.Name, chat.Contact, "")
	m.Card = &chat.Card{Phone: number.E164(), Own: true}
	return p.Gives(m)
}

// toPhone lets a name register up to the question for the number.
func toPhone(h *bottest.House, name string) *bottest.Person {
	p := h.Person(name)
	for _, line := range []string{"daftar", "setuju", "Contoh Satu", "menyusul"} {
		p.Says(line)
	}
	return p
}

// files answers what is left after the claim, as a row like listed leaves it, and sends.
func files(t *testing.T, p *bottest.Person) {
	t.Helper()
	p.Says("cukup")
	if said := p.Says("kirim"); !strings.Contains(said, "IKM-2026-") {
		t.Fatalf("%s is not filed: %s", p.Name, said)
	}
}

func TestANumberOnTheListIsAnsweredAsAnyOtherUnlessTheNetworkSaysWhoseItIs(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	imports(t, h, listed(theirs))
	blank := strings.NewReplacer(theirs.Local(), "…", anybodys.Local(), "…")
	plain := blank.Replace(toPhone(h, "a").Says(anybodys.Local()))
	for name, said := range map[string]string{
		"a number of the list, typed":        toPhone(h, "b").Says(theirs.Local()),
		"one that is on no list, vouched":    shares(h, toPhone(h, "c"), anybodys),
		"one of the list, typed with a plus": toPhone(h, "d").Says(theirs.E164()),
	} {
		if got := blank.Replace(said); got != plain {
			t.Errorf("%s is answered\n%s\nwant\n%s", name, got, plain)
		}
	}
	if said := shares(h, toPhone(h, "e"), theirs); !strings.Contains(said, "C••••• S•••, usaha “D•••• C•••••”, Kecamatan Kadia") {
		t.Errorf("whose number it is hears %s", said)
	}
	p := h.Person("f")
	p.Says("daftar")
	if said := shares(h, p, theirs); strings.Contains(said, "C•••••") {
		t.Errorf("without a consent the list is told of: %s", said)
	}
}

func TestOfTwoChatsThatRecogniseThemselvesOneIsTheListsAndTheOtherGoesOnPlainly(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	imports(t, h, listed(theirs))
	early, late, later := toPhone(h, "early"), toPhone(h, "late"), toPhone(h, "later")
	for _, p := range []*bottest.Person{early, late, later} {
		shares(h, p, theirs)
	}
	early.Says("ya")
	late.Says("ya")
	files(t, early)
	files(t, late)
	if said := later.Says("ya"); !strings.Contains(said, "Apa nama usahanya?") || strings.Contains(said, "Catatan dinas") {
		t.Errorf("who says yes to a row that is gone hears %s", said)
	}
	from := map[string]int{}
	for _, name := range []string{"early", "late"} {
		r, err := h.DB.Registration(t.Context(), h.Owners(name)[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if from[r.List]++; r.Binaan != (r.List != "") || r.Business != "Dapur Contoh" || r.Kelurahan != "Bende" {
			t.Errorf("%s filed %+v", name, r)
		}
		for _, m := range h.Network.Sent(name) {
			if strings.Contains(m.Text, "7471051203850001") {
				t.Errorf("a NIK is shown whole: %s", m.Text)
			}
		}
	}
	if from["ikm.xlsx"] != 1 || from[""] != 1 {
		t.Errorf("the row went to %v", from)
	}
}

func TestWhatTheListHoldsAndNoAnswerWouldBeIsAsked(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	odd := listed(theirs)
	odd.Sector, odd.Kecamatan, odd.NIK = "perikanan", "Atlantis", ""
	imports(t, h, odd)
	p := toPhone(h, "contoh")
	shares(h, p, theirs)
	if said := p.Says("iye"); !strings.Contains(said, "bergerak di bidang apa") {
		t.Errorf("a sector that is none: %s", said)
	}
	if said := p.Says("pangan"); !strings.Contains(said, "Di kecamatan mana") {
		t.Errorf("a kecamatan that is none: %s", said)
	}
}

func TestWhoErasesADraftThatTheListFilledIsOffTheList(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	imports(t, h, listed(theirs))
	for _, says := range []string{"bukan", "ya"} {
		p := toPhone(h, says)
		shares(h, p, theirs)
		p.Says(says)
		p.Says("hapus data")
		p.Says("HAPUS")
		n := imports(t, h, listed(theirs))
		if gone := says == "ya"; gone != (n.Deleted == 1) || gone == (n.Same == 1) {
			t.Errorf("after %q the list is taken in as %+v", says, n)
		}
	}
}
