package storage

import (
	"time"

	"titian/flows/answer"
)

// Dossier is everything an owner told for one application, in SiHalal's own order. It is kept sealed.
type Dossier struct {
	Applicant   Applicant
	Eligibility map[string]string // the questionnaire's answers by key
	Supervisor  Supervisor
	Factory     Site
	Outlet      Site
	Materials   []Material
	Products    []Product
	Process     []ProcessStep
	Documents   []DossierDocument
	Statement   Consent // the pernyataan, with the words that were typed
}

// Applicant is the pelaku usaha.
type Applicant struct {
	Name      string
	NIK       answer.NIK
	Phone     answer.Phone
	Email     string // empty: none yet, a task for staff
	Business  string
	Address   string
	Kecamatan string
	Kelurahan string
	NIB       answer.NIB
	KBLI      string // picked by staff
	Scale     string // "micro", "small"
	Turnover  *answer.Rupiah
}

// Supervisor is the penyelia halal: whoever answers for halal in the business (UU 33/2014 Art. 28).
type Supervisor struct {
	Self   bool // the owner
	Name   string
	NIK    answer.NIK
	Phone  answer.Phone
	Agreed string // "self", AgreedByWord, "sheet" (a signed one, photographed), "" not yet
}

// AgreedByWord: the penyelia typed the word in a chat of their own. AgreeLife is how long a word is good.
const (
	AgreedByWord = "word"
	AgreeLife    = 30 * 24 * time.Hour
)

// Site is a place of production or of sale.
type Site struct {
	Name      string
	Address   string
	Kecamatan string
	Kelurahan string
	Ownership string // "own", "rent", "lent"
	Latitude  *float64
	Longitude *float64
}

// MaterialKind is one of the three kinds SiHalal wants before it lets products be entered.
type MaterialKind string

// The kinds of materials.
const (
	Ingredient MaterialKind = "ingredient" // bahan
	Cleaning   MaterialKind = "cleaning"   // cleaning agent: soap counts
	Packaging  MaterialKind = "packaging"  // kemasan
)

// Material is one bahan, soap or package.
type Material struct {
	ID        string // within the application: "m1"
	Kind      MaterialKind
	Name      string // "minyak goreng"
	Brand     string
	Producer  string
	Halal     string    // certificate number, from the catalogue
	ExpiresAt time.Time // zero: not known, or for ever
	Exempt    string    // the group of KMA 1360/2021, for what needs no certificate
	Photo     FileID    // of its package
	Open      string    // "bulk" (curah), "unknown", "photo": a task for staff; empty: settled
}

// Product is one product with the bahan it is made of.
type Product struct {
	ID        string // "p1"
	Name      string
	Brand     string
	Photo     FileID
	Materials []string // ids of Materials
	Doubtful  string   // a word that BPJPH refuses in names; empty: none
}

// ProcessStep is one line of the process narration.
type ProcessStep struct {
	Step string // "buy", "receive", "store", "process", "pack", "keep", "send"
	Text string
}

// DossierDocument is one document with its files.
type DossierDocument struct {
	Item  string
	Title string
	Files []FileID
}

// KBLI is one code of the Klasifikasi Baku Lapangan Usaha Indonesia: the line of business that an NIB names.
type KBLI struct {
	Code  string // five digits
	Title string
}
