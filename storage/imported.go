package storage

import "titian/flows/answer"

// ImportedID is a row of the dinas's own list.
type ImportedID string

// Imported is one owner of the dinas's own list: no consent stands behind it, and nobody writes to them first.
type Imported struct {
	ID        ImportedID // empty: not stored yet
	Name      string
	NIK       answer.NIK   // empty: not in the list
	Phone     answer.Phone // empty: not in the list
	Business  string
	Sector    string // an option of registration.sector; empty: not known
	Products  []string
	Kecamatan string
	Kelurahan string
	Address   string
	Workers   int // 0: not in the list
	Turnover  *answer.Rupiah
	NIB       answer.NIB
	Permits   string // as the list has it
	Binaan    bool   // in the dinas's guidance
}

// ImportCount is what an import did.
type ImportCount struct {
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	Others  int `json:"others"`  // known from another source, left as they are
	Claimed int `json:"claimed"` // came themselves since, left as they are but for a new mark as binaan
	Deleted int `json:"deleted"` // asked to be deleted, left out
}
