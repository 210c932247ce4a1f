package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"titian/storage"
	"titian/storage/postgres"
	"titian/storage/vault"
)

// onlyFiles puts back from a backup what is missing or altered, and nothing else; titian may go on running. It brings
// files from the disk into a bucket, too.
func (r *restoreCommand) onlyFiles(ctx context.Context, c *settings, s streams) error {
	typed, err := r.Recover.typed(s.in)
	if err != nil {
		return err
	}
	beside, err := c.occupy(false)
	if err != nil {
		return err
	}
	defer beside.Close()
	log := newLog(s.err, c.LogLevel)
	opened, err := openResults(ctx, c, log)
	if err != nil {
		return err
	}
	defer opened.close()
	if opened.vault, err = c.openVault(opened.keys); err == nil {
		err = c.tryVault(ctx, log)
	}
	if err != nil {
		return err
	}
	m := &mending{look: look{log: log}, db: opened.db, vault: opened.vault}
	if _, err := c.through(ctx, r.File, typed, m); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d files were put back, %d were whole already. `titian doctor --files` says what is still missing.\n", m.mended, m.whole)
	return nil
}

// mending looks through a backup and puts back the files that need it.
type mending struct {
	look
	db            *postgres.DB
	vault         *vault.Vault
	mended, whole int
}

func (m *mending) File(ctx context.Context, id string, sealed io.Reader) error {
	f, err := m.db.KeptFile(ctx, storage.FileID(id))
	if errors.Is(err, storage.ErrNotFound) {
		return nil // given up since
	}
	if err != nil {
		return err
	}
	harm, err := faultOf(ctx, m.vault, f)
	if err != nil {
		return err
	}
	if harm == "" {
		m.whole++
		return nil
	}
	if err := m.vault.PutSealed(ctx, id, sealed); err != nil {
		return err
	}
	if harm, err = faultOf(ctx, m.vault, f); err != nil {
		return err
	}
	if harm == "" {
		m.mended++
	}
	return nil
}
