package redis

import (
	"fmt"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"titian/storage"
	"titian/storage/storagetest"
)

func TestARecordAtRestTakesAtMostThreeKilobytes(t *testing.T) {
	s := open(t, storagetest.Redis(t), Options{})
	for _, seen := range []int{1, 40, storage.MaxSeen} {
		r := storage.Record{Contact: storage.ContactID(fmt.Sprintf("0198a1f2-7c3b-7d8e-9f00-1122334%05d", seen)), Seq: 40, State: make([]byte, 900)}
		for i := range seen {
			r.See(fmt.Sprint(801234500 + i))
		}
		if err := s.Raise(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		bytes, err := s.client.(*goredis.Client).MemoryUsage(t.Context(), recordKey(r.Contact)).Result()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d bytes with %d seen ids and a sealed state of 900 bytes", bytes, seen)
		if bytes > 3<<10 {
			t.Errorf("%d bytes with %d seen ids", bytes, seen)
		}
	}
}

func TestOwedRepliesAreReadInTheOrderOfTheirNumbers(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		r := turn("siti", 12)
		r.Owed = nil
		for _, id := range []string{"9.10", "10.0", "9.2", "100.0", "12.0"} {
			r.Owed = append(r.Owed, storage.Owed{ID: id})
		}
		if err := s.Raise(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		wantIDs(t, load(t, s, "siti").Owed, "9.2", "9.10", "10.0", "12.0", "100.0")
	})
}
