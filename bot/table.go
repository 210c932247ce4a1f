package bot

import (
	"slices"
	"strconv"

	"titian/flows/flow"
	"titian/storage"
)

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
