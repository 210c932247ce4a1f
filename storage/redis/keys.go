package redis

import (
	"fmt"
	"hash/fnv"

	"titian/storage"
)

// shards is how many parts the contacts fall into. It can never change: a contact's keys would be looked for elsewhere.
const shards = 1024

// everything matches all keys of conversations.
const everything = "titian:{*"

func shardOf(c storage.ContactID) int {
	h := fnv.New32a()
	h.Write([]byte(c))
	return int(h.Sum32() % shards)
}

func recordKey(c storage.ContactID) string { return fmt.Sprintf("titian:{%04d}:c:%s", shardOf(c), c) }

func owedKey(shard int) string { return fmt.Sprintf("titian:{%04d}:owed", shard) }

func keysOf(c storage.ContactID) []string { return []string{recordKey(c), owedKey(shardOf(c))} }

// The fields of a record. Replies owed stand in owedField + Owed.ID.
const (
	seqField     = "seq"
	seenField    = "seen" // message ids, a line each, oldest first
	stateField   = "state"
	markField    = "mark"
	inboxField   = "in"
	deletedField = "del"
	owedField    = "o:"
)
