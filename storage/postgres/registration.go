package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/lib/pq"

	"titian/flows/answer"
	"titian/storage"
)

// registrationColumns are the columns of registrations that a registrationRow holds.
const registrationColumns = `owner, number, name, business, sector, products, kecamatan, kelurahan, address, latitude, longitude,
	workers, has_nib, nib, permits, photos, missing, announcements, typed_by, network, source, flow_version, filed_at, amended_at,
	nik_sealed, nik_index, phone_sealed, phone_index, turnover_sealed, answers_sealed, binaan, list, phone_own`

// registrationRow is a registration as it stands in its row: what must not be read is sealed for that owner.
type registrationRow struct {
	Owner         storage.OwnerID `db:"owner"`
	Number        string          `db:"number"`
	Name          string          `db:"name"`
	Business      string          `db:"business"`
	Sector        string          `db:"sector"`
	Products      pq.StringArray  `db:"products"`
	Kecamatan     string          `db:"kecamatan"`
	Kelurahan     string          `db:"kelurahan"`
	Address       string          `db:"address"`
	Latitude      *float64        `db:"latitude"`
	Longitude     *float64        `db:"longitude"`
	Workers       int             `db:"workers"`
	HasNIB        *bool           `db:"has_nib"`
	NIB           string          `db:"nib"`
	Permits       pq.StringArray  `db:"permits"`
	Photos        pq.StringArray  `db:"photos"`
	Missing       pq.StringArray  `db:"missing"`
	Announcements *bool           `db:"announcements"`
	TypedBy       storage.TypedBy `db:"typed_by"`
	Network       string          `db:"network"`
	Source        string          `db:"source"`
	FlowVersion   int             `db:"flow_version"`
	FiledAt       time.Time       `db:"filed_at"`
	AmendedAt     sql.NullTime    `db:"amended_at"`
	NIK           []byte          `db:"nik_sealed"`
	NIKIndex      []byte          `db:"nik_index"`
	Phone         []byte          `db:"phone_sealed"`
	PhoneIndex    []byte          `db:"phone_index"`
	Turnover      []byte          `db:"turnover_sealed"`
	Answers       []byte          `db:"answers_sealed"`
	Binaan        bool            `db:"binaan"`
	List          string          `db:"list"`
	PhoneOwn      bool            `db:"phone_own"`
}

// Registration is what an owner filed; storage.ErrNotFound when there is none, or no more.
func (d *DB) Registration(ctx context.Context, owner storage.OwnerID) (storage.Registration, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "read the registration of " + string(owner)
	var row registrationRow
	if err := d.fast.GetContext(ctx, &row, `
		SELECT `+registrationColumns+` FROM registrations WHERE owner = $1`, owner); err != nil {
		return storage.Registration{}, wrap(doing, err)
	}
	r, err := d.openRegistration(row)
	return r, wrap(doing, err)
}

func registrationAAD(column string, owner storage.OwnerID) string {
	return "registrations/" + column + "/" + string(owner)
}

// sealRegistration makes the row of a registration that has its owner, number and times.
func (d *DB) sealRegistration(r storage.Registration) (registrationRow, error) {
	row := registrationRow{
		Owner: r.Owner, Number: r.Number, Name: r.Name, Business: r.Business, Sector: r.Sector, Products: list(r.Products),
		Kecamatan: r.Kecamatan, Kelurahan: r.Kelurahan, Address: r.Address, Latitude: r.Latitude, Longitude: r.Longitude,
		Workers: r.Workers, HasNIB: r.HasNIB, NIB: string(r.NIB), Permits: list(r.Permits), Photos: list(r.Photos),
		Missing: list(r.Missing), Announcements: r.Announcements, TypedBy: r.TypedBy, Network: r.Network, Source: r.Source,
		FlowVersion: r.FlowVersion, Binaan: r.Binaan, List: r.List, PhoneOwn: r.PhoneOwn, FiledAt: utc(r.FiledAt), AmendedAt: sql.NullTime{Time: utc(r.AmendedAt), Valid: !r.AmendedAt.IsZero()},
	}
	turnover := ""
	if r.Turnover != nil {
		turnover = strconv.FormatInt(int64(*r.Turnover), 10)
	}
	answers, err := json.Marshal(r.Answers)
	if err != nil {
		return row, err
	}
	for _, s := range []struct {
		to    *[]byte
		text  string
		place string
	}{
		{&row.NIK, string(r.NIK), "nik"}, {&row.Phone, string(r.Phone), "phone"},
		{&row.Turnover, turnover, "turnover"}, {&row.Answers, string(answers), "answers"},
	} {
		if *s.to, err = d.sealText(s.text, registrationAAD(s.place, r.Owner)); err != nil {
			return row, err
		}
	}
	if row.NIKIndex, err = d.indexOrNone("nik", string(r.NIK)); err != nil {
		return row, err
	}
	row.PhoneIndex, err = d.indexOrNone("phone", string(r.Phone))
	return row, err
}

func (d *DB) openRegistration(row registrationRow) (storage.Registration, error) {
	r := storage.Registration{
		Owner: row.Owner, Number: row.Number, FiledAt: row.FiledAt.UTC(), Name: row.Name, Business: row.Business,
		Sector: row.Sector, Products: row.Products, Kecamatan: row.Kecamatan, Kelurahan: row.Kelurahan, Address: row.Address,
		Latitude: row.Latitude, Longitude: row.Longitude, Workers: row.Workers, HasNIB: row.HasNIB, NIB: answer.NIB(row.NIB),
		Permits: row.Permits, Missing: row.Missing, Announcements: row.Announcements, TypedBy: row.TypedBy,
		Network: row.Network, Source: row.Source, FlowVersion: row.FlowVersion, Binaan: row.Binaan, List: row.List, PhoneOwn: row.PhoneOwn,
	}
	if row.AmendedAt.Valid {
		r.AmendedAt = row.AmendedAt.Time.UTC()
	}
	for _, id := range row.Photos {
		r.Photos = append(r.Photos, storage.FileID(id))
	}
	nik, err := d.openText(row.NIK, registrationAAD("nik", row.Owner))
	if err != nil {
		return r, err
	}
	phone, err := d.openText(row.Phone, registrationAAD("phone", row.Owner))
	if err != nil {
		return r, err
	}
	r.NIK, r.Phone = answer.NIK(nik), answer.Phone(phone)
	if r.Turnover, err = d.openTurnover(row); err != nil {
		return r, err
	}
	return r, d.openJSON(row.Answers, registrationAAD("answers", row.Owner), &r.Answers)
}

func (d *DB) openTurnover(row registrationRow) (*answer.Rupiah, error) {
	text, err := d.openText(row.Turnover, registrationAAD("turnover", row.Owner))
	if err != nil || text == "" {
		return nil, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the turnover of %s is no number", row.Owner)
	}
	amount := answer.Rupiah(n)
	return &amount, nil
}

func (d *DB) indexOrNone(kind, value string) ([]byte, error) {
	if value == "" {
		return nil, nil
	}
	return d.index(kind, value)
}

// list is an array for a column that is never null.
func list[T ~string](from []T) pq.StringArray {
	to := make(pq.StringArray, 0, len(from))
	for _, v := range from {
		to = append(to, string(v))
	}
	return to
}
