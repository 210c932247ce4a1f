package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lib/pq"

	"titian/storage"
)

// reader is a transaction, or the database itself.
type reader interface {
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
}

// some says whether a row was found; no row is no error.
func some(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// ranked are the applications a that are undecided and wait in their rank at $1. One that was not replaced in time has
// none until it is: it holds up nobody.
const ranked = `(a.state IN ('submitted', 'complete') OR a.state = 'fixing' AND NOT EXISTS (
	SELECT 1 FROM owner_notices k WHERE k.application = a.id AND k.kind = 'fix' AND k.ended_at IS NULL AND k.due_at < $1))`

// inRank is the order of files: the network's time, then a lot that no order of arrival can change.
const inRank = `rank_at, lot, number`

// applicationsSelected reads applications a as an applicationRow, with its rank; $1 is the time.
const applicationsSelected = `
	WITH ranks AS (SELECT a.id, row_number() OVER (PARTITION BY a.programme ORDER BY ` + inRank + `) AS rank FROM applications a WHERE ` + ranked + `)` +
	applicationColumns

// applicationsUnranked reads them without it: a rank costs a look at all who wait.
const applicationsUnranked = `
	WITH ranks AS (SELECT '' AS id, 0 AS rank WHERE false)` + applicationColumns

const applicationColumns = `
	SELECT a.id, coalesce(a.number, '') AS number, a.owner, a.contact, coalesce(a.programme, '') AS programme, a.state, a.since,
	       a.reason_sealed, a.product, a.filed_at, a.rank_at, coalesce(a.lot, '') AS lot, coalesce(k.rank, 0) AS rank, a.nik_index, a.nib_index,
	       CASE WHEN a.claimed_until > $1 THEN a.claimed_by ELSE '' END AS claimed_by,
	       CASE WHEN a.claimed_until > $1 THEN c.name ELSE '' END AS claimed_name, a.claimed_until,
	       coalesce(a.pendamping, '') AS pendamping, a.handed_to, a.handed_at, a.sihalal, a.sihalal_code, a.certificate, a.certificate_file,
	       coalesce(f.mime, '') AS certificate_mime, a.issued_at, a.flow_version, a.list_version, a.files, r.name, r.business, r.kecamatan, r.number AS registration
	FROM applications a
	JOIN registrations r ON r.owner = a.owner
	LEFT JOIN staff c ON c.id = a.claimed_by
	LEFT JOIN files f ON f.id = a.certificate_file
	LEFT JOIN ranks k ON k.id = a.id`

type applicationRow struct {
	ID           storage.ApplicationID    `db:"id"`
	Number       string                   `db:"number"`
	Owner        storage.OwnerID          `db:"owner"`
	Contact      storage.ContactID        `db:"contact"`
	Programme    storage.ProgrammeID      `db:"programme"`
	State        storage.ApplicationState `db:"state"`
	Since        time.Time                `db:"since"`
	Reason       []byte                   `db:"reason_sealed"`
	Product      string                   `db:"product"`
	FiledAt      sql.NullTime             `db:"filed_at"`
	RankAt       sql.NullTime             `db:"rank_at"`
	Lot          string                   `db:"lot"`
	Rank         int                      `db:"rank"`
	NIKIndex     []byte                   `db:"nik_index"`
	NIBIndex     []byte                   `db:"nib_index"`
	ClaimedBy    storage.StaffID          `db:"claimed_by"`
	ClaimedName  string                   `db:"claimed_name"`
	ClaimedUntil sql.NullTime             `db:"claimed_until"`
	Pendamping   storage.StaffID          `db:"pendamping"`
	HandedTo     string                   `db:"handed_to"`
	HandedAt     sql.NullTime             `db:"handed_at"`
	SiHalal      string                   `db:"sihalal"`
	SiHalalCode  string                   `db:"sihalal_code"`
	Certificate  string                   `db:"certificate"`
	File         storage.FileID           `db:"certificate_file"`
	FileMIME     string                   `db:"certificate_mime"`
	IssuedAt     sql.NullTime             `db:"issued_at"`
	FlowVersion  int                      `db:"flow_version"`
	ListVersion  string                   `db:"list_version"`
	Files        pq.StringArray           `db:"files"`
	Name         string                   `db:"name"`
	Business     string                   `db:"business"`
	Kecamatan    string                   `db:"kecamatan"`
	Registration string                   `db:"registration"`
}

func applicationAAD(column string, id storage.ApplicationID) string {
	return "applications/" + column + "/" + string(id)
}

// openRow is the application without its items and tasks.
func (d *DB) openRow(row applicationRow) (storage.Application, error) {
	a := storage.Application{ID: row.ID, Number: row.Number, Owner: row.Owner, Contact: row.Contact, Programme: row.Programme,
		State: row.State, Since: row.Since.UTC(), FiledAt: orZero(row.FiledAt), RankAt: orZero(row.RankAt), Lot: row.Lot, Rank: row.Rank,
		Name: row.Name, Business: row.Business, Product: row.Product, Registration: row.Registration,
		ClaimedBy: row.ClaimedBy, ClaimedName: row.ClaimedName, Pendamping: row.Pendamping, HandedTo: row.HandedTo,
		HandedAt: orZero(row.HandedAt), SiHalal: row.SiHalal, SiHalalCode: row.SiHalalCode, Certificate: row.Certificate,
		CertificateFile: row.File, CertificateMIME: row.FileMIME, IssuedAt: orZero(row.IssuedAt), FlowVersion: row.FlowVersion, ListVersion: row.ListVersion}
	if a.ClaimedBy != "" {
		a.ClaimedUntil = orZero(row.ClaimedUntil)
	}
	var err error
	a.Reason, err = d.openText(row.Reason, applicationAAD("reason", row.ID))
	return a, err
}

func orZero(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

// application reads one with its items and tasks; sql.ErrNoRows when there is none.
func (d *DB) application(ctx context.Context, from reader, at time.Time, id storage.ApplicationID) (storage.Application, error) {
	var row applicationRow
	if err := from.GetContext(ctx, &row, applicationsSelected+` WHERE a.id = $2`, at, id); err != nil {
		return storage.Application{}, err
	}
	a, err := d.openRow(row)
	if err != nil {
		return a, err
	}
	if a.Items, err = d.items(ctx, from, id); err != nil {
		return a, err
	}
	a.Tasks, err = d.tasks(ctx, from, id)
	return a, err
}

// Application is one with its items and tasks, by its id or its number "HAL-…"; storage.ErrNotFound when there is none.
func (d *DB) Application(ctx context.Context, idOrNumber string) (storage.Application, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "read an application"
	var id storage.ApplicationID
	if err := d.fast.GetContext(ctx, &id, `SELECT id FROM applications WHERE id = $1 OR number = $1`, idOrNumber); err != nil {
		return storage.Application{}, wrap(doing, err)
	}
	a, err := d.application(ctx, d.fast, d.at(), id)
	return a, wrap(doing, err)
}

// Dossier is everything an owner told for one application, opened; storage.ErrNotFound when there is none.
func (d *DB) Dossier(ctx context.Context, id storage.ApplicationID) (storage.Dossier, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	dossier, err := d.dossier(ctx, d.fast, id)
	return dossier, wrap("open the dossier of application "+string(id), err)
}

func (d *DB) dossier(ctx context.Context, from reader, id storage.ApplicationID) (storage.Dossier, error) {
	var dossier storage.Dossier
	var sealed []byte
	if err := from.GetContext(ctx, &sealed, `SELECT dossier_sealed FROM applications WHERE id = $1`, id); err != nil {
		return dossier, err
	}
	if sealed == nil { // parked
		return dossier, sql.ErrNoRows
	}
	if err := d.openJSON(sealed, applicationAAD("dossier", id), &dossier); err != nil {
		return dossier, err
	}
	return dossier, d.corrected(ctx, from, id, &dossier)
}

func (d *DB) applicationAnswers(ctx context.Context, from reader, id storage.ApplicationID) (answers map[string]string, err error) {
	var sealed []byte
	if err := from.GetContext(ctx, &sealed, `SELECT answers_sealed FROM applications WHERE id = $1`, id); err != nil {
		return nil, err
	}
	return answers, d.openJSON(sealed, applicationAAD("answers", id), &answers)
}
