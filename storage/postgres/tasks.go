package postgres

import (
	"context"
	"slices"

	"titian/storage"
)

// tasks are what staff have to find out for an application's owner, those that are open first.
func (d *DB) tasks(ctx context.Context, from reader, id storage.ApplicationID) ([]storage.Task, error) {
	var rows []struct {
		ID      int64  `db:"id"`
		Kind    string `db:"kind"`
		Subject []byte `db:"subject_sealed"`
		Done    bool   `db:"done"`
	}
	if err := from.SelectContext(ctx, &rows, `
		SELECT id, kind, subject_sealed, done_at IS NOT NULL AS done FROM application_tasks
		WHERE application = $1 ORDER BY done, id`, id); err != nil {
		return nil, err
	}
	tasks := make([]storage.Task, len(rows))
	for i, r := range rows {
		subject, err := d.openText(r.Subject, taskAAD(id))
		if err != nil {
			return nil, err
		}
		tasks[i] = storage.Task{ID: r.ID, Kind: r.Kind, Subject: subject, Done: r.Done}
	}
	return tasks, nil
}

func taskAAD(id storage.ApplicationID) string { return "application_tasks/subject/" + string(id) }

// putTasks makes the open tasks those that are named; what was done stays done.
func (t *turn) putTasks(ctx context.Context, id storage.ApplicationID, tasks []storage.Task) error {
	known, err := t.tasks(ctx, t.tx, id)
	if err != nil {
		return err
	}
	same := func(list []storage.Task, k storage.Task) bool {
		return slices.ContainsFunc(list, func(o storage.Task) bool { return o.Kind == k.Kind && o.Subject == k.Subject })
	}
	for _, k := range known {
		if k.Done || same(tasks, k) {
			continue
		}
		if _, err := t.tx.ExecContext(ctx, `DELETE FROM application_tasks WHERE id = $1`, k.ID); err != nil {
			return err
		}
	}
	for n, k := range tasks {
		if same(known, k) || same(tasks[:n], k) {
			continue
		}
		if err := t.addTask(ctx, id, k); err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) addTask(ctx context.Context, id storage.ApplicationID, k storage.Task) error {
	subject, err := t.sealText(k.Subject, taskAAD(id))
	if err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `
		INSERT INTO application_tasks (application, kind, subject_sealed, made_at) VALUES ($1, $2, $3, $4)`, id, k.Kind, subject, t.at)
	return err
}
