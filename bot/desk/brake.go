package desk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/locales"
	"titian/storage"
)

// Brakes tell whether unasked messages go out on a network, and how far they have come.
type Brakes interface {
	Brakes(ctx context.Context, n chat.Network) ([]storage.Brake, error)
	Lane(ctx context.Context, n chat.Network) (storage.Lane, error)
}

// brake shows an admin whether WhatsApp's brake is on, and why; "buka" releases it.
func (h *hearing) brake(rest string) error {
	switch strings.ToLower(rest) {
	case "buka", "lepas":
		h.releases()
		return nil
	}
	d := h.desk
	on, err := d.Store.Brakes(h.ctx, chat.WhatsApp)
	if err != nil {
		return err
	}
	if len(on) == 0 {
		l, err := d.Store.Lane(h.ctx, chat.WhatsApp)
		if err != nil {
			return err
		}
		n := 0
		if l.Day == d.Now().In(locales.WITA).Format(time.DateOnly) {
			n = l.Count
		}
		h.answer("staff.brake.off", map[string]string{"n": strconv.Itoa(n)})
		return nil
	}
	lines := []string{d.Texts.Say("staff.brake.on", nil)}
	for _, b := range on {
		lines = append(lines, "• "+d.brakeCause(b))
	}
	h.shows(strings.Join(lines, "\n"), d.brakeActs())
	return nil
}

// releases lets unasked messages go out again, if the network's own time is over.
func (h *hearing) releases() {
	h.does(storage.ReleaseBrake{Network: chat.WhatsApp}, func(o storage.StaffOutcome) (string, map[string]string) {
		switch o.Refused {
		case storage.RefusedAlready:
			return "staff.brake.already", nil
		case storage.RefusedEarly:
			return "staff.brake.early", map[string]string{"until": moment(o.Until)}
		}
		return "staff.brake.released", nil
	})
}

// brakeTold is what admins are told when a brake was pulled.
func (d *Desk) brakeTold(b storage.Brake) string {
	return d.Texts.Say("staff.notice.brake", map[string]string{"cause": d.brakeCause(b)})
}

// brakeCause says why a brake was pulled, since when, and until when it cannot be released.
func (d *Desk) brakeCause(b storage.Brake) string {
	text := d.Texts.Say("staff.brake.cause."+string(b.Cause), nil)
	if b.Code != 0 {
		text += " (" + strconv.Itoa(b.Code) + ")"
	}
	text += ", " + moment(b.Since)
	if b.Until.After(d.Now()) {
		text += " – " + moment(b.Until)
	}
	return text
}

func (d *Desk) brakeActs() []chat.Choice {
	return []chat.Choice{button(d.Texts.Say("desk.act.unbrake", nil), actUnbrake)}
}
