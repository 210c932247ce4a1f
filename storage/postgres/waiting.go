package postgres

import (
	"context"
	"encoding/json"
	"time"

	"titian/storage"
)

// Wishes are the calls for a human of one contact that wait, the oldest first.
func (d *DB) Wishes(ctx context.Context, contact storage.ContactID) ([]storage.Wish, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var rows []struct {
		Owner    storage.OwnerID `db:"owner"`
		Reason   string          `db:"reason"`
		Question string          `db:"question"`
		At       time.Time       `db:"at"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT coalesce(owner, '') AS owner, reason, question, at FROM wishes
		WHERE contact = $1 AND settled_at IS NULL ORDER BY at, id`, contact); err != nil {
		return nil, wrap("list the wishes of contact "+string(contact), err)
	}
	wishes := make([]storage.Wish, len(rows))
	for i, r := range rows {
		wishes[i] = storage.Wish{Contact: contact, Owner: r.Owner, Reason: r.Reason, Question: r.Question, At: r.At.UTC()}
	}
	return wishes, nil
}

// Flags are what staff should look at in one registration.
func (d *DB) Flags(ctx context.Context, owner storage.OwnerID) ([]storage.Flag, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var flags []storage.Flag
	err := d.fast.SelectContext(ctx, &flags, `
		SELECT kind, coalesce(other, '') AS other FROM flags
		WHERE owner = $1 AND settled_at IS NULL ORDER BY id`, owner)
	return flags, wrap("list the flags of owner "+string(owner), err)
}

// Consents are what was agreed to and withdrawn in one chat, the oldest first,
// with the words that were typed where they are still kept.
func (d *DB) Consents(ctx context.Context, contact storage.ContactID) ([]storage.Consent, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "list the consents of contact " + string(contact)
	var rows []struct {
		ID      string          `db:"id"`
		Purpose string          `db:"purpose"`
		Version string          `db:"text_version"`
		SHA256  string          `db:"text_sha256"`
		Given   bool            `db:"given"`
		TypedBy storage.TypedBy `db:"typed_by"`
		At      time.Time       `db:"at"`
		Word    []byte          `db:"word_sealed"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT id, purpose, text_version, text_sha256, given, typed_by, at, word_sealed FROM consents
		WHERE contact IN `+itself+` ORDER BY at, id`, contact); err != nil {
		return nil, wrap(doing, err)
	}
	consents := make([]storage.Consent, len(rows))
	for i, r := range rows {
		consents[i] = storage.Consent{Purpose: r.Purpose, TextVersion: r.Version, TextSHA256: r.SHA256,
			Given: r.Given, TypedBy: r.TypedBy, At: r.At.UTC()}
		if r.Word == nil {
			continue
		}
		plain, err := d.openText(r.Word, "consents/word/"+r.ID)
		if err != nil {
			return nil, wrap(doing, err)
		}
		var said word
		if err := json.Unmarshal([]byte(plain), &said); err != nil {
			return nil, wrap(doing, err)
		}
		consents[i].Answer, consents[i].MessageID = said.Answer, said.MessageID
	}
	return consents, nil
}
