package bot

import (
	"titian/bot/chat"
	"titian/flows/flow"
	"titian/storage"
)

// withdraws says whether "mundur" means an application: in the middle of anything it means back.
func (t *talk) withdraws() bool {
	if t.m.Kind != chat.Text || !t.b.Voice.Means("bot.withdraw", t.m.Text) {
		return false
	}
	_, busy := t.question()
	return !busy || t.conv.flowName() == t.b.Flows.Menu.Name
}

// withdraw asks whether an application is to be taken back.
func (t *talk) withdraw() error {
	stands, err := t.b.Halal.Stands(t.ctx, t.contact.ID)
	if err != nil {
		return err
	}
	facts := map[string]string{}
	for _, s := range stands {
		if s.State.Live() || s.State == storage.StateParked {
			facts["application."+string(s.Owner)] = string(s.Application)
		}
	}
	if len(facts) == 0 {
		t.script.Say("bot.nothing_to_withdraw", nil)
		t.ask()
		return nil
	}
	return t.withOwner(t.b.Flows.Withdraw, facts)
}

func (t *talk) endedWithdraw(turn flow.Turn, say flow.Say, o storage.Outcome) {
	key := say.Key
	switch {
	case turn.End != "withdrawn":
	case o.Halal.Refused != storage.RefusedNothing:
		key = "bot.nothing_to_withdraw"
	default:
		if s, ok := t.repairOf(withdrawn(turn.State)); ok {
			t.conv = t.conv.without(s.Flow)
		}
	}
	t.script.Say(key, map[string]string{"number": o.Halal.Application.Number})
	t.ask()
}

// withdrawn is the application that a Withdraw is about.
func withdrawn(s flow.State) storage.ApplicationID {
	return storage.ApplicationID(s.Facts["application."+string(ownerOf(s))])
}
