package flow

import (
	"fmt"
	"slices"
	"strings"
)

// cond finds what is wrong with a condition.
func (c *checker) cond(cond Cond) (err error) {
	cond.each(func(one Cond) {
		if err == nil {
			err = c.oneCond(one)
		}
	})
	return err
}

func (c *checker) oneCond(cond Cond) error {
	switch cond.op {
	case 0:
		return fmt.Errorf("a When without a condition")
	case all, any_:
		if len(cond.conds) == 0 {
			return fmt.Errorf("a condition made of none")
		}
	case isFact:
		if cond.fact == "" {
			return fmt.Errorf("a condition on a fact without a name")
		}
	case isIn:
		return c.steers(cond)
	}
	return nil
}

// steers: only a Choice that was asked before steers. One that was skipped is
// none of its options.
func (c *checker) steers(cond Cond) error {
	f := cond.field
	if f == nil {
		return fmt.Errorf("a condition on no question")
	}
	asked := cond.asked()
	group, known := "", false
	if asked != nil {
		group, known = c.known[asked], c.isKnown(asked)
	}
	switch {
	case !known:
		return fmt.Errorf("a condition looks at %q, which is not asked before it", f.Key)
	case group != "" && (c.group == nil || c.group.key != group):
		return fmt.Errorf("a condition looks at %q of an item of %q from outside", f.Key, group)
	case f.Kind != Choice:
		return fmt.Errorf("a condition looks at %q, which is no Choice", f.Key)
	case len(cond.options) == 0:
		return fmt.Errorf("a condition on %q names no option", f.Key)
	}
	return c.band(cond)
}

// band checks a condition on a Band, and notes the Band.
func (c *checker) band(cond Cond) error {
	f := cond.field
	if f.band == nil {
		return nil
	}
	for _, o := range cond.options {
		if !slices.Contains(f.band.options, o) {
			return fmt.Errorf("a condition looks at %q of the band %q, which has no such option", o, f.Key)
		}
	}
	other := c.flow.bands[f.Key]
	switch {
	case f.band.cut == nil || !isKey(f.Key):
		return fmt.Errorf("the band %q has no key or no cut", f.Key)
	case c.flow.has(f.Key), other != nil && other != f:
		return fmt.Errorf("key %q is used twice", f.Key)
	}
	c.flow.bands[f.Key] = f
	return nil
}

func (c *checker) isKnown(f *Field) bool {
	_, ok := c.known[f]
	return ok
}

func (c *checker) rename(st *Step) error {
	switch {
	case len(c.conds) > 0:
		return fmt.Errorf("%s cannot stand in a branch", st)
	case c.flow.renamed[st.old] != "":
		return fmt.Errorf("%s: it has another new name already", st)
	}
	c.flow.renamed[st.old] = st.key
	return nil
}

// renames is checked last, when every key is known.
func (c *checker) renames() error {
	for old, new := range c.flow.renamed {
		switch {
		case c.flow.has(old):
			return fmt.Errorf("Renamed(%q, %q): the old key is still in use", old, new)
		case !c.flow.has(new):
			return fmt.Errorf("Renamed(%q, %q): there is no such new key", old, new)
		}
	}
	return nil
}

// rename moves answers from an old path to a new one, in every item.
func rename(answers map[string]Answer, old, new string) {
	for id, a := range answers {
		moved, ok := renamedID(id, old, new)
		if _, taken := answers[moved]; ok && !taken {
			answers[moved] = a
			delete(answers, id)
		}
	}
}

func renamedID(id, old, new string) (string, bool) {
	_, key, nested := strings.Cut(new, ".")
	switch {
	case pathOf(id) == old && nested && id != old:
		return id[:strings.LastIndex(id, ".")+1] + key, true
	case id == old:
		return new, true
	case !strings.Contains(old, ".") && strings.HasPrefix(id, old+"."):
		return new + strings.TrimPrefix(id, old), true
	}
	return "", false
}

// isKey says whether a key can stand in a path.
func isKey(key string) bool {
	return key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// String names a step as it is written.
func (st *Step) String() string {
	names := map[act]string{
		asks: "Ask", offers: "Offer", branches: "When", tells: "Tell", ends: "End",
		reviews: "Review", submits: "Submit", checks: "Checklist", repeats: "Repeat",
	}
	if st.act == renames {
		return fmt.Sprintf("Renamed(%q, %q)", st.old, st.key)
	}
	return fmt.Sprintf("%s(%s)", names[st.act], st.key)
}
