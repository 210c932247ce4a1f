package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/lib/pq"

	"titian/storage"
)

type itemRow struct {
	Key       string           `db:"key"`
	Kind      storage.ItemKind `db:"kind"`
	Title     string           `db:"title"`
	Required  bool             `db:"required"`
	Files     pq.StringArray   `db:"files"`
	Marks     pq.StringArray   `db:"marks"`
	Digest    string           `db:"digest"`
	Revision  int              `db:"revision"`
	AddedBy   storage.StaffID  `db:"added_by"`
	VerdictID string           `db:"verdict_id"`
	Verdict   storage.Verdict  `db:"verdict"`
	Reason    string           `db:"reason"`
	Words     []byte           `db:"words_sealed"`
	By        storage.StaffID  `db:"by"`
	At        sql.NullTime     `db:"at"`
}

// items are those of an application in the order its owner saw, each with the last word on it.
func (d *DB) items(ctx context.Context, from reader, id storage.ApplicationID) ([]storage.Item, error) {
	var rows []itemRow
	if err := from.SelectContext(ctx, &rows, `
		SELECT i.key, i.kind, i.title, i.required, i.files, i.marks, i.digest, i.revision, coalesce(i.added_by, '') AS added_by,
		       coalesce(v.id, '') AS verdict_id, coalesce(v.verdict, '') AS verdict, coalesce(v.reason, '') AS reason,
		       v.words_sealed, coalesce(v.by, '') AS by, v.at
		FROM application_items i LEFT JOIN verdicts v ON v.id = i.verdict
		WHERE i.application = $1 ORDER BY i.place, i.key`, id); err != nil {
		return nil, err
	}
	items := make([]storage.Item, len(rows))
	for i, r := range rows {
		words, err := d.openText(r.Words, verdictAAD(r.VerdictID))
		if err != nil {
			return nil, err
		}
		items[i] = storage.Item{Key: r.Key, Kind: r.Kind, Title: r.Title, Required: r.Required, Files: fileIDs(r.Files), Marks: r.Marks,
			Digest: r.Digest, Revision: r.Revision, AddedBy: r.AddedBy, Verdict: r.Verdict, Reason: r.Reason, Words: words,
			VerdictBy: r.By, VerdictAt: orZero(r.At)}
	}
	return items, nil
}

func verdictAAD(id string) string { return "verdicts/words/" + id }

func fileIDs(list pq.StringArray) []storage.FileID {
	ids := make([]storage.FileID, len(list))
	for i, id := range list {
		ids[i] = storage.FileID(id)
	}
	return ids
}

// putItems makes an application's items those the owner brought. One that is not what the owner brought before is a new
// revision without a verdict; any other stays as it is, with what staff added.
func (t *turn) putItems(ctx context.Context, id storage.ApplicationID, items []storage.Item) error {
	type brought struct {
		Key      string           `json:"key"`
		Place    int              `json:"place"`
		Kind     storage.ItemKind `json:"kind"`
		Title    string           `json:"title"`
		Required bool             `json:"required"`
		Files    []string         `json:"files"`
		Marks    []string         `json:"marks"`
		Digest   string           `json:"digest"`
	}
	list, keys := make([]brought, len(items)), make(pq.StringArray, len(items))
	for n, i := range items {
		list[n] = brought{i.Key, n, i.Kind, i.Title, i.Required, []string(fileNames(i.Files)), append([]string{}, i.Marks...), digest(i)}
		keys[n] = i.Key
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `DELETE FROM application_items WHERE application = $1 AND key <> ALL ($2) AND added_by IS NULL`, id, keys); err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `
		INSERT INTO application_items AS was (application, key, place, kind, title, required, files, marks, digest, sent, revision)
		SELECT $1, key, place, kind, title, required, files, marks, digest, digest, 1
		FROM jsonb_to_recordset($2::jsonb) AS i (key text, place integer, kind text, title text, required boolean, files text[], marks text[], digest text)
		ON CONFLICT (application, key) DO UPDATE SET
			place = excluded.place, kind = excluded.kind, title = excluded.title, required = excluded.required, sent = excluded.sent,
			files = CASE WHEN was.sent = excluded.sent THEN was.files ELSE excluded.files END,
			marks = CASE WHEN was.sent = excluded.sent THEN was.marks ELSE excluded.marks END,
			digest = CASE WHEN was.sent = excluded.sent THEN was.digest ELSE excluded.digest END,
			revision = CASE WHEN was.sent = excluded.sent THEN was.revision ELSE was.revision + 1 END,
			added_by = CASE WHEN was.sent = excluded.sent THEN was.added_by END,
			verdict = CASE WHEN was.sent = excluded.sent THEN was.verdict END`, id, string(text))
	return err
}

// digest is an item's own, or that of its files' names where none was made.
func digest(i storage.Item) string {
	if i.Digest != "" {
		return i.Digest
	}
	sum := sha256.Sum256([]byte(strings.Join(fileNames(i.Files), "\n")))
	return hex.EncodeToString(sum[:])
}

func fileNames(ids []storage.FileID) pq.StringArray { return list(ids) }

// toFix is how many items are to be replaced and were not yet.
func (t *turn) toFix(ctx context.Context, id storage.ApplicationID) (n int, err error) {
	err = t.tx.GetContext(ctx, &n, `
		SELECT count(*) FROM application_items i JOIN verdicts v ON v.id = i.verdict
		WHERE i.application = $1 AND v.verdict = 'fix'`, id)
	return n, err
}
