package postgres

import (
	"context"
	"sync"

	"github.com/jmoiron/sqlx"
)

// planned keeps statements of the hot path: the server plans them once a connection, where planning costs more than they do.
type planned struct{ known sync.Map }

// of is a query of db as a statement, which stays good over new connections. The query is a constant of the program.
func (p *planned) of(ctx context.Context, db *sqlx.DB, query string) (*sqlx.Stmt, error) {
	if s, ok := p.known.Load(query); ok {
		return s.(*sqlx.Stmt), nil
	}
	s, err := db.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if first, there := p.known.LoadOrStore(query, s); there {
		_ = s.Close()
		return first.(*sqlx.Stmt), nil
	}
	return s, nil
}
