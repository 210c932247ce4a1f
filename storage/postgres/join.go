package postgres

import (
	"context"
	"errors"

	"github.com/riverqueue/river"

	"titian/bot/chat"
	"titian/storage"
)

// JoinContacts is the job that makes one contact of two whose person said that they are one: ids only. It waits in the
// queue of the network where the word was typed, and finds its work done unless the process died that carried the word out.
type JoinContacts struct {
	One   storage.ContactID `json:"one"`
	Other storage.ContactID `json:"other"`
}

// Kind names the job.
func (JoinContacts) Kind() string { return "join_contacts" }

// Joiner makes one contact of two.
type Joiner interface {
	Join(ctx context.Context, one, other storage.ContactID) error
}

type joinWorker struct {
	river.WorkerDefaults[JoinContacts]
	by Joiner
}

func (w *joinWorker) Work(ctx context.Context, job *river.Job[JoinContacts]) error {
	return w.by.Join(ctx, job.Args.One, job.Args.Other)
}

// twins are addresses o of another contact, on another network, for which the same number is vouched as for addresses a.
// The chats of staff are not among them: rights do not spread by a telephone number.
const twins = `
	FROM addresses a JOIN addresses o ON o.phone_index = a.phone_index AND o.contact <> a.contact AND o.network <> a.network
	WHERE NOT EXISTS (SELECT 1 FROM staff s WHERE s.contact IN (a.contact, o.contact) AND s.removed_at IS NULL)`

// Twin is the network of another chat of the same person, as far as the networks vouch for it; "": there is none. Nothing
// else of it is told.
func (d *DB) Twin(ctx context.Context, contact storage.ContactID) (chat.Network, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var network chat.Network
	_, err := some(d.fast.GetContext(ctx, &network, `SELECT o.network`+twins+` AND a.contact = $1 ORDER BY o.used_at DESC LIMIT 1`, contact))
	return network, wrap("look for another chat of contact "+string(contact), err)
}

// offerJoin makes the word; words made before for this contact are withdrawn.
func (t *turn) offerJoin(ctx context.Context) error {
	var twin struct {
		Network chat.Network `db:"network"`
		Phone   []byte       `db:"phone_index"`
	}
	found, err := some(t.tx.GetContext(ctx, &twin, `SELECT o.network, o.phone_index`+twins+` AND a.contact = $1 ORDER BY o.used_at DESC LIMIT 1`, t.key.Contact))
	if !found {
		return err
	}
	word := newCode()
	index, err := t.codeIndex("merge", word)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE codes SET ended_at = $2 WHERE kind = 'merge' AND contact = $1 AND ended_at IS NULL`, t.key.Contact, t.at); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO codes (code_index, kind, contact, phone_index, made_by, made_at, expires_at) VALUES ($1, 'merge', $2, $3, $4, $5, $6)`,
		index, t.key.Contact, twin.Phone, "contact:"+string(t.key.Contact), t.at, t.at.Add(storage.JoinLife)); err != nil {
		return err
	}
	t.out.Join.Word, t.out.Join.Other = word, twin.Network
	return nil
}

// joinChats takes a word that another chat of the same person shows. Anywhere else it is no word, and stays good.
func (t *turn) joinChats(ctx context.Context, e storage.JoinChats) error {
	misses, may, err := t.quota(ctx)
	if err != nil || !may {
		return errors.Join(err, t.missed(ctx, misses))
	}
	index, err := t.codeIndex("merge", e.Word)
	if err != nil {
		return err
	}
	var other struct {
		Contact storage.ContactID `db:"contact"`
		Network chat.Network      `db:"network"`
	}
	found, err := some(t.tx.GetContext(ctx, &other, `
		WITH other AS (SELECT o.contact, o.network, o.phone_index`+twins+` AND a.contact = $2)
		UPDATE codes c SET ended_at = $3 FROM other o
		WHERE c.code_index = $1 AND c.kind = 'merge' AND c.ended_at IS NULL AND c.expires_at > $3
		  AND o.phone_index = c.phone_index
		  AND o.contact = coalesce((SELECT merged_into FROM contacts WHERE id = c.contact), c.contact)
		RETURNING o.contact, o.network`, index, t.key.Contact, t.at))
	if err != nil {
		return err
	}
	if !found {
		return t.missed(ctx, misses)
	}
	t.out.Join.Other, t.out.Join.With = other.Network, other.Contact
	if _, err := t.jobs.InsertTx(ctx, t.tx.Tx, JoinContacts{t.key.Contact, other.Contact}, &river.InsertOpts{Queue: t.key.Network}); err != nil {
		return err
	}
	return t.audit(ctx, "join chats", string(t.key.Contact), nil, map[string]any{"contact": other.Contact})
}
