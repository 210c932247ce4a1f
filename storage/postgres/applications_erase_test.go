package postgres_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"titian/storage"
)

func TestADeletedOwnersApplicationLeavesNothingThatCanBeRead(t *testing.T) {
	f := setup(t)
	f.open(120)
	p := f.person(1)
	f.files(p, start)
	out := f.does(p, start, storage.DeleteOwner{Owner: p.owner})
	if len(out.Kept) != 0 {
		t.Fatalf("kept %v, though no place was given", out.Kept)
	}
	everything := f.dump()
	for _, s := range []string{"Contoh 1", string(nik(1)), "minyak goreng", "HAL-2026-000001"} {
		if strings.Contains(everything, s) && s != "HAL-2026-000001" || strings.Contains(everything, hex.EncodeToString([]byte(s))) {
			t.Errorf("%q can still be read", s)
		}
	}
	if n := f.count(`SELECT count(*) FROM applications`) + f.count(`SELECT count(*) FROM files WHERE deleted_at IS NULL`); n != 0 {
		t.Fatalf("%d applications and files are left", n)
	}
}
