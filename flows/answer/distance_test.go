package answer

import (
	"math/rand/v2"
	"testing"
)

// plainDistance is the textbook table, without limit or band.
func plainDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}

func TestDistanceIsTheTextbooksUpToItsLimit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		w := make([]rune, random.IntN(9))
		for i := range w {
			w[i] = []rune("abé")[random.IntN(3)]
		}
		return string(w)
	}
	for range 20_000 {
		a, b, limit := word(), word(), random.IntN(4)
		if got, want := distance(a, b, limit), min(plainDistance(a, b), limit+1); got != want {
			t.Fatalf("%q %q within %d: %d, want %d", a, b, limit, got, want)
		}
	}
}
