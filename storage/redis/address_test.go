package redis

import (
	"errors"
	"strings"
	"testing"

	"titian/storage"
)

func TestAddressesOfOneServerAndOfAClusterAreTold(t *testing.T) {
	for address, nodes := range map[string]string{
		"redis://:secret@h:1/3":                   "",
		"rediss://h:1":                            "",
		"unix:///run/a,b/redis.sock":              "",
		"redis+cluster://h:1":                     "h:1",
		"rediss+cluster://u:p@h:1,i:2":            "h:1 i:2",
		"redis://u:p@h:1,i:2,j:3?dial_timeout=1s": "h:1 i:2 j:3",
		"h:1,i:2": "h:1 i:2",
	} {
		o, err := clusterOptions(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		got := ""
		if o != nil {
			got = strings.Join(o.Addrs, " ")
		}
		if got != nodes {
			t.Errorf("%s: nodes %q, want %q", address, got, nodes)
		}
	}
}

func TestAnAddressThatCannotBeReadIsNotShown(t *testing.T) {
	for _, address := range []string{"postgres://u:hemmelig@h", "redis://u:hemmelig@h:x", "redis://u:hemmelig@%zz,h:1", "", "hemmelig"} {
		_, err := Open(t.Context(), address, Options{})
		if err == nil || errors.Is(err, storage.ErrDown) || strings.Contains(err.Error(), "hemmelig") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestOpenSaysWhenNothingAnswers(t *testing.T) {
	for _, address := range []string{"redis://127.0.0.1:1", "unix:///nonexistent/redis.sock", "redis+cluster://127.0.0.1:1"} {
		_, err := Open(t.Context(), address, Options{})
		want(t, err, storage.ErrDown)
	}
}

func TestClearDeletesTitiansKeysAndNoOthers(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		commit(t, s, turn("siti", 1), turn("wa", 1))
		if _, err := s.Limiter().Allow(ctx, "chat", 0.001); err != nil {
			t.Fatal(err)
		}
		if err := s.client.HSet(ctx, "someone else's", "a", "b").Err(); err != nil {
			t.Fatal(err)
		}
		if err := s.Clear(ctx); err != nil {
			t.Fatal(err)
		}
		left, _, err := s.client.Scan(ctx, 0, "*", 10000).Result()
		if err != nil || len(left) != 1 || left[0] != "someone else's" {
			t.Fatal(left, err)
		}
	})
}
