package backup_test

import (
	"path/filepath"
	"testing"
	"time"

	"titian/storage/backup"
	"titian/storage/backup/backuptest"
)

func TestFolderIsAPlace(t *testing.T) {
	backuptest.Run(t, func(t *testing.T) backup.Place { return backup.Folder(filepath.Join(t.TempDir(), "cadangan")) })
}

func TestOnlyWhatABackupWasCalledWhileItWasMadeIsAPart(t *testing.T) {
	name := backup.Name(time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC))
	for given, want := range map[string]bool{backup.PartName(name): true, name: false, "surat.part": false, ".part": false} {
		if backup.IsPart(given) != want {
			t.Errorf("%q: %v", given, !want)
		}
	}
}
