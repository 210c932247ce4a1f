package desk

import (
	"errors"
	"slices"
	"strings"

	"titian/storage"
)

// begins asks for the words an act needs, with what there is to pick from. A pendamping is asked only for what is theirs to do,
// of a file that is theirs; rights are looked at again when it is done.
func (h *hearing) begins(who storage.Staff, t tap, words string) error {
	facts := map[string]string{
		"act": words, "application": t.of, "item": t.item, "revision": t.revision, "prompt": h.desk.Texts.Say("desk.ask."+words, nil),
	}
	if who.Role == storage.RoleCompanion && !slices.Contains([]act{actApply, actReturn, actIssue, actRefuse}, t.does) {
		h.answer("desk.refused.rights", nil)
		return nil
	}
	if who.Role == storage.RoleCompanion || t.does == actReturn {
		a, err := h.desk.Store.Application(h.ctx, t.of)
		if errors.Is(err, storage.ErrNotFound) || err == nil && who.Role == storage.RoleCompanion && a.Pendamping != who.ID {
			h.answer("desk.refused.unknown", nil)
			return nil
		}
		if err != nil {
			return err
		}
		var items []string
		for _, item := range a.Items {
			items = append(items, item.Key+"\t"+item.Title)
		}
		facts["items"] = strings.Join(items, "\n")
	}
	if t.does == actHand {
		staff, err := h.desk.Store.Staff(h.ctx)
		if err != nil {
			return err
		}
		var people []string
		for _, s := range staff {
			if s.ID != "" && s.Role == storage.RoleCompanion {
				people = append(people, string(s.ID)+"\t"+s.Name)
			}
		}
		if len(people) > 0 {
			facts["pick"], facts["people"] = "yes", strings.Join(people, "\n")
		}
	}
	h.begin = facts
	return nil
}
