package telegram

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestAnArrayIsCutAsTheDecoderWouldCutIt(t *testing.T) {
	for _, list := range []string{
		`[]`, ` [ ] `, `[1]`, `[1,2]`, `[ 1 , "a,]" , {"b":"]}\\"}, [[],{}] ]`, `[{"a":"\\\\"},{"b":"\""}]`, "[\n{\"u\":\"\U0001f389\"}\n]\n",
		``, `[`, `[1`, `[1,`, `[1,]`, `["a]`, `{"a":1}`, `"a"`, `null`, `[1]x`, `[{"a":1]`, `["\\"`, `[,]`, `[1 2]`,
	} {
		cut, ok := elements([]byte(list))
		var want []json.RawMessage
		valid := json.Unmarshal([]byte(list), &want) == nil && list != "null"
		if valid && (!ok || len(cut) != len(want)) {
			t.Errorf("%s: cut into %q (%t), want %q", list, cut, ok, want)
		}
		for i := range want {
			var a, b any
			if !valid || json.Unmarshal(cut[i], &a) != nil || json.Unmarshal(want[i], &b) != nil || !reflect.DeepEqual(a, b) {
				t.Errorf("%s: element %d is %s, want %s", list, i, cut[i], want[i])
			}
		}
		if ok && !valid && json.Valid([]byte(list)) {
			t.Errorf("%s is no array and was cut into %q", list, cut)
		}
	}
}

func FuzzElements(f *testing.F) {
	f.Add([]byte(`[{"update_id":1,"a":"\\\""},[2]]`))
	f.Fuzz(func(t *testing.T, list []byte) {
		cut, ok := elements(list)
		var want []json.RawMessage
		if json.Unmarshal(list, &want) != nil || len(want) == 0 {
			return
		}
		if !ok || len(cut) != len(want) {
			t.Fatalf("%q: cut into %q (%t), want %q", list, cut, ok, want)
		}
	})
}
