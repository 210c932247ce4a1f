package storage

import "time"

// Brand is one brand of a bahan that staff confirmed once, so that nobody types a certificate number.
type Brand struct {
	ID        int64
	Material  string // the id of the bahan in bahan.toml: "minyak_goreng"
	Name      string // "Contoh"
	Producer  string
	Halal     string    // certificate number
	ExpiresAt time.Time // zero: for ever
}

// Holds says whether the certificate is valid at a time.
func (b Brand) Holds(at time.Time) bool { return b.ExpiresAt.IsZero() || at.Before(b.ExpiresAt) }

// BrandCount is what an import of brands did.
type BrandCount struct {
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
}
