package postgres

import (
	"context"

	"titian/storage"
)

// HandedTo are the applications that were handed to a pendamping and are not at their end, the oldest first.
func (d *DB) HandedTo(ctx context.Context, staff storage.StaffID) ([]storage.Application, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	list, err := d.applications(ctx, d.fast, d.at(), `
		WHERE a.pendamping = $2 AND a.state IN ('handed', 'applied', 'returned') ORDER BY a.handed_at, a.number`, staff)
	return list, wrap("list what was handed to "+string(staff), err)
}

// Carried are the applications of a programme that hold a place and are not at their end, those that changed last at the end.
func (d *DB) Carried(ctx context.Context, programme storage.ProgrammeID) ([]storage.Application, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	list, err := d.applications(ctx, d.fast, d.at(), `
		WHERE a.programme = $2 AND a.state IN ('placed', 'handed', 'applied', 'returned') ORDER BY a.since, a.number`, programme)
	return list, wrap("list who holds a place in programme "+string(programme), err)
}
