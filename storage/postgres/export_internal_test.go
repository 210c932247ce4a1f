package postgres

import (
	"context"
	"strings"

	"titian/storage"
)

// PlanOfReminders is how the server looks for whom to remind.
func (d *DB) PlanOfReminders(ctx context.Context, by storage.Reminding) string {
	var lines []string
	if err := d.slow.SelectContext(ctx, &lines, `EXPLAIN (ANALYZE, BUFFERS) `+reminded, d.remindedBy(by)...); err != nil {
		return err.Error()
	}
	return strings.Join(lines, "\n")
}
