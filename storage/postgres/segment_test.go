package postgres_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"titian/flows/answer"
	"titian/storage/segment"
)

// known is an owner as a plain reading of a segment sees them.
type known struct {
	number, kecamatan, kelurahan, sector string
	products, permits, missing, fix      []string
	nib, binaan                          bool
	halal                                []string
	filed                                time.Time
	phone                                string
	received, answered                   []string
}

var words = segment.Vocabulary{Words: map[segment.Field][]segment.Word{
	segment.Kecamatan: named("Kambu", "Poasia", "Kendari Barat"),
	segment.Kelurahan: named("Lalolara", "Anduonohu"),
	segment.Sector:    named("food", "craft"),
	segment.Permit:    named("pirt", "halal"),
	segment.Missing:   named("nik", "nib_sheet"),
	segment.Numbers:   named("undangan"),
}}

func named(ids ...string) (words []segment.Word) {
	for _, id := range ids {
		words = append(words, segment.Word{ID: id, Names: []string{id}})
	}
	return words
}

// means reads a segment without any database.
func means(e segment.Expr, p known) bool {
	switch e := e.(type) {
	case segment.And:
		return !slices.ContainsFunc(e, func(part segment.Expr) bool { return !means(part, p) })
	case segment.Or:
		return slices.ContainsFunc(e, func(part segment.Expr) bool { return means(part, p) })
	case segment.Not:
		return !means(e.Of, p)
	}
	is := e.(segment.Is)
	switch is.Field {
	case segment.Kecamatan:
		return p.kecamatan == is.Value
	case segment.Kelurahan:
		return p.kelurahan == is.Value
	case segment.Sector:
		return p.sector == is.Value
	case segment.Product:
		return slices.ContainsFunc(p.products, func(one string) bool { return strings.Contains(strings.ToLower(one), is.Value) })
	case segment.NIB:
		return p.nib == (is.Value == segment.Yes)
	case segment.Permit:
		return slices.Contains(p.permits, is.Value)
	case segment.Binaan:
		return p.binaan == (is.Value == segment.Yes)
	case segment.Halal:
		if is.Value == segment.HalalNone {
			return !slices.ContainsFunc(p.halal, func(s string) bool { return s != "withdrawn" })
		}
		return slices.Contains(p.halal, is.Value)
	case segment.Missing:
		return slices.Contains(p.missing, is.Value) || slices.Contains(p.fix, is.Value)
	case segment.Before:
		return p.filed.Before(is.Day())
	case segment.Since:
		return !p.filed.Before(is.Day())
	case segment.Received:
		return slices.Contains(p.received, is.Value)
	case segment.Answered:
		return slices.Contains(p.answered, is.Value)
	case segment.Numbers:
		return p.phone == "+6281200000001"
	}
	return true
}

func some(r *rand.Rand, from ...string) (list []string) {
	list = []string{}
	for _, one := range from {
		if r.IntN(2) == 0 {
			list = append(list, one)
		}
	}
	return list
}

func oneOf(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// people fills the database with random owners of every kind, and returns what a plain reading needs to know of them.
func people(f *fixture, r *rand.Rand, n int) (all []known) {
	for b := range 3 {
		f.run(`INSERT INTO broadcasts (version, state, audience, text_sealed, places, made_by, made_at) VALUES (1, 'done', 'semua', '', 0, $1, now())`, fmt.Sprint("maker ", b))
	}
	f.run(`INSERT INTO staff (id, contact, name, role, since) VALUES ('budi', 'c-budi', 'Contoh Petugas', 'petugas', now())`)
	for i := range n {
		p := known{number: fmt.Sprintf("IKM-2026-%06d", i+1), kecamatan: oneOf(r, "Kambu", "Poasia", "Kendari Barat"), kelurahan: oneOf(r, "Lalolara", "Anduonohu", ""),
			sector: oneOf(r, "food", "craft", "metal"), products: some(r, "Abon Ikan", "KUE kering", "Tas"), permits: some(r, "pirt", "halal"), missing: some(r, "nik", "phone"),
			binaan: r.IntN(2) == 0, filed: time.Date(2026, time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), 0, 0, 0, time.UTC), phone: oneOf(r, "+6281200000001", "+6281200000002", "")}
		owner := fmt.Sprint("owner", i)
		hasNIB, nib := []any{nil, true, false}[r.IntN(3)], oneOf(r, "", "", "0000000000017")
		p.nib = hasNIB == true || nib != ""
		var phone []byte
		if p.phone != "" {
			phone = f.keys.Index("phone", p.phone)
		}
		f.run(`INSERT INTO owners (id, created_at) VALUES ($1, now())`, owner)
		f.run(`INSERT INTO registrations (owner, number, name, business, sector, products, kecamatan, kelurahan, address, workers, has_nib, nib, permits, photos, missing,
				typed_by, network, source, flow_version, filed_at, phone_sealed, phone_index, answers_sealed, binaan)
			VALUES ($1, $2, 'Contoh', 'Usaha', $3, $4, $5, $6, '', 1, $7, $8, $9, '{}', $10, 'self', 'telegram', '', 1, $11, $12, $12, '', $13)`,
			owner, p.number, p.sector, pq.StringArray(p.products), p.kecamatan, p.kelurahan, hasNIB, nib, pq.StringArray(p.permits), pq.StringArray(p.missing), p.filed, phone, p.binaan)
		f.run(`INSERT INTO contacts (id, created_at) VALUES ($1, now())`, "c"+owner)
		f.run(`INSERT INTO speaks_for (contact, owner, role, since) VALUES ($1, $2, 'self', now())`, "c"+owner, owner)
		for k := range r.IntN(3) {
			app, state := fmt.Sprintf("%s-%d", owner, k), oneOf(r, "parked", "submitted", "issued", "withdrawn")
			if state == "submitted" || state == "issued" {
				f.run(`INSERT INTO programmes (id, name, year, quota, set_by, set_at) VALUES ('p', 'p', 2026, 1, 'x', now()) ON CONFLICT DO NOTHING`)
				f.run(`INSERT INTO applications (id, number, owner, contact, programme, state, since, product, filed_at, rank_at, lot, nik_index, flow_version, list_version, files, dossier_sealed, answers_sealed)
					VALUES ($1, $2, $3, 'x', 'p', $4, now(), '', now(), now(), $5, $6, 1, '', '{}', '', '')`,
					app, fmt.Sprintf("HAL-2026-%06d", i*3+k+1), owner, state, strings.Repeat("a", 64), f.keys.Index("nik", app))
			} else {
				f.run(`INSERT INTO applications (id, owner, contact, state, since, product, flow_version, list_version, files, answers_sealed, programme)
					VALUES ($1, $2, 'x', $3, now(), '', 1, '', '{}', '', NULL) ON CONFLICT DO NOTHING`, app, owner, state)
			}
			if f.count(`SELECT count(*) FROM applications WHERE id = $1`, app) == 0 {
				continue // a second parked one
			}
			p.halal = append(p.halal, state)
			if r.IntN(2) == 0 {
				verdict := oneOf(r, "fix", "accepted")
				f.run(`INSERT INTO verdicts (id, application, item, revision, verdict, reason, by, at) VALUES ($1, $1, 'nib_sheet', 1, $2, 'x', 'budi', now())`, app, verdict)
				f.run(`INSERT INTO application_items (application, key, place, kind, title, required, files, marks, digest, sent, revision, verdict)
					VALUES ($1, 'nib_sheet', 1, 'document', '', true, '{}', '{}', '', '', 1, $1)`, app)
				if verdict == "fix" && state != "withdrawn" {
					p.fix = append(p.fix, "nib_sheet")
				}
			}
		}
		for b := 1; b <= 3; b++ {
			state, answered := oneOf(r, "sent", "read", "failed", ""), r.IntN(2) == 0
			if state == "" {
				continue
			}
			contact, by := any("c"+owner), any(owner)
			if r.IntN(2) == 0 {
				by = nil
			}
			f.run(`INSERT INTO recipients (broadcast, person, contact, owner, network, state, at, answered_at) VALUES ($1, $2, $3, $4, 'telegram', $5, now(), CASE WHEN $6 THEN now() END)`,
				b, i+1, contact, by, state, answered)
			if state != "failed" {
				p.received = append(p.received, fmt.Sprint(b))
			}
			if answered {
				p.answered = append(p.answered, fmt.Sprint(b))
			}
		}
		all = append(all, p)
	}
	return all
}

func TestSQLMeansWhomAPlainReadingMeans(t *testing.T) {
	f := setup(t)
	r := rand.New(rand.NewPCG(6, 2026))
	all := people(f, r, 60)
	found, err := f.SaveNumbers(t.Context(), "undangan", []answer.Phone{"+6281200000001", "+6281299999999"}, "staff:budi")
	f.must(err)
	if found != 1 {
		t.Errorf("%d of the numbers are known", found)
	}
	if f.count(`SELECT count(*) FROM listed_numbers l WHERE position('8120000' IN encode(l.phone_index, 'escape')) > 0`) != 0 {
		t.Error("a number stands in clear")
	}
	seen := map[bool]int{}
	for range 400 {
		e := segment.Random(r, words, 4)
		got, err := f.Meant(t.Context(), e)
		f.must(err)
		var want []string
		for _, p := range all {
			if means(e, p) {
				want = append(want, p.number)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s\nSQL   %v\nplain %v", e, got, want)
		}
		seen[len(want) == 0]++
	}
	if seen[false] < 100 {
		t.Errorf("the segments say little: %v", seen)
	}
}

func TestASegmentIsKeptByItsNameAndStandsInTheAudit(t *testing.T) {
	f := setup(t)
	f.must(f.SaveSegment(t.Context(), "pangan kambu", "kecamatan:Kambu dan sektor:food", "staff:budi"))
	f.must(f.SaveSegment(t.Context(), "pangan kambu", "kecamatan:Kambu", "staff:budi"))
	saved, numbers, err := f.Segments(t.Context())
	f.must(err)
	if saved["pangan kambu"] != "kecamatan:Kambu" || len(numbers) != 0 {
		t.Errorf("%v %v", saved, numbers)
	}
	v := words
	v.Saved = saved
	e, err := v.Parse("bukan segmen:pangan kambu")
	f.must(err)
	if e.String() != "bukan kecamatan:Kambu" {
		t.Error(e)
	}
	var before, after string
	f.must(f.raw.QueryRow(`SELECT before::text, after::text FROM audit WHERE action = 'save segment' ORDER BY id DESC LIMIT 1`).Scan(&before, &after))
	if !json.Valid([]byte(before)) || !strings.Contains(before, "sektor") || strings.Contains(after, "sektor") {
		t.Errorf("the audit says %s, %s", before, after)
	}
}
