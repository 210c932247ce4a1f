package flow

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendJSON appends what json.Marshal makes of the state, up to the order of keys. A turn is stored before its reply
// leaves, and reflection over twenty answers is what most of that took.
func (s State) AppendJSON(b []byte) ([]byte, error) {
	b = append(b, `{"flow":`...)
	b = AppendString(b, s.Flow)
	b = append(b, `,"version":`...)
	b = strconv.AppendInt(b, int64(s.Version), 10)
	b = append(b, `,"run":`...)
	b = AppendString(b, s.Run)
	b = appendMap(b, `,"facts":`, s.Facts, AppendString)
	b = appendMap(b, `,"answers":`, s.Answers, appendAnswer)
	b = appendMap(b, `,"was":`, s.Was, appendAnswer)
	b = appendMap(b, `,"picked":`, s.Picked, appendStrings)
	b = appendMap(b, `,"misses":`, s.Misses, appendInt)
	b = appendMap(b, `,"poor":`, s.Poor, appendInt)
	for _, list := range []struct {
		name string
		of   []string
	}{{`,"told":`, s.Told}, {`,"filed":`, s.Filed}} {
		if len(list.of) > 0 {
			b = appendStrings(append(b, list.name...), list.of)
		}
	}
	if s.Enough {
		b = append(b, `,"enough":true`...)
	}
	b = appendText(b, `,"wanted":`, s.Wanted)
	b = appendText(b, `,"last":`, s.Last)
	b = appendText(b, `,"refused":`, s.Refused)
	b = appendText(b, `,"locked":`, s.Locked)
	for _, rare := range []struct {
		name  string
		value any
		given bool
	}{{`,"held":`, s.Held, len(s.Held) > 0}, {`,"album":`, s.Album, s.Album != nil}, {`,"suggested":`, s.Suggested, s.Suggested != nil}} {
		if !rare.given {
			continue
		}
		raw, err := json.Marshal(rare.value)
		if err != nil {
			return b, err
		}
		b = append(append(b, rare.name...), raw...)
	}
	return append(b, '}'), nil
}

func appendAnswer(b []byte, a Answer) []byte {
	b = append(b, '{')
	start := len(b)
	b = appendText(b, `,"v":`, a.Value)
	b = appendText(b, `,"raw":`, a.Raw)
	if !a.At.IsZero() {
		b = AppendTime(append(b, `,"at":`...), a.At)
	}
	b = appendText(b, `,"id":`, a.ID)
	b = appendText(b, `,"ref":`, a.Ref)
	if a.Skipped {
		b = append(b, `,"skipped":true`...)
	}
	if a.Own {
		b = append(b, `,"own":true`...)
	}
	if a.Learned {
		b = append(b, `,"learned":true`...)
	}
	if len(b) > start { // without the first comma
		b = append(b[:start], b[start+1:]...)
	}
	return append(b, '}')
}

func appendMap[V any](b []byte, name string, m map[string]V, value func([]byte, V) []byte) []byte {
	if len(m) == 0 {
		return b
	}
	b = append(b, name...)
	next := byte('{')
	for k, v := range m {
		b = AppendString(append(b, next), k)
		b = value(append(b, ':'), v)
		next = ','
	}
	return append(b, '}')
}

func appendText(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return AppendString(append(b, name...), text)
}

func appendStrings(b []byte, list []string) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, s)
	}
	return append(b, ']')
}

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

// AppendTime appends a time as JSON has it.
func AppendTime(b []byte, t time.Time) []byte {
	return append(t.AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// AppendString appends a text as a JSON string.
func AppendString(b []byte, s string) []byte {
	plain := utf8.ValidString(s)
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] >= ' ' && s[i] != '"' && s[i] != '\\'
	}
	if plain {
		return append(append(append(b, '"'), s...), '"')
	}
	quoted, _ := json.Marshal(s) // a text has no error
	return append(b, quoted...)
}
