package answer

// Problem tells a conversation why it asks again: see the package flow's interface of that name.
func (p *Problem) Problem() (reason string, args map[string]string, options []string) {
	return p.Reason, p.Args, p.Options
}
