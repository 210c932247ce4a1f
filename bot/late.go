package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"titian/bot/chat"
	"titian/flows/flow"
	"titian/storage"
)

// Late keeps files that could not be fetched yet; see storage/postgres.
type Late interface {
	// LateFile is storage.ErrNotFound when it waits no more.
	LateFile(ctx context.Context, id storage.FileID) (storage.LateFile, error)
	FetchFailed(ctx context.Context, id storage.FileID, cause string) error
	AddressOf(ctx context.Context, c storage.ContactID) (chat.Address, error)
}

const (
	fetchInline = 20 * time.Second // a slower download goes on without its sender waiting
	fetchFresh  = 5 * time.Second  // a message younger than that tries again at once
	fetchFor    = 24 * time.Hour   // then the person is asked to send the file again
)

// errLater: the file is not to be had now, and is tried again by a job.
var errLater = errors.New("the file is fetched later")

// late is what is kept of a file until it was fetched, and then what came of it.
type late struct {
	Network  chat.Network     `json:"network"`
	File     chat.File        `json:"file"`
	Want     flow.Wanted      `json:"want"`
	Run      string           `json:"run,omitempty"` // of the flow that asked for it
	Question string           `json:"question,omitempty"`
	Key      string           `json:"key,omitempty"` // of the question's words
	Album    string           `json:"album,omitempty"`
	Ref      string           `json:"ref,omitempty"`
	At       time.Time        `json:"at"` // the network's time of the message: what a rank counts by
	Words    string           `json:"words,omitempty"`
	Kept     *flow.FileAnswer `json:"kept,omitempty"`
	Refused  *Refusal         `json:"refused,omitempty"`
}

// postpone keeps the file of this message for later, and tells the person so, once for an album.
func (t *talk) postpone(f chat.File, l late) error {
	l.Network, l.File, l.Ref, l.At, l.Words = t.m.From.Network, f, t.m.Ref, t.m.At, t.m.Text
	body, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("keep file of message %s for later: %w", t.m.ID, err)
	}
	t.effects = append(t.effects, storage.FetchLater{ID: fileID(t.m, f), Body: body})
	if t.m.Album != "" && t.m.Album == t.conv.Later {
		return nil
	}
	t.conv.Later = t.m.Album
	t.after = append(t.after, func(t *talk, _ storage.Outcome) { t.script.Say("flow.file_later", nil) })
	return nil
}

// FetchNow fetches a file that waits and lets the conversation hear of it. An error asks for another try; after a day the file
// is given up, and the person asked for it again.
func (b *Bot) FetchNow(ctx context.Context, id storage.FileID) error {
	kept, err := b.Late.LateFile(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var l late
	if err := json.Unmarshal(kept.Body, &l); err != nil {
		return fmt.Errorf("read what file %s was sent for: %w", id, err)
	}
	file, err := b.fetch(ctx, l.Network, l.File, id, l.Want)
	switch {
	case err == nil:
		file.ID = string(id)
		l.Kept = &file
	case errors.As(err, &l.Refused):
	case b.Now().Sub(kept.At) >= fetchFor:
		l.Refused = &Refusal{Reason: "gone"}
	default:
		return errors.Join(err, b.Late.FetchFailed(context.WithoutCancel(ctx), id, err.Error()))
	}
	body, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("say what became of file %s: %w", id, err)
	}
	to, err := b.Late.AddressOf(ctx, kept.Contact)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // they were erased
	}
	if err != nil {
		return err
	}
	return b.Tell(ctx, to, chat.Message{ID: "fetched " + string(id), Kind: chat.Fetched, At: l.At, Ref: string(id), Text: string(body)})
}

// fetched hears what became of a file that was fetched late: it is the answer to the question it was sent for, if that is still
// open; else staff are shown it.
func (t *talk) fetched() error {
	var l late
	if err := json.Unmarshal([]byte(t.m.Text), &l); err != nil {
		return fmt.Errorf("read what became of file %s: %w", t.m.Ref, err)
	}
	t.paused = 0 // it is not the person who comes back
	end := func(outcome string) {
		t.effects = append(t.effects, storage.EndFetch{ID: storage.FileID(t.m.Ref), Outcome: outcome})
	}
	open := t.finds(l)
	switch {
	case l.Refused != nil && open:
		end("refused")
		t.b.Meter.Refused(t.m.From.Network, l.Refused.Reason)
		return t.takes(l, flow.Input{Refused: (*flow.Refusal)(l.Refused)})
	case l.Refused != nil:
		end("refused")
		t.b.Meter.Refused(t.m.From.Network, l.Refused.Reason)
		t.after = append(t.after, func(t *talk, _ storage.Outcome) { t.script.Say("flow.file."+l.Refused.Reason, l.Refused.Args) })
		return nil
	case open:
		end("taken")
		t.script.Say("flow.file_fetched", nil)
		return t.takes(l, flow.Input{Files: []flow.FileAnswer{*l.Kept}})
	case t.has(*l.Kept):
		end("known") // they sent it again meanwhile; the sweep takes the second one
		return nil
	}
	end("staff")
	t.lateToStaff(l)
	return nil
}

// finds clears the way to the question that a late file was sent for, if it is still open.
func (t *talk) finds(l late) bool {
	for n, s := range t.conv.Stack {
		f := t.b.Flows.Find(s.Flow)
		if f == nil || l.Run == "" || s.Run != l.Run {
			continue
		}
		q := f.Table(s, t.now)
		album := l.Album != "" && s.Album != nil && s.Album.ID == l.Album && !s.Album.Refused
		if q.Done || !album && (q.ID != l.Question || q.WantsFiles == 0) {
			return false
		}
		t.conv.Stack = t.conv.Stack[: n+1 : n+1]
		return true
	}
	return false
}

// takes gives the flow on the table a late file, in its message's place and time.
func (t *talk) takes(l late, in flow.Input) error {
	in.ID, in.Ref, in.At, in.Album = t.m.ID, l.Ref, l.At, l.Album
	before := t.script.Clone()
	if err := t.advance(in); err != nil {
		return err
	}
	if t.floor() && slices.ContainsFunc(t.effects, keeps) {
		t.script = before
		t.counts(l.Key)
	}
	return nil
}

// has says whether a flow that waits holds the same file already.
func (t *talk) has(file flow.FileAnswer) bool {
	for _, s := range t.conv.Stack {
		f := t.b.Flows.Find(s.Flow)
		if f == nil {
			continue
		}
		if sums := f.Wanted(s, "", t.now).Known; slices.Contains(sums, file.Source) || slices.Contains(sums, file.SHA256) {
			return true
		}
	}
	return false
}

// lateToStaff shows staff a file whose question is over, so that nothing that was sent is lost.
func (t *talk) lateToStaff(l late) {
	words := l.Words
	if label := l.Key + ".label"; l.Key != "" && t.b.Voice.Has(label) {
		words = t.b.Voice.Text("staff.thread.late", map[string]string{"question": t.b.Voice.Text(label, nil)})
	}
	t.wished()
	t.effects = append(t.effects,
		storage.KeepFile{ID: storage.FileID(l.Kept.ID), Purpose: "thread", MIME: l.Kept.MIME, SizeBytes: l.Kept.SizeBytes, SHA256: l.Kept.SHA256},
		storage.SayToStaff{Words: words, File: storage.FileID(l.Kept.ID), MIME: l.Kept.MIME})
	t.after = append(t.after, func(t *talk, _ storage.Outcome) { t.script.Say("flow.file_to_staff", nil) })
}
