package postgres

import (
	"context"
	"errors"

	"titian/storage"
)

// carryOutHalal carries out the effects of a halal application.
func (t *turn) carryOutHalal(ctx context.Context, e storage.Effect) error {
	switch e := e.(type) {
	case storage.FileApplication:
		return t.fileApplication(ctx, e)
	case storage.ParkApplication:
		return t.parkApplication(ctx, e)
	case storage.WithdrawApplication:
		return t.withdrawApplication(ctx, e)
	case storage.OpenApplication:
		return t.openApplication(ctx, e)
	case storage.AgreeSupervisor:
		return t.agreeSupervisor(ctx, e)
	case storage.ClaimApplication:
		return t.claimApplication(ctx, e)
	case storage.ReleaseClaim:
		return t.releaseClaim(ctx, e)
	case storage.GiveVerdict:
		return t.giveVerdict(ctx, e)
	case storage.AcceptRest:
		return t.acceptRest(ctx, e)
	case storage.UndoVerdict:
		return t.undoVerdict(ctx, e)
	case storage.SendBack:
		return t.sendBack(ctx, e)
	case storage.ShowItem:
		return t.showItem(ctx, e)
	case storage.SendDossier:
		return t.sendDossier(ctx, e)
	case storage.GrantPlace:
		return t.grantPlace(ctx, e)
	case storage.MoveApplication:
		return t.moveApplication(ctx, e)
	case storage.NoteCode:
		return t.noteCode(ctx, e)
	case storage.AddByStaff:
		return t.addByStaff(ctx, e)
	case storage.CorrectAnswer:
		return t.correctAnswer(ctx, e)
	case storage.AnswerCorrection:
		return t.answerCorrection(ctx, e)
	case storage.SettleTask:
		return t.settleTask(ctx, e)
	case storage.NoteCall:
		return t.noteCall(ctx, e)
	case storage.SetProgramme:
		return t.setProgramme(ctx, e)
	}
	return errors.New("no such effect is known")
}

// refuse says why a halal effect came to nothing.
func (t *turn) refuse(why storage.Refusal) error {
	t.out.Halal.Refused = why
	return nil
}

// ownApplication locks an application of an owner this contact speaks for, its owner and its programme first; false
// when there is none.
func (t *turn) ownApplication(ctx context.Context, id storage.ApplicationID) (a applicationRow, found bool, err error) {
	var owner storage.OwnerID
	err = t.tx.GetContext(ctx, &owner, `
		SELECT a.owner FROM applications a JOIN speaks_for s ON s.owner = a.owner
		WHERE a.id = $1 AND s.contact = $2`, id, t.key.Contact)
	if found, err = some(err); !found {
		return a, false, err
	}
	if err := t.speaksFor(ctx, owner); err != nil {
		return a, false, err
	}
	return t.lockApplication(ctx, id)
}

// lockApplication locks an application, its programme first: that is the order of all. What is read is what stands
// after the wait.
func (t *turn) lockApplication(ctx context.Context, id storage.ApplicationID) (a applicationRow, found bool, err error) {
	if _, err := t.tx.ExecContext(ctx, `
		SELECT 1 FROM programmes WHERE id = (SELECT programme FROM applications WHERE id = $1) FOR UPDATE`, id); err != nil {
		return a, false, err
	}
	return t.lockRow(ctx, id)
}

// lockRow locks an application for an act that moves nobody's rank and no place. Its rank is not read.
func (t *turn) lockRow(ctx context.Context, id storage.ApplicationID) (a applicationRow, found bool, err error) {
	if _, err := t.tx.ExecContext(ctx, `SELECT 1 FROM applications WHERE id = $1 FOR UPDATE`, id); err != nil {
		return a, false, err
	}
	err = t.tx.GetContext(ctx, &a, applicationsUnranked+` WHERE a.id = $2`, t.at, id)
	found, err = some(err)
	return a, found, err
}

// move carries an application to another state, if that is a move of the table for this mover; false: it is refused.
func (t *turn) move(ctx context.Context, a *applicationRow, to storage.ApplicationState, by storage.Mover) (moved bool, err error) {
	if !storage.MayMove(a.State, to, by) {
		return false, t.refuse(storage.RefusedMove)
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE applications SET state = $2, since = $3, claimed_by = NULL, claimed_until = NULL WHERE id = $1`, a.ID, to, t.at); err != nil {
		return false, err
	}
	a.State, a.Since = to, t.at
	return true, nil
}

// learn puts what stands of an application into the outcome.
func (t *turn) learn(ctx context.Context, id storage.ApplicationID) error {
	a, err := t.application(ctx, t.tx, t.at, id)
	if err != nil {
		return err
	}
	stands, err := t.stands(ctx, t.tx, []storage.Application{a})
	if err != nil {
		return err
	}
	t.out.Halal.Application, t.out.Halal.Stand = a, stands[0]
	return nil
}
