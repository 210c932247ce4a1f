package answer

import (
	"slices"
	"strings"
)

// ParseKecamatan reads the kecamatan of a business and returns its name as the list writes it. A kelurahan stands for its kecamatan
// when there is one of that name. Problems: "ambiguous" (Options: the candidates; "Kendari" is the city or a kecamatan, "kambo" is
// Kambu or Nambo, "kelurahan Poasia" lies in Abeli), "outside", "unclear".
func (c City) ParseKecamatan(s string) (string, error) {
	kecamatan, _, err := c.FindArea(s)
	return kecamatan, err
}

// FindArea is ParseKecamatan that also returns the kelurahan when that is what was typed, so that the next question is answered too.
func (c City) FindArea(s string) (kecamatan, kelurahan string, err error) {
	said, p := readPlaces(s)
	if p != nil {
		return "", "", p
	}
	found, p := c.locate(said)
	if p != nil {
		return "", "", p
	}
	return found.kecamatan, found.kelurahan, nil
}

// ParseKelurahan reads a kelurahan of that kecamatan (of the whole city when it is ""). A kelurahan of another kecamatan is the
// Problem "elsewhere" with that kecamatan in Options; a tie is "ambiguous" with the candidates.
func (c City) ParseKelurahan(kecamatan, s string) (string, error) {
	said, p := readPlaces(s)
	if p != nil {
		return "", p
	}
	name := said.kelurahan
	if len(name) == 0 {
		name = said.plain
	}
	if len(said.kecamatan) > 0 {
		if got, p := c.resolve(said.kecamatan[0], labelKecamatan, ""); p != nil || kecamatan != "" && got.kecamatan != kecamatan {
			return "", problem(ReasonUnclear)
		}
	}
	if len(name) != 1 && !(len(name) == 2 && len(said.kelurahan) == 0) {
		return "", problem(ReasonUnclear)
	}
	if len(name) == 2 { // "Lepo-Lepo, Baruga"
		got, p := c.resolve(name[1], labelKecamatan, "")
		if p != nil || kecamatan != "" && got.kecamatan != kecamatan {
			return "", problem(ReasonUnclear)
		}
	}
	got, p := c.resolve(name[0], labelKelurahan, kecamatan)
	if p == nil && kecamatan != "" && c.liesElsewhere(name[0], kecamatan) { // Anaiwoi is no typo of Anawai
		p = problem(ReasonUnclear)
	}
	if p == nil {
		return got.kelurahan, nil
	}
	if p.Reason != ReasonAmbiguous && kecamatan != "" {
		if other, bad := c.resolve(name[0], labelKelurahan, ""); bad == nil {
			return "", &Problem{Reason: ReasonElsewhere, Options: []string{other.kecamatan}, Args: map[string]string{"kelurahan": other.kelurahan}}
		}
	}
	return "", p
}

// locate weighs what was said: "kec." decides, a "kel." must lie in it, unlabelled names must agree with each other.
func (c City) locate(said places) (place, *Problem) {
	if len(said.kecamatan) > 1 || len(said.kelurahan) > 1 {
		return place{}, problem(ReasonTwo)
	}
	if len(said.kecamatan) == 1 {
		return c.locateLabelled(said)
	}
	if len(said.kelurahan) == 1 {
		kel := said.kelurahan[0]
		got, p := c.resolve(kel, labelKelurahan, "")
		for cut := 1; p != nil && cut < len(kel); cut++ { // "kel anggoeya poasia"
			if pair, ok := c.pair(kel[:cut], kel[cut:]); ok {
				got, p = pair, nil
			}
		}
		for _, ws := range said.plain {
			if other, bad := c.resolve(ws, labelKecamatan, ""); bad == nil && isPlain(other) {
				if inside, bad := c.resolve(kel, labelKelurahan, other.kecamatan); bad == nil {
					return inside, nil
				}
				if other.kecamatan != got.kecamatan && !isCity(ws) {
					return place{}, problem(ReasonTwo)
				}
			}
		}
		return got, p
	}
	return c.locatePlain(said.plain)
}

func isPlain(p place) bool { return p.kelurahan == "" }

func isCity(ws []string) bool {
	return !slices.ContainsFunc(ws, func(w string) bool { return !cityWords[w] })
}

func (c City) locateLabelled(said places) (place, *Problem) {
	ws := said.kecamatan[0]
	got, p := c.resolve(ws, labelKecamatan, "")
	for cut := len(ws) - 1; p != nil && cut > 0; cut-- { // "kec kendari kota kendari", "kec poasia anggoeya"
		if head, bad := c.resolve(ws[:cut], labelKecamatan, ""); bad == nil && isPlain(head) {
			if isCity(ws[cut:]) && !slices.Equal(ws[cut:], []string{"kota"}) {
				got, p = head, nil
			} else if pair, ok := c.pair(ws[cut:], ws[:cut]); ok {
				got, p = pair, nil
			}
		}
	}
	if p != nil {
		return got, p
	}
	kels := slices.Concat(said.kelurahan, said.plain)
	for i, kel := range kels {
		labelled := i < len(said.kelurahan)
		inside, bad := c.resolve(kel, labelKelurahan, got.kecamatan)
		if bad == nil && (labelled || c.exact(kel)) && !c.liesElsewhere(kel, got.kecamatan) {
			if got.kelurahan != "" && got.kelurahan != inside.kelurahan {
				return place{}, problem(ReasonTwo)
			}
			got = inside
			continue
		}
		other, bad := c.resolve(kel, labelNone, "")
		if (labelled || c.exact(kel)) && bad == nil && other.kecamatan != got.kecamatan && !isCity(kel) {
			return place{}, &Problem{Reason: ReasonAmbiguous, Options: []string{got.kecamatan, other.kecamatan}}
		}
	}
	return got, nil
}

// liesElsewhere tells that ws is, letter for letter, a kelurahan of another kecamatan only.
func (c City) liesElsewhere(ws []string, kecamatan string) bool {
	key := strings.Join(ws, "")
	here := slices.ContainsFunc(c.names, func(n placeName) bool { return n.key == key && n.kecamatan == kecamatan })
	return !here && slices.ContainsFunc(c.names, func(n placeName) bool { return n.key == key && n.kelurahan != "" })
}

// exact tells that ws is a name of the list letter for letter.
func (c City) exact(ws []string) bool {
	return c.exactKey(strings.Join(ws, ""))
}

func (c City) exactKey(key string) bool {
	return slices.ContainsFunc(c.names, func(n placeName) bool { return n.key == key })
}

// locatePlain reads names without labels: one name, a kelurahan with its kecamatan, each perhaps followed by the city.
func (c City) locatePlain(parts [][]string) (place, *Problem) {
	all := slices.Concat(parts...)
	if len(all) > 6 {
		return place{}, problem(ReasonUnclear)
	}
	got, p := c.resolve(all, labelNone, "")
	if p == nil && len(parts) == 1 {
		return got, nil
	}
	for cut := len(all) - 1; cut > 0; cut-- {
		head, tail := all[:cut], all[cut:]
		if isCity(tail) && !isCity(head) {
			if one, bad := c.locatePlain([][]string{head}); bad == nil {
				return one, nil
			}
		}
		if isCity(head) && !isCity(tail) {
			if one, bad := c.resolve(tail, labelNone, ""); bad == nil {
				return one, nil
			}
		}
		if pair, ok := c.pair(head, tail); ok {
			return pair, nil
		}
		if pair, ok := c.pair(tail, head); ok {
			return pair, nil
		}
	}
	for _, ws := range parts {
		if _, bad := c.resolve(ws, labelNone, ""); bad != nil && p != nil {
			return place{}, p
		}
	}
	return place{}, problem(ReasonTwo)
}

// pair reads a kelurahan and the kecamatan it lies in. Two names that are both kecamatan are two answers, unless the same.
func (c City) pair(kel, kec []string) (place, bool) {
	b, p := c.resolve(kec, labelKecamatan, "")
	if p != nil || !isPlain(b) {
		return place{}, false
	}
	if a, p := c.resolve(kel, labelNone, ""); p == nil && isPlain(a) && a.kecamatan != b.kecamatan {
		return place{}, false
	}
	a, p := c.resolve(kel, labelKelurahan, b.kecamatan)
	return a, p == nil
}
