package photo

import (
	"cmp"
	"math"
	"slices"
)

// edges is how the strongest edges of a photo look.
type edges struct {
	width    float64 // pixels that one takes, across or down, whichever is worse
	contrast float64 // lumas between its sides
}

// noEdge is the width where there is nothing to measure: a wall, a finger.
const noEdge = 99

// edges measures both ways, because a shake blurs along one only.
func (l luma) edges(noise float64) edges {
	across, down := l.along(1, l.w, l.w, l.h, noise), l.along(l.w, 1, l.h, l.w, noise)
	return edges{math.Max(across.width, down.width), math.Max(across.contrast, down.contrast)}
}

type edge struct{ contrast, width float64 }

// along looks at every second line of pixels that lie step apart. An edge stands
// where the slope is steepest; its width is the contrast around it divided by
// that slope, so neither bright light nor the size of letters changes it.
func (l luma) along(step, next, length, lines int, noise float64) edges {
	const around, few = 10, 50
	line := make([]float64, length)
	var found []edge
	for n := 2; n < lines-2; n += 2 {
		for i := range line { // averaged over three lines: less noise, the same edges
			p := n*next + i*step
			line[i] = float64(int(l.pix[p-next])+2*int(l.pix[p])+int(l.pix[p+next])) / 4
		}
		for i := around + 1; i < length-around-1; i++ {
			slope := math.Abs(line[i+1]-line[i-1]) / 2
			if slope < 2+noise || slope < math.Abs(line[i+2]-line[i])/2 || slope <= math.Abs(line[i]-line[i-2])/2 {
				continue
			}
			near := line[i-around : i+around+1]
			if contrast := slices.Max(near) - slices.Min(near) - 3*noise; contrast >= 18 {
				found = append(found, edge{contrast, contrast / slope})
			}
		}
	}
	if len(found) < few {
		return edges{width: noEdge}
	}
	return strongest(found)
}

// strongest takes, of the edges at least half as strong as the strong ones, a
// sharp one: what lies in front of or behind the paper may be out of focus.
func strongest(found []edge) edges {
	slices.SortFunc(found, func(a, b edge) int { return cmp.Compare(b.contrast, a.contrast) })
	strong := found[len(found)/20].contrast
	weaker, _ := slices.BinarySearchFunc(found, strong/2, func(e edge, c float64) int { return cmp.Compare(c, e.contrast) })
	found = found[:max(weaker, 1)]
	slices.SortFunc(found, func(a, b edge) int { return cmp.Compare(a.width, b.width) })
	return edges{found[len(found)/4].width, strong}
}
