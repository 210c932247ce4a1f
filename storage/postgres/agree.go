package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"

	"titian/storage"
)

// carryAgreement: who agreed to be penyelia need not agree again to another filing of the same application.
func (t *turn) carryAgreement(ctx context.Context, id storage.ApplicationID, s *storage.Supervisor) error {
	old, err := t.dossier(ctx, t.tx, id)
	if found, err := some(err); !found {
		return err
	}
	if s.Agreed == "" && !s.Self && old.Supervisor.Agreed == storage.AgreedByWord && old.Supervisor.Name == s.Name {
		s.Agreed = old.Supervisor.Agreed
	}
	return nil
}

// seekAgreement makes the word by which a penyelia who did not agree yet may, in their own chat. A word that was made for
// the same person stays good, and is not made again.
func (t *turn) seekAgreement(ctx context.Context, id storage.ApplicationID, s storage.Supervisor) error {
	waits := s.Name != "" && !s.Self && s.Agreed == ""
	whom, err := t.index("penyelia", strings.ToLower(s.Name))
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE codes SET ended_at = $2 WHERE kind = 'agree' AND application = $1 AND ended_at IS NULL
			AND NOT ($3 AND name = $4 AND expires_at > $2)`, id, t.at, waits, hex.EncodeToString(whom)); err != nil || !waits {
		return err
	}
	var good bool
	if err := t.tx.GetContext(ctx, &good, `
		SELECT EXISTS (SELECT 1 FROM codes WHERE kind = 'agree' AND application = $1 AND ended_at IS NULL)`, id); err != nil || good {
		return err
	}
	word := newCode()
	index, err := t.codeIndex("agree", word)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO codes (code_index, kind, name, application, made_by, made_at, expires_at) VALUES ($1, 'agree', $2, $3, $4, $5, $6)`,
		index, hex.EncodeToString(whom), id, "contact:"+string(t.key.Contact), t.at, t.at.Add(storage.AgreeLife)); err != nil {
		return err
	}
	t.out.Halal.Word = word
	return nil
}

// agreeSupervisor notes that the penyelia of a word agrees. Whoever brought the application, or speaks for its owner, is
// refused: it is the word of another person, from a chat of their own.
func (t *turn) agreeSupervisor(ctx context.Context, e storage.AgreeSupervisor) error {
	misses, may, err := t.quota(ctx)
	if err != nil || !may {
		return errors.Join(err, t.missed(ctx, misses))
	}
	index, err := t.codeIndex("agree", e.Word)
	if err != nil {
		return err
	}
	var id storage.ApplicationID
	found, err := some(t.tx.GetContext(ctx, &id, `
		SELECT application FROM codes WHERE code_index = $1 AND kind = 'agree' AND ended_at IS NULL AND expires_at > $2`, index, t.at))
	if err != nil {
		return err
	}
	if !found {
		return t.missed(ctx, misses)
	}
	a, found, err := t.lockApplication(ctx, id)
	if err != nil {
		return err
	}
	if !found || !a.State.Live() {
		return t.refuse(storage.RefusedUnknown)
	}
	var own bool
	if err := t.tx.GetContext(ctx, &own, `
		SELECT $1 = $2 OR EXISTS (SELECT 1 FROM speaks_for WHERE contact = $1 AND owner = $3)`, t.key.Contact, a.Contact, a.Owner); err != nil {
		return err
	}
	if own {
		return t.refuse(storage.RefusedRights)
	}
	used, err := t.tx.ExecContext(ctx, `UPDATE codes SET ended_at = $2 WHERE code_index = $1 AND ended_at IS NULL`, index, t.at)
	if err != nil {
		return err
	}
	if n, err := used.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, t.missed(ctx, misses))
	}
	return t.agreed(ctx, a, e.Consent)
}

func (t *turn) agreed(ctx context.Context, a applicationRow, c storage.Consent) error {
	d, err := t.dossier(ctx, t.tx, a.ID)
	if err != nil {
		return err
	}
	d.Supervisor.Agreed = storage.AgreedByWord
	sealed, err := t.sealJSON(d, applicationAAD("dossier", a.ID))
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE applications SET dossier_sealed = $2 WHERE id = $1`, a.ID, sealed); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE application_tasks SET done_at = $2 WHERE application = $1 AND kind = 'supervisor_consent' AND done_at IS NULL`, a.ID, t.at); err != nil {
		return err
	}
	if err := t.consent(ctx, a.Owner, c); err != nil {
		return err
	}
	if err := t.audit(ctx, "agree as penyelia", string(a.ID), nil, nil); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}
