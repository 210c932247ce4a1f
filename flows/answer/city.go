package answer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Area is one kelurahan and the kecamatan it lies in; Code is Kemendagri's ("74.71.03.1002").
type Area struct{ Code, Kecamatan, Kelurahan string }

// City is the list of a city's kecamatan and kelurahan, with what is needed to recognise them in typed text. The zero City knows none.
type City struct {
	areas     []Area
	kecamatan []string
	names     []placeName
}

// placeName is one way to write a kecamatan (kelurahan is "") or a kelurahan.
type placeName struct {
	key, shape           string
	runes                int // of shape
	kecamatan, kelurahan string
}

// place is what a name turned out to be.
type place struct{ kecamatan, kelurahan string }

// ReadCity reads a csv with the columns kode, kecamatan, kelurahan (others are ignored) and a header line.
func ReadCity(r io.Reader) (City, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return City{}, fmt.Errorf("read city: %w", err)
	}
	if len(rows) < 2 || len(rows[0]) < 3 || rows[0][1] != "kecamatan" || rows[0][2] != "kelurahan" {
		return City{}, errors.New("read city: want columns kode,kecamatan,kelurahan and at least one row")
	}
	var c City
	for i, row := range rows[1:] {
		a := Area{Code: strings.TrimSpace(row[0]), Kecamatan: strings.TrimSpace(row[1]), Kelurahan: strings.TrimSpace(row[2])}
		if a.Kecamatan == "" || a.Kelurahan == "" {
			return City{}, fmt.Errorf("read city: line %d: empty name", i+2)
		}
		c.areas = append(c.areas, a)
		if !slices.Contains(c.kecamatan, a.Kecamatan) {
			c.kecamatan = append(c.kecamatan, a.Kecamatan)
			c.names = append(c.names, newPlaceName(a.Kecamatan, a.Kecamatan, ""))
		}
		c.names = append(c.names, newPlaceName(a.Kelurahan, a.Kecamatan, a.Kelurahan))
		for _, alias := range aliases[a.Kelurahan] {
			c.names = append(c.names, newPlaceName(alias, a.Kecamatan, a.Kelurahan))
		}
	}
	return c, nil
}

// aliases are the spellings in use that no typo rule finds (2021 list of kelurahan; road signs).
var aliases = map[string][]string{
	"Andonohu": {"anduonohu", "anduonuhu"}, "Benu Benua": {"benua benua", "benu benu"}, "Sodohoa": {"sadoha", "sodoa"},
	"Kassilampe": {"kessilampe"}, "Benuanirae": {"benua nirai"}, "Dapu Dapura": {"dapu dapu"}, "Rahandouna": {"rahandona"},
	"Abeli Dalam": {"abeli dlm"}, "Kampung Salo": {"kp salo", "kpg salo", "kamp salo"}, "Gunung Jati": {"gn jati", "gng jati"},
}

func newPlaceName(name, kecamatan, kelurahan string) placeName {
	key := strings.Join(words(strings.ToLower(name)), "")
	sound := shape(key)
	return placeName{key: key, shape: sound, runes: utf8.RuneCountInString(sound), kecamatan: kecamatan, kelurahan: kelurahan}
}

// shape is how a name sounds: doubled letters once, y as i, no h at the end.
func shape(key string) string {
	return strings.TrimSuffix(squeeze(strings.ReplaceAll(key, "y", "i")), "h")
}

// Areas is every kelurahan with its kecamatan and code, in the order of the list.
func (c City) Areas() []Area { return slices.Clone(c.areas) }

// Kecamatan is every kecamatan, in the order of the list.
func (c City) Kecamatan() []string { return slices.Clone(c.kecamatan) }

// Kelurahan is every kelurahan of that kecamatan, in the order of the list.
func (c City) Kelurahan(kecamatan string) []string {
	var out []string
	for _, a := range c.areas {
		if a.Kecamatan == kecamatan {
			out = append(out, a.Kelurahan)
		}
	}
	return out
}

func (c City) has(kecamatan, kelurahan string) bool {
	return slices.ContainsFunc(c.areas, func(a Area) bool { return a.Kecamatan == kecamatan && a.Kelurahan == kelurahan })
}

// PrintKecamatan is the form to store: the bare name "Kendari" would be asked again (the city or the kecamatan?), "kec. Kendari" not.
func PrintKecamatan(name string) string { return "kec. " + name }
