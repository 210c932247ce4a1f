package desk

import (
	"strings"
	"titian/bot/chat"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// joins makes whoever typed a good code staff.
func (h *hearing) joins(code string) {
	h.does(storage.JoinStaff{Code: code}, func(o storage.StaffOutcome) (string, map[string]string) {
		switch o.Refused {
		case storage.RefusedNothing:
			if o.Person.Role != storage.RoleCompanion {
				return "staff.welcome_told", h.named(o.Person)
			}
			return "staff.welcome", h.named(o.Person)
		case storage.RefusedAlready:
			return "staff.already", nil
		}
		return "staff.code_wrong", nil
	})
}

func (h *hearing) named(s storage.Staff) map[string]string {
	return map[string]string{"name": s.Name, "role": h.desk.Texts.Say("staff.role."+string(s.Role), nil)}
}

// lists names everyone of the staff, and who is invited.
func (h *hearing) lists() error {
	list, err := h.desk.Store.Staff(h.ctx)
	if err != nil {
		return err
	}
	var rows []string
	for _, s := range list {
		key := "staff.row"
		if s.ID == "" {
			key = "staff.row_invited"
		}
		rows = append(rows, h.desk.Texts.Say(key, h.named(s)))
	}
	h.answer("staff.list", map[string]string{"rows": strings.Join(rows, "\n")})
	return nil
}

// invites reads "Contoh Satu petugas".
func (h *hearing) invites(rest string) {
	cut := strings.LastIndexByte(rest, ' ')
	if cut < 0 {
		h.answer("staff.invite_how", nil)
		return
	}
	name, good := storage.StaffName(rest[:cut])
	role, known := storage.ParseRole(rest[cut+1:])
	if !good || !known {
		h.answer("staff.invite_how", nil)
		return
	}
	h.does(storage.InviteStaff{Name: name, Role: role}, func(o storage.StaffOutcome) (string, map[string]string) {
		if o.Refused == storage.RefusedTaken {
			return "staff.taken", map[string]string{"name": name}
		}
		args := h.named(o.Person)
		args["code"] = o.Code
		return "staff.invited", args
	})
}

func (h *hearing) removes(name string) {
	name, good := storage.StaffName(name)
	if !good {
		h.answer("staff.remove_how", nil)
		return
	}
	h.does(storage.RemoveStaff{Name: name}, func(o storage.StaffOutcome) (string, map[string]string) {
		args := map[string]string{"name": name}
		switch o.Refused {
		case storage.RefusedUnknown:
			return "staff.remove_unknown", args
		case storage.RefusedLastAdmin:
			return "staff.last_admin", args
		}
		return "staff.removed", args
	})
}

// group registers the group that an admin wrote in; "/grup lepas" lets it go.
func (h *hearing) group(rest string) {
	off := strings.EqualFold(rest, "lepas")
	h.does(storage.RegisterGroup{Chat: h.m.Chat, Off: off}, func(o storage.StaffOutcome) (string, map[string]string) {
		switch {
		case o.Refused == storage.RefusedAlready:
			return "staff.group_already", nil
		case o.Refused == storage.RefusedUnknown:
			return "staff.group_unknown", nil
		case off:
			return "staff.group_left", nil
		}
		return "staff.group_joined", nil
	})
}

// moves reads what follows "pindah": a number by staff, a one-time word by an owner, or nothing.
func (h *hearing) moves(rest string) error {
	if number, ok := readNumber(rest); ok {
		h.allowsMove(number)
		return nil
	}
	if looksLikeCode(rest) {
		h.does(storage.MoveOwner{Word: rest}, func(o storage.StaffOutcome) (string, map[string]string) {
			if o.Refused != storage.RefusedNothing {
				return "staff.move_wrong", nil
			}
			return "staff.moved", map[string]string{"number": o.Number}
		})
		return nil
	}
	if rest == "" {
		h.answer("staff.move_how", nil)
	}
	return nil
}

// readNumber reads the number of a registration, however it is typed.
func readNumber(text string) (number string, ok bool) {
	n := numberShape.FindStringSubmatch(text)
	if n == nil {
		return "", false
	}
	return "IKM-" + n[1] + "-" + n[2], true
}

// allowsMove gives the word for the counter. Who may not is told how a move goes, as anyone is.
func (h *hearing) allowsMove(number string) {
	texts := h.desk.Texts
	h.effects = append(h.effects, storage.AllowMove{Number: number})
	h.say = func(o storage.Outcome) []chat.Outgoing {
		args := map[string]string{"number": number, "word": o.Staff.Code}
		switch o.Staff.Refused {
		case storage.RefusedNothing:
			return []chat.Outgoing{{Text: texts.Say("staff.move_allowed", args)}}
		case storage.RefusedUnknown:
			return []chat.Outgoing{{Text: texts.Say("staff.move_unknown", args)}}
		}
		return []chat.Outgoing{{Text: texts.Say("staff.move_how", nil)}}
	}
}

func (h *hearing) reloads() {
	if err := h.desk.Data.Check(); err != nil {
		h.answer("staff.reload_wrong", map[string]string{"problem": err.Error()})
		return
	}
	h.does(storage.ReloadFiles{}, func(storage.StaffOutcome) (string, map[string]string) { return "staff.reloaded", nil })
}

// longDay is a day as people write it, with its weekday left out.
func longDay(day string) string {
	t, err := locales.ParseDay(day)
	if err != nil {
		return day
	}
	return answer.PrintDate(t)
}
