package postgres

import (
	"cmp"
	"context"
	"database/sql/driver"
	"encoding/binary"
	"slices"
	"time"

	"github.com/lib/pq"

	"titian/storage"
)

// SaveSnapshots stores many conversations in one statement. A stored one is replaced by the same seq (its replies were
// trimmed) or a higher one, never a lower; of a contact that is no longer known nothing is stored.
func (d *DB) SaveSnapshots(ctx context.Context, snaps []storage.Snapshot) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "save snapshots"
	snaps = newest(snaps)
	if len(snaps) == 0 {
		return nil
	}
	var (
		contacts, flows, questions []string
		seqs                       []int64
		records                    [][]byte
		owes                       []bool
		heard, changed             []time.Time
	)
	for _, s := range snaps {
		sealed, err := d.sealJSON(s.Record, snapshotAAD(s.Record.Contact))
		if err != nil {
			return wrap(doing, err)
		}
		contacts, flows, questions = append(contacts, string(s.Record.Contact)), append(flows, s.Flow), append(questions, s.Question)
		seqs, records, owes = append(seqs, s.Record.Seq), append(records, sealed), append(owes, len(s.Record.Owed) > 0)
		heard, changed = append(heard, utc(s.HeardAt)), append(changed, utc(s.ChangedAt))
	}
	_, err := d.fast.ExecContext(ctx, `
		INSERT INTO snapshots (contact, seq, record, flow, question, owes, heard_at, changed_at)
		SELECT n.contact, n.seq, n.record, n.flow, n.question, n.owes, n.heard_at, n.changed_at
		FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[], $8::timestamptz[])
		     AS n (contact, seq, record, flow, question, owes, heard_at, changed_at)
		JOIN contacts c ON c.id = n.contact
		ORDER BY n.contact
		ON CONFLICT (contact) DO UPDATE SET
			seq = excluded.seq, record = excluded.record, flow = excluded.flow, question = excluded.question,
			owes = excluded.owes, heard_at = excluded.heard_at, changed_at = excluded.changed_at
		WHERE snapshots.seq <= excluded.seq`,
		pq.StringArray(contacts), pq.Int64Array(seqs), byteas(records), pq.StringArray(flows), pq.StringArray(questions),
		pq.BoolArray(owes), pq.Array(heard), pq.Array(changed))
	return wrap(doing, err)
}

// byteas is a bytea[] in the binary form of the protocol: half as long as the text, and made in one piece.
type byteas [][]byte

// Value implements driver.Valuer.
func (list byteas) Value() (driver.Value, error) {
	const byteaOID = 17
	size := 20
	for _, one := range list {
		size += 4 + len(one)
	}
	b := make([]byte, 0, size)
	for _, n := range []int{1, 0, byteaOID, len(list), 1} { // dimensions, no nulls, of what, how many, counted from
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	for _, one := range list {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(one))), one...)
	}
	return b, nil
}

// Owing are contacts whose snapshot says that they are owed replies and did not change since a time, the longest owed first.
func (d *DB) Owing(ctx context.Context, since time.Time, limit int) ([]storage.ContactID, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var owing []storage.ContactID
	err := d.fast.SelectContext(ctx, &owing, `
		SELECT contact FROM snapshots WHERE owes AND changed_at <= $1 ORDER BY changed_at LIMIT $2`, utc(since), limit)
	return owing, wrap("list contacts that are owed replies", err)
}

// newest keeps the last and highest of each contact, in the order of their ids, so that two batches cannot deadlock.
func newest(snaps []storage.Snapshot) []storage.Snapshot {
	last := make(map[storage.ContactID]storage.Snapshot, len(snaps))
	for _, s := range snaps {
		if old, ok := last[s.Record.Contact]; !ok || old.Record.Seq <= s.Record.Seq {
			last[s.Record.Contact] = s
		}
	}
	kept := make([]storage.Snapshot, 0, len(last))
	for _, s := range last {
		kept = append(kept, s)
	}
	slices.SortFunc(kept, func(a, b storage.Snapshot) int { return cmp.Compare(a.Record.Contact, b.Record.Contact) })
	return kept
}
