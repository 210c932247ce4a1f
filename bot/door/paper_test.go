package door

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"titian/bot/paper/papertest"
	"titian/flows/flow"
)

const number = "0000000000017"

func asksNIB(words map[string]string) flow.Wanted {
	return flow.Wanted{Want: flow.Want{PDF: true, Legible: flow.Readable}, Words: words}
}

func TestTheSheetIsComparedWithWhatTheOwnerTypedAndNothingIsDecided(t *testing.T) {
	typed := map[string]string{"nib": number, "name": "Contoh Satu"}
	for name, c := range map[string]struct {
		sheet []byte
		nib   string
		name  string
		nibs  []string
	}{
		"both agree":              {papertest.Sheet(papertest.NIB(number, "CONTOH SATU")...), flow.Agrees, flow.Agrees, []string{number}},
		"a title and a new order": {papertest.Sheet(papertest.NIB(number, "SATU, Hj. CONTOH, S.Pd.")...), flow.Agrees, flow.Agrees, []string{number}},
		"another number":          {papertest.Sheet(papertest.NIB("0000000000025", "CONTOH SATU")...), flow.Differs, flow.Agrees, []string{"0000000000025"}},
		"another person":          {papertest.Sheet(papertest.NIB(number, "CONTOH DUA")...), flow.Agrees, flow.Differs, []string{number}},
		"a number with spaces":    {papertest.Sheet(papertest.NIB("0000 0000 00017", "CONTOH SATU")...), flow.Agrees, flow.Agrees, []string{number}},
		"an old font":             {papertest.Plain(papertest.NIB(number, "CONTOH SATU")...), flow.Agrees, flow.Agrees, []string{number}},
		"another paper":           {papertest.Sheet("Surat keterangan domisili untuk keperluan usaha Contoh Satu di Kota Contoh"), flow.Unread, flow.Agrees, nil},
		"a scan":                  {papertest.Write(""), flow.Unread, flow.Unread, nil},
		"a scan with a stamp":     {papertest.Sheet("Dipindai 2026"), flow.Unread, flow.Unread, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, s := setup(t)
			kept, r := d.takes(t, asksNIB(typed), c.sheet)
			if r != nil {
				t.Fatal(r)
			}
			if got := kept.Says("nib", number); got != c.nib {
				t.Errorf("the number %s, want %s", got, c.nib)
			}
			if got := kept.Says("name", "Contoh Satu"); got != c.name {
				t.Errorf("the name %s, want %s", got, c.name)
			}
			if !slices.Equal(kept.NIBs, c.nibs) {
				t.Errorf("numbers %v, want %v", kept.NIBs, c.nibs)
			}
			if kept.MIME != mimePDF || len(s.files) != 1 || !bytes.HasPrefix(s.files[0], []byte("%PDF-")) {
				t.Errorf("kept as %s, %d files", kept.MIME, len(s.files))
			}
		})
	}
}

func TestNothingIsNotedThatNobodyAsked(t *testing.T) {
	d, _ := setup(t)
	kept, _ := d.takes(t, asksNIB(nil), papertest.Sheet(papertest.NIB(number, "CONTOH SATU")...))
	if len(kept.NIBs)+len(kept.Has)+len(kept.Lacks) > 0 {
		t.Errorf("noted %+v", kept)
	}
}

func TestAPhoneNumberIsNoNIB(t *testing.T) {
	text := "Nama Contoh Satu, alamat Jalan Contoh nomor satu, telepon +6281234567890\n" + strings.Repeat("kata ", 20)
	var a flow.FileAnswer
	compare(&a, text, map[string]string{"nib": number})
	if len(a.NIBs) > 0 || len(a.Lacks) > 0 {
		t.Errorf("noted %v %v", a.NIBs, maps.Clone(a.Lacks))
	}
}

func TestAPDFIsTakenOnlyWhereOneIsWanted(t *testing.T) {
	d, s := setup(t)
	if _, r := d.takes(t, readable, papertest.Sheet("x")); r == nil || r.Reason != "photo_only" || len(s.files) > 0 {
		t.Errorf("refused as %+v", r)
	}
}

func TestTheNumberOfACertificateIsFoundHoweverItIsSpaced(t *testing.T) {
	const sheet = "SERTIFIKAT HALAL Nama pelaku usaha: Contoh Satu, Dapur Contoh, Kota Kendari. "
	for text, want := range map[string]string{
		sheet + "Nomor ID00110000000000017":         "has",
		sheet + "Nomor: ID 0011 0000 0000 00017":    "has",
		sheet + "nomor id00110000000000018 berlaku": "lacks",
		sheet + "Nomor tertera pada gambar":         "",
	} {
		var a flow.FileAnswer
		compare(&a, text, map[string]string{"number": "ID00110000000000017"})
		got := ""
		if a.Has["number"] != "" {
			got = "has"
		} else if a.Lacks["number"] != "" {
			got = "lacks"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
