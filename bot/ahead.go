package bot

import (
	"errors"

	"titian/bot/chat"
	"titian/flows"
	"titian/flows/flow"
	"titian/storage"
)

// ahead is what was looked up before a turn's effects are carried out.
type ahead struct {
	programme *storage.Programme // nil: none takes applications
	stands    []storage.Stand
	staff     *storage.Staff // who carries out an act of the desk
	twin      chat.Network   // of another chat of the same person; "": none, or this is no moment to offer anything
}

// lookAhead reads, before the effects of a flow that ended are carried out, what its last words need, and adds to the effects what
// can only be read within them, or goes with them.
func (t *talk) lookAhead(f *flow.Flow, turn flow.Turn) {
	book := t.b.Flows
	if turn.State.Locked != "" {
		return
	}
	switch {
	case f == book.Delete && turn.End == "deleted":
		for _, name := range t.b.drafts() {
			if s, ok := t.conv.find(name); ok && storage.OwnerID(s.Facts["owner"]) == ownerOf(turn.State) {
				t.dropDraft(s)
			}
		}
		return
	case f == book.Withdraw && turn.End == "withdrawn":
		if s, ok := t.repairOf(withdrawn(turn.State)); ok {
			t.dropDraft(s)
		}
		return
	case (f == book.StaffWords || f == book.Announce) && t.b.Desk != nil:
		who, err := t.b.Desk.Who(t.ctx, t.contact.ID)
		if errors.Is(err, storage.ErrNotFound) {
			return
		}
		t.failed(err)
		t.ahead.staff = &who
		return
	case f == book.Registration && turn.End == "filed" && turn.State.Facts["owner"] == "":
		if _, message := flows.OwnPhone(turn.State); message != "" || t.m.Vouched != "" {
			t.lookForTwin()
		}
		return
	case f != book.HalalFor && f != book.Status && f != book.MyData:
		return
	}
	stands, err := t.b.Halal.Stands(t.ctx, t.contact.ID)
	if err != nil {
		t.failed(err)
		return
	}
	t.ahead.stands = stands
	stand, has := t.standOf(ownerOf(turn.State))
	if has && (f == book.MyData || f == book.HalalFor && reopens(stand)) {
		t.effects = append(t.effects, storage.OpenApplication{Application: stand.Application})
	}
	if f == book.Status {
		t.lookForTwin()
	}
	if f != book.HalalFor {
		return
	}
	switch p, err := t.b.Halal.CurrentProgramme(t.ctx, t.now); {
	case err == nil:
		t.ahead.programme = &p
	case !errors.Is(err, storage.ErrNotFound):
		t.failed(err)
	}
}

// standOf is the application of an owner that changed last.
func (t *talk) standOf(owner storage.OwnerID) (storage.Stand, bool) {
	for _, s := range t.ahead.stands {
		if s.Owner == owner {
			return s, true
		}
	}
	return storage.Stand{}, false
}
