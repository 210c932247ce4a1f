package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"regexp"
)

// newLog writes JSON lines without personal data and tokens.
func newLog(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(redacting{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l})})
}

// The shapes that never reach a log, whoever wrote the line.
var (
	tokenShape = regexp.MustCompile(`\d+:[A-Za-z0-9_-]{30,}`)
	nikShape   = regexp.MustCompile(`\d(?:[ .-]?\d){15,}`)
	phoneShape = regexp.MustCompile(`(?:\+?62|\b0)[ .-]?8\d(?:[ .-]?\d){6,}`)
	loginShape = regexp.MustCompile(`://[^/@\s]*:[^@\s]*@`) // user:password@ in an address
)

func redact(s string) string {
	s = tokenShape.ReplaceAllString(s, "(token)")
	s = loginShape.ReplaceAllString(s, "://(login)@")
	s = nikShape.ReplaceAllString(s, "(number)")
	return phoneShape.ReplaceAllString(s, "(phone)")
}

// redacting is a handler that takes out what must not be logged: in messages,
// attributes, groups, errors and values of any kind. It stands around the
// handler and not at the call sites, so no library can go past it.
type redacting struct{ next slog.Handler }

func (h redacting) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

func (h redacting) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, redact(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(redactAttr(a))
		return true
	})
	return h.next.Handle(ctx, clean)
}

func (h redacting) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redactAttr(a)
	}
	return redacting{h.next.WithAttrs(clean)}
}

func (h redacting) WithGroup(name string) slog.Handler {
	return redacting{h.next.WithGroup(redact(name))}
}

func redactAttr(a slog.Attr) slog.Attr {
	return slog.Attr{Key: redact(a.Key), Value: redactValue(a.Value.Resolve())}
}

func redactValue(v slog.Value) slog.Value {
	switch v.Kind() {
	case slog.KindString:
		return slog.StringValue(redact(v.String()))
	case slog.KindInt64, slog.KindUint64:
		return redactNumber(v)
	case slog.KindFloat64:
		if f := v.Float64(); f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return redactNumber(slog.Int64Value(int64(f)))
		}
	case slog.KindGroup:
		group := make([]slog.Attr, len(v.Group()))
		for i, a := range v.Group() {
			group[i] = redactAttr(a)
		}
		return slog.GroupValue(group...)
	case slog.KindAny:
		return redactAny(v)
	}
	return v
}

// redactNumber knows a NIK or a phone number that travels as a number.
func redactNumber(v slog.Value) slog.Value {
	said := v.String()
	if clean := redact(said); clean != said {
		return slog.StringValue(clean)
	}
	return v
}

// redactAny leaves a value alone when nothing in its text gives it away.
func redactAny(v slog.Value) slog.Value {
	switch x := v.Any().(type) {
	case nil:
		return v
	case error:
		return slog.StringValue(redact(x.Error()))
	case fmt.Stringer:
		return slog.StringValue(redact(x.String()))
	case []byte:
		return slog.StringValue(fmt.Sprintf("(%d bytes)", len(x)))
	}
	text, err := json.Marshal(v.Any())
	if err != nil {
		text = fmt.Appendf(nil, "%+v", v.Any())
	}
	if clean := redact(string(text)); clean != string(text) {
		return slog.StringValue(clean)
	}
	return v
}
