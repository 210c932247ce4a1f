package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"titian/storage"
)

var (
	errLineBreak = errors.New("a message id holds a line break")
	errNoSeen    = errors.New("the record names no message")
)

// Load reads a contact's record, its Owed in order. With ErrMissing the record still says whether the contact is Inboxed.
func (s *Store) Load(ctx context.Context, c storage.ContactID) (storage.Record, error) {
	fields, err := s.client.HGetAll(ctx, recordKey(c)).Result()
	if err != nil {
		return storage.Record{Contact: c}, down(fmt.Sprintf("load conversation %s", c), err)
	}
	r := storage.Record{Contact: c, Inboxed: fields[inboxField] != ""}
	seq, found := fields[seqField]
	if !found {
		return r, fmt.Errorf("load conversation %s: %w", c, storage.ErrMissing)
	}
	if r.Seq, err = strconv.ParseInt(seq, 10, 64); err != nil {
		return r, fmt.Errorf("load conversation %s: its seq is no number: %w", c, storage.ErrMissing)
	}
	r.Mark, r.Deleted = fields[markField], fields[deletedField] != ""
	if seen := fields[seenField]; seen != "" {
		r.Seen = strings.Split(seen, "\n")
	}
	if state := fields[stateField]; state != "" {
		r.State = []byte(state)
	}
	r.Owed = owedIn(fields)
	return r, nil
}

func owedIn(fields map[string]string) []storage.Owed {
	var owed []storage.Owed
	for name, body := range fields {
		if id, ok := strings.CutPrefix(name, owedField); ok {
			owed = append(owed, storage.Owed{ID: id, Body: []byte(body)})
		}
	}
	slices.SortFunc(owed, func(a, b storage.Owed) int { return compareIDs(a.ID, b.ID) })
	return owed
}

// compareIDs orders "<seq>.<n>" by its numbers.
func compareIDs(a, b string) int {
	aSeq, aN := numbers(a)
	bSeq, bN := numbers(b)
	return cmp.Or(cmp.Compare(aSeq, bSeq), cmp.Compare(aN, bN), cmp.Compare(a, b))
}

func numbers(id string) (seq, n int64) {
	before, after, _ := strings.Cut(id, ".")
	seq, _ = strconv.ParseInt(before, 10, 64)
	n, _ = strconv.ParseInt(after, 10, 64)
	return seq, n
}

// arguments lays a record out as shape wants it, this turn's owed before older ones.
func (s *Store) arguments(rec storage.Record, newest, flag string) (call, error) {
	seen := strings.Join(rec.Seen, "\n")
	if len(rec.Seen) > 0 && strings.Count(seen, "\n") != len(rec.Seen)-1 || strings.Contains(newest, "\n") {
		return call{}, errLineBreak
	}
	var turns, older []any
	for _, o := range rec.Owed {
		if seq, _ := numbers(o.ID); seq == rec.Seq {
			turns = append(turns, o.ID, o.Body)
		} else {
			older = append(older, o.ID, o.Body)
		}
	}
	args := []any{rec.Seq, newest, seen, rec.State, asFlag(rec.Deleted), string(rec.Contact), s.lease.Milliseconds(), flag, len(turns) / 2}
	return call{keys: keysOf(rec.Contact), args: slices.Concat(args, turns, older)}, nil
}

func asFlag(b bool) string {
	if b {
		return "1"
	}
	return ""
}

func newestOf(rec storage.Record) string {
	if len(rec.Seen) == 0 {
		return ""
	}
	return rec.Seen[len(rec.Seen)-1]
}
