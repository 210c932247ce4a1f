package postgres

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"titian/storage"
)

// reviewed are the states in which items are looked at.
var reviewed = []storage.ApplicationState{storage.StateSubmitted, storage.StateReturned}

// giveVerdict says a verdict on one item of a held file, as it is now.
func (t *turn) giveVerdict(ctx context.Context, e storage.GiveVerdict) error {
	o, a, may, err := t.held(ctx, e.Application)
	if !may {
		return err
	}
	if !slices.Contains(reviewed, a.State) {
		return t.refuse(storage.RefusedMove)
	}
	item, found, err := t.item(ctx, a.ID, e.Item)
	if err != nil {
		return err
	}
	if !found {
		return t.refuse(storage.RefusedUnknown)
	}
	if refused, err := t.mayJudge(ctx, o, item, e); err != nil || refused != "" {
		return firstErr(err, t.refuse(refused))
	}
	if item.Verdict == e.Verdict && item.Reason == e.Reason && item.Words == e.Words && item.VerdictBy == o.ID {
		return t.learn(ctx, a.ID) // the same tap again: it was said once
	}
	if err := t.judge(ctx, o, a.ID, item, e); err != nil {
		return err
	}
	if err := t.did(ctx, o, "give verdict", a.ID, verdictFacts(item.Key, item.Verdict, item.Reason), verdictFacts(item.Key, e.Verdict, e.Reason)); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}

func firstErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) mayJudge(ctx context.Context, o officer, item storage.Item, e storage.GiveVerdict) (storage.Refusal, error) {
	switch {
	case e.Verdict != storage.VerdictAccepted && e.Verdict != storage.VerdictFix:
		return storage.RefusedUnknown, nil
	case item.Revision != e.Revision:
		return storage.RefusedChanged, nil
	case e.Verdict == storage.VerdictFix && e.Reason == "" && e.Words == "":
		return storage.RefusedReason, nil
	case e.Verdict == storage.VerdictAccepted && item.AddedBy == o.ID:
		others, err := t.othersAtDesk(ctx, o)
		if others {
			return storage.RefusedOwnWork, err
		}
		return "", err
	}
	return "", nil
}

// judge writes a verdict down as the last word on an item.
func (t *turn) judge(ctx context.Context, o officer, id storage.ApplicationID, item storage.Item, e storage.GiveVerdict) error {
	verdict := t.id()
	words, err := t.sealText(e.Words, verdictAAD(verdict))
	if err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `
		WITH said AS (
			INSERT INTO verdicts (id, application, item, revision, verdict, reason, words_sealed, by, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))
		UPDATE application_items SET verdict = $1 WHERE application = $2 AND key = $3`,
		verdict, id, item.Key, item.Revision, e.Verdict, e.Reason, words, o.ID, t.at)
	return err
}

func verdictFacts(item string, v storage.Verdict, reason string) map[string]any {
	facts := map[string]any{"item": item, "verdict": v}
	if reason != "" {
		facts["reason"] = reason
	}
	return facts
}

// item reads one item of a locked application.
func (t *turn) item(ctx context.Context, id storage.ApplicationID, key string) (storage.Item, bool, error) {
	items, err := t.items(ctx, t.tx, id)
	if err != nil {
		return storage.Item{}, false, err
	}
	i := slices.IndexFunc(items, func(i storage.Item) bool { return i.Key == key })
	if i < 0 {
		return storage.Item{}, false, nil
	}
	return items[i], true, nil
}

// acceptRest accepts what has no verdict and what no check marked, but for what this officer added where another could.
func (t *turn) acceptRest(ctx context.Context, e storage.AcceptRest) error {
	o, a, may, err := t.held(ctx, e.Application)
	if !may {
		return err
	}
	if !slices.Contains(reviewed, a.State) {
		return t.refuse(storage.RefusedMove)
	}
	items, err := t.items(ctx, t.tx, a.ID)
	if err != nil {
		return err
	}
	accepted := []string{}
	for _, item := range items {
		say := storage.GiveVerdict{Item: item.Key, Revision: item.Revision, Verdict: storage.VerdictAccepted}
		if item.Verdict != storage.VerdictNone || len(item.Marks) > 0 {
			continue
		}
		if refused, err := t.mayJudge(ctx, o, item, say); err != nil {
			return err
		} else if refused != "" {
			continue
		}
		if err := t.judge(ctx, o, a.ID, item, say); err != nil {
			return err
		}
		accepted = append(accepted, item.Key)
	}
	if err := t.did(ctx, o, "accept rest", a.ID, nil, map[string]any{"accepted": accepted}); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}

// undoVerdict takes back an officer's own last word on an item; the word before it holds again. A file that was decided by
// it is in review again, and in their hands.
func (t *turn) undoVerdict(ctx context.Context, e storage.UndoVerdict) error {
	o, may, err := t.atDesk(ctx, deskRoles)
	if !may {
		return err
	}
	a, found, err := t.lockApplication(ctx, e.Application)
	if err != nil {
		return err
	}
	if !found {
		return t.refuse(storage.RefusedUnknown)
	}
	if a.ClaimedBy != "" && a.ClaimedBy != o.ID {
		t.out.Halal.HeldBy = a.ClaimedName
		return t.refuse(storage.RefusedClaimed)
	}
	var last struct {
		ID      string          `db:"id"`
		Verdict storage.Verdict `db:"verdict"`
		By      storage.StaffID `db:"by"`
		At      time.Time       `db:"at"`
	}
	found, err = some(t.tx.GetContext(ctx, &last, `
		SELECT v.id, v.verdict, v.by, v.at FROM application_items i JOIN verdicts v ON v.id = i.verdict
		WHERE i.application = $1 AND i.key = $2`, a.ID, e.Item))
	switch {
	case err != nil:
		return err
	case !found || last.By != o.ID:
		return t.refuse(storage.RefusedUnknown)
	case t.at.Sub(last.At) > t.clocks.UndoFor:
		return t.refuse(storage.RefusedTooLate)
	}
	switch a.State {
	case storage.StateSubmitted, storage.StateReturned:
	case storage.StateFixing, storage.StateComplete:
		if moved, err := t.move(ctx, &a, storage.StateSubmitted, o.mover()); !moved {
			return err
		}
		if err := t.overtaken(ctx, a.ID, storage.OwnerFix, storage.OwnerComplete, storage.OwnerLapsed); err != nil {
			return err
		}
	default:
		return t.refuse(storage.RefusedTooLate)
	}
	var before sql.NullString
	if err := t.tx.GetContext(ctx, &before, `
		WITH undone AS (UPDATE verdicts SET undone_at = $3 WHERE id = $4)
		UPDATE application_items i SET verdict = (SELECT v.id FROM verdicts v
			WHERE v.application = $1 AND v.item = $2 AND v.revision = i.revision AND v.undone_at IS NULL AND v.id <> $4 ORDER BY v.at DESC LIMIT 1)
		WHERE application = $1 AND key = $2 RETURNING verdict`, a.ID, e.Item, t.at, last.ID); err != nil {
		return err
	}
	if err := t.hold(ctx, o, a.ID); err != nil {
		return err
	}
	if err := t.did(ctx, o, "undo verdict", a.ID, verdictFacts(e.Item, last.Verdict, ""), nil); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}
