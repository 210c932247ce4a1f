package desk

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/storage"
)

// Say is what is answered once the effects are carried out; nothing is a silence.
type Say = func(storage.Outcome) []chat.Outgoing

// Hear says what a message means to the staff side. False: it means nothing here, and is the owner's.
func (d *Desk) Hear(ctx context.Context, m chat.Message, c storage.ContactID) (heard storage.Heard, handled bool, err error) {
	h := &hearing{desk: d, ctx: ctx, contact: c, m: m}
	switch m.Kind {
	case chat.Group:
		if name, rest, _ := slash(m.Text); name == "grup" {
			h.group(rest)
		}
	case chat.Text:
		if err = h.replies(); err == nil && h.say == nil {
			err = h.hear()
		}
	case chat.Files:
		err = h.replies()
	case chat.Tap:
		if strings.HasPrefix(m.Choice, desksOwn) {
			err = h.taps()
		}
	}
	return storage.Heard{Effects: h.effects, Say: h.say, Begin: h.begin}, h.say != nil || m.Kind == chat.Group, err
}

// Wanted says whether a message in a group is from an admin to the desk. Of any other nothing is kept or answered.
func (d *Desk) Wanted(ctx context.Context, m chat.Message) (bool, error) {
	name, _, ok := slash(m.Text)
	if !ok || name != "grup" || m.Choice != "" {
		return false, nil
	}
	who, err := d.Store.StaffFrom(ctx, m.From)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil && who.Role == storage.RoleAdmin, err
}

// hearing is one message being understood.
type hearing struct {
	desk    *Desk
	ctx     context.Context
	contact storage.ContactID
	m       chat.Message
	effects []storage.Effect
	say     Say
	begin   map[string]string
}

var (
	codeShape   = regexp.MustCompile(`^[A-Za-z0-9]{2,8}([- ]?[A-Za-z0-9]{2,8}){1,4}$`)
	numberShape = regexp.MustCompile(`(?i)^ikm[- ]?(\d{4})[- ]?(\d{6})$`)
	releasing   = regexp.MustCompile(`(?i)^(buka|lepas(kan)?) rem( whatsapp| wa)?$`)
	moving      = regexp.MustCompile(`(?i)^/?pindah(?:\s+(?:nomor|nomer|no)\b)?(?:\s+(.+))?$`)
)

// slash takes a command apart: "/undang@titian_bot Contoh admin" is undang, "Contoh admin".
func slash(text string) (name, rest string, ok bool) {
	text, ok = strings.CutPrefix(strings.TrimSpace(text), "/")
	name, rest, _ = strings.Cut(text, " ")
	name, _, _ = strings.Cut(strings.ToLower(name), "@")
	return name, strings.TrimSpace(rest), ok
}

// looksLikeCode says whether a text may be a one-time code: eight letters and
// digits at least, with a dash or a digit among them.
func looksLikeCode(text string) bool {
	bare := strings.NewReplacer("-", "", " ", "").Replace(text)
	return codeShape.MatchString(text) && len(bare) >= 8 && len(bare) <= 16 && strings.ContainsAny(text, "-0123456789")
}

func (h *hearing) hear() error {
	text := strings.TrimSpace(h.m.Text)
	if len(text) > 200 {
		return nil
	}
	if part := moving.FindStringSubmatch(text); part != nil {
		return h.moves(strings.TrimSpace(part[1]))
	}
	if d := h.desk; (*d.people.Load())[h.contact] {
		if word, ok := answer.Navigation(text); ok && word == answer.WordHelp {
			h.answer("staff.help", nil)
			return nil
		}
	}
	if part := linkWords.FindStringSubmatch(text); part != nil {
		return h.commands("hubungkan", strings.TrimSpace(part[1]))
	}
	name, rest, ok := slash(text)
	if releasing.MatchString(text) {
		name, rest, ok = "rem", "buka", true
	}
	if !ok {
		return nil
	}
	if name == "pengumuman" {
		name = "siaran"
	}
	switch {
	case name == "petugas" && looksLikeCode(rest):
		h.joins(rest)
	case name == "staf", name == "undang", name == "copot", name == "libur", name == "muat", name == "rem",
		name == "berkas", name == "dokumen", name == "kuota", name == "telepon", name == "tunggu", name == "binaan", name == "siaran":
		return h.commands(name, rest)
	}
	return nil
}

// commands are the staff's; to anyone else they are no commands at all.
func (h *hearing) commands(name, rest string) error {
	who, err := h.desk.Store.StaffAt(h.ctx, h.contact)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	officer := who.Role != storage.RoleCompanion
	switch {
	case name == "binaan":
		h.marks(who.Role, rest)
	case name == "siaran" && (!officer || h.desk.Announcer == nil):
		h.answer("staff.rights_officer", nil)
	case name == "siaran":
		return h.announces(rest)
	case name == "berkas":
		return h.files(who, rest)
	case name == "dokumen" && officer:
		return h.brings(rest)
	case name == "kuota" && officer:
		return h.quota(who, rest)
	case name == "tunggu" && officer:
		return h.waits()
	case name == "telepon" && officer:
		return h.calls()
	case who.Role != storage.RoleAdmin:
		h.answer("staff.rights", nil)
	case name == "staf":
		return h.lists()
	case name == "undang":
		h.invites(rest)
	case name == "copot":
		h.removes(rest)
	case name == "libur":
		h.holidays(rest)
	case name == "hubungkan":
		h.links(rest)
	case name == "rem":
		return h.brake(rest)
	case name == "muat":
		h.reloads()
	}
	return nil
}

// answer says one text, whatever the outcome.
func (h *hearing) answer(key string, args map[string]string) {
	h.shows(h.desk.Texts.Say(key, args), nil)
}

// shows says a text that is made already, with buttons below it, whatever the outcome.
func (h *hearing) shows(text string, choices []chat.Choice) {
	h.say = func(storage.Outcome) []chat.Outgoing { return []chat.Outgoing{{Text: text, Choices: choices}} }
}

// does carries out an effect; said gives the key and arguments for its outcome. Rights are looked at again by then.
func (h *hearing) does(e storage.Effect, said func(storage.StaffOutcome) (string, map[string]string)) {
	texts := h.desk.Texts
	h.effects = append(h.effects, e)
	h.say = func(o storage.Outcome) []chat.Outgoing {
		switch o.Staff.Refused {
		case storage.RefusedSilently:
			return nil
		case storage.RefusedRights:
			return []chat.Outgoing{{Text: texts.Say("staff.rights", nil)}}
		}
		return []chat.Outgoing{{Text: texts.Say(said(o.Staff))}}
	}
}
