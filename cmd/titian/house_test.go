package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is who may import whom, of this module's own packages and outside tests.
// A new kind of thing is a new line here, not a bigger old package.
var mayImport = map[string][]string{
	"cmd/titian": {"*"},

	"bot":           {"bot/chat", "bot/dialogue", "bot/hands", "flows/flow", "flows", "flows/answer", "storage", "locales"},
	"bot/chat":      {},
	"bot/dialogue":  {"bot/chat", "flows/flow", "flows/answer", "locales"},
	"bot/telegram":  {"bot/chat"},
	"bot/whatsapp":  {"bot/chat"},
	"bot/simulator": {"bot/chat"},
	"bot/delivery":  {"bot/chat", "bot/hands", "storage"},
	"bot/remind":    {"bot/chat", "storage", "locales"},
	"bot/hands":     {},
	"bot/photo":     {},
	"bot/watermark": {},
	"bot/paper":     {},
	"bot/door":      {"bot", "bot/photo", "bot/paper", "flows/flow", "storage", "storage/vault"},
	"bot/broadcast": {"bot/chat", "flows/answer", "storage", "storage/segment", "locales"},
	"bot/desk":      {"bot/chat", "bot/watermark", "flows/flow", "flows/answer", "storage", "storage/segment", "locales"},

	"flows":        {"flows/flow", "flows/answer", "flows/rules", "storage", "storage/segment"},
	"flows/rules":  {},
	"flows/flow":   {},
	"flows/answer": {},

	"storage":           {"bot/chat", "flows/answer", "storage/segment"},
	"storage/segment":   {"flows/answer"},
	"storage/postgres":  {"storage", "storage/segment", "bot/chat", "flows/answer"},
	"storage/redis":     {"storage", "bot/chat", "flows/answer"},
	"storage/vault":     {},
	"storage/keys":      {},
	"storage/embedded":  {},
	"storage/backup":    {},
	"storage/bucket":    {"storage"},
	"storage/sheet":     {},
	"storage/roster":    {"storage", "flows/answer", "storage/sheet"},
	"storage/catalogue": {"storage", "flows/answer", "storage/sheet"},
	"storage/dossier":   {"storage", "storage/sheet", "flows/answer"},

	"locales": {},
}

// forTests are imported by tests only, and import what they test.
var forTests = []string{
	"bot/bottest", "bot/chattest", "bot/paper/papertest", "bot/photo/phototest", "bot/telegram/telegramtest", "bot/whatsapp/whatsapptest",
	"flows/flow/transcript", "storage/storagetest", "storage/vault/vaulttest", "storage/backup/backuptest",
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestEveryImportStandsInTheHouse(t *testing.T) {
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, "titian/")
		if slices.Contains(forTests, name) {
			continue
		}
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("package %s has no line in the house", name)
			continue
		}
		for _, imported := range p.Imports {
			own, ok := strings.CutPrefix(imported, "titian/")
			switch {
			case !ok || slices.Contains(allowed, "*") && !slices.Contains(forTests, own):
			case slices.Contains(forTests, own):
				t.Errorf("%s imports %s outside its tests", name, own)
			case !slices.Contains(allowed, own):
				t.Errorf("%s imports %s; the house allows it only %v", name, own, allowed)
			}
		}
	}
}

func TestNetworksNeverAppearInFlowsNorSQLOutsidePostgres(t *testing.T) {
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, "titian/")
		for _, imported := range p.Imports {
			switch {
			case slices.Contains([]string{"database/sql", "github.com/jmoiron/sqlx", "github.com/lib/pq"}, imported) &&
				name != "storage/postgres" && name != "bot/whatsapp" /* hands a pool to its library, asks nothing of it */ && !strings.HasPrefix(name, "storage/embedded") && !slices.Contains(forTests, name):
				t.Errorf("%s imports %s: SQL stands in storage/postgres", name, imported)
			case strings.Contains(imported, "telegram-bot-api") && name != "bot/telegram":
				t.Errorf("%s imports %s: a network stands in its channel", name, imported)
			case strings.HasPrefix(name, "flows") && (imported == "net" || imported == "net/http" || imported == "titian/bot/chat"):
				t.Errorf("%s imports %s: a flow knows no network", name, imported)
			}
		}
	}
}

func TestEveryPackageStandsInTheTableOfTheReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "## How the house is laid out")
	table, _, _ = strings.Cut(table, "###")
	for name := range mayImport {
		short, inStorage := strings.CutPrefix(name, "storage/")
		if !strings.Contains(table, "`"+name+"`") && !(inStorage && strings.Contains(table, "`"+short+"`")) {
			t.Errorf("the README does not say what %s is for", name)
		}
	}
}

func list(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "titian/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
