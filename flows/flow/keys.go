package flow

import "slices"

// engineKeys are what any flow may say.
var engineKeys = []string{
	"flow.cannot_skip", "flow.corrected", "flow.edit_late", "flow.edit_later", "flow.expired",
	"flow.files", "flow.files_extra", "flow.no_back", "flow.no_contact_here", "flow.no_files_here",
	"flow.no_place_here", "flow.not_own", "flow.pick_one", "flow.still_missing", "flow.stuck",
	"flow.wants_file", "flow.wants_place",
	"flow.file.again", "flow.file.marked", "flow.file.office", "flow.file.photo_only", "flow.file.twice",
	"flow.option.add", "flow.option.complete", "flow.option.done", "flow.option.edit",
	"flow.option.edit_item", "flow.option.keep", "flow.option.remove_item", "flow.option.send",
}

// Keys lists every key the flow may say, sorted: its own, and the engine's. The
// reasons of a Parse and the labels of computed options are not known here;
// Walk meets them.
func (f *Flow) Keys() []string {
	keys := slices.Clone(engineKeys)
	each(f.steps, "", func(st *Step, path string) {
		key := f.key(path)
		for _, suffix := range st.suffixes() {
			keys = append(keys, key+suffix)
		}
	})
	slices.Sort(keys)
	return slices.Compact(keys)
}

// suffixes are what follows the key of a step in the keys it says.
func (st *Step) suffixes() []string {
	switch st.act {
	case tells, ends, submits:
		return []string{""}
	case reviews:
		return []string{"", ".why", ".invalid", ".edit", ".edit.why", ".edit.invalid"}
	case checks:
		return []string{"", ".why", ".invalid", ".which", ".which.why", ".which.invalid"}
	case repeats:
		return []string{".label", ".more", ".more.why", ".more.invalid", ".edit", ".edit.why", ".edit.invalid"}
	case asks, offers:
		return st.field.suffixes()
	}
	return nil
}

func (f *Field) suffixes() []string {
	keys := []string{"", ".why", ".invalid"}
	if !f.Hidden {
		keys = append(keys, ".label")
	}
	if f.Echo {
		keys = append(keys, ".ok")
	}
	if f.Locks {
		keys = append(keys, ".locked")
	}
	if f.Options != nil {
		for _, o := range f.Options(View{}) {
			if o.Label == "" {
				keys = append(keys, "."+o.ID)
			}
		}
	}
	return keys
}
