package answer

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// outside are places near by and words of every day that lie one typo from a name of the list and are not it.
var outside = set("lapuko moramo ranomeeto konda wolasi soropia toronipa unaaha wawotobi sampara bondoala konawe konsel konut kolaka muna raha buton " +
	"baubau bau wakatobi bombana makassar kabaena landono mowila laonti kolono lainea palangga andoolo tinanggea angata abuki lambuya pondidaha " +
	"puriala anggalomoare kapoiala morosi besulutu amonggedo benua abelisawah basala baito rumbia kasipute lasolo wanggudu asera puunggaluku punggaluku " +
	"ambaipua amoito lalowiu pohara batugong labela bambu kamu jambu nambah tambah beli benda pandai andai landai kendali italia kantor " +
	"bandara pasar kampus semua kamboja bende2 matahari kambing rambo mambo nambor kadang sandai")

// resolve finds the one place those words name: exactly, by sound, or by an unambiguous small typo. With labelKelurahan only
// kelurahan (of within, unless it is "") are looked at; with labelKecamatan a kecamatan goes before a kelurahan.
func (c City) resolve(ws []string, label int, within string) (place, *Problem) {
	if len(ws) > 4 {
		return place{}, problem(ReasonUnclear)
	}
	key := cityAbbreviations(ws, strings.Join(ws, ""))
	if n := len(key) - 2; n > 4 && (key[n:] == "mi" || key[n:] == "ji") && !c.exactKey(key) && c.exactKey(key[:n]) { // "kadiaji"
		key = key[:n]
	}
	if outside[key] {
		return place{}, problem(ReasonOutside)
	}
	if p := c.trap(key, label, within); p != nil {
		return place{}, p
	}
	eligible := func(n placeName) bool {
		return label != labelKelurahan || n.kelurahan != "" && (within == "" || n.kecamatan == within)
	}
	sound := shape(key)
	for _, same := range []func(placeName) bool{
		func(n placeName) bool { return n.key == key },
		func(n placeName) bool { return n.shape == sound },
	} {
		if got, p := c.choose(c.matching(func(n placeName) bool { return eligible(n) && same(n) }), label); p == nil || p.Reason != ReasonUnclear {
			return got, p
		}
	}
	if c.extraWord(ws) {
		return place{}, problem(ReasonUnclear)
	}
	return c.closest(key, label, eligible)
}

// extraWord tells that a name stands there letter for letter with another word beside it ("jl mandonga"), which is no typo.
func (c City) extraWord(ws []string) bool {
	for cut := 1; cut < len(ws); cut++ {
		for _, some := range [][]string{ws[:cut], ws[cut:]} {
			if key := shape(strings.Join(some, "")); key != "kendari" && len(key) > 3 && slices.ContainsFunc(c.names, func(n placeName) bool { return n.shape == key }) {
				return true
			}
		}
	}
	return false
}

// trap names the three known double meanings: the city's own name, the kelurahan of another kecamatan's name, and a kecamatan's name
// with a kelurahan's behind it.
func (c City) trap(key string, label int, within string) *Problem {
	shaped := shape(key)
	switch {
	case label == labelNone && (shaped == "kendari" || shaped == "kotakendari" || shaped == "kendarikota" || distance(shaped, "kendari", 1) <= 1):
		return &Problem{Reason: ReasonAmbiguous, Options: c.only("Kendari", "Kendari Barat")}
	case label == labelKelurahan && within == "":
		for _, n := range c.names {
			if n.kelurahan != "" && n.kelurahan != n.kecamatan && n.shape == shaped && slices.Contains(c.kecamatan, n.kelurahan) {
				return &Problem{Reason: ReasonAmbiguous, Options: c.only(n.kecamatan, n.kelurahan)}
			}
		}
	case label == labelKecamatan:
		for _, n := range c.names {
			if n.kelurahan != "" && n.key == key && slices.ContainsFunc(c.kecamatan, func(k string) bool {
				first := newPlaceName(k, k, "").key
				return first != key && first != "kendari" && strings.HasPrefix(key, first) && k != n.kecamatan
			}) {
				return &Problem{Reason: ReasonAmbiguous, Options: c.only(n.kecamatan)}
			}
		}
	}
	return nil
}

func (c City) only(names ...string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(c.kecamatan, n) })
}

func cityAbbreviations(ws []string, key string) string {
	if len(ws) == 0 || len(ws) > 2 {
		return key
	}
	first, second := ws[0], ""
	switch first {
	case "kdi", "kdri", "kndari", "kendri", "kend", "kndri":
		first = "kendari"
	}
	if len(ws) == 2 {
		second = ws[1]
		switch second {
		case "brt", "bar", "brat", "barta", "bart":
			second = "barat"
		case "cadi", "cady", "caddy":
			second = "caddi"
		}
	}
	if first == "kendari" {
		return first + second
	}
	return key
}

func (c City) matching(ok func(placeName) bool) []placeName {
	var out []placeName
	for _, n := range c.names {
		if ok(n) {
			out = append(out, n)
		}
	}
	return out
}

// choose takes the one place of equally good names: a kecamatan before a kelurahan of the same name (unless a kelurahan is asked),
// and a question when they lie in different kecamatan.
func (c City) choose(found []placeName, label int) (place, *Problem) {
	if len(found) == 0 {
		return place{}, problem(ReasonUnclear)
	}
	best := found[0]
	for _, n := range found[1:] {
		switch {
		case n.kecamatan == best.kecamatan && n.kelurahan == best.kelurahan:
		case n.kecamatan == best.kecamatan && n.key == best.key:
			if n.kelurahan == "" {
				best = n
			}
		case n.key == best.key && best.kelurahan == "": // kec. Poasia before kel. Poasia of Abeli
		case n.key == best.key && n.kelurahan == "":
			best = n
		case n.kecamatan == best.kecamatan && label != labelKelurahan:
			best.kelurahan = ""
		default:
			return place{}, &Problem{Reason: ReasonAmbiguous, Options: c.optionsOf(found, label)}
		}
	}
	return place{best.kecamatan, best.kelurahan}, nil
}

// optionsOf are the names to choose from, as they were meant: a kelurahan by its own name, unless a kecamatan has that name too.
func (c City) optionsOf(found []placeName, label int) []string {
	var out []string
	for _, n := range found {
		name := n.kecamatan
		if n.kelurahan != "" && (label == labelKelurahan || label == labelNone && !slices.Contains(c.kecamatan, n.kelurahan)) {
			name = n.kelurahan
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// closest finds the names with the fewest typos: one in a name of 5 to 7 letters, two in a longer one, none in a shorter.
func (c City) closest(key string, label int, eligible func(placeName) bool) (place, *Problem) {
	shaped := shape(key)
	if len(shaped) < 4 || len(shaped) > 20 || strings.ContainsAny(shaped, "0123456789") {
		return place{}, problem(ReasonUnclear)
	}
	best, runes := 3, utf8.RuneCountInString(shaped)
	var found []placeName
	for _, n := range c.names {
		limit := 2
		switch {
		case len(n.shape) < 5:
			limit = 0
		case len(n.shape) < 8:
			limit = 1
		}
		if !eligible(n) {
			continue
		}
		if runes > n.runes+limit || n.runes > runes+limit {
			continue
		}
		d := distance(shaped, n.shape, limit)
		if d > limit || d > best {
			continue
		}
		if d < best {
			best, found = d, nil
		}
		found = append(found, n)
	}
	if len(found) > 0 && !likely(shaped, found) {
		return place{}, problem(ReasonUnclear)
	}
	return c.choose(found, label)
}

// likely tells that one of the names found is a probable slip: people keep the first letter of a short name, and of a name cut to
// four letters its consonants and its last letter ("kmbu" is Kambu, "tali" not Talia).
func likely(shaped string, found []placeName) bool {
	return slices.ContainsFunc(found, func(n placeName) bool {
		switch {
		case len(n.shape) >= 8:
			return true
		case shaped[0] != n.shape[0]:
			return false
		case len(shaped) == 4:
			return shaped[3] == n.shape[len(n.shape)-1] && consonants(shaped) == consonants(n.shape)
		}
		return true
	})
}

func consonants(w string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("aeiou", r) {
			return -1
		}
		return r
	}, w)
}
