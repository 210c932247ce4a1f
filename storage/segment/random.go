package segment

import (
	"fmt"
	"math/rand/v2"
)

// Random is some expression over a vocabulary, at most so deep, for tests that compare two ways to read one.
func Random(r *rand.Rand, v Vocabulary, deep int) Expr {
	if deep > 0 {
		switch r.IntN(4) {
		case 0:
			return And{Random(r, v, deep-1), Random(r, v, deep-1)}
		case 1:
			return Or{Random(r, v, deep-1), Random(r, v, deep-1)}
		case 2:
			return Not{Random(r, v, deep-1)}
		}
	}
	fields := []Field{Kecamatan, Kelurahan, Sector, Product, NIB, Permit, Binaan, Halal, Missing, Before, Since, Received, Answered, Numbers, Everyone}
	f := fields[r.IntN(len(fields))]
	switch f {
	case Everyone:
		return Is{Field: f}
	case Product:
		return Is{Field: f, Value: []string{"abon", "kue", "a"}[r.IntN(3)]}
	case Before, Since:
		return Is{Field: f, Value: fmt.Sprintf("2026-%02d-%02d", 1+r.IntN(12), 1+r.IntN(28))}
	case Received, Answered:
		return Is{Field: f, Value: fmt.Sprint(1 + r.IntN(3))}
	}
	words := v.words(f)
	if len(words) == 0 {
		return Is{Field: Everyone}
	}
	w := words[r.IntN(len(words))]
	return Is{Field: f, Value: w.ID, Shown: w.Names[0]}
}
