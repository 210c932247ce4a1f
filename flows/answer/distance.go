package answer

import "unicode/utf8"

// longest is the longest text distance compares; a longer one is too far from anything.
const longest = 64

// distance is the optimal string alignment distance of two short texts, by rune: insert, delete, replace, or swap two
// neighbours, each 1. (Plain Levenshtein counts a swap as 2, and "kadai" would then be Kandai instead of a question.)
// It gives up with limit+1 when the texts are further apart than limit.
func distance(a, b string, limit int) int {
	if a == b {
		return 0
	}
	if len(a) > utf8.UTFMax*(len(b)+limit) || len(b) > utf8.UTFMax*(len(a)+limit) {
		return limit + 1
	}
	var xs, ys [longest]rune
	x, ok1 := runesInto(&xs, a)
	y, ok2 := runesInto(&ys, b)
	if !ok1 || !ok2 || len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	var rows [3][longest + 2]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(y) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		best := i
		from, to := max(1, i-limit), min(len(y), i+limit) // further off, it costs more than limit anyway
		if from > 1 {
			row[from-1] = limit + 1
		}
		if to == i+limit {
			last[to] = limit + 1
		}
		for j := from; j <= to; j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(y)], limit+1)
}

func runesInto(buffer *[longest]rune, s string) ([]rune, bool) {
	if len(s) > longest*utf8.UTFMax {
		return nil, false
	}
	n := 0
	for _, r := range s {
		if n == longest {
			return nil, false
		}
		buffer[n] = r
		n++
	}
	return buffer[:n], true
}

// Apart is how many letters differ between two short words, a swap of two neighbours counting as one; limit+1 when they are
// further apart than limit.
func Apart(a, b string, limit int) int { return distance(a, b, limit) }
