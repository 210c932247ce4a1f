package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// alone clears every variable of Titian for a test.
func alone(t *testing.T) {
	t.Helper()
	for _, each := range os.Environ() {
		name, _, _ := strings.Cut(each, "=")
		for _, ours := range []string{"TITIAN_", "TELEGRAM_", "DATABASE_URL", "REDIS_URL", "WHATSAPP", "AWS_"} {
			if strings.HasPrefix(name, ours) {
				t.Setenv(name, "")
				os.Unsetenv(name)
			}
		}
	}
}

// settled parses a command line as the program does.
func settled(args ...string) (*settings, error) {
	blankIsUnset(os.Environ(), os.Unsetenv)
	cmd, err := parse(args, streams{strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}})
	if err != nil {
		return nil, err
	}
	return cmd.settings, cmd.settings.settle()
}

func TestSettings(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		args []string
		env  map[string]string
		want func(s *settings) any
		is   any
		says string // a Complaint that holds this
	}{
		"nothing is configured": {
			want: func(s *settings) any {
				return fmt.Sprintf("%s %s %v %d %s", s.Data, s.Addr, s.TelegramRate, s.RetentionDays, s.TelegramAPI)
			},
			is: "titian-data 127.0.0.1:8080 25 90 https://api.telegram.org",
		},
		"a variable": {
			env:  map[string]string{"TITIAN_ADDR": "0.0.0.0:9000"},
			want: func(s *settings) any { return s.Addr }, is: "0.0.0.0:9000",
		},
		"a flag wins over its variable": {
			args: []string{"--addr", "127.0.0.1:1"}, env: map[string]string{"TITIAN_ADDR": "127.0.0.1:2"},
			want: func(s *settings) any { return s.Addr }, is: "127.0.0.1:1",
		},
		"a flag may stand behind the command": {
			args: []string{"migrate", "--data", "elsewhere"},
			want: func(s *settings) any { return s.Data }, is: "elsewhere",
		},
		"a variable set to nothing is not set": {
			env:  map[string]string{"TELEGRAM_RATE": "", "TELEGRAM_TOKEN": " "},
			want: func(s *settings) any { return fmt.Sprint(s.TelegramRate, s.TelegramToken == "") }, is: "25 true",
		},
		"a rate of 0 is no limit": {
			env:  map[string]string{"TELEGRAM_RATE": "0"},
			want: func(s *settings) any { return s.TelegramRate }, is: 0.0,
		},
		"a secret from a file, without its line end": {
			env:  map[string]string{"TELEGRAM_TOKEN_FILE": file("123:abc\n")},
			want: func(s *settings) any { return s.TelegramToken.Reveal() }, is: "123:abc",
		},
		"a database from a file": {
			env:  map[string]string{"DATABASE_URL_FILE": file("postgres://a\n")},
			want: func(s *settings) any { return s.DatabaseURL.Reveal() }, is: "postgres://a",
		},
		"a keyset from a file": {
			env:  map[string]string{"TITIAN_KEYSET_FILE": file("{}")},
			want: func(s *settings) any { return s.Keyset.Reveal() }, is: "{}",
		},
		"a bucket, its key from a file": {
			env: map[string]string{"TITIAN_BUCKET": "s3://berkas/kota", "AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY_FILE": file("geheim\n"), "AWS_REGION": " "},
			want: func(s *settings) any {
				b, err := s.vaultBucket()
				return fmt.Sprint(b, err, s.Store.Secret.Reveal(), s.Store.Region)
			}, is: "s3://berkas/kota/vault <nil>geheimus-east-1",
		},
		"WhatsApp off": {
			env:  map[string]string{"WHATSAPP": "off"},
			want: func(s *settings) any { return s.Addr }, is: "127.0.0.1:8080",
		},

		"a secret twice":         {env: map[string]string{"REDIS_URL": "redis://a", "REDIS_URL_FILE": file("x")}, says: "REDIS_URL and REDIS_URL_FILE are both set"},
		"a secret's file is not": {env: map[string]string{"TELEGRAM_TOKEN_FILE": "/nowhere/token"}, says: "TELEGRAM_TOKEN_FILE cannot be read"},
		"a secret's file empty":  {env: map[string]string{"TELEGRAM_TOKEN_FILE": file("\n")}, says: "is empty"},
		"an address with no port": {
			env: map[string]string{"TITIAN_ADDR": "localhost"}, says: "TITIAN_ADDR is \"localhost\"",
		},
		"a rate below 0":           {args: []string{"--telegram-rate=-1"}, says: "TELEGRAM_RATE is -1"},
		"a rate that is no number": {env: map[string]string{"TELEGRAM_RATE": "many"}, says: `TELEGRAM_RATE="many"`},
		"a log level nobody knows": {env: map[string]string{"TITIAN_LOG_LEVEL": "loud"}, says: "--log-level must be one of"},
		"a retention of a week":    {env: map[string]string{"TITIAN_RETENTION_DAYS": "7"}, says: "at least 8"},
		"a webhook with no token":  {env: map[string]string{"TELEGRAM_WEBHOOK": "https://a/telegram"}, says: "without TELEGRAM_TOKEN"},
		"a webhook with no secret": {
			env: map[string]string{"TELEGRAM_TOKEN": "1:a", "TELEGRAM_WEBHOOK": "https://a/telegram"}, says: "without TELEGRAM_WEBHOOK_SECRET",
		},
		"WhatsApp half on":          {env: map[string]string{"WHATSAPP": "ya"}, says: "must be one of"},
		"a backup on a network":     {env: map[string]string{"TITIAN_BACKUP": "s3://bucket"}, says: "TITIAN_BACKUP is the address of a store, and AWS_ACCESS_KEY_ID"},
		"a bucket without a key":    {env: map[string]string{"TITIAN_BUCKET": "s3://berkas"}, says: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are wanted"},
		"a bucket that is a folder": {env: map[string]string{"TITIAN_BUCKET": "/mnt/berkas"}, says: "TITIAN_BUCKET cannot be used: it must be s3://NAME"},
		"an endpoint without a scheme": {
			env: map[string]string{"TITIAN_BUCKET": "s3://berkas", "AWS_ENDPOINT_URL_S3": "minio:9000"}, says: "AWS_ENDPOINT_URL_S3 cannot be used",
		},
		"a store's secret twice": {env: map[string]string{"AWS_SECRET_ACCESS_KEY": "a", "AWS_SECRET_ACCESS_KEY_FILE": file("x")}, says: "are both set"},
		"an unknown command":     {args: []string{"kitchen"}, says: `there is no command "kitchen"`},
		"a command misspelled":   {args: []string{"serv"}, says: `did you mean "serve"`},
		"an unknown flag":        {args: []string{"--tokn", "x"}, says: "unknown flag --tokn"},
		"half a command":         {args: []string{"export"}, says: "`titian export` is not complete"},
		"an unknown format":      {args: []string{"export", "owners", "--format", "doc"}, says: "--format must be one of"},
	} {
		t.Run(name, func(t *testing.T) {
			alone(t)
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			got, err := settled(c.args...)
			if c.says != "" {
				var complaint *Complaint
				if !errors.As(err, &complaint) || !strings.Contains(complaint.Sentence, c.says) || strings.Contains(complaint.Sentence, "\n") {
					t.Fatalf("got %v, want a complaint with %q", err, c.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if is := c.want(got); is != c.is {
				t.Errorf("got %v, want %v", is, c.is)
			}
		})
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	s := settings{TelegramToken: "123456:hunter2hunter2", DatabaseURL: "postgres://titian:hunter2@db/x"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", "all", s, "token", s.TelegramToken)
	for _, said := range []string{
		fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s.TelegramToken, s.TelegramToken), log.String(),
	} {
		if strings.Contains(said, "hunter2") {
			t.Error(said)
		}
	}
}

func TestAnErrorIsOneLineWithoutSecrets(t *testing.T) {
	var out bytes.Buffer
	code := sayWhy(&out, complain("DATABASE_URL cannot be used: postgres://titian:hunter2@db/x"))
	if code != exitComplaint || strings.Count(out.String(), "\n") != 1 || strings.Contains(out.String(), "hunter2") {
		t.Errorf("%d %s", code, out.String())
	}
}
