package keys_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/streamingaead"

	"titian/storage/keys"
)

func TestWhatMarshalDidNotWriteIsRefused(t *testing.T) {
	good := string(marshal(t, fresh(t)))
	with := func(member string, kt *tinkpb.KeyTemplate) string {
		return replaced(t, good, member, foreign(t, kt))
	}
	for name, doc := range map[string]string{
		"nothing":                   "",
		"null":                      "null",
		"an array":                  "[]",
		"an empty object":           "{}",
		"the version alone":         `{"titian_keyset":1}`,
		"a later version":           strings.Replace(good, `"titian_keyset":1`, `"titian_keyset":2`, 1),
		"a member it does not know": strings.Replace(good, `{"titian`, `{"sign":{},"titian`, 1),
		"two documents":             good + good,
		"something after it":        good + "]",
		"half of it":                good[:len(good)/2],
		"too large":                 good + strings.Repeat(" ", 1<<20),
		"a missing part":            replaced(t, good, "stream", "null"),
		"a part of no keys":         replaced(t, good, "index", `{"primaryKeyId":1,"key":[]}`),
		"the wrong part":            replaced(t, good, "seal", member(t, good, "index")),
		"two index keys":            twoIndexKeys(t, good),
		"AES-GCM for sealing":       with("seal", aead.AES256GCMKeyTemplate()),
		"sealing without a key id":  with("seal", aead.XAES256GCM192BitNonceNoPrefixKeyTemplate()),
		"segments of a megabyte":    with("stream", streamingaead.AES256GCMHKDF1MBKeyTemplate()),
	} {
		t.Run(name, func(t *testing.T) {
			if k, err := keys.Parse([]byte(doc)); !errors.Is(err, keys.ErrNotKeyset) || k != nil {
				t.Errorf("got %v, %v", k, err)
			}
		})
	}
}

func TestNoErrorOfADamagedDocumentQuotesAKey(t *testing.T) {
	doc := marshal(t, fresh(t))
	secrets := secretsOf(doc)
	for i := range doc {
		for _, b := range []byte{doc[i] ^ 1, '"', 0xff, '\n'} {
			damaged := bytes.Clone(doc)
			damaged[i] = b
			if _, err := keys.Parse(damaged); err != nil {
				tellsNothing(t, secrets, err.Error())
			}
		}
	}
}

func TestNoPrintLogOrJSONShowsAKey(t *testing.T) {
	k := fresh(t)
	secrets := secretsOf(marshal(t, k))
	type holder struct {
		Open   *keys.Keyset
		closed *keys.Keyset
		value  keys.Keyset
	}
	h := holder{k, k, *k}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{k, *k, h, &h, []any{k}, map[string]*keys.Keyset{"k": k}, h.closed, &h.value} {
			tellsNothing(t, secrets, fmt.Sprintf(verb, v))
		}
	}
	var out bytes.Buffer
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		log.Info("start", "keyset", k, "value", *k, "inside", h)
	}
	tellsNothing(t, secrets, out.String())
	if !strings.Contains(out.String(), "Keyset("+k.Name()+")") || fmt.Sprint(k) != "Keyset("+k.Name()+")" {
		t.Errorf("the name is not shown: %s", out.String())
	}
	if b, err := json.Marshal(h); err == nil {
		t.Errorf("JSON took it: %s", b)
	}
}

// secretsOf finds every key in the document, and the bytes it stands for as %v and %x would print them.
func secretsOf(doc []byte) []string {
	var out []string
	for _, m := range regexp.MustCompile(`"value":"([^"]+)"`).FindAllSubmatch(doc, -1) {
		text := string(m[1])
		out = append(out, text[len(text)/2:][:12])
		var raw []byte
		_ = json.Unmarshal([]byte(`"`+text+`"`), &raw)
		tail := raw[len(raw)-8:]
		out = append(out, fmt.Sprintf("%x", tail), strings.Trim(fmt.Sprint(tail), "[]"), string(tail))
	}
	return out
}

func tellsNothing(t *testing.T, secrets []string, shown string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(shown, s) {
			t.Fatalf("a key is shown: %.200s", shown)
		}
	}
}

func member(t *testing.T, doc, name string) string {
	t.Helper()
	var d map[string]json.RawMessage
	if err := json.Unmarshal([]byte(doc), &d); err != nil {
		t.Fatal(err)
	}
	return string(d[name])
}

func replaced(t *testing.T, doc, name, by string) string {
	t.Helper()
	return strings.Replace(doc, member(t, doc, name), by, 1)
}

func twoIndexKeys(t *testing.T, doc string) string {
	t.Helper()
	var one, other tinkKeyset
	for from, to := range map[string]*tinkKeyset{doc: &one, string(marshal(t, fresh(t))): &other} {
		if err := json.Unmarshal([]byte(member(t, from, "index")), to); err != nil {
			t.Fatal(err)
		}
	}
	one.Key = append(one.Key, other.Key...)
	b, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	return replaced(t, doc, "index", string(b))
}

type tinkKeyset struct {
	PrimaryKeyID uint32            `json:"primaryKeyId"`
	Key          []json.RawMessage `json:"key"`
}

func foreign(t *testing.T, kt *tinkpb.KeyTemplate) string {
	t.Helper()
	h, err := keyset.NewHandle(kt)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
