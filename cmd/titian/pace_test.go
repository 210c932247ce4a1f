package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"titian/bot/chat"
	"titian/locales"
)

func TestThePaceOfWhatsAppIsADataFileThatIsCheckedWhenItIsRead(t *testing.T) {
	dir := t.TempDir()
	p, err := readPace(dir)
	if err != nil {
		t.Fatal(err)
	}
	if p.of(chat.Telegram) != nil || p.of(chat.WhatsApp).FirstWeekADay != 20 {
		t.Error("the built-in pace is not WhatsApp's alone")
	}
	built, err := locales.File("", "whatsapp.toml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(from, to string) {
		if err := os.WriteFile(filepath.Join(dir, "whatsapp.toml"), []byte(strings.Replace(string(built), from, to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("first_week_a_day = 20", "first_week_a_day = 10")
	if err := p.Reload(dir); err != nil || p.of(chat.WhatsApp).FirstWeekADay != 10 {
		t.Errorf("a changed file is not taken: %v", err)
	}
	write("silent_days = 28", "silent_days = 0")
	if err := checkData(dir); err == nil || !strings.Contains(err.Error(), "silent_days") {
		t.Errorf("a file that makes no sense: %v", err)
	}
	if err := p.Reload(dir); err == nil || p.of(chat.WhatsApp).FirstWeekADay != 10 {
		t.Error("it is taken all the same")
	}
}
