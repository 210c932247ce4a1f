package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// deviceSchema holds the tables that WhatsApp's library makes and keeps itself. They hold keys that may not be put back
// as they were, so no dump has them.
const deviceSchema = "wa"

// devicePatience bounds one call of the library.
const devicePatience = 30 * time.Second

// Devices is the pool of the linked device: its search path is a schema of its own, made on first use. It closes with d.
func (d *DB) Devices(ctx context.Context) (*sql.DB, error) {
	const doing = "make room for the linked device"
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if _, err := d.slow.ExecContext(ctx, fmt.Sprintf(`CREATE SCHEMA IF NOT EXISTS %s`, deviceSchema)); err != nil {
		return nil, wrap(doing, err)
	}
	p, err := pool(d.url, devicePatience, map[string]string{
		"search_path": deviceSchema, "idle_in_transaction_session_timeout": ms(devicePatience),
	})
	if err != nil {
		return nil, err
	}
	p.SetMaxOpenConns(8)
	p.SetMaxIdleConns(4)
	d.devices = append(d.devices, p.DB)
	return p.DB, nil
}

// DeviceLinked says whether a phone has been linked.
func (d *DB) DeviceLinked(ctx context.Context) (linked bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "look for a linked device"
	var there bool
	if err := d.fast.GetContext(ctx, &there, `SELECT to_regclass($1) IS NOT NULL`, deviceSchema+".whatsmeow_device"); err != nil || !there {
		return false, wrap(doing, err)
	}
	err = d.fast.GetContext(ctx, &linked, `SELECT EXISTS (SELECT 1 FROM wa.whatsmeow_device)`)
	return linked, wrap(doing, err)
}

// keepSent is how long the text of a sent message stands in the library's table: a phone that could not read it asks for
// it again within hours.
const keepSent = 24 * time.Hour

// PurgeDevices deletes what the library kept in plain text and no longer needs: sent messages after a day, received ones
// that nobody came back for after two weeks, when WhatsApp has forgotten them too.
func (d *DB) PurgeDevices(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	const doing = "purge what the linked device kept"
	var there bool
	if err := d.slow.GetContext(ctx, &there, `SELECT to_regclass($1) IS NOT NULL`, deviceSchema+".whatsmeow_retry_buffer"); err != nil || !there {
		return wrap(doing, err)
	}
	if _, err := d.slow.ExecContext(ctx, `
		DELETE FROM wa.whatsmeow_retry_buffer WHERE timestamp < $1`, d.at().Add(-keepSent).UnixMilli()); err != nil {
		return wrap(doing, err)
	}
	_, err := d.slow.ExecContext(ctx, `
		DELETE FROM wa.whatsmeow_event_buffer WHERE insert_timestamp < $1`, d.at().Add(-14*24*time.Hour).UnixMilli())
	return wrap(doing, err)
}
