package answer

import (
	"slices"
	"strings"
	"unicode"
)

// saying is what a word does in a yes or a no.
type saying int

const (
	sayYes    saying = iota + 1 // ya, ok, sip
	sayGood                     // benar, setuju, ada: a yes that "tidak" turns round
	saySure                     // yakin, pasti: a yes that "tidak" makes doubtful
	sayNo                       // tidak, belum, bukan
	sayWrong                    // salah: a no that "tidak" turns round
	sayNoHarm                   // masalah, apa-apa: nothing alone, a yes after "tidak"
	sayLess                     // kurang
	sayAll                      // semua
	sayStill                    // masih
	sayGodWilling
	sayWhich // yang
	sayMe
	sayStop // , . a new clause
	sayThat // begitu: "bukan begitu" is a no, "tidak begitu" is "not quite"
	sayEver // pernah: an answer only behind a no
	sayFill
)

var sayings = classes(map[saying]string{
	sayYes: "ya y iya iyah iyya ia ye yes yup yap yaps yups yep yoi yoa yo iye ie iyo io inggih nggih ok oke oks okeh okey okay okie okelah sip siap sip2 " +
		"gas gaskan gaskeun baik baiklah 👍 👌 ✅ ✔ ☑ 🆗 gpp gapapa gakpapa gakpp gapp nggakpapa ngapapa ndapapa ndakpapa tidakapa tidakapapa",
	sayGood: "betul btul btl bnr benar bener bnar benr setuju stuju stju sepakat lanjut lanjutkan laksanakan boleh bole bisa mau maw sudah sdh suda udah udh dah " +
		"sudh ada punya cocok tepat pas sesuai lengkap bersedia pakai pake memakai terdaftar terbit correct agree sah valid",
	saySure: "tentu yakin pasti tentunya pastinya",
	sayNo: "tidak tdk tdak tidk tida tak nggak ngga enggak engga enga ngak engak nga nggk ndada gak ga gk gag kagak nda ndak nd ndk tra bukan bukang bkn belum blum blm belom blom belumpi " +
		"jangan jgn jng no nope 👎 ❌ ogah",
	sayWrong:      "salah slah keliru keberatan",
	sayNoHarm:     "masalah mengapa apa2 apaapa papa pa2 apa",
	sayLess:       "kurang krg",
	sayAll:        "semua semuanya smua smuanya",
	sayStill:      "masih msh",
	sayGodWilling: "insyaallah insyallah inshaallah inshallah insallah insyaalah",
	sayWhich:      "yang yg",
	sayMe:         "saya sa sy sya aku kami",
	sayStop:       ", . ; !",
	sayThat:       "begitu",
	sayEver:       "pernah",
	sayFill: "mi ji mo o bos boss ndan gan bro sis mantap mantul pol alhamdulillah alhamdulilah bu ibu pak bapak pa bapa dong kak kaka mas mbak mba bang om tante mimin tabe tabek makasih terimakasih terima kasih trims thx " +
		"deh kok lah saja aja sekali skali banget bgt sangat itu memang data datanya isinya oh nib npwp pirt ktp ktpku nik email surel disini perlu usah nya semuami 🙏 😊 🙂 😁 😀 😄 ☺ 💯",
})

// ParseYesNo reads a yes or a no to "sudah benar?", "setuju?", "sudah punya?". Every word must be one it knows, a question or a
// condition ("iya tapi…", "betulkah?") is no answer, and "tidak" turns the word after it ("tidak salah" is a yes).
func ParseYesNo(s string) (bool, error) {
	t, p := foldShort(s, 300)
	if p != nil {
		return false, p
	}
	says, ok := sayingsOf(t)
	if !ok || len(says) > 20 {
		return false, problem(ReasonUnclear)
	}
	yes, no, ok := votes(says)
	switch {
	case !ok || !yes && !no:
		return false, problem(ReasonUnclear)
	case yes && no:
		return false, problem(ReasonAmbiguous)
	}
	return yes, nil
}

// ParseConsent is ParseYesNo for a consent under UU 27/2022: a yes must be said in words, an emoji alone is the Problem "word".
func ParseConsent(s string) (bool, error) {
	yes, err := ParseYesNo(s)
	if err == nil && yes && len(words(NormaliseText(s))) == 0 {
		return false, problem(ReasonWord)
	}
	return yes, err
}

// GoesOn says whether a yes is only a wish to go on ("oke lanjut"): an answer to "setuju?", but to no question of fact.
func GoesOn(s string) bool {
	return slices.ContainsFunc(words(strings.ToLower(NormaliseText(s))), func(w string) bool {
		return strings.HasPrefix(w, "lanjut") || strings.HasPrefix(w, "lnjut") || strings.HasPrefix(w, "terus")
	})
}

var yesIdioms = strings.NewReplacer("apa-apa", "apaapa", "apa apa", "apaapa", "insya allah", "insyaallah", "in sya allah", "insyaallah",
	"insha allah", "insyaallah", "in syaa allah", "insyaallah", "in shaa allah", "insyaallah", "bukan begitu", "bukan", "bkn begitu", "bukan", "insya alloh", "insyaallah", "sama sekali", "sekali", "terima kasih", "makasih", "p-irt", "pirt", "…", " ")

func sayingsOf(t string) ([]saying, bool) {
	if strings.ContainsAny(t, "?/") {
		return nil, false
	}
	var out []saying
	var last string
	for _, w := range yesWords(yesIdioms.Replace(t)) {
		if w == "pi" && slices.Contains(out, sayNo) { // "belum pi", "nda ada pi"
			continue
		}
		say, ok := sayingOf(w)
		if stem, not := strings.CutSuffix(w, "pi"); !ok && not && slices.Contains(out, sayNo) { // "nda adapi"
			say, ok = sayingOf(stem)
		}
		if !ok {
			return nil, false
		}
		if say == sayNo && w == last { // "tidak tidak"
			continue
		}
		if last == "bisa" && (w == "saja" || w == "aja") { // "could be"
			return nil, false
		}
		out, last = append(out, say), w
	}
	return out, true
}

// yesWords cuts text into words, stops and emoji.
func yesWords(t string) []string {
	var out []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range t {
		switch {
		case r == '\'':
		case unicode.IsLetter(r) || isDigit(r):
			word.WriteRune(r)
		default:
			flush()
			switch {
			case strings.ContainsRune(",.;!\n", r):
				out = append(out, ",")
			case r >= 0x1f3fb && r <= 0x1f3ff, unicode.IsSpace(r), strings.ContainsRune(`-_*"():~`, r): // skin tones
			default:
				out = append(out, string(r))
			}
		}
	}
	flush()
	return out
}

// sayingOf looks a word up as typed, without long letters ("iyaaa") and without the particles of Kendari ("sudahmi", "adaji").
func sayingOf(w string) (saying, bool) {
	if say, ok := sayings[w]; ok {
		return say, true
	}
	q := squeeze(w)
	if say, ok := sayings[q]; ok {
		return say, true
	}
	for _, tail := range []string{"mi", "ji", "mo", "lah", "2", "h"} {
		stem, ok := strings.CutSuffix(q, tail)
		if say := sayings[stem]; ok && say >= sayYes && say <= sayWrong && stem != "y" {
			return say, true
		}
	}
	// -pi is "not until": it makes a no "not yet", and a yes a condition.
	if stem, ok := strings.CutSuffix(q, "pi"); ok && sayings[stem] == sayNo {
		return sayNo, true
	}
	return 0, false
}

// votes walks the clauses and says whether a yes and whether a no was found; ok is false when the words make no sense together.
func votes(says []saying) (yes, no, ok bool) {
	for i := 0; i < len(says); {
		switch says[i] {
		case sayYes, sayGood, saySure:
			yes = true
			i++
		case sayWrong:
			no = true
			i++
		case sayNo:
			isYes, used, fine := negated(says[i+1:])
			if !fine {
				return false, false, false
			}
			yes, no = yes || isYes, no || !isYes
			i += 1 + used
		case sayLess:
			if i+1 >= len(says) || says[i+1] != sayGood {
				return false, false, false
			}
			no = true
			i += 2
		case sayStill:
			if i+1 >= len(says) || says[i+1] != sayNo && says[i+1] != sayWrong {
				return false, false, false
			}
			i++
		case sayNoHarm, sayWhich, sayEver:
			return false, false, false
		default:
			i++
		}
	}
	return yes, no, true
}

// negated reads what follows a "tidak": a good word makes it a no, a wrong one a yes.
func negated(says []saying) (yes bool, used int, ok bool) {
	good := 0
	for i, say := range says {
		switch say {
		case sayFill, sayWhich, sayAll:
			if say == sayAll && good == 0 { // "tidak semua"
				return false, i, false
			}
		case sayGood, sayEver:
			good++
		case sayWrong:
			return true, i + 1, true
		case sayNoHarm:
			return true, i + 1, true
		case sayStop:
			return false, i, true
		case sayYes: // "tidak ya"
			return false, i + 1, i == len(says)-1
		default:
			return false, i, good > 0 && say == sayMe
		}
	}
	return false, len(says), true
}
