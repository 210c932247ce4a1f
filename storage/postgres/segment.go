package postgres

import (
	"fmt"
	"strconv"
	"strings"

	"titian/storage/segment"
)

// where turns a segment into a condition on registrations r, its values into parameters behind those that stand already.
type where struct{ args []any }

func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// condition is never null: what is not known of an owner is not so.
func (w *where) condition(e segment.Expr) (string, error) {
	switch e := e.(type) {
	case segment.And:
		return w.joined(e, " AND ")
	case segment.Or:
		return w.joined(e, " OR ")
	case segment.Not:
		inner, err := w.condition(e.Of)
		return "NOT (" + inner + ")", err
	case segment.Is:
		return w.is(e)
	}
	return "", fmt.Errorf("a segment of %T", e)
}

func (w *where) joined(parts []segment.Expr, by string) (string, error) {
	texts := make([]string, len(parts))
	for i, p := range parts {
		text, err := w.condition(p)
		if err != nil {
			return "", err
		}
		texts[i] = "(" + text + ")"
	}
	return strings.Join(texts, by), nil
}

func (w *where) is(e segment.Is) (string, error) {
	switch e.Field {
	case segment.Everyone:
		return "true", nil
	case segment.Kecamatan:
		return "r.kecamatan = " + w.arg(e.Value), nil
	case segment.Kelurahan:
		return "r.kelurahan = " + w.arg(e.Value), nil
	case segment.Sector:
		return "r.sector = " + w.arg(e.Value), nil
	case segment.Product:
		return "EXISTS (SELECT FROM unnest(r.products) p WHERE position(" + w.arg(e.Value) + " IN lower(p)) > 0)", nil
	case segment.NIB:
		return yes(e.Value, "(coalesce(r.has_nib, false) OR r.nib <> '')"), nil
	case segment.Permit:
		return w.arg(e.Value) + " = ANY (r.permits)", nil
	case segment.Binaan:
		return yes(e.Value, "r.binaan"), nil
	case segment.Halal:
		if e.Value == segment.HalalNone {
			return "NOT EXISTS (SELECT FROM applications a WHERE a.owner = r.owner AND a.state <> 'withdrawn')", nil
		}
		return "EXISTS (SELECT FROM applications a WHERE a.owner = r.owner AND a.state = " + w.arg(e.Value) + ")", nil
	case segment.Missing:
		key := w.arg(e.Value)
		return "(" + key + " = ANY (r.missing) OR EXISTS (SELECT FROM applications a JOIN application_items i ON i.application = a.id " +
			"JOIN verdicts v ON v.id = i.verdict WHERE a.owner = r.owner AND a.state <> 'withdrawn' AND i.key = " + key + " AND v.verdict = 'fix'))", nil
	case segment.Before:
		return "r.filed_at < " + w.arg(e.Day()), nil
	case segment.Since:
		return "r.filed_at >= " + w.arg(e.Day()), nil
	case segment.Received:
		return w.heard(e.Value, "x.state IN ('sent', 'delivered', 'read')")
	case segment.Answered:
		return w.heard(e.Value, "x.answered_at IS NOT NULL")
	case segment.Numbers:
		return "EXISTS (SELECT FROM listed_numbers l WHERE l.list = " + w.arg(e.Value) + " AND l.phone_index = r.phone_index)", nil
	}
	return "", fmt.Errorf("a segment by %q", e.Field)
}

// heard looks at what an earlier broadcast came to, by the person or by a chat that speaks for them.
func (w *where) heard(broadcast, how string) (string, error) {
	n, err := strconv.ParseInt(broadcast, 10, 64)
	if err != nil {
		return "", fmt.Errorf("a segment by the broadcast %q", broadcast)
	}
	return "EXISTS (SELECT FROM recipients x WHERE x.broadcast = " + w.arg(n) + " AND " + how +
		" AND (x.owner = r.owner OR x.contact IN (SELECT s.contact FROM speaks_for s WHERE s.owner = r.owner)))", nil
}

func yes(value, condition string) string {
	if value == segment.Yes {
		return condition
	}
	return "NOT " + condition
}
