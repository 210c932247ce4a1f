package segment

// Lists are the stored lists of numbers whose people an expression means: not those it leaves out.
func Lists(e Expr) (names []string) {
	switch e := e.(type) {
	case And:
		for _, part := range e {
			names = append(names, Lists(part)...)
		}
	case Or:
		for _, part := range e {
			names = append(names, Lists(part)...)
		}
	case Is:
		if e.Field == Numbers {
			names = append(names, e.Value)
		}
	}
	return names
}
