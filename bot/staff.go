package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"titian/bot/chat"
	"titian/flows/flow"
	"titian/storage"
)

// chatter is what people say to each other in a group: it waits nowhere and is kept nowhere.
func chatter(m chat.Message) bool {
	return m.Kind == chat.Group && !strings.HasPrefix(m.Text, "/grup")
}

// handled is the outcome of a message that needs no work.
func handled() <-chan error {
	done := make(chan error, 1)
	done <- nil
	return done
}

// wanted says whether a message in a group is worked at all.
func (b *Bot) wanted(ctx context.Context, m chat.Message) (bool, error) {
	if b.Desk == nil {
		return false, nil
	}
	return b.Desk.Wanted(ctx, m)
}

// staffDone lets what was carried out take hold here before anyone is answered.
func (b *Bot) staffDone(ctx context.Context, effects []storage.Effect) {
	if b.Desk != nil {
		b.Desk.Done(ctx, effects)
	}
}

// Detach lets the conversation at an address know that an owner moved away from it. A move is
// "<owner>/<anything>": the same one told again changes nothing.
func (b *Bot) Detach(ctx context.Context, from chat.Address, move string) error {
	owner, _, _ := strings.Cut(move, "/")
	return b.Tell(ctx, from, chat.Message{ID: "detached " + move, Kind: chat.Detached, At: b.Now(), Ref: owner})
}

// Tell lets the conversation at an address hear a message of Titian's own, once for each id, and waits until it stands there
// or in the inbox.
func (b *Bot) Tell(ctx context.Context, from chat.Address, m chat.Message) error {
	m.From, m.Chat = from, from
	done := b.Receive(ctx, m)
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// desk answers what is the staff side's: their commands, codes, and what is typed in a group.
// The silence they break is not the owner's: who came back after a long one still proves it.
func (t *talk) desk() (handled bool, err error) {
	defer func() {
		if handled && t.paused > 0 {
			t.conv.HeardAt = t.now.Add(-t.paused)
		}
	}()
	switch {
	case t.m.Kind == chat.Detached:
		t.detached(storage.OwnerID(t.m.Ref))
		return true, nil
	case t.b.Desk == nil:
		return t.m.Kind == chat.Group, nil
	}
	if t.typed() {
		return true, nil
	}
	heard, handled, err := t.b.Desk.Hear(t.ctx, t.m, t.contact.ID)
	if !handled && err == nil && t.strays() {
		return true, nil
	}
	if !handled || err != nil {
		return handled, err
	}
	return true, t.carryOut(heard)
}

// carryOut does what a message meant to the staff side, or first asks for the words that it needs.
func (t *talk) carryOut(heard storage.Heard) error {
	t.loud = true
	if heard.Begin != nil {
		if heard.Say != nil { // what is said before the first question
			t.tell(heard.Say(storage.Outcome{}))
		}
		f, facts, answers := t.b.Flows.ForStaff(heard.Begin)
		t.begin(f, facts, answers)
		return nil
	}
	effects, err := t.withFile(heard.Effects)
	if err != nil {
		return err
	}
	if len(effects) == 0 && t.m.Kind == chat.Files {
		return nil // refused in words
	}
	t.effects = append(t.effects, effects...)
	if heard.Say != nil {
		t.after = append(t.after, func(t *talk, o storage.Outcome) {
			t.tell(heard.Say(o))
		})
	}
	return nil
}

// withFile adds the file of an officer's message to their words; none of them when it will not do.
func (t *talk) withFile(effects []storage.Effect) ([]storage.Effect, error) {
	for i, e := range effects {
		said, ok := e.(storage.AnswerOwner)
		if !ok || len(t.m.Files) == 0 {
			continue
		}
		kept, ok, err := t.keepForThread(t.m.Files[0])
		if errors.Is(err, errLater) { // an officer can send it again
			t.script.Say("flow.file.gone", nil)
			return nil, nil
		}
		if err != nil || !ok {
			return nil, err
		}
		said.File, said.MIME = storage.FileID(kept.ID), kept.MIME
		effects[i] = said
	}
	return effects, nil
}

// tell adds what the desk says; the last message with buttons has them.
func (t *talk) tell(messages []chat.Outgoing) {
	for _, m := range messages {
		t.script.Desk(m)
	}
}

// endedStaff shows the file after an act that needed words.
func (t *talk) endedStaff(o storage.Outcome) {
	if t.ahead.staff != nil {
		t.tell(t.b.Desk.After(*t.ahead.staff, t.m.From.Network, "desk.done", o))
	}
}

// slashless hears a command of staff that was typed without its slash; to anyone else it means nothing.
func (t *talk) slashless() (bool, error) {
	if t.b.Desk == nil || t.m.Kind != chat.Text || t.slash() {
		return false, nil
	}
	m := t.m
	m.Text = "/" + strings.TrimSpace(m.Text)
	heard, handled, err := t.b.Desk.Hear(t.ctx, m, t.contact.ID)
	if !handled || err != nil {
		return false, err
	}
	return true, t.carryOut(heard)
}

// detached forgets whatever was open about an owner who moved to another chat, and says that one did.
func (t *talk) detached(id storage.OwnerID) {
	var left []flow.State
	for _, s := range t.conv.Stack {
		if !mentions(s, id) {
			left = append(left, s)
		}
	}
	t.conv.Stack, t.conv.Thread = left, nil
	t.script.Say("staff.detached", nil)
}

// mentions says whether a flow is about an owner, or names them among others.
func mentions(s flow.State, id storage.OwnerID) bool {
	if ownerOf(s) == id {
		return true
	}
	var facts []string
	for _, v := range s.Facts {
		facts = append(facts, v)
	}
	return slices.Contains(facts, string(id))
}
