package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"titian/flows/answer"
)

const (
	canaryNIK   = "7471084512900001"
	canaryPhone = "6285241234567"
	canaryToken = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
)

type stringer struct{ Text string }

func (w stringer) String() string { return w.Text }

func TestNoNumberOrTokenReachesTheLog(t *testing.T) {
	call := &url.Error{Op: "Post", URL: "https://api.telegram.org/bot" + canaryToken + "/getMe", Err: errors.New("EOF")}
	for name, say := range map[string]func(l *slog.Logger){
		"in the message": func(l *slog.Logger) { l.Info("sent to " + canaryPhone + " with " + canaryToken) },
		"in a string": func(l *slog.Logger) {
			l.Info("x", "nik", canaryNIK, "hp", "0852 4123 4567", "hp2", "+62 852-4123-4567")
		},
		"in a NIK with gaps":         func(l *slog.Logger) { l.Info("x", "nik", "7471 0845 1290 0001", "nik2", "7471.0845.1290.0001") },
		"in an error":                func(l *slog.Logger) { l.Error("x", "error", call) },
		"in a wrapped error":         func(l *slog.Logger) { l.Error("x", "error", fmt.Errorf("poll: %w", errors.Join(call))) },
		"in a group":                 func(l *slog.Logger) { l.Info("x", slog.Group("a", slog.Group("b", "nik", canaryNIK))) },
		"in attributes of a logger":  func(l *slog.Logger) { l.With("hp", canaryPhone).WithGroup("g").With("e", call).Info("x") },
		"in a number":                func(l *slog.Logger) { l.Info("x", "nik", int64(7471084512900001), "hp", uint64(6285241234567)) },
		"in a float":                 func(l *slog.Logger) { l.Info("x", "hp", float64(6285241234567)) },
		"in a struct":                func(l *slog.Logger) { l.Info("x", "v", struct{ NIK string }{canaryNIK}) },
		"in a map":                   func(l *slog.Logger) { l.Info("x", "v", map[string]any{"hp": "085241234567"}) },
		"in a list":                  func(l *slog.Logger) { l.Info("x", "v", []string{canaryPhone, canaryNIK}) },
		"in bytes":                   func(l *slog.Logger) { l.Info("x", "v", []byte(canaryNIK)) },
		"in a Stringer":              func(l *slog.Logger) { l.Info("x", "v", stringer{canaryNIK}) },
		"in a key":                   func(l *slog.Logger) { l.Info("x", canaryPhone, 1) },
		"in a name of a group":       func(l *slog.Logger) { l.WithGroup(canaryPhone).Info("x", "a", 1) },
		"in a JID":                   func(l *slog.Logger) { l.Info("x", "jid", canaryPhone+"@s.whatsapp.net") },
		"as what it is":              func(l *slog.Logger) { l.Info("x", "nik", answer.NIK(canaryNIK), "hp", answer.Phone("+"+canaryPhone)) },
		"in a login":                 func(l *slog.Logger) { l.Info("x", "url", "postgres://titian:"+canaryToken+"@db/titian") },
		"in something json refuses":  func(l *slog.Logger) { l.Info("x", "v", map[any]any{"hp": canaryPhone}) },
		"in a value made when asked": func(l *slog.Logger) { l.Info("x", "v", lazily{}) },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			say(newLog(&out, "debug"))
			said := out.String()
			if said == "" {
				t.Fatal("nothing was logged")
			}
			plain := strings.NewReplacer(" ", "", "-", "", ".", "").Replace(said)
			for _, canary := range []string{canaryNIK, canaryPhone, canaryPhone[2:], canaryToken, "AAHdqTcvCH1"} {
				if strings.Contains(plain, canary) {
					t.Errorf("%s stands in %s", canary, said)
				}
			}
		})
	}
}

type lazily struct{}

func (lazily) LogValue() slog.Value { return slog.GroupValue(slog.String("nik", canaryNIK)) }

func TestWhatIsNoSecretIsLoggedAsItIs(t *testing.T) {
	var out bytes.Buffer
	newLog(&out, "info").Info("turn", "contact", "mnopqrstuvwxyz234567abcdef", "seq", 12, "update", int64(812345678), "took", 1.25, "ok", true)
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"msg": "turn", "contact": "mnopqrstuvwxyz234567abcdef", "seq": 12.0, "update": 812345678.0, "took": 1.25, "ok": true,
	} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}
}

func TestTheLevelIsKept(t *testing.T) {
	var out bytes.Buffer
	l := newLog(&out, "warn")
	l.Info("quiet")
	if l.Enabled(context.Background(), slog.LevelInfo) || out.Len() > 0 {
		t.Errorf("logged %s", out.String())
	}
}
