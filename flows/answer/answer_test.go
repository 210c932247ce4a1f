package answer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func reason(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return p.Reason
	}
	return fmt.Sprint(err)
}

func TestNIKExamplesAreJudgedAsTheLawHasThem(t *testing.T) {
	for _, row := range []struct{ name, nik, reason string }{
		{"male, 12 March 1985", "7471051203850001", ""},
		{"female: the day plus 40", "7471055203850001", ""},
		{"day 32", "7471053203850001", ReasonDate},
		{"day 72", "7471057203850001", ReasonDate},
		{"month 13", "7471051213850001", ReasonDate},
		{"15 digits", "747105120385000", ReasonLength},
		{"an abolished code of Nabire", "9104011203850002", ""},
		{"a prefix no province has is only a warning", "5401011203850003", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			n, err := ParseNIK(row.nik, today)
			if row.reason == "" && (err != nil || n.Digits() != row.nik) || row.reason != "" && reason(err) != row.reason {
				t.Errorf("got %q, %v", n.Digits(), err)
			}
		})
	}
	male, female := NIK("7471051203850001"), NIK("7471055203850001")
	if male.Female() || !female.Female() || !male.KnownProvince() || NIK("5401011203850003").KnownProvince() {
		t.Error("sex or province misread")
	}
	if got := female.BirthDate(today).Format(time.DateOnly); got != "1985-03-12" || female.Age(today) != 39 {
		t.Errorf("born %s, age %d", got, female.Age(today))
	}
	if got := NIK("7471051203050001").Age(today); got != 19 { // 2005, not 1905
		t.Errorf("age %d, want 19", got)
	}
	if got := NIK("7471051203200001").BirthDate(today).Year(); got != 2020 { // a child
		t.Errorf("born %d, want 2020", got)
	}
}

func TestAWrongNIKIsSaidWithItsLengthAndNeverRepeated(t *testing.T) {
	_, err := ParseNIK("747105120385000", today)
	var p *Problem
	if !errors.As(err, &p) || p.Args["got"] != "15" || p.Args["want"] != "16" {
		t.Fatalf("got %#v", err)
	}
	if strings.Contains(fmt.Sprintf("%+v %#v", p, p), "747105") {
		t.Error("the problem repeats the number")
	}
}

func TestPersonalNumbersNeverLeakThroughFormatting(t *testing.T) {
	nik, phone, npwp := NIK("7471051203850001"), Phone("+6281234567890"), NPWP("7471051203850001")
	holder := struct {
		N NIK
		P Phone
		W NPWP
		L []NIK
		M map[string]Phone
		Q *Phone
	}{nik, phone, npwp, []NIK{nik}, map[string]Phone{"a": phone}, &phone}
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, nil))
	logger.Info("x", "nik", nik, "phone", phone, "npwp", npwp, "nib", NIB("9120001234567"))
	logger.Info("x", "holder", holder)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10.20s"} {
		fmt.Fprintf(&out, verb+verb+verb+verb+"\n", nik, phone, npwp, holder)
	}
	fmt.Fprint(&out, nik, phone, fmt.Errorf("wrap %v", nik))
	for _, secret := range []string{"74710512", "0385", "812345", "9120001", "373437"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s leaks in:\n%s", secret, out.String())
		}
	}
	if nik.String() != "NIK(…0001)" || nik.Masked() != "7471••••••••0001" || phone.String() != "Phone(…90)" {
		t.Errorf("%s %s %s", nik, nik.Masked(), phone)
	}
}

func TestJSONOfATypedValueIsItsPlainValue(t *testing.T) {
	raw, err := json.Marshal([]any{NIK("7471051203850001"), Phone("+6281234567890"), Rupiah(2500000), NIB("9120001234567")})
	if err != nil || string(raw) != `["7471051203850001","+6281234567890",2500000,"9120001234567"]` {
		t.Errorf("%s, %v", raw, err)
	}
}

func TestValuesArePrintedAsPeopleWriteThem(t *testing.T) {
	for got, want := range map[string]string{
		Rupiah(2500000).String():                   "Rp2.500.000",
		Rupiah(0).String():                         "Rp0",
		Rupiah(-1500).String():                     "Rp-1.500",
		Phone("+6281234567890").Local():            "0812-3456-7890",
		Phone("+62811400123").Local():              "0811-4001-23",
		PrintDate(today):                           "10 Juni 2024",
		PIRT("202747101000125").Show():             "2027471010001-25",
		PrintProducts([]string{"abon", "keripik"}): "abon\nkeripik",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestNumbersOfPapersAreReadWithTheirLabels(t *testing.T) {
	npwp, err := ParseNPWP("NPWP: 01.234.567.8-901.000")
	if err != nil || npwp.Digits() != "012345678901000" {
		t.Errorf("npwp %q, %v", npwp.Digits(), err)
	}
	if npwp, err = ParseNPWP("7471051203850001"); err != nil || npwp.Digits() != "7471051203850001" {
		t.Errorf("npwp %q, %v", npwp.Digits(), err)
	}
	pirt, err := ParsePIRT("P-IRT No. 2027471010001-25")
	if err != nil || pirt.Digits() != "202747101000125" {
		t.Errorf("pirt %q, %v", pirt.Digits(), err)
	}
	if pirt, err = ParsePIRT("206747101001"); err != nil || pirt.Digits() != "206747101001" {
		t.Errorf("old pirt %q, %v", pirt.Digits(), err)
	}
	for _, bad := range []string{"", "12", "belum ada", "2027471010001-2", "xxxx"} {
		if _, err := ParsePIRT(bad); err == nil {
			t.Errorf("pirt %q accepted", bad)
		}
		if _, err := ParseNPWP(bad); err == nil {
			t.Errorf("npwp %q accepted", bad)
		}
	}
}

func TestNavigationFiresOnWholeMessagesOnly(t *testing.T) {
	for in, want := range map[string]Word{
		"menu": WordMenu, "MENU": WordMenu, "Menu.": WordMenu, "/menu": WordMenu, "menu dong": WordMenu, "menu utama pak": WordMenu, "menumi": WordMenu,
		"mulai": WordStart, "/start": WordStart, "daftar": WordRegister, "sa mau daftar": WordRegister, "halo": WordGreeting, "Haloo": WordGreeting,
		"Assalamu'alaikum": WordGreeting, "assalamualaikum wr. wb.": WordGreeting, "selamat pagi bu": WordGreeting, "bantuan": WordHelp, "?": WordHelp,
		"tolong bu": WordHelp, "batal": WordCancel, "batalmi": WordCancel, "Batal!": WordCancel, "kembali": WordBack, "balik": WordBack, "ulangi": WordRepeat,
		"Ulangi dulu pertanyaanta": WordRepeat, "lewati": WordSkip, "skip": WordSkip, "nantipi": WordSkip, "nanti pi": WordSkip, "menyusul ya": WordSkip, "selesai": WordDone,
		"sudahmi": WordDone, "cukup": WordEnough, "cukupmi bu": WordEnough, "berhenti": WordStop, "STOP": WordStop, "jangan kirim pengumuman lagi": WordStop, "mau ikut lagi": WordRejoin,
		"jgn kirim lg": WordStop, "jgn kirim2 lagi bu": WordStop, "tdk mw pengumuman lg": WordStop, "mau ikut lg": WordRejoin, "status": WordStatus, "cek status": WordStatus,
		"petugas": WordOfficer, "data saya": WordMyData, "/data_saya": WordMyData, "DATA SAYA": WordMyData, "hapus data": WordDeleteData, "hapus data saya": WordDeleteData,
		"ubah": WordEdit, "lengkapi": WordComplete, "lanjut": WordContinue, "lanjutkan": WordContinue, "kenapa?": WordWhy, "mengapa": WordWhy, "untuk apa?": WordWhy,
		"lapor": WordReport,
	} {
		if got, ok := Navigation(in); got != want || !ok {
			t.Errorf("%q: %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"usaha Menu Sehat", "Menu Sehat", "Batal Food", "Warung Bantuan", "batal puasa", "Status Quo", "Halo Dek Catering", "Toko Mulai Jaya", "kembali ke alam",
		"saya mau menu yang sehat", "petugas kebersihan", "/petugas KODE", "Cukup Roti", "Stop Kontak", "", " ", "mi", "bu", "pak bu", "ya", "tidak", "abon", "orang tua", "data", "hapus",
		"Ibu Menu Enak", "lanjut usia", "Sudah Pasti Enak", "nanti saya kirim", "lapor pak lurah besok"} {
		if got, ok := Navigation(in); ok {
			t.Errorf("%q fired %q", in, got)
		}
	}
}

func TestPicksAreReadByNumberOrdinalAndAll(t *testing.T) {
	for in, want := range map[string]int{"1": 1, "nomor 2": 2, "no 3": 3, "no. 3": 3, "yang ke 2": 2, "ke-2": 2, "ketiga": 3, "yang ketiga pak": 3, "pertama": 1, "2.": 2, "[2]": 2, "(2)": 2,
		"2)": 2, "dua": 2, "nomor dua": 2, "2 pak": 2, "2️⃣": 2, "terakhir": 5, "pilih 4": 4, "٣": 3, "2 ji": 2, "pilihan 1 saja": 1} {
		if got, err := ParsePick(in, 5); got != want {
			t.Errorf("%q: %d, %v, want %d", in, got, err, want)
		}
	}
	for in, want := range map[string]string{"6": ReasonRange, "0": ReasonRange, "1 dan 2": ReasonTwo, "abon": ReasonUnclear, "": ReasonEmpty, "1-3": ReasonUnclear, "bukan 2": ReasonUnclear,
		"99999999999": ReasonUnclear, "ke": ReasonUnclear} {
		if got, err := ParsePick(in, 5); err == nil || reason(err) != want {
			t.Errorf("%q: %d, %v, want %s", in, got, err, want)
		}
	}
	for in, want := range map[string][]int{"1,3": {1, 3}, "1 dan 3": {1, 3}, "3 1": {1, 3}, "semua": {1, 2, 3, 4, 5}, "semuanya pak": {1, 2, 3, 4, 5}, "1 sampai 3": {1, 2, 3}, "2": {2},
		"1, 2 dan 5": {1, 2, 5}, "1 & 2": {1, 2}, "2 s/d 4": {2, 3, 4}, "1,1": {1}} {
		if got, err := ParsePicks(in, 5); !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"13", "semua kecuali 2", "tidak ada", "1-3", "", "1 sampai"} {
		if got, err := ParsePicks(in, 5); err == nil {
			t.Errorf("%q: %v accepted", in, got)
		}
	}
}

func TestALabelIsMatchedTypedOrNearlySo(t *testing.T) {
	labels := []string{"✅ Ya, setuju", "Tidak", "Kerajinan & Aneka", "Sandang & Kulit", "Pangan", "Kendari Barat", "Kendari"}
	for in, want := range map[string]int{"ya setuju": 0, "TIDAK": 1, "kerajinan & aneka": 2, "kerajinan aneka": 2, "kerajinn & aneka": 2, "sandang & kulit bu": 3, "pagan": 4, "pangan.": 4,
		"kendari": 6, "kendari barat": 5, "kendari brat": 5} {
		if got, ok := MatchLabel(in, labels); got != want || !ok {
			t.Errorf("%q: %d %v, want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "ya", "aneka", "tas", "👍", "kendari timur"} {
		if got, ok := MatchLabel(in, labels); ok {
			t.Errorf("%q matched %d", in, got)
		}
	}
	if got, ok := MatchLabel("kambo jaya", []string{"Kambu Jaya", "Kamba Jaya"}); ok || got != -1 {
		t.Errorf("a tie matched %d", got)
	}
}

func TestNamesAndAddressesKeepWhatWasTyped(t *testing.T) {
	for in, want := range map[string]string{"Wa Ode Siti": "Wa Ode Siti", "  Ani   binti  Ali ": "Ani binti Ali", "nama saya Ani": "Ani", "Nama: La Ode Ali": "La Ode Ali", "saya Ani bu": "Ani",
		"ANI WIJAYA": "ANI WIJAYA", "H. Muh. Yusuf, S.E.": "H. Muh. Yusuf, S.E.", "Ibu Ani": "Ibu Ani", "namaku Siti": "Siti", "nama saya adalah Ani": "Ani", "Sarimin": "Sarimin", "Nur'aini": "Nur'aini",
		"Sa'diah": "Sa'diah", "Mulai Yani": "Mulai Yani"} {
		if got, err := ParseName(in); got != want {
			t.Errorf("name %q: %q %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "a", "123", "👍", "batal", "menu", "ya", "tidak", "Ani 2", strings.Repeat("nama ", 30), "siapa?", "a@b.c", "..."} {
		if got, err := ParseName(in); err == nil {
			t.Errorf("name %q: %q accepted", in, got)
		}
	}
	for in, want := range map[string]string{"Menu Sehat": "Menu Sehat", "Batal Food": "Batal Food", "nama usaha saya: Abon Ani": "Abon Ani", "UD. 57 Jaya": "UD. 57 Jaya", "Saya Suka Kue": "Saya Suka Kue"} {
		if got, err := ParseBusiness(in); got != want {
			t.Errorf("business %q: %q %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{"Jl. Budi Utomo No. 12\nRT 03 RW 05": "Jl. Budi Utomo No. 12, RT 03 RW 05", "alamat saya di Lrg. Mawar": "Lrg. Mawar"} {
		if got, err := ParseAddress(in); got != want {
			t.Errorf("address %q: %q %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "x", "12", "batal", strings.Repeat("jalan ", 60)} {
		if got, err := ParseAddress(in); err == nil {
			t.Errorf("address %q: %q accepted", in, got)
		}
	}
}

func TestConsentNeedsAWord(t *testing.T) {
	for in, want := range map[string]string{"👍": ReasonWord, "✅": ReasonWord, "setuju": "", "iye 👍": "", "tidak": "", "👎": "", "mungkin": ReasonUnclear} {
		if _, err := ParseConsent(in); want != "" && reason(err) != want || want == "" && err != nil {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

func TestAProblemNamesItsReason(t *testing.T) {
	city := kendari(t)
	phone := func(s string) error { _, err := ParsePhone(s); return err }
	money := func(s string) error { _, err := ParseRupiah(s); return err }
	date := func(s string) error { _, err := ParseDate(s, today); return err }
	workers := func(s string) error { _, err := ParseWorkers(s); return err }
	products := func(s string) error { _, err := ParseProducts(s); return err }
	place := func(s string) error { _, err := city.ParseKecamatan(s); return err }
	for _, row := range []struct {
		err  error
		want string
	}{
		{phone("0812345"), ReasonLength}, {phone("0401 3121234"), ReasonLandline}, {phone("+60123456789"), ReasonForeign}, {phone("0812xxxx7890"), ReasonMasked},
		{phone("081234567890, 085211112345"), ReasonTwo}, {phone("nomor ini saja"), ReasonSame}, {phone(""), ReasonEmpty},
		{money("2-3 juta"), ReasonRange}, {money("di bawah 5 juta"), ReasonLimit}, {money("100rb sehari"), ReasonPeriod}, {money("500"), ReasonUnit},
		{money("2 juta 500"), ReasonAmbiguous}, {money("1.250"), ReasonAmbiguous}, {money("0"), ReasonNone}, {money("apa"), ReasonUnclear},
		{date("31/6/2024"), ReasonDate}, {date("selasa 12 juni 2024"), ReasonWeekday}, {date("12-13 juni"), ReasonRange}, {date("25 desember"), ReasonYear},
		{date("tgl 5"), ReasonPast}, {date("jumat depan"), ReasonAmbiguous}, {date("minggu depan"), ReasonAmbiguous},
		{workers("3-4 orang"), ReasonRange}, {workers("minimal 3"), ReasonLimit}, {workers("tidak ada karyawan"), ReasonNone}, {workers("0"), ReasonNone}, {workers("5 karyawan"), ReasonAmbiguous},
		{products("makanan"), ReasonGeneric}, {products("abon marlin, cakalang"), ReasonElliptic}, {products("batal"), ReasonCommand},
		{place("Ranomeeto"), ReasonOutside}, {place("kambo"), ReasonAmbiguous}, {place("kadia, baruga"), ReasonTwo},
	} {
		if got := reason(row.err); got != row.want {
			t.Errorf("got %s, want %s", got, row.want)
		}
	}
}

func TestAStoredListIsNeverJudgedAgain(t *testing.T) {
	for _, list := range [][]string{{"abon marlin", "cakalang"}, {"makanan"}, nil, {"minyak kelapa (vco)"}} {
		if got := ReadProducts(PrintProducts(list)); !slices.Equal(got, list) {
			t.Errorf("%v came back as %v", list, got)
		}
	}
}

func TestALongTextIsRefusedAtOnce(t *testing.T) {
	city := kendari(t)
	huge := strings.Repeat("0812 abon juta ", 100_000)
	start := time.Now()
	for _, kind := range []string{"phone", "money", "yesno", "kecamatan", "date", "workers", "products", "nik", "nib"} {
		if got := understood(t, city, kind, huge); got != nil {
			t.Errorf("%s: %v", kind, got)
		}
	}
	for _, parse := range []func(string) (string, error){ParseName, ParseBusiness, ParseAddress} {
		if _, err := parse(huge); reason(err) != ReasonLong {
			t.Errorf("got %v", err)
		}
	}
	if _, ok := Navigation(huge); ok {
		t.Error("navigation fired")
	}
	if spent := time.Since(start); spent > time.Second {
		t.Errorf("took %v", spent)
	}
}

func TestUnderstandRefusesAnUnknownKind(t *testing.T) {
	if _, err := Understand("omzet", "2 juta", City{}, today); err == nil {
		t.Error("no error")
	}
	if got, err := Understand("kecamatan", "kadia", City{}, today); got != nil || err != nil {
		t.Errorf("a city without places knew %v, %v", got, err)
	}
}

func TestTextIsCleanedForEveryParser(t *testing.T) {
	for in, want := range map[string]string{"a b": "a b", "a\u200bb": "ab", "٠١٢": "012", "१२": "12", "𝟏𝟐": "12", "“a” ‘b’": `"a" 'b'`, "a–b—c−d": "a-b-c-d", " a \n  b ": "a\nb", "ｋａｄｉａ": "kadia",
		"2½": "2 1/2", "1️⃣": "1", "a\x00b": "ab", "\xff\xfea": "a", "wua²": "wua2", "\u202eabc\u202c": "abc", "a\r\nb": "a\nb", "": ""} {
		if got := NormaliseText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := len(NormaliseText(strings.Repeat("é", 5000))); got > maxBytes {
		t.Errorf("%d bytes", got)
	}
}

func TestReadingIsTheSameEveryTime(t *testing.T) {
	city := kendari(t)
	for _, row := range messyRows(t, "decisions.jsonl") {
		first := understood(t, city, row.Type, row.Input)
		for range 3 {
			if again := understood(t, city, row.Type, row.Input); !reflect.DeepEqual(first, again) {
				t.Fatalf("%s %q: %v, then %v", row.Type, row.Input, first, again)
			}
		}
	}
}
