-- +goose Up

-- Whose replies are looked after when Redis lost them: few at any time.
CREATE INDEX snapshots_owing ON snapshots (changed_at) WHERE owes;
