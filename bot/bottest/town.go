package bottest

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/lib/pq"

	"titian/storage/keys"
)

// FirstOfTown is the Telegram chat of the first owner of a Town; those of the others follow.
const FirstOfTown = 700_000

// Town fills a migrated database with n owners who registered long ago and agreed to announcements, each in a Telegram chat of
// their own: "Contoh 1" has the number IKM-2026-000001. It goes past the bot, which would take an hour.
func Town(db *sql.DB, k *keys.Keyset, n int) error {
	var indexes, sealed [][]byte
	for i := range n {
		key := strconv.Itoa(FirstOfTown + i)
		index := k.Index("address", "telegram\x00"+key)
		shut, err := k.Seal([]byte(key), []byte("addresses/key/telegram/"+hex.EncodeToString(index)))
		if err != nil {
			return err
		}
		indexes, sealed = append(indexes, index), append(sealed, shut)
	}
	for _, insert := range []string{
		`INSERT INTO owners (id, created_at) SELECT 'o' || i, now() FROM generate_series(1, $1) i`,
		`INSERT INTO contacts (id, created_at) SELECT 'k' || i, now() FROM generate_series(1, $1) i`,
		`INSERT INTO speaks_for (contact, owner, role, since) SELECT 'k' || i, 'o' || i, 'self', now() FROM generate_series(1, $1) i`,
		`INSERT INTO registrations (owner, number, name, business, sector, products, kecamatan, kelurahan, address, workers, permits, photos, missing, announcements,
			typed_by, network, source, flow_version, filed_at, answers_sealed)
			SELECT 'o' || i, 'IKM-2026-' || lpad(i::text, 6, '0'), 'Contoh ' || i, 'Usaha', 'food', '{}', 'Kambu', '', '', 1, '{}', '{}', '{}', true,
				'self', 'telegram', '', 1, now(), '' FROM generate_series(1, $1) i`,
		`INSERT INTO registration_numbers (year, last) VALUES (2026, $1)`,
	} {
		if _, err := db.Exec(insert, n); err != nil {
			return fmt.Errorf("fill a town: %w", err)
		}
	}
	if _, err := db.Exec(`
		INSERT INTO addresses (network, key_index, key_sealed, contact, used_at)
		SELECT 'telegram', x, s, 'k' || i, now() FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS a (x, s, i)`,
		pq.ByteaArray(indexes), pq.ByteaArray(sealed)); err != nil {
		return fmt.Errorf("fill a town: %w", err)
	}
	_, err := db.Exec(`ANALYZE`)
	return err
}
