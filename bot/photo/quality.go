package photo

// The thresholds by which a photo is found hard to see, each with the figures
// that chose it: of the 35 readable and 31 unreadable documents and 25 products of
// scenes_test.go, lumas from 0 to 255, edges measured at 1280 pixels.
const (
	// The brightest hundredth: 45 at most at night, 88 at least in a dim room.
	darkBelow = 55
	// The brightest twentieth: below it letters drown in noise; 97 in a dim room.
	dimBelow = 70
	// Half of the photo is white, and its strongest edges are weaker than this:
	// 68 at most when overexposed; a white scan has 217 and more.
	brightFrom, brightEdges = 245, 90
	// The share of the photo that is clipped to white, and of its rim that is soft:
	// 0.19 and 0.57 at least where a reflection hides letters; a small one beside
	// them has 0.01 and 0.98, a white sheet lit from one side 0.44 and 0.39.
	glareFrom, glareRim = 0.10, 0.48
	// How many pixels an edge takes, across or down, whichever is worse: 3.8 at
	// most where small print can be read, 5.6 at least where it cannot; a product
	// is seen at 5.4, and not at 9.5.
	softFrom, blurredFrom = 4.6, 7.5
	// The longest side: 800 is enough for a card, 420 is a piece of a screen.
	smallBelow = 640
)

// marks names what is wrong with a photo, worst first: "dark", "bright",
// "blurred" for what nobody can see, then "small", "dim", "glare", "soft" for
// what only matters where letters are to be read.
func (l luma) marks(longest int) []string {
	var marks []string
	add := func(mark string, holds bool) {
		if holds {
			marks = append(marks, mark)
		}
	}
	light, noise := l.light(), l.noise()
	edges := l.edges(noise)
	dark := light.p99 < darkBelow
	bright := light.p50 >= brightFrom && edges.contrast < brightEdges
	if dark || bright { // what is not seen has no edges to speak of
		add("dark", dark)
		add("bright", bright)
		return marks
	}
	add("blurred", edges.width >= blurredFrom)
	add("small", longest < smallBelow)
	add("dim", light.p95 < dimBelow)
	add("glare", light.p50 < brightFrom && light.clipped >= glareFrom && l.rim() >= glareRim)
	add("soft", edges.width >= softFrom && edges.width < blurredFrom)
	return marks
}
