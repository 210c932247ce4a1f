package desk

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/storage"
)

// recorded are the words by which staff write down what became of somebody who was invited.
var recorded = map[string]storage.ParticipantState{
	"hadir": storage.ParticipantAttended, "ikut": storage.ParticipantComing, "tidak": storage.ParticipantDeclined, "pilih": storage.ParticipantHeld,
}

// numbersIn finds registrations: whole, or the digits at their end alone.
var numbersIn = regexp.MustCompile(`(?i)\bikm[- ]?(\d{4})[- ]?(\d{6})\b|\b\d{1,6}\b`)

// reasonAfter parts the people who are chosen from why: "12, 13: belum pernah ikut", "12 karena usahanya cocok".
var reasonAfter = regexp.MustCompile(`(?is)^(.*?)(?::|\balasan(?:nya)?\b|\bkarena\b|\bkrn\b)\s*(.*)$`)

// ofInvitation hears what follows the number of a broadcast: "hadir IKM-2026-000012", "ikut 12, 13", "pilih 12: belum pernah ikut",
// "peserta", "telepon", "tutup".
func (h *hearing) ofInvitation(id storage.BroadcastID, words string) error {
	verb, rest, _ := strings.Cut(words, " ")
	if verb == "peserta" || verb == "telepon" {
		h.takesList(id, verb == "telepon")
		return nil
	}
	if verb == "tutup" {
		h.endsChoice(id)
		return nil
	}
	state, known := recorded[verb]
	if !known {
		h.answer("desk.broadcast.how", nil)
		return nil
	}
	reason := ""
	if state == storage.ParticipantHeld {
		if part := reasonAfter.FindStringSubmatch(rest); part != nil {
			rest, reason = part[1], strings.TrimSpace(strings.TrimLeft(part[2], ": "))
		}
		if reason == "" {
			h.answer("desk.broadcast.choose_how", map[string]string{"number": id.String()})
			return nil
		}
	}
	numbers, unclear, err := h.registrations(id, rest)
	if err != nil {
		return err
	}
	if len(numbers)+len(unclear) == 0 {
		h.answer("desk.broadcast.record_how", map[string]string{"number": id.String(), "verb": verb})
		return nil
	}
	for _, number := range numbers {
		h.effects = append(h.effects, storage.RecordInvited{Broadcast: id, Number: number, State: state, Reason: reason})
	}
	h.say = func(o storage.Outcome) []chat.Outgoing { return h.desk.afterRecording(o, state, unclear) }
	return nil
}

// registrations reads the numbers in what was typed. Short ones mean those who were invited; unclear are those that mean none of
// them, or several.
func (h *hearing) registrations(id storage.BroadcastID, typed string) (numbers, unclear []string, err error) {
	for _, part := range numbersIn.FindAllStringSubmatch(typed, -1) {
		if part[1] != "" {
			numbers = append(numbers, "IKM-"+part[1]+"-"+part[2])
			continue
		}
		n, _ := strconv.Atoi(part[0])
		meant, err := h.desk.Store.InvitedNumbered(h.ctx, id, pad(n))
		if err != nil {
			return nil, nil, err
		}
		if len(meant) == 1 {
			numbers = append(numbers, meant[0])
		} else {
			unclear = append(unclear, part[0])
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), unclear, nil
}

func pad(n int) string {
	digits := strconv.Itoa(n)
	return strings.Repeat("0", max(0, 6-len(digits))) + digits
}

// afterRecording says of each person where they stand now, or why nothing was written down.
func (d *Desk) afterRecording(o storage.Outcome, as storage.ParticipantState, unclear []string) []chat.Outgoing {
	if o.Staff.Refused != "" {
		return []chat.Outgoing{{Text: d.Texts.Say("staff.rights_officer", nil)}}
	}
	var lines []string
	for _, r := range o.Recorded {
		said := d.Texts.Say("desk.broadcast.stands."+string(r.State), map[string]string{"waits": itoa(r.Waits)})
		switch {
		case r.Refused == storage.InvitationTooSoon && as == storage.ParticipantHeld:
			said = d.Texts.Say("desk.broadcast.unrecorded.unattempted", nil)
		case r.Refused != "":
			said = d.Texts.Say("desk.broadcast.unrecorded."+string(r.Refused), nil)
		}
		lines = append(lines, r.Number+": "+said)
	}
	for _, typed := range unclear {
		lines = append(lines, typed+": "+d.Texts.Say("desk.broadcast.unclear", nil))
	}
	return []chat.Outgoing{{Text: strings.Join(lines, "\n")}}
}
