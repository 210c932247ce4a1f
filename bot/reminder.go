package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/flows/flow"
	"titian/storage"
)

// remindNames is how many missing things a reminder names; of more it says how many.
const remindNames = 5

// Reminder is what a person is reminded of, in words. It is not said any more when the conversation went on since r.Seq, while
// staff talk to the person, and when there is nothing left to do. It changes nothing: the next message goes on where they were.
func (b *Bot) Reminder(ctx context.Context, r storage.Reminder) (m chat.Outgoing, still bool, err error) {
	rec, busy, err := b.stands(ctx, r.Contact)
	if err != nil || busy || rec.Seq != r.Seq || rec.Deleted {
		return chat.Outgoing{}, false, err
	}
	conv, err := b.open(rec)
	if err != nil {
		return chat.Outgoing{}, false, err
	}
	t := &talk{b: b, ctx: ctx, contact: storage.Contact{ID: r.Contact}, now: b.Now(), conv: conv}
	if t.floor() || t.now.Before(conv.QuietUntil) || conv.Strange {
		return chat.Outgoing{}, false, nil
	}
	key, args, err := t.left(r)
	if key == "" || err != nil {
		return chat.Outgoing{}, false, err
	}
	return b.Voice.Say("reminder."+key, args), true, nil
}

// stands is the record with the highest seq among the stores, which it leaves as they are; busy says that a message of the
// person is being worked, or waits.
func (b *Bot) stands(ctx context.Context, c storage.ContactID) (best storage.Record, busy bool, err error) {
	best, err = b.Running.Load(ctx, c)
	if err != nil && !errors.Is(err, storage.ErrMissing) {
		return best, false, err
	}
	stored, err := b.Ledger.Conversation(ctx, c)
	if err != nil {
		return best, false, err
	}
	busy = best.Mark != "" || best.Inboxed || stored.Inboxed
	known, _, _ := b.cache.get(c)
	for _, r := range []*storage.Record{&known.rec, stored.Snapshot, stored.Turn} {
		if r != nil && r.Contact == c && r.Seq > best.Seq {
			best = *r
		}
	}
	return best, busy || stored.Taken > best.Seq, nil
}

// left is what the person left, as a key of "reminder." and its arguments; no key when nothing is.
func (t *talk) left(r storage.Reminder) (key string, args map[string]string, err error) {
	if r.Kind == storage.RemindDraft {
		key, args = t.leftDraft()
		return key, args, nil
	}
	stands, err := t.b.Halal.Stands(t.ctx, t.contact.ID)
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(stands, func(s storage.Stand) bool { return s.Application == r.Application })
	if i < 0 || len(stands[i].Missing) == 0 || r.Kind == storage.RemindLapse && !stands[i].Until.After(t.now) {
		return "", nil, nil
	}
	key, args = t.leftFix(stands[i], r.Kind)
	return key, args, nil
}

// leftDraft tells of a registration or a halal file. Documents that were sent back have reminders of their own.
func (t *talk) leftDraft() (key string, args map[string]string) {
	draft, ok := t.draft()
	if !ok || draft.Locked != "" {
		return "", nil
	}
	key, args = t.progress(draft)
	switch f := t.b.Flows.Find(draft.Flow); {
	case key == "halal_fix":
		return "", nil
	case key == "halal":
		args["missing"] = t.few(t.labels(t.papers(f, draft)))
		if args["missing"] == "" {
			key = "halal_answers"
		}
	default:
		args["missing"] = t.few(strings.Split(args["missing"], ", "))
	}
	return key, args
}

// leftFix tells of what was sent back: what of it is still to come, where some came again and was not handed in.
func (t *talk) leftFix(s storage.Stand, kind storage.ReminderKind) (key string, args map[string]string) {
	names := make([]string, len(s.Missing))
	for i, item := range s.Missing {
		names[i] = item.Title
	}
	key = string(kind)
	if draft, begun := t.repairOf(s.Application); begun && draft.Facts["sent"] == sentBack(s) {
		if names = t.labels(t.b.Flows.Halal().Open(draft, t.now)); len(names) == 0 {
			key += "_ready"
		}
	}
	return key, map[string]string{"number": s.Number, "missing": t.few(names), "date": day(s.Until)}
}

// papers are the documents and photos that are missing.
func (t *talk) papers(f *flow.Flow, draft flow.State) []flow.Row {
	return slices.DeleteFunc(f.Open(draft, t.now), func(r flow.Row) bool { return r.Field.Kind != flow.Files })
}

func (t *talk) labels(rows []flow.Row) (names []string) {
	for _, r := range rows {
		if name := t.b.Voice.Label(r.Label); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// few names the first of them, and says how many more there are.
func (t *talk) few(names []string) string {
	if len(names) <= remindNames+1 {
		return strings.Join(names, ", ")
	}
	return t.b.Voice.Text("reminder.more", map[string]string{
		"names": strings.Join(names[:remindNames], ", "), "n": strconv.Itoa(len(names) - remindNames),
	})
}
