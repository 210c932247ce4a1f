package bucket_test

import (
	"testing"

	"titian/storage/keys"
	"titian/storage/vault"
)

func sealer(t *testing.T) vault.Sealer {
	t.Helper()
	k, err := keys.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}
