package postgres

import (
	"strings"
	"testing"
)

func TestEveryCodeHasADigitSoThatItIsKnownHoweverItIsTyped(t *testing.T) {
	for range 2000 {
		if c := newCode(); !strings.ContainsAny(c, "23456789") || len(c) != 14 {
			t.Fatalf("%q has no digit, or another length", c)
		}
	}
}
