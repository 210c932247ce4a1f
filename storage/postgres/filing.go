package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"titian/storage"
)

// wita is the time of Kendari: the year in a registration number is its year.
var wita = time.FixedZone("WITA", 8*60*60)

// file files a new registration, or amends the one of an owner this contact speaks for.
func (t *turn) file(ctx context.Context, e storage.File) error {
	r := e.Registration
	if r.Owner == "" {
		return t.fileNew(ctx, e)
	}
	if err := t.speaksFor(ctx, r.Owner); err != nil {
		return err
	}
	return t.amend(ctx, r, e.Consents)
}

func (t *turn) fileNew(ctx context.Context, e storage.File) error {
	r := e.Registration
	r.Owner, r.FiledAt, r.AmendedAt = storage.OwnerID(t.id()), t.at, time.Time{}
	row, err := t.sealRegistration(r)
	if err != nil {
		return err
	}
	if err := t.lockIndexes(ctx, row); err != nil {
		return err
	}
	if err := t.audit(ctx, "file", string(r.Owner), nil, answered(r)); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		WITH owner AS (INSERT INTO owners (id, created_at) VALUES ($1, $4)),
		back AS (UPDATE contacts SET deleted_at = NULL WHERE id = $2 AND deleted_at IS NOT NULL)
		INSERT INTO speaks_for (contact, owner, role, since) VALUES ($2, $1, $3, $4)`, r.Owner, t.key.Contact, r.TypedBy, t.at); err != nil {
		return err
	}
	if err := t.claimImported(ctx, &row, e.Claims); err != nil {
		return err
	}
	if err := t.surround(ctx, r, row, e.Consents); err != nil {
		return err
	}
	if e.Declines != "" {
		if err := t.flagListed(ctx, r.Owner, "declined", e.Declines); err != nil {
			return err
		}
	}
	if err := t.tell(ctx, t.tx, storage.NoticeFiled, string(r.Owner)); err != nil {
		return err
	}
	// Last, because whoever files at the same time waits from here until this transaction ends.
	if row.Number, err = t.nextNumber(ctx); err != nil {
		return err
	}
	if _, err := t.tx.NamedExecContext(ctx, `
		INSERT INTO registrations (`+registrationColumns+`)
		VALUES (:owner, :number, :name, :business, :sector, :products, :kecamatan, :kelurahan, :address, :latitude, :longitude,
			:workers, :has_nib, :nib, :permits, :photos, :missing, :announcements, :typed_by, :network, :source, :flow_version, :filed_at, :amended_at,
			:nik_sealed, :nik_index, :phone_sealed, :phone_index, :turnover_sealed, :answers_sealed,
			:binaan, :list, :phone_own)`, row); err != nil {
		return err
	}
	t.out.Number = row.Number
	return nil
}

// nextNumber takes the next number of the year in WITA. Gapless: it is given back if the transaction fails.
func (t *turn) nextNumber(ctx context.Context) (string, error) {
	year := t.at.In(wita).Year()
	var n int
	err := t.tx.QueryRowContext(ctx, `
		INSERT INTO registration_numbers AS r (year, last) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET last = r.last + 1
		RETURNING last`, year).Scan(&n)
	return fmt.Sprintf("IKM-%04d-%06d", year, n), err
}

// amend replaces what an owner filed; number, first time, network and source stay. Photos it no longer names are given up.
func (t *turn) amend(ctx context.Context, r storage.Registration, consents []storage.Consent) error {
	var before registrationRow
	if err := t.tx.GetContext(ctx, &before, `
		SELECT `+registrationColumns+` FROM registrations WHERE owner = $1 FOR UPDATE`, r.Owner); err != nil {
		return err
	}
	old, err := t.openRegistration(before)
	if err != nil {
		return err
	}
	r.Number, r.FiledAt, r.Network, r.Source = old.Number, old.FiledAt, old.Network, old.Source
	r.AmendedAt = later(t.at, old.FiledAt)
	r.PhoneOwn = r.PhoneOwn || old.PhoneOwn && r.Phone == old.Phone
	row, err := t.sealRegistration(r)
	if err != nil {
		return err
	}
	if err := t.lockIndexes(ctx, row); err != nil {
		return err
	}
	if _, err := t.tx.NamedExecContext(ctx, `
		UPDATE registrations SET
			name = :name, business = :business, sector = :sector, products = :products, kecamatan = :kecamatan,
			kelurahan = :kelurahan, address = :address, latitude = :latitude, longitude = :longitude, workers = :workers,
			has_nib = :has_nib, nib = :nib, permits = :permits, photos = :photos, missing = :missing,
			announcements = :announcements, typed_by = :typed_by, flow_version = :flow_version, amended_at = :amended_at,
			nik_sealed = :nik_sealed, nik_index = :nik_index, phone_sealed = :phone_sealed, phone_index = :phone_index,
			turnover_sealed = :turnover_sealed, answers_sealed = :answers_sealed, phone_own = :phone_own
		WHERE owner = :owner`, row); err != nil {
		return err
	}
	if err := t.audit(ctx, "amend", string(r.Owner), answered(old), changed(old, r)); err != nil {
		return err
	}
	gone := slices.DeleteFunc(slices.Clone(old.Photos), func(id storage.FileID) bool { return slices.Contains(r.Photos, id) })
	if err := t.dropUnused(ctx, r.Owner, gone); err != nil {
		return err
	}
	t.out.Number = r.Number
	return t.surround(ctx, r, row, consents)
}

// surround stores what goes with a registration, new or amended: consents, files, flags.
func (t *turn) surround(ctx context.Context, r storage.Registration, row registrationRow, consents []storage.Consent) error {
	for _, c := range consents {
		if err := t.consent(ctx, r.Owner, c); err != nil {
			return err
		}
		if c.Purpose != "announcements" || !c.Given {
			continue
		}
		if _, err := t.tx.ExecContext(ctx, `
			UPDATE contacts SET stopped_at = NULL, reminders_off_at = CASE WHEN reminders_off_at >= $2 THEN reminders_off_at END
			WHERE id = $1 AND (stopped_at IS NOT NULL OR reminders_off_at < $2)`, t.key.Contact, utc(c.At)); err != nil {
			return err
		}
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE files SET owner = $1
		WHERE id = ANY ($2) AND contact = $3 AND deleted_at IS NULL`, r.Owner, row.Photos, t.key.Contact); err != nil {
		return err
	}
	raised, err := t.flag(ctx, r, row)
	if err != nil {
		return err
	}
	t.out.Owner = r.Owner
	t.out.Flags = append(t.out.Flags, raised...)
	return nil
}

// consent adds one row, or none when that very word is already there.
func (t *turn) consent(ctx context.Context, owner storage.OwnerID, c storage.Consent) error {
	id := t.id()
	at := utc(c.At)
	if c.At.IsZero() {
		at = t.at
	}
	sealed, err := t.sealJSON(word{c.Answer, c.MessageID}, "consents/word/"+id)
	if err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `
		INSERT INTO consents (id, contact, owner, purpose, text_version, text_sha256, given, typed_by, network, at, word_sealed)
		SELECT $1, $2, $3, $4, $5, $6, $7::boolean, $8, $9, $10::timestamptz, $11::bytea
		WHERE NOT EXISTS (SELECT 1 FROM consents
			WHERE contact = $2 AND owner IS NOT DISTINCT FROM $3 AND purpose = $4 AND given = $7 AND at = $10)`,
		id, t.key.Contact, orNull(string(owner)), c.Purpose, c.TextVersion, c.TextSHA256, c.Given, c.TypedBy, t.key.Network, at, sealed)
	return err
}

// word is what a person typed to consent, as it is sealed.
type word struct {
	Answer    string `json:"answer"`
	MessageID string `json:"message"`
}

// lockIndexes makes filings of one NIK, or one phone, wait for each other, so that the later one sees the earlier.
func (t *turn) lockIndexes(ctx context.Context, row registrationRow) error {
	var ids pq.Int64Array
	for _, index := range [][]byte{row.NIKIndex, row.PhoneIndex} {
		if index != nil {
			ids = append(ids, indexLock(index))
		}
	}
	slices.Sort(ids) // one order for all, so that two cannot wait for each other
	_, err := t.tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(id) FROM unnest($1::bigint[]) AS id`, ids)
	return err
}

func (t *turn) audit(ctx context.Context, action, subject string, before, after any) error {
	return audit(ctx, t.tx, t.at, "contact:"+string(t.key.Contact), action, subject, before, after)
}

// execer is a transaction, or the database itself.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// audit says who did what; before and after hold the names of answers, never their values.
func audit(ctx context.Context, to execer, at time.Time, actor, action, subject string, before, after any) error {
	was, errWas := jsonOrNull(before)
	is, errIs := jsonOrNull(after)
	if err := errors.Join(errWas, errIs); err != nil {
		return err
	}
	_, err := to.ExecContext(ctx, `
		INSERT INTO audit (at, actor, action, subject, before, after) VALUES ($1, $2, $3, $4, $5, $6)`,
		at, actor, action, subject, was, is)
	return err
}

func jsonOrNull(v any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	b, err := json.Marshal(v)
	text := string(b) // as text: a []byte would travel in the binary form of jsonb
	return &text, err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
