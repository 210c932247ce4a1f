// Package storage holds the record nouns that the stores keep and the errors a
// caller chooses by. It imports the nouns of chat and answer, opens no
// connection and holds no SQL: storage/postgres keeps results, storage/redis
// keeps running conversations, storage/vault keeps files.
package storage

import (
	"context"
	"errors"
	"time"

	"titian/bot/chat"
)

// ContactID is one chat partner, whatever address they write from.
type ContactID string

// OwnerID is a person with a business.
type OwnerID string

// FileID is a sealed file in the vault.
type FileID string

// Contact is one chat partner: an address, or several joined.
type Contact struct {
	ID          ContactID
	Address     chat.Address // where they last wrote
	Source      string       // the word of the poster or link that brought them
	CreatedAt   time.Time
	Unreachable bool // blocked the bot, until they write again
	New         bool // this very call met them: nothing else is stored of them
	// Twin is another contact that the network's own word makes the same person: to be merged with this one. Empty: none.
	Twin ContactID
}

// Writer is who writes, as the network names them.
type Writer struct {
	Address chat.Address // the key that stays theirs
	Alias   chat.Address // one that may pass to somebody else; zero: none is known
	Vouched string       // the number by which the network vouches for them, E.164; empty: it does not tell
	Source  string       // the word that brought them
}

// The errors a caller chooses by. Stores wrap them.
var (
	// ErrDown: a server cannot be reached or cannot answer now. Nobody's fault; wait and try again.
	ErrDown = errors.New("server is down")
	// ErrNotFound: there is no such record.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the record is not at the expected seq; load the truth again.
	ErrConflict = errors.New("conversation moved on")
	// ErrMarked: an unfinished lasting result stands on the record; settle it first.
	ErrMarked = errors.New("conversation is marked")
	// ErrMissing: the store holds no record, though the caller knows one.
	ErrMissing = errors.New("conversation is missing")
	// ErrQueued: older messages of the contact wait in the inbox; queue behind them.
	ErrQueued = errors.New("older messages wait in the inbox")
	// ErrDeleted: the owner or contact was deleted.
	ErrDeleted = errors.New("deleted")
	// ErrMerged: the contact turned out to be the same person as another, and leads to it; ask anew who writes.
	ErrMerged = errors.New("contact was merged into another")
)

// IsDown says whether an error is an outage to wait out: a server that is down,
// or a deadline that passed while asking it.
func IsDown(err error) bool {
	return errors.Is(err, ErrDown) || errors.Is(err, context.DeadlineExceeded)
}
