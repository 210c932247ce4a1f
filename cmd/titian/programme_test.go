package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/storage/storagetest"
)

func TestAProgrammeIsSetListedAndExported(t *testing.T) {
	t.Parallel()
	p := servedBy(t, storagetest.PostgresFrom(t, bottest.Migrate), storagetest.Redis(t))
	if out := p.prints("", "programme", "set", "--name", "Fasilitasi Halal", "--year", "2026", "--quota", "120", "--closes", "2026-12-31"); !strings.Contains(out, "120 places") {
		t.Errorf("it says %q", out)
	}
	p.prints("", "programme", "set", "--name", "fasilitasi halal", "--year", "2026", "--quota", "121") // the same one
	if out := p.prints("", "programme", "list"); strings.Count(out, "\n") != 1 || !strings.Contains(out, "0 of 121 taken") {
		t.Errorf("the list is %q", out)
	}
	for _, wrong := range [][]string{{"--quota", "-1"}, {"--quota", "1", "--opens", "besok"}, {"--quota", "1", "--opens", "2026-02-01", "--closes", "2026-01-01"}} {
		if out, errs, code := p.runs("", append([]string{"programme", "set", "--name", "Lain", "--year", "2026"}, wrong...)...); code != 2 || out != "" || !strings.HasPrefix(errs, "titian: ") {
			t.Errorf("%v: exit %d, %q, %q", wrong, code, out, errs)
		}
	}
	if out := p.prints("", "export", "quota", "--format", "csv"); !strings.HasPrefix(out, "position,rank,number,") || strings.Count(out, "\n") != 1 {
		t.Errorf("the ledger is %q", out)
	}
	if out := p.prints("", "export", "applications", "--format", "json"); strings.TrimSpace(out) != "[\n]" {
		t.Errorf("the applications are %q", out)
	}
	paper := filepath.Join(t.TempDir(), "ba.pdf")
	p.prints("", "export", "quota", "--format", "pdf", "--out", paper)
	if b, err := os.ReadFile(paper); err != nil || !strings.HasPrefix(string(b), "%PDF-") {
		t.Errorf("the berita acara is no PDF: %v", err)
	}
	if _, errs, code := p.runs("", "dossier", "HAL-2026-000001", "--out", t.TempDir()); code != 2 || !strings.Contains(errs, "there is no application") {
		t.Errorf("exit %d: %q", code, errs)
	}
	if _, errs, code := p.runs("", "export", "quota", "--format", "csv", "--year", "1999"); code != 2 || !strings.Contains(errs, "no such programme") {
		t.Errorf("exit %d: %q", code, errs)
	}
}
