package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"titian/storage"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/vault"
)

const (
	filesPage   = 500
	filesListed = 1000 // ill ones that are named each; more are counted
)

// mendFiles puts back what is not whole from a backup.
const mendFiles = "titian restore <cadangan> --only-files --key -"

// fault is what is wrong with a file.
type fault string

const (
	lost       fault = "missing"
	altered    fault = "altered"
	unreadable fault = "unreadable"
)

var faultWords = map[fault]string{lost: "hilang", altered: "berubah atau terpotong", unreadable: "tidak dapat dibaca"}

// faultOf reads a file to its end and compares it with its row; "" when it is the one that was put. err is an outage: then
// nothing is known of the file.
func faultOf(ctx context.Context, v *vault.Vault, f postgres.KeptFile) (fault, error) {
	r, err := v.Get(ctx, string(f.ID))
	sum, n := sha256.New(), int64(0)
	if err == nil {
		n, err = io.Copy(sum, r)
		err = errors.Join(err, r.Close())
	}
	switch {
	case errors.Is(err, vault.ErrMissing):
		return lost, nil
	case errors.Is(err, vault.ErrAltered):
		return altered, nil
	case storage.IsDown(err), ctx.Err() != nil:
		return "", err
	case err != nil:
		return unreadable, nil
	case n != f.SizeBytes, f.SHA256 != "" && f.SHA256 != hex.EncodeToString(sum.Sum(nil)):
		return altered, nil
	}
	return "", nil
}

// files reads every file that has a row.
func (x *checkup) files(ctx context.Context, db *postgres.DB, k *keys.Keyset) {
	v := vault.On(vault.LookAt(x.in("vault")), k)
	if x.Bucket != "" {
		b, err := x.vaultBucket()
		if err != nil {
			return // settle would not have let it pass
		}
		v = vault.On(b, k)
	}
	read, ill := 0, 0
	err := eachFile(ctx, db, func(f postgres.KeptFile) error {
		harm, err := faultThatStays(ctx, db, v, f)
		if err != nil {
			return err
		}
		read++
		if harm != "" {
			if ill++; ill <= filesListed {
				x.ill(f, harm)
			}
		}
		return nil
	})
	switch {
	case err != nil:
		x.wrong("files", "titian doctor", "pemeriksaan berhenti setelah %d berkas: %v", read, err)
	case ill > 0:
		x.wrong("files", mendFiles, "%d dari %d berkas tidak utuh", ill, read)
	default:
		x.ok("files", "%d berkas dibuka sampai akhir, semuanya utuh", read)
	}
}

// eachFile goes through the rows a page at a time.
func eachFile(ctx context.Context, db *postgres.DB, do func(postgres.KeptFile) error) error {
	for after := storage.FileID(""); ; {
		page, err := db.FilesAfter(ctx, after, filesPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, f := range page {
			if err := do(f); err != nil {
				return err
			}
		}
		after = page[len(page)-1].ID
	}
}

// faultThatStays is faultOf, but for a file that was given up while it was looked at.
func faultThatStays(ctx context.Context, db *postgres.DB, v *vault.Vault, f postgres.KeptFile) (fault, error) {
	harm, err := faultOf(ctx, v, f)
	if harm == "" || err != nil {
		return "", err
	}
	known, err := db.KnownFiles(ctx, []storage.FileID{f.ID})
	if err != nil || !known[f.ID] {
		return "", err
	}
	return harm, nil
}

// ill names a file and whose it is by the number of a registration, never by a name.
func (x *checkup) ill(f postgres.KeptFile, harm fault) {
	of := "belum termasuk pendaftaran mana pun"
	if f.Registration != "" {
		of = "pendaftaran " + f.Registration
	}
	x.findings = append(x.findings, finding{Name: "file", Severity: wrong, File: string(f.ID), Registration: f.Registration, Fault: harm,
		Says: fmt.Sprintf("berkas %s (%s, %s) %s", f.ID, f.Purpose, of, faultWords[harm]), Mend: mendFiles})
}
