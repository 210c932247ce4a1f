package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"titian/storage/storagetest"
	"titian/storage/vault"
)

// holds puts files that belong to somebody registered, with their rows, and returns their ids.
func (w *ward) holds(n int) (ids []string, v *vault.Vault) {
	w.Helper()
	opened, err := openResults(w.Context(), w.settings, slog.New(slog.DiscardHandler))
	w.must(err)
	defer opened.close()
	v, err = w.openVault(opened.keys)
	w.must(err)
	_, err = w.rows.Exec(`
		INSERT INTO owners (id, created_at) VALUES ('o', now());
		INSERT INTO registrations (owner, number, name, business, sector, products, kecamatan, kelurahan, address, workers, permits, photos, missing,
			typed_by, network, source, flow_version, filed_at, answers_sealed)
		VALUES ('o', 'IKM-2026-000001', 'Contoh Satu', '', '', '{}', '', '', '', 0, '{}', '{}', '{}', 'self', 'telegram', '', 1, now(), '')`)
	w.must(err)
	for i := range n {
		id := vault.NewID()
		stored, err := v.Put(w.Context(), id, strings.NewReader(fmt.Sprint("foto ", i)), 100)
		w.must(err)
		_, err = w.rows.Exec(`
			INSERT INTO files (id, contact, owner, purpose, mime, size_bytes, sha256, created_at)
			VALUES ($1, 'c', 'o', 'photos', 'image/jpeg', $2, $3, now())`, id, stored.SizeBytes, stored.SHA256)
		w.must(err)
		ids = append(ids, id)
	}
	return ids, v
}

// cut shortens a file as it lies.
func cut(t testing.TB, v *vault.Vault, id string) {
	t.Helper()
	f, size, err := v.Sealed(t.Context(), id)
	if err == nil {
		var b []byte
		if b, err = io.ReadAll(f); err == nil {
			err = v.PutSealed(t.Context(), id, bytes.NewReader(b[:size-3]))
		}
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheDoctorOpensEveryFileAndNamesThoseThatAreNotWhole(t *testing.T) {
	for _, where := range []string{"the disk", "a bucket"} {
		t.Run("on "+where, func(t *testing.T) {
			w := admitted(t)
			if where == "a bucket" {
				w.Bucket = w.stored().URL
			}
			ids, v := w.holds(filesPage + 20) // more than a page
			w.everyFile = true
			if ill, all := w.examined(); len(ill) > 0 || !strings.Contains(fmt.Sprint(all), fmt.Sprint(len(ids), " berkas dibuka")) {
				t.Fatalf("it names %v", ill)
			}
			w.must(v.Delete(t.Context(), ids[3]))
			cut(t, v, ids[5])
			w.must(v.PutSealed(t.Context(), ids[7], sealedOf(t, v, ids[8]))) // another's
			_, err := v.Put(t.Context(), ids[9], strings.NewReader("foto lain"), 100)
			w.must(err) // sealed right, and not what was put
			w.must(v.Delete(t.Context(), ids[11]))
			_, err = w.rows.Exec(`UPDATE files SET deleted_at = now() WHERE id = $1`, ids[11]) // given up
			w.must(err)
			_, all := w.examined()
			got := map[string]fault{}
			for _, f := range all {
				if f.File != "" {
					got[f.File] = f.Fault
					if f.Registration != "IKM-2026-000001" || !strings.Contains(f.Says, "IKM-2026-000001") || f.Severity != wrong {
						t.Errorf("it says %+v", f)
					}
				}
			}
			if want := map[string]fault{ids[3]: lost, ids[5]: altered, ids[7]: altered, ids[9]: altered}; !maps.Equal(got, want) {
				t.Errorf("it names %v, want %v", got, want)
			}
			if strings.Contains(fmt.Sprint(all), "Contoh") {
				t.Error("it names a person")
			}
		})
	}
}

func sealedOf(t testing.TB, v *vault.Vault, id string) io.Reader {
	f, _, err := v.Sealed(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b)
}

func TestABucketThatGoesAwayMeanwhileIsNotCalledAThousandLostFiles(t *testing.T) {
	w := admitted(t)
	s := w.stored()
	w.Bucket = s.URL
	w.holds(3)
	w.everyFile = true
	s.Down()
	ill, all := w.examined()
	if !maps.Equal(ill, map[string]severity{"bucket": wrong, "files": wrong}) || !strings.Contains(fmt.Sprint(all), "berhenti setelah 0 berkas") {
		t.Errorf("it names %v: %v", ill, all)
	}
}

// What the doctor says is mended by the command it says, and so files move from the disk into a bucket.
func TestFilesThatAreNotWholeComeBackFromABackup(t *testing.T) {
	w := admitted(t)
	ids, v := w.holds(5)
	p := &place{TB: t, data: w.Data, env: []string{"TITIAN_DATA=" + w.Data, "DATABASE_URL=" + w.DatabaseURL.Reveal(), "REDIS_URL=" + w.RedisURL.Reveal()}}
	key := p.paperKey()
	file := p.backsUp(filepath.Join(t.TempDir(), "backups"))
	w.must(v.Delete(t.Context(), ids[0]))
	cut(t, v, ids[1])
	out, _, code := p.program().runs("", "doctor", "--files", "--json")
	var told struct {
		OK       bool
		Findings []finding
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil || told.OK || code != exitFailed || strings.Count(out, `"fault"`) != 2 {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}
	if said := p.prints(key, "restore", file, "--only-files", "--key", "-"); !strings.Contains(said, "2 files were put back, 3 were whole already") {
		t.Errorf("it says %q", said)
	}
	p.prints("", "doctor", "--files")
	s := storagetest.S3(t)
	p.env = append(p.env, inBucket(s)...)
	p.program().runs("", "doctor", "--files")
	if said := p.prints(key, "restore", file, "--only-files", "--key", "-"); !strings.Contains(said, "5 files were put back") {
		t.Errorf("it says %q", said)
	}
	w.must(os.RemoveAll(filepath.Join(w.Data, "vault")))
	if out := p.prints("", "doctor", "--files"); !strings.Contains(out, "5 berkas dibuka") {
		t.Errorf("it says %s", out)
	}
	if len(s.Keys(t)) != 5 {
		t.Errorf("there are %q", s.Keys(t))
	}
	if _, err := v.Get(t.Context(), ids[0]); !errors.Is(err, vault.ErrMissing) {
		t.Error(err)
	}
}
