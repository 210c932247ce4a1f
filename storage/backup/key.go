package backup

import (
	"fmt"
	"strings"
	"unicode"

	"filippo.io/age"
)

// NewKey makes a recovery key: the secret to be written on paper, once, and its public part, which only encrypts.
func NewKey() (secret, public string, err error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", fmt.Errorf("make a recovery key: %w", err)
	}
	return key.String(), key.Recipient().String(), nil
}

// Spelled is a secret in groups that can be copied by hand; ParseKey reads it as well.
func Spelled(secret string) string {
	var b strings.Builder
	for i, r := range secret {
		switch {
		case i > 0 && i%40 == 0:
			b.WriteByte('\n')
		case i > 0 && i%5 == 0:
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ParseKey reads a recovery key as a person types it: any case, with blanks and line breaks anywhere. ErrKey, which does
// not repeat it; one wrong letter is found.
func ParseKey(typed string) (age.Identity, error) { return parse(typed) }

// Public is the public part of a recovery key as a person types it. ErrKey.
func Public(typed string) (string, error) {
	key, err := parse(typed)
	if err != nil {
		return "", err
	}
	return key.Recipient().String(), nil
}

func parse(typed string) (*age.X25519Identity, error) {
	joined := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, typed)
	key, err := age.ParseX25519Identity(joined)
	if err != nil {
		return nil, ErrKey
	}
	return key, nil
}

// ParsePublic reads the public part. ErrKey.
func ParsePublic(s string) (age.Recipient, error) {
	key, err := age.ParseX25519Recipient(strings.TrimSpace(s))
	if err != nil {
		return nil, ErrKey
	}
	return key, nil
}

// Once makes a key that lives in memory alone: who writes a backup reads it back with it, and lets it go.
func Once() (age.Recipient, age.Identity, error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	return key.Recipient(), key, nil
}
