package bot

import (
	"maps"
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/flows"
	"titian/flows/flow"
	"titian/storage"
)

// halal opens the halal file of an owner: the draft that waits, else after asking for whom, what was parked or sent back, or a new one.
func (t *talk) halal() error {
	if s, draft := t.conv.find(t.b.Flows.Halal().Name); draft {
		t.conv = t.conv.only(t.b.drafts()...).without(s.Flow)
		over, err := t.overtakenRepair(s)
		if err != nil {
			return err
		}
		if !over {
			t.conv = t.conv.push(s)
			return t.resume()
		}
		t.dropDraft(s)
	}
	known, err := t.known()
	if err != nil {
		return err
	}
	if len(known) == 0 {
		t.script.Say("bot.halal_register", nil)
		if _, draft := t.draft(); draft {
			t.ask()
			return nil
		}
		return t.register()
	}
	facts, err := t.facts()
	if err != nil {
		return err
	}
	if t.paused > silence {
		facts["silent"] = "yes"
	}
	t.begin(t.b.Flows.HalalFor, facts, nil)
	return nil
}

// dropDraft gives up the files that were sent for a draft, with the effects of the turn.
func (t *talk) dropDraft(s flow.State) {
	if files := t.b.draftFiles(s); len(files) > 0 {
		t.effects = append(t.effects, storage.DropFiles{IDs: files})
	}
}

// repairOf is the draft that replaces what was sent back of an application.
func (t *talk) repairOf(id storage.ApplicationID) (flow.State, bool) {
	s, ok := t.conv.find(t.b.Flows.Halal().Name)
	return s, ok && id != "" && s.Facts["application"] == string(id)
}

// overtakenRepair says whether a draft replaces what is not to be replaced any more, or not all of it: staff took it back, or
// another thing.
func (t *talk) overtakenRepair(s flow.State) (bool, error) {
	if s.Facts["sent"] == "" {
		return false, nil
	}
	stands, err := t.b.Halal.Stands(t.ctx, t.contact.ID)
	if err != nil {
		return false, err
	}
	for _, stand := range stands {
		if string(stand.Application) == s.Facts["application"] {
			return sentBack(stand) != s.Facts["sent"], nil
		}
	}
	return true, nil
}

// sentBack names what is to be replaced of an application, each as it is now; empty when nothing is.
func sentBack(s storage.Stand) string {
	var names []string
	for _, item := range s.Missing {
		names = append(names, item.Key+"."+strconv.Itoa(item.Revision))
	}
	return strings.Join(names, " ")
}

// reopens says whether an application is taken up again from its own answers.
func reopens(s storage.Stand) bool {
	switch s.State {
	case storage.StateParked, storage.StateFixing, storage.StateReturned:
		return true
	}
	return false
}

// openHalal puts the halal file on the table: a new one, what was parked, or only what was sent back.
func (t *talk) openHalal(turn flow.Turn, o storage.Outcome) {
	if o.Registration == nil {
		return
	}
	stand, has := t.standOf(o.Registration.Owner)
	if has && len(stand.Corrections) > 0 {
		t.beginCorrection(stand.Corrections[0])
		return
	}
	busy := has && stand.State.Live() && !reopens(stand)
	if busy || has && stand.State == storage.StateIssued {
		t.script.Say("bot.halal_there", nil)
		t.stand(o.Registration.Owner)
		t.ask()
		return
	}
	facts, answers := t.b.Flows.Opening(*o.Registration)
	maps.Copy(facts, t.consentFacts())
	maps.Copy(facts, t.places())
	fixes := has && (stand.State == storage.StateFixing || stand.State == storage.StateReturned)
	switch {
	case fixes:
		facts["fix"], facts["application"], answers = "yes", string(stand.Application), o.Halal.Answers
		facts["sent"] = sentBack(stand)
		facts["places"] = "again" // it is in the programme already
		if d := o.Halal.Dossier; d != nil && d.Supervisor.Agreed == storage.AgreedByWord {
			facts["agreed"] = "yes"
		}
	case has && stand.State == storage.StateParked:
		maps.Copy(answers, o.Halal.Answers)
		answers = flows.GoOn(answers, stand.Reason)
	}
	t.beginHalal(facts, answers, fixes, stand)
}

func (t *talk) beginHalal(facts, answers map[string]string, fixes bool, stand storage.Stand) {
	f := t.b.Flows.Halal()
	var sent []string
	for _, item := range stand.Missing {
		sent = append(sent, item.Key)
	}
	if fixes && t.b.Flows.Several(sent) {
		facts["several"] = "yes"
	}
	t.conv.Runs++
	facts["network"], facts["source"] = string(t.m.From.Network), t.contact.Source
	t.conv = t.conv.only(t.b.drafts()...)
	turn := f.Start(runName(t.conv.Runs), facts, answers, t.now)
	if fixes {
		t.conv = t.conv.push(t.b.Flows.Repair(turn.State, sent))
		t.script.Say("bot.halal_fix", map[string]string{"missing": t.reasons(stand)})
		t.ask()
		return
	}
	t.conv = t.conv.push(turn.State)
	t.take(f, turn)
}

// places are the facts of the programme that takes applications now.
func (t *talk) places() map[string]string {
	p := t.ahead.programme
	if p == nil {
		return map[string]string{"places": "none"}
	}
	rank := p.LikelyRank()
	number, waits := p.Waits(rank)
	facts := map[string]string{
		"places": "open", "programme": string(p.ID), "left": strconv.Itoa(p.Left()), "rank": strconv.Itoa(rank), "waits": strconv.Itoa(number),
	}
	if waits {
		facts["places"] = "full"
	}
	return facts
}

// endedHalal says what became of a halal file. One that was refused stays on the table.
func (t *talk) endedHalal(turn flow.Turn, say flow.Say, o storage.Outcome) {
	t.script.Know(map[string]string{"when": t.b.when(t.now)})
	filed := turn.End == "filed" || turn.End == "fixed"
	if filed && o.Halal.Refused == storage.RefusedMove && turn.State.Facts["fix"] != "" {
		t.script.Say("bot.halal_fix_over", nil) // staff took it back meanwhile; its photos went with the refusal
		t.ask()
		return
	}
	if refused := o.Halal.Refused; filed && refused != storage.RefusedNothing {
		key := "bot.halal_refused." + string(refused)
		if !t.b.Voice.Has(key) {
			key = "bot.halal_refused"
		}
		t.script.Say(key, nil)
		t.conv = t.conv.push(t.b.Flows.Halal().TakeBack(turn.State, "statement"))
		return
	}
	t.script.Say(say.Key, map[string]string{"number": o.Halal.Application.Number})
	if filed && len(o.Halal.Stand.Missing) > 0 {
		t.script.Say("bot.halal_fix_more", map[string]string{"missing": t.reasons(o.Halal.Stand)})
	}
	if o.Halal.Word != "" {
		t.askPenyelia(turn.State, o.Halal)
	}
	t.ask()
}

// halalProgress says how far a halal file is.
func (t *talk) halalProgress(draft flow.State) (key string, args map[string]string) {
	q := t.b.Flows.Halal().Table(draft, t.now)
	args = map[string]string{"step": strconv.Itoa(q.Step), "of": strconv.Itoa(q.Of), "number": draft.Facts["number"]}
	switch {
	case draft.Facts["fix"] != "":
		return "halal_fix", args
	case q.Step == 0:
		return "halal_ready", args
	}
	return "halal", args
}

// certificate sends again the certificate of this chat's owners; of several, that of the application that changed last.
func (t *talk) certificate() error {
	stands, err := t.b.Halal.Stands(t.ctx, t.contact.ID)
	if err != nil {
		return err
	}
	for _, s := range stands {
		if s.State == storage.StateIssued && s.CertificateFile != "" {
			t.script.Say("bot.certificate", map[string]string{"certificate": s.Certificate, "product": s.Product})
			t.script.Attach(chat.StoredFile(string(s.CertificateFile), "sertifikat-halal", s.CertificateMIME))
			t.ask()
			return nil
		}
	}
	t.script.Say("bot.no_certificate", nil)
	t.ask()
	return nil
}
