package flow

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// filled gives a value of every field, so that one that is added later cannot be forgotten where states are written.
func filled(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 23, 9, *n%60, 7, 123_456_000, time.FixedZone("WITA", 8*3600)).UTC()))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				filled(v.Field(i), n)
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			filled(key, n)
			filled(value, n)
			v.SetMapIndex(key, value)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			filled(v.Index(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem(), n)
	case reflect.String:
		v.SetString([]string{"Contoh", `"dikutip" \ miring`, "baris\nbaru <b>&", "🎉 é", "\xff rusak", "a.b"}[*n%6])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	default:
		panic("a State holds a " + v.Kind().String())
	}
}

func TestAStateIsWrittenAsTheEncoderWouldWriteIt(t *testing.T) {
	whole := State{}
	for n := range 12 {
		filled(reflect.ValueOf(&whole).Elem(), &n)
		for _, s := range []State{{}, {Answers: map[string]Answer{"a": {}}, Picked: map[string][]string{"b": nil, "c": {}}}, whole} {
			written, err := s.AppendJSON(nil)
			if err != nil {
				t.Fatal(err)
			}
			usual, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			var got, want any
			if err := json.Unmarshal(written, &got); err != nil {
				t.Fatalf("%v: %s", err, written)
			}
			if err := json.Unmarshal(usual, &want); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("written %s\nwant    %s", written, usual)
			}
		}
	}
}
