package vault_test

import (
	"path/filepath"
	"testing"

	"titian/storage/vault"
	"titian/storage/vault/vaulttest"
)

func TestDiskIsAStore(t *testing.T) {
	vaulttest.Run(t, func(t *testing.T) vault.Store {
		d, err := vault.OpenDisk(filepath.Join(t.TempDir(), "vault"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}
