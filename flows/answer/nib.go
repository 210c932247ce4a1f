package answer

import (
	"fmt"
	"log/slog"
	"strings"
)

// NIB is a nomor induk berusaha: exactly 13 digits, possibly starting with 0; it has no public checksum. It is printed in full on
// the owner's own papers, so only logs redact it.
type NIB string

// NPWP is a nomor pokok wajib pajak: 15 digits (old) or 16 (for a person the NIK itself, PER-6/PJ/2024), so it is redacted like one.
type NPWP string

// PIRT is a P-IRT number of home-made food: 15 digits, written 13-2 (PerBPOM 22/2018), or 12 (older). It stands on every package.
type PIRT string

// ParseNIB reads a NIB; Problems: "length" (got, want) and those of any number ("two", "masked", "unclear").
func ParseNIB(s string) (NIB, error) {
	d, err := identifier(s, 13)
	if err == nil && strings.Trim(d, "0") == "" {
		return "", problem(ReasonUnclear)
	}
	return NIB(d), err
}

// ParseNPWP reads an NPWP of 15 or 16 digits.
func ParseNPWP(s string) (NPWP, error) {
	d, err := identifier(s, 15, 16)
	if err == nil && strings.Trim(d, "0") == "" {
		return "", problem(ReasonUnclear)
	}
	return NPWP(d), err
}

// ParsePIRT reads a P-IRT number of 15 digits, or 12 for an old one.
func ParsePIRT(s string) (PIRT, error) {
	d, err := identifier(s, 15, 12)
	if err == nil && strings.Trim(d, "0") == "" {
		return "", problem(ReasonUnclear)
	}
	return PIRT(d), err
}

// Digits is the raw number.
func (n NIB) Digits() string { return string(n) }

func (n NIB) LogValue() slog.Value { return slog.StringValue(redacted("NIB", string(n), 4)) }

// Digits is the raw number.
func (n NPWP) Digits() string { return string(n) }

// Masked is the form people see: only the last four digits.
func (n NPWP) Masked() string {
	if len(n) < 8 {
		return "••••"
	}
	return "••••••••" + string(n[len(n)-4:])
}

func (n NPWP) Format(f fmt.State, _ rune) { redactTo(f, "NPWP", string(n), 4) }
func (n NPWP) String() string             { return redacted("NPWP", string(n), 4) }
func (n NPWP) LogValue() slog.Value       { return slog.StringValue(n.String()) }

// Digits is the raw number.
func (n PIRT) Digits() string { return string(n) }

// Show writes a P-IRT as on a label, 13 digits and the two of the year it ends.
func (n PIRT) Show() string {
	if len(n) != 15 {
		return string(n)
	}
	return string(n[:13]) + "-" + string(n[13:])
}
