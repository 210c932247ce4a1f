package desk

import (
	"errors"
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/storage"
)

// fields offers the answers of a section that staff may write, and for the business the KBLI that its kind of product may have.
func (h *hearing) fields(id storage.ApplicationID, section string) error {
	dossier, found, err := h.dossier(id)
	if !found {
		return err
	}
	d := h.desk
	var list []chat.Choice
	for n, path := range dossier.Fields(section) {
		list = append(list, button(d.fieldName(dossier, path)+": "+d.stands(dossier, path), actWrite, string(id), section, strconv.Itoa(n)))
	}
	if section == storage.SectionBusiness {
		for _, k := range d.KBLI(dossier.Eligibility["kind"]) {
			list = append(list, button("KBLI "+k.Code+" "+k.Title, actKBLI, string(id), k.Code))
		}
	}
	h.offer("desk.which_field", append(list, button(d.Texts.Say("desk.act.back", nil), actItem, string(id), section)))
	return nil
}

// writes asks for the words of one field: the nth of its section.
func (h *hearing) writes(id storage.ApplicationID, section, nth string) error {
	dossier, found, err := h.dossier(id)
	if !found {
		return err
	}
	d := h.desk
	paths := dossier.Fields(section)
	n, err := strconv.Atoi(nth)
	if err != nil || n < 0 || n >= len(paths) {
		h.answer("desk.refused.unknown", nil)
		return nil
	}
	h.begin = map[string]string{
		"act": "correct", "application": string(id), "item": paths[n],
		"prompt": d.Texts.Say("desk.ask.correct", map[string]string{"field": d.fieldName(dossier, paths[n]), "before": d.stands(dossier, paths[n])}),
	}
	return nil
}

// dossier reads what an owner told; false when it is said that there is no such file, or that it failed.
func (h *hearing) dossier(id storage.ApplicationID) (dossier storage.Dossier, found bool, err error) {
	who, err := h.desk.Store.StaffAt(h.ctx, h.contact)
	if err != nil {
		return dossier, false, err
	}
	if who.Role != storage.RoleCompanion {
		dossier, err = h.desk.Store.Dossier(h.ctx, id)
	}
	if who.Role == storage.RoleCompanion || errors.Is(err, storage.ErrNotFound) {
		h.answer("desk.refused.unknown", nil)
		return dossier, false, nil
	}
	return dossier, err == nil, err
}

// stands is what a field holds now.
func (d *Desk) stands(dossier storage.Dossier, path string) string {
	if value, _ := dossier.Field(path); value != "" {
		return value
	}
	return d.Texts.Say("desk.none", nil)
}

// brings offers the documents of a file, for what was brought to the counter: "/dokumen HAL-2026-000001".
func (h *hearing) brings(number string) error {
	if number == "" {
		h.answer("desk.brings_how", nil)
		return nil
	}
	a, err := h.desk.Store.Application(h.ctx, strings.ToUpper(number))
	if errors.Is(err, storage.ErrNotFound) {
		h.answer("desk.refused.unknown", nil)
		return nil
	}
	if err != nil {
		return err
	}
	var list []chat.Choice
	for _, item := range a.Items {
		if item.Kind == storage.ItemDocument {
			list = append(list, button(item.Title, actAdd, string(a.ID), item.Key))
		}
	}
	h.offer("desk.which_document", append(list, button(h.desk.Texts.Say("desk.act.back", nil), actOpen, string(a.ID))))
	return nil
}

// fieldName is what a field is called, with the bahan, the product or the step that it belongs to.
func (d *Desk) fieldName(dossier storage.Dossier, path string) string {
	parts := strings.Split(path, ".")
	switch parts[0] {
	case "materials", "products":
		of, _ := dossier.Field(parts[0] + "." + parts[1] + ".name")
		return of + ", " + d.Texts.Say("field."+parts[2], nil)
	case "process":
		return d.Texts.Say("field.process", nil) + " (" + parts[1] + ")"
	case "factory", "outlet":
		return d.Texts.Say("desk.field."+parts[0], nil)
	}
	return d.Texts.Say("field."+parts[1], nil)
}
