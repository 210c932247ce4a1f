package bot

import (
	"context"
	"slices"
	"strconv"
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
		q, _ := t.question()
		return t.advance(t.b.Voice.Listen(&q, t.m).Input)
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

// question is the question on the table.
func (t *talk) question() (flow.Question, bool) {
	s, ok := t.conv.top()
	f := t.b.Flows.Find(s.Flow)
	if !ok || f == nil {
		return flow.Question{}, false
	}
	q := f.Table(s, t.now)
	return q, !q.Done
}

// ask puts the question on the table again, if there is one.
func (t *talk) ask() {
	if t.conv.Strange && t.b.isDraft(t.conv.flowName()) || t.floor() {
		return // it opens to who proves that it is theirs, and waits while an officer has the floor
	}
	if q, ok := t.question(); ok {
		t.script.Know(t.about())
		t.script.Ask(t.conv.flowName(), q)
	}
}

// advance gives the flow on the table its input.
func (t *talk) advance(in flow.Input) error {
	s, _ := t.conv.top()
	f := t.b.Flows.Find(s.Flow)
	turn := f.Advance(s, in, t.now)
	learned, err := t.learn(f, s, turn.State)
	if err != nil {
		return err
	}
	if learned != nil {
		in.Learned = learned
		turn = f.Advance(s, in, t.now)
	}
	if t.paused > longPause && t.b.isDraft(f.Name) {
		if turn.State.Refused != "" {
			t.card()
			return nil
		}
		t.noted(f.Table(s, t.now), turn)
	}
	if turn.State.Album != nil {
		t.conv.Album = ""
	}
	if turn.State.Refused != "" {
		t.unwanted()
	}
	t.take(f, turn)
	return nil
}

// take keeps what a flow's turn came to.
func (t *talk) take(f *flow.Flow, turn flow.Turn) {
	t.conv = t.conv.with(turn.State)
	t.script.Know(t.about())
	for _, k := range turn.KeptFiles {
		t.effects = append(t.effects, storage.KeepFile{
			ID: storage.FileID(k.ID), Purpose: k.Key, MIME: k.MIME, SizeBytes: k.SizeBytes, SHA256: k.SHA256,
			Marks: k.Marks,
		})
	}
	if len(turn.DroppedFiles) > 0 {
		t.effects = append(t.effects, storage.DropFiles{IDs: ids(turn.DroppedFiles)})
	}
	for _, e := range turn.Effects {
		if effect, ok := e.(storage.Effect); ok {
			if _, wish := effect.(storage.AskOfficer); wish {
				t.wished()
			}
			t.effects = append(t.effects, effect)
		}
	}
	if !turn.Done {
		t.script.Flow(f.Name, turn.Says)
		return
	}
	t.lookAhead(f, turn)
	last := len(turn.Says) - 1
	t.script.Flow(f.Name, slices.DeleteFunc(slices.Clone(turn.Says[:last]), echoes))
	t.after = append(t.after, func(t *talk, o storage.Outcome) { t.ended(f, turn, turn.Says[last], o) })
}

// echoes says whether a sentence says an answer back: at the end of a flow it is
// no use, and may be untrue by then.
func echoes(s flow.Say) bool { return len(s.Value) > 0 }

func ids(files []flow.KeptFile) []storage.FileID {
	list := make([]storage.FileID, len(files))
	for i, f := range files {
		list[i] = storage.FileID(f.ID)
	}
	return list
}

// begin puts a new flow on the table, in place of any other that was opened
// beside a draft, and says its first words.
func (t *talk) begin(f *flow.Flow, facts, answers map[string]string) {
	t.conv.Runs++
	if facts == nil {
		facts = map[string]string{}
	}
	facts["network"], facts["source"] = string(t.m.From.Network), t.contact.Source
	t.conv = t.conv.only(append(t.b.drafts(), t.b.Flows.Comeback.Name)...)
	turn := f.Start(runName(t.conv.Runs), facts, answers, t.now)
	t.conv = t.conv.push(turn.State)
	t.take(f, turn)
}

// runName tells the buttons of one run from those of any other in the chat.
func runName(n int) string { return strconv.FormatInt(int64(n), 36) }

// unfinished names the draft that waits and its question, for snapshots: where
// people drop off, and what a reminder may be about. A menu is no draft.
func (b *Bot) unfinished(conv Conversation) (flowName, question string) {
	s, ok := conv.last(b.drafts()...)
	f := b.Flows.Find(s.Flow)
	if !ok || f == nil {
		return "", ""
	}
	return s.Flow, f.Table(s, conv.HeardAt).Key
}
