package segment

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parse reads a query. Several values behind one field mean any of them; "bukan" binds more tightly than "dan", and that more
// tightly than "atau". The error is a *Problem.
func (v Vocabulary) Parse(query string) (Expr, error) {
	e, problem := v.parse(query, nil)
	if problem != nil {
		return nil, problem
	}
	return e, nil
}

// parse reads a query that stands within the stored segments above it.
func (v Vocabulary) parse(query string, above []string) (Expr, *Problem) {
	if len(query) > maxQuery {
		return nil, &Problem{Reason: ReasonTooLong}
	}
	tokens, problem := lex(query)
	if problem != nil {
		return nil, problem
	}
	p := &parser{Vocabulary: v, tokens: tokens, above: above}
	e, problem := p.or()
	switch {
	case problem != nil:
		return nil, problem
	case p.at(shut):
		return nil, &Problem{Reason: ReasonClose, Word: ")"}
	case len(p.tokens) > 0:
		return nil, &Problem{Reason: ReasonBetween, Word: p.tokens[0].text}
	}
	return e, nil
}

type parser struct {
	Vocabulary
	tokens []token
	above  []string
	terms  int
}

func (p *parser) at(k kind) bool { return len(p.tokens) > 0 && p.tokens[0].kind == k }

func (p *parser) take() token {
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *parser) or() (Expr, *Problem) {
	parts, problem := p.several(or, p.and)
	if len(parts) == 1 || problem != nil {
		return one(parts), problem
	}
	return Or(parts), nil
}

func (p *parser) and() (Expr, *Problem) {
	parts, problem := p.several(and, p.not)
	if len(parts) == 1 || problem != nil {
		return one(parts), problem
	}
	return And(parts), nil
}

func one(parts []Expr) Expr {
	if len(parts) == 0 {
		return nil
	}
	return parts[0]
}

func (p *parser) several(between kind, next func() (Expr, *Problem)) ([]Expr, *Problem) {
	var parts []Expr
	for {
		e, problem := next()
		if problem != nil {
			return nil, problem
		}
		parts = append(parts, e)
		if !p.at(between) {
			return parts, nil
		}
		p.take()
	}
}

// not reads "bukan", as often as it stands there.
func (p *parser) not() (Expr, *Problem) {
	if p.at(not) {
		p.take()
		e, problem := p.not()
		return Not{e}, problem
	}
	return p.term()
}

func (p *parser) term() (Expr, *Problem) {
	if p.terms++; p.terms > maxTerms {
		return nil, &Problem{Reason: ReasonTooLong}
	}
	switch {
	case p.at(open):
		p.take()
		e, problem := p.or()
		if problem != nil {
			return nil, problem
		}
		if !p.at(shut) {
			return nil, &Problem{Reason: ReasonOpen, Word: "("}
		}
		p.take()
		return e, nil
	case p.at(name):
		return p.named()
	case p.at(word):
		t := p.take()
		if f, ok := field(t.text); ok {
			if f == Everyone {
				return Is{Field: Everyone}, nil
			}
			return nil, &Problem{Reason: ReasonNoValue, Field: f}
		}
		return nil, p.unknownField(t.text)
	case len(p.tokens) > 0 && !p.at(value):
		return nil, &Problem{Reason: ReasonEmpty, Word: p.tokens[0].text}
	case p.at(value):
		return nil, p.unknownField(p.take().text)
	}
	return nil, &Problem{Reason: ReasonEmpty}
}

// named reads a field and its values.
func (p *parser) named() (Expr, *Problem) {
	written := p.take().text
	f, ok := field(written)
	if !ok {
		return nil, p.unknownField(written)
	}
	var either []Expr
	for {
		text := p.value()
		if text == "" {
			return nil, &Problem{Reason: ReasonNoValue, Field: f}
		}
		e, problem := p.is(f, text)
		if problem != nil {
			return nil, problem
		}
		either = append(either, e)
		if !p.at(comma) {
			break
		}
		p.take()
	}
	if p.terms += len(either) - 1; p.terms > maxTerms {
		return nil, &Problem{Reason: ReasonTooLong}
	}
	if len(either) == 1 {
		return either[0], nil
	}
	return Or(either), nil
}

// value is one value: what stands in quotes, or every word up to an operator, a parenthesis or the next field.
func (p *parser) value() string {
	if p.at(value) {
		return p.take().text
	}
	var words []string
	for p.at(word) {
		words = append(words, p.take().text)
	}
	return strings.Join(words, " ")
}

// is reads one value of a field.
func (p *parser) is(f Field, text string) (Expr, *Problem) {
	switch f {
	case Everyone:
		return Is{Field: Everyone}, nil
	case Product:
		return Is{Field: f, Value: strings.ToLower(text)}, nil
	case Before, Since:
		day, ok := parseDay(text)
		if !ok {
			return nil, &Problem{Reason: ReasonDate, Field: f, Word: text}
		}
		return Is{Field: f, Value: day}, nil
	case Received, Answered:
		n, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
		if err != nil || n < 1 {
			return nil, &Problem{Reason: ReasonNumber, Field: f, Word: text}
		}
		return Is{Field: f, Value: strconv.FormatInt(n, 10)}, nil
	}
	w, ok := p.find(f, text)
	if !ok {
		return nil, p.unknownValue(f, text)
	}
	if f == Saved {
		if slices.Contains(p.above, w.ID) {
			return nil, &Problem{Reason: ReasonCircle, Field: Saved, Word: w.ID}
		}
		return p.parse(p.Saved[w.ID], append(slices.Clone(p.above), w.ID))
	}
	return Is{Field: f, Value: w.ID, Shown: w.Names[0]}, nil
}

// parseDay reads 2026-06-01, 1-6-2026 or 1/6/2026.
func parseDay(text string) (string, bool) {
	for _, layout := range []string{time.DateOnly, "2-1-2006", "2/1/2006", "2.1.2006"} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}
