//go:build race

package answer

// raceEnabled: the race detector makes everything some ten times slower, so times are not judged.
const raceEnabled = true
