package redis

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// oneSlot fails a test when the keys of a command are of several Cluster slots.
type oneSlot struct{ t testing.TB }

func (o oneSlot) DialHook(next goredis.DialHook) goredis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (o oneSlot) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		o.check(cmd)
		return next(ctx, cmd)
	}
}

func (o oneSlot) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		for _, cmd := range cmds {
			o.check(cmd)
		}
		return next(ctx, cmds)
	}
}

func (o oneSlot) check(cmd goredis.Cmder) {
	if err := crossesSlots(cmd.Args()); err != nil {
		o.t.Error(err)
	}
}

func crossesSlots(args []any) error {
	var keys []any
	switch strings.ToLower(fmt.Sprint(args[0])) {
	case "eval", "evalsha":
		keys = args[3 : 3+args[2].(int)]
	case "hset", "hdel", "hgetall", "zcard", "zscore", "memory":
		keys = args[1:2]
	case "unlink", "del", "exists":
		keys = args[1:]
	case "ping", "scan", "cluster", "script", "hello", "select", "command":
	default:
		return fmt.Errorf("a command whose keys are not known: %v", args[0])
	}
	slots := map[uint16]bool{}
	for _, key := range keys {
		slots[slot(key.(string))] = true
	}
	if len(slots) > 1 {
		return fmt.Errorf("the keys of %v are of %d slots", args[0], len(slots))
	}
	return nil
}

// slot is the Cluster specification's: CRC16 (XMODEM) of the hash tag, or of the whole key, mod 16,384.
func slot(key string) uint16 {
	if _, after, found := strings.Cut(key, "{"); found {
		if tag, _, closed := strings.Cut(after, "}"); closed && tag != "" {
			key = tag
		}
	}
	var crc uint16
	for _, b := range []byte(key) {
		crc ^= uint16(b) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc % 16384
}

func TestSlotsAreThoseOfTheClusterSpecification(t *testing.T) {
	for key, want := range map[string]uint16{"123456789": 0x31C3, "foo": 12182, "x{foo}y": 12182} {
		if got := slot(key); got != want {
			t.Errorf("%s: slot %d, want %d", key, got, want)
		}
	}
}

func TestAScriptWhoseKeysCrossShardsIsRefused(t *testing.T) {
	a, b := recordKey("siti"), recordKey("wa")
	if shardOf("siti") == shardOf("wa") {
		t.Fatal("the two contacts are of one shard")
	}
	if crossesSlots([]any{"evalsha", "hash", 2, a, b, "x"}) == nil {
		t.Error("the guard of these tests lets a script cross shards")
	}
	s := open(t, cluster(t), Options{})
	node, err := s.client.(*goredis.ClusterClient).MasterForKey(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	err = commitScript.Eval(t.Context(), node, []string{a, b}, 1, "m", "m", "s", "", "siti", 1, "", 0).Err()
	if err == nil || !strings.HasPrefix(err.Error(), "CROSSSLOT") {
		t.Errorf("a cluster answers %v", err)
	}
}

// textOf reads what a script sends when its hash is unknown.
func textOf(t *testing.T, script *goredis.Script) string {
	t.Helper()
	return script.Eval(t.Context(), silent{}, nil).Args()[1].(string)
}

// silent takes commands and sends none.
type silent struct{ goredis.Scripter }

func (silent) Eval(ctx context.Context, script string, keys []string, args ...any) *goredis.Cmd {
	return goredis.NewCmd(ctx, "eval", script)
}

var touched = regexp.MustCompile(`redis\.call\('(\w+)'(?:, *([^,)]+))?`)

func TestEveryScriptTouchesOnlyTheKeysItIsGiven(t *testing.T) {
	for name, script := range map[string]string{"commit": textOf(t, commitScript), "mark": textOf(t, markScript), "settle": textOf(t, settleScript),
		"void": textOf(t, voidScript), "raise": textOf(t, raiseScript), "trim": textOf(t, trimScript), "renew": textOf(t, renewScript), "lapsed": textOf(t, lapsedScript)} {
		for _, use := range touched.FindAllStringSubmatch(script, -1) {
			switch use[2] {
			case "record", "owing", "KEYS[1]", "KEYS[2]":
			default:
				if use[1] != "TIME" {
					t.Errorf("%s: %s touches %s", name, use[1], use[2])
				}
			}
		}
		if strings.Count(script, "redis.call(") != len(touched.FindAllString(script, -1)) || strings.Contains(script, "pcall") {
			t.Errorf("%s: a call is not understood by this test", name)
		}
	}
}
