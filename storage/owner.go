package storage

import (
	"time"

	"titian/flows/answer"
)

// TypedBy says who typed a registration's answers.
type TypedBy string

// Who may type for an owner.
const (
	TypedBySelf      TypedBy = "self"
	TypedByFamily    TypedBy = "family"
	TypedByCompanion TypedBy = "companion"
)

// Owner is a person with a business, as a contact that speaks for them sees it.
type Owner struct {
	ID       OwnerID
	Name     string
	Business string
	Number   string // "IKM-2026-000001"
	FiledAt  time.Time
	NIKTail  string   // the last four digits of the NIK, for the proof; empty: none given
	Missing  []string // keys of the answers left open
	Files    int
}

// Registration is what an owner told and the dinas may rely on.
type Registration struct {
	Owner         OwnerID // empty: a new owner
	Number        string  // given when it is filed
	FiledAt       time.Time
	AmendedAt     time.Time
	Name          string
	NIK           answer.NIK // empty: "menyusul"
	Phone         answer.Phone
	PhoneOwn      bool // the network itself named the number as that of whoever filed
	Business      string
	Sector        string
	Products      []string
	Kecamatan     string
	Kelurahan     string
	Address       string
	Latitude      *float64
	Longitude     *float64
	Workers       int
	Turnover      *answer.Rupiah // rupiah a month; nil: left open
	HasNIB        *bool
	NIB           answer.NIB
	Permits       []string
	Photos        []FileID
	Announcements *bool // nil: not asked, which means no
	TypedBy       TypedBy
	Network       string
	Source        string
	Binaan        bool   // in the dinas's guidance, as staff say; an amendment leaves it
	List          string // the dinas's list the owner stood in; empty: none
	FlowVersion   int
	Missing       []string          // keys of the answers left open
	Answers       map[string]string // the normalised answers by key, for amending; kept sealed
}

// Consent is one person's word on one purpose of UU 27/2022.
type Consent struct {
	Purpose     string // "registration", "announcements"
	TextVersion string
	TextSHA256  string
	Answer      string // verbatim; kept sealed
	Given       bool
	MessageID   string
	At          time.Time
	TypedBy     TypedBy
}

// Flag asks staff to look at a registration. It never blocks one.
type Flag struct {
	Kind  string // "same_nik", "same_phone", "nik_prefix", "declined", "other_nik"
	Other OwnerID
}
