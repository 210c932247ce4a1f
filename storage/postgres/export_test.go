package postgres_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/lib/pq"

	"titian/storage"
	"titian/storage/postgres"
)

func (f *fixture) export(full bool) []postgres.OwnerRow {
	f.t.Helper()
	var rows []postgres.OwnerRow
	f.must(f.ExportOwners(f.t.Context(), full, "operator", func(r postgres.OwnerRow) error { rows = append(rows, r); return nil }))
	return rows
}

func TestTheExportMasksTheNIKUnlessItIsFullAndAFullOneIsAudited(t *testing.T) {
	f := setup(t)
	c := f.contact("1")
	f.commit(c, 1, filing(wati()))
	f.commit(c, 2, storage.File{Registration: storage.Registration{Name: "La Ode", TypedBy: storage.TypedBySelf}})
	want := postgres.OwnerRow{Number: "IKM-2026-000001", FiledAt: start, Name: "Wati Binti La Ode", NIK: "7471••••••••0001", Phone: "+6281234567890",
		Business: "Abon Wati", Sector: "pangan", Products: []string{"abon ikan", "abon \"super\", pedas"}, Kecamatan: "Kadia", Kelurahan: "Bende",
		Address: "Jl. Bunga 3", Latitude: ptr(-3.9778), Longitude: ptr(122.5151), Workers: 3, TurnoverMonth: ptr(int64(7654321)), HasNIB: ptr(true),
		NIB: "1234567890123", Permits: []string{"pirt"}, Announcements: true, Network: "telegram"}
	rows := f.export(false)
	if len(rows) != 2 || !reflect.DeepEqual(rows[0], want) || rows[1].NIK != "" || rows[1].Announcements {
		t.Fatalf("got %+v", rows)
	}
	audits := func() int { return f.count(`SELECT count(*) FROM audit WHERE actor = 'operator'`) }
	if audits() != 0 {
		t.Fatal("a masked export was audited")
	}
	if rows = f.export(true); rows[0].NIK != "7471014107850001" || audits() != 1 {
		t.Fatalf("full: %s, %d audit rows", rows[0].NIK, audits())
	}
	boom := errors.New("disk full")
	f.is(f.ExportOwners(t.Context(), true, "operator", func(postgres.OwnerRow) error { return boom }), boom)
	if audits() != 2 {
		t.Fatal("an export that broke off was not audited")
	}
}

func TestALongExportComesWholeAndInOrder(t *testing.T) {
	f := setup(t)
	const owners = 1100
	ids, answers := make(pq.StringArray, owners), make(pq.ByteaArray, owners)
	for i := range owners {
		ids[i] = fmt.Sprint("o", i)
		sealed, err := f.keys.Seal([]byte("{}"), []byte("registrations/answers/"+ids[i]))
		f.must(err)
		answers[i] = sealed
	}
	f.run(`INSERT INTO owners SELECT unnest($1::text[]), now()`, ids)
	f.run(`INSERT INTO registrations (owner, number, name, business, sector, products, kecamatan, kelurahan, address, workers, permits, photos,
			missing, typed_by, network, source, flow_version, filed_at, answers_sealed)
		SELECT o.id, 'IKM-2026-' || lpad(o.n::text, 6, '0'), 'x', '', '', '{}', '', '', '', 0, '{}', '{}', '{}', 'self', '', '', 1, $1, o.answers
		FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS o (id, answers, n)`, start, ids, answers)
	rows := f.export(false)
	for i, r := range rows {
		if r.Number != fmt.Sprintf("IKM-2026-%06d", i+1) {
			t.Fatalf("row %d is %s", i+1, r.Number)
		}
	}
	if len(rows) != owners {
		t.Fatalf("%d rows", len(rows))
	}
	f.run(`UPDATE registrations SET answers_sealed = (SELECT answers_sealed FROM registrations WHERE owner = 'o0') WHERE owner = 'o700'`)
	if err := f.ExportOwners(t.Context(), false, "", func(postgres.OwnerRow) error { return nil }); err == nil {
		t.Fatal("a value sealed for another row was opened")
	}
}
