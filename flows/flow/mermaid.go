package flow

import (
	"fmt"
	"slices"
	"strings"
)

// Mermaid draws the main way through a flow as a mermaid flowchart. The same
// map gives the same drawing.
func Mermaid(m *Map) string {
	var out strings.Builder
	fmt.Fprintf(&out, "flowchart TD\n")
	type edge struct{ from, to string }
	labels := map[edge][]string{}
	ways := map[string][]string{}
	var edges []edge
	for _, move := range m.Moves {
		e := edge{move.From, move.To}
		if move.Aside || e.from == e.to {
			continue
		}
		if !slices.Contains(ways[e.from], e.to) {
			ways[e.from] = append(ways[e.from], e.to)
			edges = append(edges, e)
		}
		labels[e] = append(labels[e], move.By)
	}
	for _, e := range edges {
		arrow := "-->"
		if len(ways[e.from]) > 1 {
			arrow = fmt.Sprintf("-->|%q|", strings.Join(labels[e], " / "))
		}
		fmt.Fprintf(&out, "    %s %s %s\n", node(e.from), arrow, node(e.to))
	}
	return out.String()
}

// node names a box; a dot is no letter of a mermaid id, and "end" is a word of its.
func node(path string) string {
	return "q_" + strings.ReplaceAll(path, ".", "_") + "[" + path + "]"
}
