package bot_test

import (
	"os"
	"strings"
	"testing"

	"titian/bot/bottest"
)

func TestAnOwnerChatsAndStandsInPostgresAsARegistration(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	for _, line := range strings.Split(os.Getenv("LINES"), "|") {
		if line == "" {
			continue
		}
		t.Logf("> %s\n%s", line, p.Says(line))
	}
	t.Log(h.Owners("contoh"))
}
