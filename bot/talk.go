package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/bot/dialogue"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

const (
	longPause = 12 * time.Hour      // after it a person is told where they were
	silence   = 60 * 24 * time.Hour // after it a draft opens only to who can prove it is theirs
	lockFor   = 24 * time.Hour      // after three failed proofs
)

// reaction is what a message came to: a conversation and what is said, or lasting
// effects and what follows from their outcome.
type reaction struct {
	conv    Conversation
	out     []chat.Outgoing
	effects []storage.Effect
	then    func(storage.Outcome) (Conversation, []chat.Outgoing)
	loud    bool      // must be said also when more was written since
	at      time.Time // when it was heard
}

// talk is one message being answered.
type talk struct {
	b       *Bot
	ctx     context.Context
	m       chat.Message
	contact storage.Contact
	now     time.Time
	arrived time.Time // when the message reached Titian
	paused  time.Duration

	conv    Conversation
	script  *dialogue.Script
	effects []storage.Effect
	after   []func(*talk, storage.Outcome) // what follows once the effects are done
	owners  []storage.Owner
	asked   bool  // owners are known
	ahead   ahead // what a flow that ends needs to know before its effects are carried out
	loud    bool  // see reaction
	err     error // what went wrong in something that followed
	unmet   bool  // they write for the first time
	from    int   // the line at which a long list is shown
}

// react answers one message. It changes nothing but files in the vault.
func (b *Bot) react(ctx context.Context, l *letter, c storage.Contact, conv Conversation, now time.Time) (reaction, error) {
	m := l.msg
	t := &talk{b: b, ctx: ctx, m: m, contact: c, now: now, arrived: l.arrived, conv: conv, script: b.Voice.Script(map[string]string{"when": b.when(now)})}
	t.script.Vouched = m.Vouched != ""
	t.unmet = !conv.Met
	t.asked = c.New // they speak for nobody yet
	if !conv.HeardAt.IsZero() {
		t.paused = now.Sub(conv.HeardAt)
	}
	switch m.Kind {
	case chat.Expired:
		t.expire()
	case chat.Interrupted, chat.Answered, chat.Closed, chat.Fetched, chat.TakenOver: // nobody was heard
	default:
		t.conv.HeardAt = now
	}
	if err := t.hear(); err != nil {
		return reaction{}, err
	}
	for len(t.effects) == 0 && len(t.after) > 0 {
		t.follow(storage.Outcome{})
	}
	if t.err != nil {
		return reaction{}, t.err
	}
	if len(t.effects) == 0 {
		out := t.out()
		return reaction{conv: t.conv, out: out, loud: t.loud, at: now}, nil
	}
	return reaction{conv: t.conv, effects: t.effects, then: t.finish, loud: t.loud, at: now}, nil
}

// follow does the first thing that waited for an outcome; it may make more wait.
func (t *talk) follow(o storage.Outcome) {
	next := t.after[0]
	t.after = t.after[1:]
	next(t, o)
}

// finish says what follows from the effects' outcome. A store may ask for it
// again when it repeats a transaction, so it works on a copy.
func (t *talk) finish(o storage.Outcome) (Conversation, []chat.Outgoing) {
	again := *t
	again.script = t.script.Clone()
	for len(again.after) > 0 {
		again.follow(o)
	}
	if len(again.effects) > len(t.effects) {
		t.b.Log.Error("effects begun after the transaction are lost", "contact", t.contact.ID)
	}
	out := again.out()
	return again.conv, out
}

// failed keeps the error of something that was begun by what came before.
func (t *talk) failed(err error) {
	if t.err == nil {
		t.err = err
	}
}

// hear tells apart what is answered by a flow and what is not.
func (t *talk) hear() error {
	switch t.m.Kind {
	case chat.Expired:
		return nil
	case chat.TakenOver:
		t.takenOver()
		return nil
	case chat.Interrupted:
		return t.again()
	case chat.Answered:
		t.answered()
		return nil
	case chat.Closed:
		t.closed()
		return nil
	case chat.Fetched:
		return t.fetched()
	}
	if handled, err := t.desk(); handled || err != nil {
		return err
	}
	if handled, err := t.invited(); handled || err != nil {
		return err
	}
	if t.now.Before(t.conv.QuietUntil) {
		return nil // a person answers
	}
	if t.m.Album != "" && t.m.Album == t.conv.Album {
		return nil // a further part of an album that was answered
	}
	if t.agrees() {
		return nil
	}
	if handled, err := t.joins(); handled || err != nil {
		return err
	}
	if handled, err := t.stranger(); handled || err != nil {
		return err
	}
	switch t.m.Kind {
	case chat.Voted:
		return t.voted()
	case chat.Voice, chat.Sticker, chat.Video, chat.Unsupported, chat.Undecryptable, chat.Once, chat.Call:
		t.script.Say("bot."+string(t.m.Kind), nil)
		if _, busy := t.question(); !busy && !slices.Contains([]chat.Kind{chat.Call, chat.Undecryptable, chat.Once}, t.m.Kind) {
			return t.menu()
		}
		t.ask()
		return nil
	case chat.Files:
		t.aside()
		return t.files()
	}
	return t.words()
}

// words hears typed text, a tap, a place or a contact.
func (t *talk) words() error {
	if t.start() {
		return t.do(answer.WordStart)
	}
	if t.dictates() {
		return t.written()
	}
	if handled, err := t.atOnce(); handled || err != nil {
		return err
	}
	if handled, err := t.toOfficer(); handled || err != nil {
		return err
	}
	if t.turnsQuestion() {
		return nil
	}
	if handled, err := t.comes(); handled || err != nil {
		return err
	}
	if t.m.Kind == chat.Text && t.b.Voice.Means("bot.thanks", t.m.Text) {
		t.script.Say("bot.thanks", nil)
		t.ask()
		return nil
	}
	if t.m.Kind == chat.Text && answer.AsksPrice(t.m.Text) {
		t.script.Say("bot.free", nil)
		t.ask()
		return nil
	}
	if t.m.Kind == chat.Edited {
		return t.edited()
	}
	if t.withdraws() {
		return t.do(answer.WordWithdraw)
	}
	t.aside()
	q, busy := t.question()
	var on *flow.Question
	if busy {
		on = &q
	}
	heard := t.b.Voice.Listen(on, t.m)
	menu := t.conv.flowName() == t.b.Flows.Menu.Name
	if heard.Word == "" && (!busy || menu && heard.Input.Word == "" && heard.Input.Option == "") {
		if handled, err := t.slashless(); handled || err != nil {
			return err
		}
	}
	switch {
	case heard.Word != "":
		return t.do(heard.Word)
	case busy && t.leaves(heard.Input.Word):
		return t.leave(heard.Input)
	case t.slash() && heard.Input.Word == "":
		t.script.Say("bot.unknown_command", nil)
		t.ask()
		return nil
	case busy && t.rested(q):
		t.card()
		return nil
	case busy:
		return t.advance(heard.Input)
	case t.m.Kind == chat.Tap:
		t.script.Say("flow.expired", nil)
	case t.unwanted():
		return nil
	case !t.conv.Met:
		return t.greet()
	default:
		t.script.Say("bot.not_understood", nil)
	}
	return t.do(answer.WordMenu)
}

// slash says whether a command was typed; whether it is one that exists is heard elsewhere.
func (t *talk) slash() bool { return t.m.Kind == chat.Text && strings.HasPrefix(t.m.Text, "/") }

// edited hears a correction. It is weighed against the question that the first
// wording answered, and is never a command.
func (t *talk) edited() error {
	s, ok := t.conv.top()
	f := t.b.Flows.Find(s.Flow)
	if !ok || f == nil {
		t.script.Say("flow.edit_late", nil)
		return nil
	}
	var on *flow.Question
	if q, ok := f.Edited(s, t.m.Edits, t.now); ok {
		on = &q
	}
	return t.advance(t.b.Voice.Listen(on, t.m).Input)
}

// start says whether the message is Telegram's /start, with or without a source word.
func (t *talk) start() bool {
	return t.m.Kind == chat.Text && (t.m.Text == "/start" || source(t.m.Text) != "")
}
