package bot

import (
	"titian/flows"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// do carries out a word that always works.
func (t *talk) do(w answer.Word) error {
	if t.conv.flowName() == t.b.Flows.Menu.Name {
		t.conv = t.conv.pop()
	}
	switch w {
	case answer.WordStart:
		if t.conv.Stopped && t.conv.flowName() == "" { // MULAI behind BERHENTI
			t.back()
			return nil
		}
		return t.greet()
	case answer.WordGreeting:
		return t.greet()
	case answer.WordRejoin:
		t.back()
	case answer.WordRegister:
		return t.register()
	case answer.WordHelp:
		t.script.Say("bot.help", nil)
		t.ask()
	case answer.WordCancel:
		return t.cancel()
	case answer.WordStop:
		return t.stop()
	case answer.WordStatus:
		return t.status()
	case answer.WordOfficer:
		t.officer("asked", "bot.officer")
	case answer.WordReport:
		t.officer("report", "bot.report")
	case answer.WordMyData:
		return t.withOwner(t.b.Flows.MyData, nil)
	case answer.WordDeleteData:
		return t.erase()
	case answer.WordComplete, answer.WordEdit:
		return t.amends(w == answer.WordEdit)
	case answer.WordContinue:
		return t.resume()
	case answer.WordHalal:
		return t.halal()
	case answer.WordCertificate:
		return t.certificate()
	case answer.WordWithdraw:
		return t.withdraw()
	default:
		return t.menu()
	}
	return nil
}

// greet says hello, and goes on with what is on the table, or with the menu.
func (t *talk) greet() error {
	_, busy := t.question()
	if busy && t.paused > longPause {
		t.card()
		return nil
	}
	if err := t.hello(); err != nil {
		return err
	}
	if busy {
		t.ask()
		return nil
	}
	return t.menu()
}

// hello says who speaks, and to whom is new also what this is.
func (t *talk) hello() error {
	t.script.Say("bot.hello", map[string]string{"greeting": t.greeting()})
	if t.conv.Met {
		return nil
	}
	t.conv.Met = true
	known, err := t.known()
	if err == nil && len(known) == 0 {
		t.script.Say("bot.hello_new", nil)
	}
	return err
}

func (t *talk) greeting() string {
	key := "evening"
	switch h := t.now.In(locales.WITA).Hour(); {
	case h >= 4 && h < 11:
		key = "morning"
	case h >= 11 && h < 15:
		key = "noon"
	case h >= 15 && h < 19:
		key = "afternoon"
	}
	return t.b.Voice.Text("bot.greeting."+key, nil)
}

func (t *talk) menu() error {
	t.conv.Met = true
	f, err := t.facts()
	if err != nil {
		return err
	}
	t.begin(t.b.Flows.Menu, f, nil)
	return nil
}

// register begins a registration, or goes on with the one that waits. A chat
// that already speaks for someone is asked for whom.
func (t *talk) register() error {
	if s, draft := t.conv.find(t.b.Flows.Registration.Name); draft {
		t.conv = t.conv.only(t.b.drafts()...).without(s.Flow).push(s)
		return t.resume()
	}
	if !t.conv.Met {
		if err := t.hello(); err != nil {
			return err
		}
	}
	known, err := t.known()
	if err != nil {
		return err
	}
	if len(known) == 0 {
		return t.beginRegistration()
	}
	f, err := t.facts()
	if err != nil {
		return err
	}
	t.begin(t.b.Flows.ForWhom, f, nil)
	return nil
}

func (t *talk) beginRegistration() error {
	t.begin(t.b.Flows.Registration, t.consentFacts(), nil)
	return nil
}

// resume takes up the draft that waits.
func (t *talk) resume() error {
	if _, ok := t.draft(); !ok {
		return t.menu()
	}
	t.conv = t.conv.only(t.b.drafts()...)
	if t.paused > longPause {
		t.card()
		return nil
	}
	t.script.Say("bot.resumed", nil)
	t.ask()
	return nil
}

// cancel asks before it throws a draft away; anything smaller is simply left.
func (t *talk) cancel() error {
	switch t.conv.flowName() {
	case "":
		t.script.Say("bot.nothing_to_cancel", nil)
		return t.menu()
	case t.b.Flows.Registration.Name, t.b.Flows.Halal().Name, t.b.Flows.Comeback.Name:
		t.begin(t.b.Flows.Cancel, nil, nil)
	case t.b.Flows.Cancel.Name: // the word came twice; only a clear yes throws away
		t.script.Say("cancel.discard.unclear", nil)
		t.ask()
	default:
		t.conv = t.conv.pop()
		t.script.Say("bot.left", nil)
		t.ask()
	}
	return nil
}

// stop means leaving, in a registration; elsewhere it means no more announcements. Whatever it means, nobody is reminded after it.
func (t *talk) stop() error {
	t.effects = append(t.effects, storage.StopReminders{})
	switch t.conv.flowName() {
	case t.b.Flows.Registration.Name, t.b.Flows.Halal().Name:
		t.begin(t.b.Flows.Stop, t.consentFacts(), nil)
		return nil
	case "":
		key := "bot.announcements_stopped"
		if t.conv.Stopped { // it is confirmed once; what was stopped is stopped again all the same
			key = "bot.announcements_stopped_before"
		}
		t.conv.Stopped = true
		t.effects = append(t.effects, storage.StopAnnouncements{Consent: t.announcements()})
		t.after = append(t.after, func(t *talk, _ storage.Outcome) { t.script.Say(key, nil) })
		return nil
	}
	return t.cancel()
}

// back gives the consent to announcements again, by a word of its own.
func (t *talk) back() {
	t.conv.Stopped = false
	t.effects = append(t.effects, storage.StartAnnouncements{Consent: t.announcements()})
	t.after = append(t.after, func(t *talk, _ storage.Outcome) {
		t.script.Say("bot.announcements_started", nil)
		t.ask()
	})
}

// announcements is the word of this message on announcements.
func (t *talk) announcements() storage.Consent {
	return storage.Consent{
		Purpose: "announcements", TextVersion: flows.ConsentVersion, TextSHA256: t.b.consentHash("announcements"),
		Answer: t.m.Text, MessageID: t.m.ID, At: t.now,
	}
}

// erase begins the deletion of an owner, or of what was typed so far.
func (t *talk) erase() error {
	known, err := t.known()
	if err != nil {
		return err
	}
	_, draft := t.draft()
	if len(known) == 0 && !draft {
		t.script.Say("bot.nothing_stored", nil)
		return nil
	}
	if len(known) > 0 && t.conv.LockedUntil.After(t.now) {
		t.script.Say("any.proof.locked", nil)
		t.ask()
		return nil
	}
	f, err := t.facts()
	if err != nil {
		return err
	}
	t.begin(t.b.Flows.Delete, f, nil)
	return nil
}
