package answer

import (
	"strconv"
	"strings"
	"unicode"
)

// Coming is what people write to say whether they come: "ikut", "ikut 7", "tidak ikut", "batal ikut 7", "tidak 7". Number is that of the
// invitation; 0: none was named. A no without "ikut" counts only with a number, and nothing
// in a longer sentence or a question does.
func Coming(s string) (number int64, coming, ok bool) {
	t, p := foldShort(s, 60)
	if p != nil || strings.Contains(t, "?") {
		return 0, false, false
	}
	said, comes, refuses := 0, false, false
	for _, w := range words(apart(strings.TrimPrefix(t, "/"))) {
		w = short(w)
		switch n, err := strconv.ParseInt(w, 10, 64); {
		case err == nil && n > 0 && number == 0:
			number = n
		case err == nil:
			return 0, false, false
		case comesWords[w]:
			comes, said = true, said+1
		case refusesWords[w] || sayings[w] == sayNo:
			refuses, said = true, said+1
		case !comingFill[w] && !polite[w]:
			return 0, false, false
		}
	}
	if said == 0 || said > 2 || !comes && number == 0 {
		return 0, false, false
	}
	return number, comes && !refuses, true
}

// ComingReply is what people write below an invitation that they answer to: also "1" and "2", "ya" and "tidak".
func ComingReply(s string) (coming, ok bool) {
	if _, coming, ok := Coming(s); ok {
		return coming, true
	}
	switch strings.Trim(strings.TrimSpace(s), ".)") {
	case "1":
		return true, true
	case "2":
		return false, true
	}
	yes, err := ParseYesNo(s)
	return yes, err == nil
}

// AsksInvited tells whether a message asks about an invitation ("kapan?", "dimana tempatnya", "masih bisa ikut?", "sy nomor urut
// berapa"), and says nothing else.
func AsksInvited(s string) bool {
	t, p := foldShort(s, 80)
	if p != nil || strings.ContainsFunc(t, isDigit) {
		return false
	}
	asks, about := strings.Contains(t, "?"), false
	for _, w := range words(t) {
		stem := strings.TrimSuffix(w, "kah")
		asks = asks || stem != w || invitedAsks[w]
		switch {
		case invitedAbout[w] || invitedAbout[stem]:
			about = true
		case !invitedAsks[w] && !invitedTalk[w] && !invitedTalk[stem] && !comingFill[w] && !polite[w]:
			return false
		}
	}
	return asks && about
}

var (
	invitedAsks  = sets("kapan kpn kapankah dimana dmn dmna mana berapa brp brapa masih apakah")
	invitedAbout = sets("kapan kpn kapankah dimana dmn dmna ikut hadir tempat tempatnya tmptnya lokasi lokasinya acara acaranya undangan undangannya urut urutan antri jam hari tanggal tgl")
	invitedTalk  = sets("di ke itu ini ya nya no nmr urutan mulai mulainya pelatihan pelatihannya kegiatan kegiatannya hari apa jam masih msih bolehkah boleh sudah tutup ditutup daftar tunggu keberapa ke")
)

// apart puts a space between a word and the number written against it: "ikut7".
func apart(t string) string {
	var b strings.Builder
	var before rune
	for _, r := range t {
		if unicode.IsLetter(before) && unicode.IsDigit(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// short is a word without letters held down ("ikuuutt"), where that makes it one that is known here.
func short(w string) string {
	if s := squeeze(w); comesWords[s] || refusesWords[s] {
		return s
	}
	return w
}

var (
	comesWords   = sets("ikut ikutka ikutki ikutmi ikutji ikutpi ikutan iku ikt ikud terima hadir hadirka hadirki hadirmi hadirji datang")
	refusesWords = sets("batal batalkan mundur berhalangan halangan gajadi gakjadi gjadi tdkjadi tidakjadi ndajadi ndakjadi")
	comingFill   = sets("saya sa sy sya aku kami mau maw ingin jadi bisa ya iya iye insyaallah insya allah in sya inshaallah ada siap undangan nomor no nomer siaran juga mi ji pi ka dulu")
)

func sets(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// A button under an invitation carries "@ikut|NUMBER|ya".
const pressedMark = "@ikut|"

// ComingButton is what a button under an invitation carries.
func ComingButton(number int64, coming bool) string {
	word := "tidak"
	if coming {
		word = "ya"
	}
	return pressedMark + strconv.FormatInt(number, 10) + "|" + word
}

// ComingPressed reads what ComingButton made.
func ComingPressed(choice string) (number int64, coming, ok bool) {
	rest, is := strings.CutPrefix(choice, pressedMark)
	digits, word, cut := strings.Cut(rest, "|")
	number, err := strconv.ParseInt(digits, 10, 64)
	return number, word == "ya", is && cut && err == nil
}
