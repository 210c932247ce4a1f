package desk

import (
	"errors"
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/storage"
)

// listedAtMost is how many a list names: files, calls, people who wait.
const listedAtMost = 12

// files lists what waits, by rank; to a pendamping, what was handed to them. With a number it opens that file.
func (h *hearing) files(who storage.Staff, number string) error {
	d := h.desk
	if number != "" {
		return h.open(who, storage.ApplicationID(strings.ToUpper(number)))
	}
	if who.Role == storage.RoleCompanion {
		list, err := d.Store.HandedTo(h.ctx, who.ID)
		if err == nil {
			h.listed("desk.handed", list, nil)
		}
		return err
	}
	p, err := d.programme(h)
	if err != nil || p.ID == "" {
		return err
	}
	list, err := d.Store.Queue(h.ctx, p.ID)
	if err != nil {
		return err
	}
	carried, err := d.Store.Carried(h.ctx, p.ID)
	if err != nil {
		return err
	}
	h.listed("desk.queue", append(list, carried...), []chat.Choice{button(d.Texts.Say("desk.act.next", nil), actNext)})
	return nil
}

// programme is the one that takes applications, or the latest; it says so when there is none.
func (d *Desk) programme(h *hearing) (storage.Programme, error) {
	p, err := d.Store.CurrentProgramme(h.ctx, d.Now())
	if !errors.Is(err, storage.ErrNotFound) {
		return p, err
	}
	list, err := d.Store.Programmes(h.ctx)
	if err == nil && len(list) == 0 {
		h.answer("desk.no_programme", nil)
		return storage.Programme{}, nil
	}
	if err != nil {
		return storage.Programme{}, err
	}
	return list[0], nil
}

func (h *hearing) listed(key string, list []storage.Application, choices []chat.Choice) {
	d := h.desk
	lines := []string{d.Texts.Say(key, map[string]string{"n": itoa(len(list))})}
	for i, a := range list {
		if i == listedAtMost {
			lines = append(lines, "…")
			break
		}
		line := a.Number + " " + a.Name + " – " + d.Texts.Say("desk.state."+string(a.State), nil)
		if a.ClaimedName != "" {
			line += " (" + a.ClaimedName + ")"
		}
		lines = append(lines, line)
		choices = append(choices, button(a.Number+" "+a.Name, actOpen, string(a.ID)))
	}
	h.shows(strings.Join(lines, "\n"), choices)
}

// quota says how many places are taken, and lets an admin set them: "/kuota", "/kuota 2026 120 Fasilitasi Halal".
func (h *hearing) quota(who storage.Staff, rest string) error {
	if rest != "" {
		return h.setsQuota(who, rest)
	}
	p, err := h.desk.programme(h)
	if err == nil && p.ID != "" {
		h.answer("desk.quota", map[string]string{
			"name": p.Name, "year": strconv.Itoa(p.Year), "taken": strconv.Itoa(p.Taken), "quota": strconv.Itoa(p.Quota), "waits": strconv.Itoa(p.Queued),
		})
	}
	return err
}

func (h *hearing) setsQuota(who storage.Staff, rest string) error {
	parts := strings.SplitN(rest, " ", 3)
	if who.Role != storage.RoleAdmin {
		h.answer("staff.rights", nil)
		return nil
	}
	year, quota := 0, -1
	if len(parts) == 3 {
		year, _ = strconv.Atoi(parts[0])
		if n, err := strconv.Atoi(parts[1]); err == nil {
			quota = n
		}
	}
	if year < 2000 || quota < 0 {
		h.answer("desk.quota_how", nil)
		return nil
	}
	e := storage.SetProgramme{Programme: storage.Programme{Name: parts[2], Year: year, Quota: quota}}
	h.effects = append(h.effects, e)
	h.say = func(o storage.Outcome) []chat.Outgoing {
		key := "desk.quota_set"
		if o.Halal.Refused != storage.RefusedNothing {
			key = "desk.quota_refused"
		}
		return []chat.Outgoing{{Text: h.desk.Texts.Say(key, map[string]string{"name": parts[2], "year": parts[0], "quota": parts[1]})}}
	}
	return nil
}

// calls is the list Telepon: who has to be telephoned because a message that can cost them a place did not arrive.
func (h *hearing) calls() error {
	list, err := h.desk.Store.Calls(h.ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		h.answer("desk.no_calls", nil)
		return nil
	}
	d := h.desk
	lines := []string{d.Texts.Say("desk.calls", nil)}
	var choices []chat.Choice
	for _, c := range list[:min(len(list), listedAtMost)] {
		about := d.Texts.Say("desk.call."+string(c.About), nil)
		lines = append(lines, c.Number+" "+c.Name+", "+c.Phone.Local()+": "+about+d.whyCall(c.Why))
		choices = append(choices, button(d.Texts.Say("desk.act.called", nil)+" "+c.Name, actCalled, strconv.FormatInt(c.ID, 10)))
	}
	h.shows(strings.Join(lines, "\n"), choices)
	return nil
}

// whyCall says why a message did not reach somebody; nothing when it was not noted.
func (d *Desk) whyCall(why storage.CallWhy) string {
	if why == "" {
		return ""
	}
	return " (" + d.Texts.Say("desk.call.why."+string(why), nil) + ")"
}
