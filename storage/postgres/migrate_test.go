package postgres_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/storagetest"
)

func TestMigratingFromNothingAndAgainGivesTheSameSchema(t *testing.T) {
	f := over(t, storagetest.Postgres(t))
	f.must(f.Migrate(t.Context(), nil))
	first := f.pgDump()
	f.must(f.Migrate(t.Context(), nil))
	files, err := os.ReadDir("migrations")
	f.must(err)
	if f.count(`SELECT count(*) FROM goose_db_version WHERE version_id > 0`) != len(files) {
		t.Fatal("a migration ran twice, or not at all")
	}
	if a, b := schema(first), schema(f.pgDump()); a != b {
		t.Fatal("the second migration changed the schema")
	}
	f.contact("1")
}

func TestFourProcessesThatStartAtOnceMigrateOnceAndAgreeOnOneKeyset(t *testing.T) {
	f := over(t, storagetest.Postgres(t))
	path := filepath.Join(t.TempDir(), "keyset.json")
	var inside, made atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		db := f.another()
		all.Go(func() {
			err := db.Migrate(t.Context(), func(ctx context.Context, check postgres.KeyCheck) error {
				if inside.Add(1) != 1 {
					t.Error("two processes are under the lock")
				}
				defer inside.Add(-1)
				if value, err := check.KeyCheck(ctx); err != nil {
					return err
				} else if value == nil {
					made.Add(1)
				}
				_, err := keys.Ensure(ctx, keys.EnsureOptions{Store: check, Path: path})
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 || f.count(`SELECT count(*) FROM key_check`) != 1 {
		t.Fatalf("%d keysets were made", made.Load())
	}
}

func TestTheMigrationLockIsFreeAfterAFailureUnderIt(t *testing.T) {
	f := over(t, storagetest.Postgres(t))
	refused := errors.New("no keyset")
	f.is(f.Migrate(t.Context(), func(context.Context, postgres.KeyCheck) error { return refused }), refused)
	f.must(f.another().Migrate(t.Context(), nil))
}

// schema leaves out of a dump what differs from dump to dump.
func schema(dump string) string { return keepLines(dump, "CREATE", "ALTER", "    ") }
