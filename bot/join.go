package bot

import (
	"context"
	"regexp"
	"strings"

	"titian/bot/chat"
	"titian/flows/flow"
	"titian/storage"
)

// lookForTwin learns whether a person has another chat, where this is a moment to offer that both be joined: once, and in
// the middle of nothing. What the other chat holds is not looked at.
func (t *talk) lookForTwin() {
	if t.conv.Offered {
		return
	}
	twin, err := t.b.Contacts.Twin(t.ctx, t.contact.ID)
	t.failed(err)
	t.ahead.twin = twin
}

// offersJoin asks whether the chats are to be joined, if there is another.
func (t *talk) offersJoin() {
	_, busy := t.question()
	_, draft := t.draft()
	if t.ahead.twin == "" || busy || draft || t.floor() {
		return
	}
	t.conv.Offered = true
	t.begin(t.b.Flows.Join, map[string]string{"other": t.network(t.ahead.twin)}, nil)
}

// network is the name of one, as people call it.
func (t *talk) network(n chat.Network) string { return t.b.Voice.Text("bot.network."+string(n), nil) }

// endedJoin shows the word, once.
func (t *talk) endedJoin(say flow.Say, o storage.Outcome) {
	switch {
	case say.Key != "join.word":
		t.script.Say(say.Key, nil)
	case o.Join.Word == "":
		t.script.Say("bot.join_gone", nil)
	default:
		t.script.Say(say.Key, map[string]string{"other": t.network(o.Join.Other), "word": o.Join.Word})
	}
}

// joining is what a person types to join two chats: alone it asks for a word, with one it gives it.
var joining = regexp.MustCompile(`(?i)^\s*gabung(?:kan)?(?:[\s:,]+([2-9a-z]{4}[\s-]*[2-9a-z]{4}[\s-]*[2-9a-z]{4}))?[\s.!]*$`)

// joins hears the word that another chat shows, whatever is on the table, and the wish for one, where nothing is.
func (t *talk) joins() (handled bool, err error) {
	said := joining.FindStringSubmatch(t.m.Text)
	if t.m.Kind != chat.Text || said == nil {
		return false, nil
	}
	if said[1] == "" {
		if _, busy := t.question(); busy && t.conv.flowName() != t.b.Flows.Menu.Name {
			return false, nil
		}
		if t.ahead.twin, err = t.b.Contacts.Twin(t.ctx, t.contact.ID); err != nil || t.ahead.twin == "" {
			return false, err
		}
		t.conv = t.conv.without(t.b.Flows.Menu.Name)
		t.offersJoin()
		return true, nil
	}
	t.effects = append(t.effects, storage.JoinChats{Word: strings.TrimSpace(said[1])})
	t.after = append(t.after, func(t *talk, o storage.Outcome) {
		switch o.Staff.Refused {
		case storage.RefusedSilently:
		case storage.RefusedNothing:
			t.conv.Offered = true
			t.script.Say("bot.joined", map[string]string{"other": t.network(o.Join.Other)})
		default:
			t.script.Say("bot.join_wrong", nil)
		}
		t.ask()
	})
	return true, nil
}

// joined makes one contact of two whose person said so; what fails here is done by a job.
func (b *Bot) joined(ctx context.Context, one, other storage.ContactID) {
	if other == "" {
		return
	}
	if err := b.Join(ctx, one, other); err != nil && ctx.Err() == nil {
		b.Log.Warn("two chats of one person are joined later", "contact", one, "error", err)
	}
}
