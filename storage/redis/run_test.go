package redis_test

import (
	"testing"

	"titian/storage/redis"
	"titian/storage/storagetest"
)

func TestARunOfRedisHasOneNameAndTheNextAnother(t *testing.T) {
	url := storagetest.Redis(t)
	var names []string
	for range 2 {
		s, err := redis.Open(t.Context(), url, redis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		name, err := s.RunID(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if len(names[0]) != 40 || names[0] != names[1] {
		t.Errorf("%q", names)
	}
}
