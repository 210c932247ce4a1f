package desk

import (
	"strings"

	"titian/flows/answer"
	"titian/storage"
)

// marks reads "IKM-2026-000001", or with a no behind it, and marks an owner as one of the dinas's guidance or as none.
func (h *hearing) marks(role storage.Role, rest string) {
	if role != storage.RoleOfficer && role != storage.RoleAdmin {
		h.answer("staff.rights_officer", nil)
		return
	}
	number, binaan, ok := readMark(rest)
	if !ok {
		h.answer("staff.binaan_how", nil)
		return
	}
	h.does(storage.SetBinaan{Number: number, Binaan: binaan}, func(o storage.StaffOutcome) (string, map[string]string) {
		args := map[string]string{"number": number}
		set, already := "staff.binaan_gone", "staff.binaan_gone_already"
		if binaan {
			set, already = "staff.binaan_set", "staff.binaan_set_already"
		}
		switch o.Refused {
		case storage.RefusedUnknown:
			return "staff.binaan_unknown", args
		case storage.RefusedAlready:
			return already, args
		}
		return set, args
	})
}

// readMark reads a number and, behind it, yes, no or nothing, which is a yes.
func readMark(text string) (number string, binaan, ok bool) {
	if number, ok = readNumber(text); ok {
		return number, true, true
	}
	cut := strings.LastIndexByte(text, ' ')
	if cut < 0 {
		return "", false, false
	}
	binaan, err := answer.ParseYesNo(text[cut+1:])
	number, ok = readNumber(strings.TrimSpace(text[:cut]))
	return number, binaan, ok && err == nil
}
