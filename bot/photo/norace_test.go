//go:build !race

package photo

// photosApart: see some.
const photosApart = 1
