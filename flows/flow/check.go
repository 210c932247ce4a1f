package flow

import (
	"fmt"
	"slices"
)

// checker reads a script once, from top to bottom, and notes what it promises.
type checker struct {
	flow  *Flow
	known map[*Field]string // asked so far → the Repeat it stands in
	conds []Cond            // the branches that are open
	group *Step             // the Repeat that is open
}

// check finds contradictions, and fills in what the engine looks up.
func (f *Flow) check() error {
	c := &checker{flow: f, known: map[*Field]string{}}
	err := c.steps(f.steps)
	switch {
	case !isKey(f.Name):
		return fmt.Errorf("flow %q: a name is made of a–z, 0–9 and _", f.Name)
	case f.Name == "flow":
		return fmt.Errorf("flow %q: the name belongs to the engine", f.Name)
	case f.Version < 1:
		return fmt.Errorf("flow %s: versions begin with 1", f.Name)
	case err != nil:
		return fmt.Errorf("flow %s: %w", f.Name, err)
	case !endsWell(f.steps):
		return fmt.Errorf("flow %s: the conversation must end in an End or a Submit", f.Name)
	}
	if err := c.renames(); err != nil {
		return fmt.Errorf("flow %s: %w", f.Name, err)
	}
	return nil
}

func (c *checker) steps(steps []Step) error {
	over := false
	for i := range steps {
		st := &steps[i]
		if over && st.act != renames {
			return fmt.Errorf("%s can never be reached: the conversation ended before it", st)
		}
		if err := c.step(st, steps[i+1:]); err != nil {
			return err
		}
		over = over || st.act == ends || st.act == submits
	}
	return nil
}

func (c *checker) step(st *Step, rest []Step) error {
	if c.group != nil && st.act != asks && st.act != offers && st.act != branches {
		return fmt.Errorf("%s cannot stand in Repeat %s: only Ask, Offer and When can", st, c.group.key)
	}
	switch st.act {
	case asks, offers:
		return c.asks(st)
	case branches:
		return c.branch(st)
	case checks:
		return c.checklist(st)
	case repeats:
		return c.repeat(st)
	case reviews:
		return c.review(st, rest)
	case tells:
		c.flow.tells = append(c.flow.tells, told{st, slices.Clone(c.conds)})
		return c.name(st)
	case ends, submits:
		return c.ending(st)
	case renames:
		return c.rename(st)
	}
	return fmt.Errorf("a step with nothing in it")
}

// path is what a step of the open Repeat is called.
func (c *checker) path(key string) string {
	if c.group != nil {
		return c.group.key + "." + key
	}
	return key
}

// name takes a step's key.
func (c *checker) name(st *Step) error {
	path := c.path(st.key)
	_, taken := c.flow.order[path]
	switch {
	case !isKey(st.key):
		return fmt.Errorf("%s: a key is made of a–z, 0–9 and _", st)
	case taken, c.flow.bands[st.key] != nil,
		c.group != nil && c.flow.has(st.key),
		c.group == nil && c.flow.inItem[st.key]:
		return fmt.Errorf("key %q is used twice", st.key)
	}
	c.flow.order[path] = len(c.flow.order)
	return nil
}

func (f *Flow) has(path string) bool {
	_, ok := f.order[path]
	return ok
}

// ending takes the key of an End or Submit; several branches may end alike.
func (c *checker) ending(st *Step) error {
	if !isKey(st.key) {
		return fmt.Errorf("%s: a key is made of a–z, 0–9 and _", st)
	}
	if f := c.flow.fields[st.key]; f != nil {
		return fmt.Errorf("key %q is used twice", st.key)
	}
	if !c.flow.has(st.key) {
		c.flow.order[st.key] = len(c.flow.order)
	}
	return nil
}

func (c *checker) asks(st *Step) error {
	if err := st.fieldContradiction(); err != nil {
		return err
	}
	if st.field.Optional {
		return fmt.Errorf("%s: Optional is for the items of a Checklist; Offer says it here", st)
	}
	return c.learn(st)
}

// learn notes a question that later conditions may look at.
func (c *checker) learn(st *Step) error {
	if err := c.name(st); err != nil {
		return err
	}
	c.flow.fields[c.path(st.key)] = st.field
	group := ""
	if c.group != nil {
		group = c.group.key
		c.flow.inItem[st.key] = true
	}
	c.known[st.field] = group
	return nil
}

func (st *Step) fieldContradiction() error {
	f := st.field
	switch {
	case f == nil:
		return fmt.Errorf("a question without a Field")
	case f.band != nil:
		return fmt.Errorf("%s: a Band is never asked", st)
	case !slices.Contains([]Kind{Text, Choice, Several, Files, Place, Phone}, f.Kind):
		return fmt.Errorf("%s: there is no kind %q", st, f.Kind)
	case (f.Kind == Choice || f.Kind == Several) && f.Options == nil:
		return fmt.Errorf("%s: a %s needs Options", st, f.Kind)
	case f.Tries < 0 || f.Max < 0:
		return fmt.Errorf("%s: Tries and Max cannot be negative", st)
	case f.Photo != nil && (f.Kind != Choice || f.Photo.Kind != Files):
		return fmt.Errorf("%s: Photo is for a Choice, and names a question for files", st)
	case f.Locks && st.act == offers:
		return fmt.Errorf("%s: a question that locks cannot be skipped", st)
	}
	return f.optionContradiction(st)
}

// optionContradiction looks at the options that are the same for everyone.
func (f *Field) optionContradiction(st *Step) error {
	if f.Options == nil {
		return nil
	}
	seen := map[string]bool{}
	for _, o := range f.Options(View{}) {
		switch {
		case o.ID == "" || seen[o.ID]:
			return fmt.Errorf("%s: option %q is empty or offered twice", st, o.ID)
		case slices.Contains([]string{"why", "invalid", "ok", "label", "locked", OptionDone, OptionKeep}, o.ID):
			return fmt.Errorf("%s: option %q belongs to the engine", st, o.ID)
		}
		seen[o.ID] = true
	}
	return nil
}

func (c *checker) branch(st *Step) error {
	if len(st.steps) == 0 {
		return fmt.Errorf("a When with nothing in it")
	}
	if err := c.cond(st.cond); err != nil {
		return err
	}
	c.conds = append(c.conds, st.cond)
	err := c.steps(st.steps)
	c.conds = c.conds[:len(c.conds)-1]
	return err
}

func (c *checker) checklist(st *Step) error {
	if len(st.steps) == 0 {
		return fmt.Errorf("%s has no items", st)
	}
	if err := c.name(st); err != nil {
		return err
	}
	for i := range st.steps {
		item := &st.steps[i]
		if err := item.fieldContradiction(); err != nil {
			return err
		}
		if err := c.learn(item); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) repeat(st *Step) error {
	switch {
	case len(st.steps) == 0:
		return fmt.Errorf("%s asks nothing", st)
	case st.of == nil && (st.limits.Min < 0 || st.limits.Max < 1 || st.limits.Max < st.limits.Min):
		return fmt.Errorf("%s: from %d to %d items cannot be", st, st.limits.Min, st.limits.Max)
	}
	if err := c.name(st); err != nil {
		return err
	}
	c.flow.lists[st.key] = st
	c.group = st
	err := c.steps(st.steps)
	c.group = nil
	if c.flow.has(st.key + ".more") {
		return fmt.Errorf("%s: the key \"more\" belongs to the engine", st)
	}
	c.flow.order[st.key+".more"] = len(c.flow.order)
	return err
}

func (c *checker) review(st *Step, rest []Step) error {
	submit := slices.ContainsFunc(rest, func(st Step) bool { return st.act == submits })
	switch {
	case len(c.known) == 0:
		return fmt.Errorf("%s has nothing to show", st)
	case !submit:
		return fmt.Errorf("%s has no Submit after it", st)
	}
	c.flow.reviews[st.key] = true
	return c.name(st)
}

// endsWell says whether every way through the steps ends.
func endsWell(steps []Step) bool {
	return slices.ContainsFunc(steps, func(st Step) bool { return st.act == ends || st.act == submits })
}
