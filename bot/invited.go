package bot

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// invited hears an answer that says by itself which invitation it is about, whatever is on the table: a button below one, "ikut 7", and a
// reply to the message. The question on the table stays there.
func (t *talk) invited() (handled bool, err error) {
	switch t.m.Kind {
	case chat.Tap:
		n, coming, ok := answer.ComingPressed(t.m.Choice)
		if ok {
			t.answers(storage.BroadcastID(n), coming)
		}
		return ok, nil
	case chat.Text:
	default:
		return false, nil
	}
	if n, coming, ok := answer.Coming(t.m.Text); ok && n > 0 {
		t.answers(storage.BroadcastID(n), coming)
		return true, nil
	}
	coming, ok := answer.ComingReply(t.m.Text)
	if !ok || t.m.ReplyTo == "" {
		return false, nil
	}
	id, err := t.b.Invited.InvitationOf(t.ctx, t.contact.ID, t.m.From.Network, t.m.ReplyTo)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.answers(id, coming)
	return true, nil
}

// comes hears a bare "ikut" or "tidak ikut" that the question on the table does not take for its answer. Of several invitations it is
// asked which is meant.
func (t *talk) comes() (handled bool, err error) {
	n, coming, ok := answer.Coming(t.m.Text)
	if t.m.Kind == chat.Text && !ok {
		return t.asksInvited()
	}
	if t.m.Kind != chat.Text || !ok || n != 0 || t.taken() {
		return false, nil
	}
	open, err := t.b.Invited.OpenInvitations(t.ctx, t.contact.ID)
	if err != nil || len(open) == 0 {
		return false, err
	}
	if able := slices.DeleteFunc(slices.Clone(open), func(i storage.Invited) bool { return says(i.State, coming) }); len(able) > 0 {
		open = able
	}
	if len(open) == 1 {
		t.answers(open[0].Invitation.Broadcast, coming)
		return true, nil
	}
	lines := make([]string, len(open))
	for k, i := range open {
		lines[k] = t.b.Voice.Text("invited.which."+yesNo(coming), map[string]string{"n": i.Invitation.Broadcast.String(), "event": i.Invitation.Event})
	}
	t.script.Say("invited.which", map[string]string{"list": strings.Join(lines, "\n")})
	t.ask()
	return true, nil
}

// asksInvited hears a question about an invitation, and a bare yes or no where nothing is asked: of that it is told how to say what
// was meant, for it may have been about something else.
func (t *talk) asksInvited() (handled bool, err error) {
	asks := answer.AsksInvited(t.m.Text)
	if _, busy := t.question(); !asks {
		if busy && t.conv.flowName() != t.b.Flows.Menu.Name {
			return false, nil
		}
		if _, err := answer.ParseYesNo(t.m.Text); err != nil {
			return false, nil
		}
	}
	if _, word := answer.Navigation(t.m.Text); word || t.taken() {
		return false, nil
	}
	open, err := t.b.Invited.OpenInvitations(t.ctx, t.contact.ID)
	if err != nil || len(open) == 0 {
		return false, err
	}
	for _, i := range open {
		args := map[string]string{"n": i.Invitation.Broadcast.String(), "event": i.Invitation.Event, "day": moment(i.Invitation.Day), "deadline": moment(i.Invitation.Deadline)}
		if !asks {
			t.script.Say("invited.meant", args)
			continue
		}
		stands := cmp.Or(string(i.State), "silent")
		if stands == "silent" && t.now.After(i.Invitation.Deadline) {
			stands = "late"
		}
		args["stands"] = t.b.Voice.Text("invited.stands."+stands, args)
		t.script.Say("invited.stands", args)
	}
	if asks {
		t.script.Say("invited.more", nil)
	}
	if t.conv.flowName() != t.b.Flows.Menu.Name {
		t.ask()
	}
	return true, nil
}

// taken says whether the question on the table takes the message for its answer.
func (t *talk) taken() bool {
	s, ok := t.conv.top()
	f := t.b.Flows.Find(s.Flow)
	q, busy := t.question()
	if !ok || f == nil || !busy {
		return false
	}
	return f.Advance(s, t.b.Voice.Listen(&q, t.m).Input, t.now).State.Refused == ""
}

// says whether somebody said already what they say now.
func says(s storage.ParticipantState, coming bool) bool {
	switch s {
	case storage.ParticipantComing, storage.ParticipantHeld, storage.ParticipantWaiting, storage.ParticipantUnchosen, storage.ParticipantAttended:
		return coming
	case storage.ParticipantDeclined, storage.ParticipantWithdrawn:
		return !coming
	}
	return false
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// answers stores whether the person comes, and says what happens next.
func (t *talk) answers(id storage.BroadcastID, coming bool) {
	t.loud = true
	t.effects = append(t.effects, storage.AnswerInvitation{Broadcast: id, Coming: coming})
	t.after = append(t.after, func(t *talk, o storage.Outcome) {
		key, args := invitedSays(o.Invitation, coming)
		args["n"] = id.String()
		if key == "invited.coming" {
			args["how"] = t.b.Voice.Text("invited.how."+string(o.Invitation.Invitation.Rule), args)
		}
		t.script.Say(key, args)
		if t.conv.flowName() != t.b.Flows.Menu.Name {
			t.ask()
		}
	})
}

// invitedSays is what is said of an answer.
func invitedSays(o storage.InvitationOutcome, coming bool) (key string, args map[string]string) {
	i := o.Invitation
	args = map[string]string{"event": i.Event, "places": strconv.Itoa(i.Places), "waits": strconv.Itoa(o.Waits), "day": moment(i.Day),
		"deadline": moment(i.Deadline), "when": moment(i.Deadline), "at": "paling lambat"}
	if !i.Opens.IsZero() {
		args["when"], args["at"] = moment(i.Opens), "pada"
	}
	switch {
	case o.Refused != "":
		return "invited.refused." + string(o.Refused), args
	case !coming && o.State == storage.ParticipantLapsed:
		return "invited.declined", args
	}
	return "invited." + string(o.State), args
}

// moment is a time in words.
func moment(t time.Time) string {
	return day(t) + " pukul " + t.In(locales.WITA).Format("15.04") + " WITA"
}
