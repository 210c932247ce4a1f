package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestTheUnitIsOneThatSystemdTakes(t *testing.T) {
	unit, err := os.ReadFile("titian.service")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"KillMode=mixed", "NoNewPrivileges=true", "ProtectSystem=strict", "RestartPreventExitStatus=2", "UMask=0077"} {
		if !strings.Contains(string(unit), "\n"+line+"\n") {
			t.Errorf("the unit lacks %s", line)
		}
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("systemd-analyze is not on this machine: only the text was looked at")
		return
	}
	// A program that is there, and no user that this machine may lack.
	here := strings.NewReplacer("/usr/local/bin/titian", "/bin/true", "User=titian\n", "", "Group=titian\n", "").Replace(string(unit))
	path := filepath.Join(t.TempDir(), "titian.service")
	if err := os.WriteFile(path, []byte(here), 0o644); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(analyze, "verify", "--man=no", path).CombinedOutput()
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "titian.service") {
			t.Errorf("systemd-analyze: %s", line)
		}
	}
	if err != nil && len(said) == 0 {
		t.Error(err)
	}
}

// TestEveryVariableOfAnInstallationIsOneOfTitians: a misspelt one would be ignored in silence.
func TestEveryVariableOfAnInstallationIsOneOfTitians(t *testing.T) {
	parser, err := kong.New(&commands{}, kong.Bind(streams{}))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range parser.Model.Flags {
		for _, name := range f.Envs {
			known[name] = true
		}
	}
	ours := regexp.MustCompile(`\b(DATABASE_URL|REDIS_URL|TITIAN|TELEGRAM|WHATSAPP)(_[A-Z]+)*\b`)
	for _, path := range []string{"titian.service", "Dockerfile", filepath.Join("..", "..", "compose.yaml")} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range ours.FindAllString(string(text), -1) {
			if !known[name] {
				t.Errorf("%s names %s, which titian does not know", path, name)
			}
		}
	}
}
