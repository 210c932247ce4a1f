package postgres

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"titian/storage"
)

// A code is twelve letters and digits of these 32, none of which is taken for another: 60 bits.
const (
	codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	codeLength  = 12
)

// newCode is a code as it is shown: "7KQM-X2PD-9RTA". It has a digit: typed without dashes, words alone may be a sentence.
func newCode() string {
	for {
		if code := anyCode(); strings.ContainsAny(code, "23456789") {
			return code
		}
	}
}

func anyCode() string {
	chance := make([]byte, codeLength)
	rand.Read(chance)
	var b strings.Builder
	for i, c := range chance {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeLetters[int(c)%len(codeLetters)])
	}
	return b.String()
}

// codeIndex is what a code is found by, however it was typed.
func (d *DB) codeIndex(kind, typed string) ([]byte, error) {
	return d.index("code/"+kind, strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(typed)))
}

// quota says how often this contact missed within the hour, and whether it may try on.
func (t *turn) quota(ctx context.Context) (misses int, ok bool, err error) {
	err = t.tx.GetContext(ctx, &misses, `
		SELECT count(*) FROM misses WHERE contact = $1 AND at > $2`, t.key.Contact, t.at.Add(-time.Hour))
	return misses, misses < storage.CodeMisses, err
}

// missed counts a code that is none. The first try over the limit is the last that is written down.
func (t *turn) missed(ctx context.Context, misses int) error {
	if misses > storage.CodeMisses {
		t.out.Staff.Refused = storage.RefusedSilently
		return nil
	}
	if _, err := t.tx.ExecContext(ctx, `INSERT INTO misses (contact, at) VALUES ($1, $2)`, t.key.Contact, t.at); err != nil {
		return err
	}
	t.out.Staff.Refused = storage.RefusedCode
	if misses < storage.CodeMisses {
		return nil
	}
	t.out.Staff.Refused = storage.RefusedSilently
	return t.audit(ctx, "guess codes", string(t.key.Contact), nil, nil)
}
