package bot

import (
	"cmp"
	"maps"
	"strings"

	"titian/flows"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/locales"
	"titian/storage"
)

// ended says the last words of a finished flow and takes up what comes after
// it. say is the flow's own last sentence; o is what its effects came to.
func (t *talk) ended(f *flow.Flow, turn flow.Turn, say flow.Say, o storage.Outcome) {
	t.conv = t.conv.without(f.Name)
	book := t.b.Flows
	if turn.State.Locked != "" {
		t.conv.LockedUntil = t.now.Add(lockFor)
		t.script.Say(say.Key, nil)
		return
	}
	switch f {
	case book.Registration:
		t.endedRegistration(turn, say, o)
	case book.StaffWords, book.Announce:
		t.endedStaff(o)
		t.ask()
	case book.Join:
		t.endedJoin(say, o)
	case book.Correction:
		t.endedCorrection(say, o)
	case book.Halal():
		t.endedHalal(turn, say, o)
	case book.HalalFor:
		t.openHalal(turn, o)
	case book.Withdraw:
		t.endedWithdraw(turn, say, o)
	case book.ForWhom:
		t.endedForWhom(turn)
	case book.Status:
		t.endedStatus(turn)
	case book.MyData:
		t.showData(o)
	case book.Amend:
		t.reopen(turn, o)
	case book.Delete:
		t.endedDelete(turn, say, o)
	case book.Stop:
		t.endedStop(turn)
	case book.Cancel:
		if turn.End == "discarded" {
			t.discard()
			return
		}
		t.script.Say(say.Key, nil)
		t.ask()
	case book.Comeback:
		t.conv.Strange = false
		t.card()
	case book.Menu:
		t.chosen(flows.Chosen(turn.State, "choice"))
	}
}

func (t *talk) endedRegistration(turn flow.Turn, say flow.Say, o storage.Outcome) {
	if turn.End != "filed" {
		t.script.Say(say.Key, nil)
		return
	}
	if flows.Chosen(turn.State, "announcements") == "yes" {
		t.conv.Stopped = false
	}
	key := say.Key
	if turn.State.Facts["owner"] != "" {
		key = "registration.amended"
	}
	t.script.Say(key, map[string]string{"number": o.Number})
	t.offersJoin()
}

func (t *talk) endedForWhom(turn flow.Turn) {
	if turn.End == "new" {
		t.failed(t.beginRegistration())
		return
	}
	id := storage.OwnerID(flows.Chosen(turn.State, "whom"))
	known, err := t.known()
	if err != nil {
		t.failed(err)
		return
	}
	for _, owner := range known {
		if owner.ID == id {
			t.filed(owner)
		}
	}
	t.script.Say("bot.change_hint", nil)
}

func (t *talk) endedStatus(turn flow.Turn) {
	id := storage.OwnerID(flows.Chosen(turn.State, "which"))
	known, err := t.known()
	if err != nil {
		t.failed(err)
		return
	}
	for _, owner := range known {
		if owner.ID == id || len(known) == 1 {
			t.filed(owner)
			t.stand(owner.ID)
		}
	}
	if _, draft := t.draft(); draft {
		t.draftStatus()
		t.ask()
	}
	t.offersJoin()
}

// showData sends what is stored about one owner, as the summary shows it.
func (t *talk) showData(o storage.Outcome) {
	if o.Registration == nil {
		return
	}
	r := *o.Registration
	s := t.b.Flows.Registration.Start("data", nil, told(r), t.now).State
	s.Enough = true
	q := t.b.Flows.Registration.Table(s, t.now)
	t.script.Say("my_data.shown", map[string]string{
		"number": r.Number, "date": answer.PrintDate(r.FiledAt.In(locales.WITA)), "rows": t.b.Voice.Rows(q.Rows),
	})
	if r.Binaan {
		t.script.Say("my_data.binaan", nil)
	}
	if r.List != "" {
		t.script.Say("my_data.list", nil)
	}
	t.showHalal(r, o.Halal)
	t.showInvited(o.Invited)
	t.ask()
}

// showInvited sends to what an owner was invited, and what they answered.
func (t *talk) showInvited(list []storage.Invited) {
	if len(list) == 0 {
		return
	}
	lines := make([]string, len(list))
	for n, i := range list {
		lines[n] = t.b.Voice.Text("my_data.invitation", map[string]string{"n": i.Invitation.Broadcast.String(), "event": i.Invitation.Event,
			"day": moment(i.Invitation.Day), "stands": t.b.Voice.Text("invited.state."+cmp.Or(string(i.State), "silent"), nil)})
	}
	t.script.Say("my_data.invitations", map[string]string{"list": strings.Join(lines, "\n")})
}

// showHalal sends what is stored of an owner's halal application, as its summary shows it.
func (t *talk) showHalal(r storage.Registration, o storage.HalalOutcome) {
	if o.Application.ID == "" {
		return
	}
	facts, _ := t.b.Flows.Opening(r)
	answers := o.Answers
	if o.Application.State == storage.StateParked {
		answers = flows.GoOn(answers, o.Application.Reason)
	}
	f := t.b.Flows.Halal()
	s := f.Start("data", facts, answers, t.now).State
	s.Enough = true
	t.script.Say("my_data.halal", map[string]string{"product": o.Application.Product, "rows": t.b.Voice.Rows(f.Table(s, t.now).Rows)})
}

// told is what a registration's answers say today: announcements that were
// stopped since are not wanted any more.
func told(r storage.Registration) map[string]string {
	answers := maps.Clone(r.Answers)
	if _, asked := answers["announcements"]; asked && r.Announcements != nil && !*r.Announcements {
		answers["announcements"] = "no"
	}
	return answers
}

// reopen puts a filed registration back on the table, at what is open or at its summary.
func (t *talk) reopen(turn flow.Turn, o storage.Outcome) {
	if o.Registration == nil {
		return
	}
	r := *o.Registration
	facts := t.consentFacts()
	facts["owner"], facts["number"] = string(r.Owner), r.Number
	facts["network"], facts["source"] = string(t.m.From.Network), t.contact.Source
	t.conv = t.conv.without(t.b.Flows.Registration.Name)
	t.conv.Runs++
	s := t.b.Flows.Registration.Start(runName(t.conv.Runs), facts, told(r), t.now).State
	s.Enough = turn.State.Facts["mode"] == "edit"
	t.conv = t.conv.push(s)
	t.script.Say("amend.opened", nil)
	t.ask()
}

func (t *talk) endedDelete(turn flow.Turn, say flow.Say, o storage.Outcome) {
	switch {
	case turn.End != "deleted":
		t.script.Say(say.Key, nil)
		t.ask()
	case o.Deleted != "":
		t.forget(ownerOf(turn.State))
		t.conv.Thread = nil
		t.script.Say("bot.deleted_owner", map[string]string{"number": o.Deleted})
		if len(o.Kept) > 0 {
			t.script.Say("bot.deleted_kept", map[string]string{"application": strings.Join(o.Kept, ", ")})
		}
		t.ask()
	default:
		t.conv = Conversation{HeardAt: t.now, Runs: t.conv.Runs, Met: true}
		t.script.Say("bot.deleted_draft", nil)
	}
}

func (t *talk) endedStop(turn flow.Turn) {
	switch turn.End {
	case "rest":
		t.script.Say("bot.resting", nil)
	case "cancel":
		t.discard()
	default:
		t.unwant()
		t.conv.Stopped = true
		t.script.Say("bot.announcements_stopped", nil)
		t.ask()
	}
}

// unwant takes the wish for announcements out of a draft: it is not filed after they were stopped.
func (t *talk) unwant() {
	if s, ok := t.conv.top(); ok && flows.Chosen(s, "announcements") == "yes" {
		s.Answers = maps.Clone(s.Answers)
		delete(s.Answers, "announcements")
		t.conv = t.conv.with(s)
	}
}

// forget leaves the amendment of an owner who is deleted.
func (t *talk) forget(id storage.OwnerID) {
	for _, name := range t.b.drafts() {
		if s, ok := t.conv.find(name); ok && storage.OwnerID(s.Facts["owner"]) == id {
			t.conv = t.conv.without(name)
		}
	}
}

// chosen does what was picked in the menu.
func (t *talk) chosen(choice string) {
	word := map[string]answer.Word{
		"register": answer.WordRegister, "continue": answer.WordContinue, "status": answer.WordStatus,
		"complete": answer.WordComplete, "halal": answer.WordHalal, "my_data": answer.WordMyData, "help": answer.WordHelp, "officer": answer.WordOfficer,
	}[choice]
	t.failed(t.do(word))
}
