package postgres_test

import (
	"bytes"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/store/sqlstore"
	waLog "go.mau.fi/whatsmeow/util/log"
)

func TestLinkedDeviceStandsApartAndItsPlainTextGoes(t *testing.T) {
	f := setup(t)
	if err := f.PurgeDevices(t.Context()); err != nil {
		t.Fatalf("purge before anything is there: %v", err)
	}
	if linked, err := f.DeviceLinked(t.Context()); err != nil || linked {
		t.Fatalf("linked before anything is there: %t, %v", linked, err)
	}
	pool, err := f.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlstore.NewWithDB(pool, "postgres", waLog.Noop).Upgrade(t.Context()); err != nil {
		t.Fatal(err)
	}
	var apart, among int
	if err := f.raw.QueryRow(`
		SELECT count(*) FILTER (WHERE schemaname = 'wa'), count(*) FILTER (WHERE schemaname <> 'wa')
		FROM pg_tables WHERE tablename LIKE 'whatsmeow%'`).Scan(&apart, &among); err != nil || apart == 0 || among != 0 {
		t.Fatalf("%d tables stand in wa and %d elsewhere, %v", apart, among, err)
	}
	if _, err := pool.Exec(`
		INSERT INTO whatsmeow_device (jid, lid, registration_id, noise_key, identity_key, signed_pre_key, signed_pre_key_id, signed_pre_key_sig,
			adv_key, adv_details, adv_account_sig, adv_account_sig_key, adv_device_sig)
		VALUES ('d', '', 1, $1, $1, $1, 1, $2, $1, $1, $2, $1, $2)`, make([]byte, 32), make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
	for hours, id := range map[int]string{1: "new", 25: "old"} {
		if _, err := pool.Exec(`
			INSERT INTO whatsmeow_retry_buffer (our_jid, chat_jid, message_id, format, plaintext, timestamp) VALUES ('d', 'c', $1, 'wa', 'x', $2)`,
			id, f.clock.Now().Add(-time.Duration(hours)*time.Hour).UnixMilli()); err != nil {
			t.Fatal(err)
		}
	}
	for days, sum := range map[int]byte{13: 1, 15: 2} {
		if _, err := pool.Exec(`
			INSERT INTO whatsmeow_event_buffer (our_jid, ciphertext_hash, plaintext, server_timestamp, insert_timestamp) VALUES ('d', $1, 'x', 0, $2)`,
			bytes.Repeat([]byte{sum}, 32), f.clock.Now().AddDate(0, 0, -days).UnixMilli()); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.PurgeDevices(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left string
	if err := pool.QueryRow(`
		SELECT (SELECT string_agg(message_id, ',') FROM whatsmeow_retry_buffer) || ' ' ||
			(SELECT string_agg(get_byte(ciphertext_hash, 0)::text, ',') FROM whatsmeow_event_buffer)`).Scan(&left); err != nil || left != "new 1" {
		t.Errorf("what is left is %q, %v", left, err)
	}
	if linked, err := f.DeviceLinked(t.Context()); err != nil || !linked {
		t.Errorf("linked: %t, %v", linked, err)
	}
}
