package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"titian/storage"
	"titian/storage/embedded"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/redis"
	"titian/storage/vault"
)

// stores are the servers and what is kept on them, open until close.
type stores struct {
	servers *embedded.Servers
	db      *postgres.DB
	keys    *keys.Keyset
	redis   *redis.Store // nil where only results are needed
	vault   *vault.Vault
}

// startPatience is how long a configured server may take to come up beside us.
const startPatience = 30 * time.Second

// openResults opens Postgres, migrated, with its keyset. Where no server is
// configured a private one is started. Errors an operator can mend are Complaints.
func openResults(ctx context.Context, c *settings, log *slog.Logger) (*stores, error) {
	s := &stores{}
	if err := s.openServers(ctx, c, log); err != nil {
		return nil, err
	}
	if err := s.openPostgres(ctx, c, log); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// openAll opens Redis and the vault too.
func openAll(ctx context.Context, c *settings, log *slog.Logger) (*stores, error) {
	s, err := openResults(ctx, c, log)
	if err != nil {
		return nil, err
	}
	err = patiently(ctx, log, "Redis", func() (err error) {
		s.redis, err = redis.Open(ctx, s.servers.RedisURL, redis.Options{Log: log})
		return err
	})
	if err != nil {
		s.close()
		return nil, unreachable("REDIS_URL", c.RedisURL, err)
	}
	if s.vault, err = c.openVault(s.keys); err == nil {
		err = c.tryVault(ctx, log)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stores) openServers(ctx context.Context, c *settings, log *slog.Logger) error {
	o := c.embedded(log)
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	o.Keeper = []string{self, "keeper", "--data", c.Data}
	if c.DatabaseURL != "" {
		o.Keeper = append(o.Keeper, "--no-postgres")
	}
	if c.RedisURL != "" {
		o.Keeper = append(o.Keeper, "--no-redis")
	}
	s.servers, err = embedded.Open(ctx, o)
	return mendable(err)
}

func (c *settings) embedded(log *slog.Logger) embedded.Options {
	return embedded.Options{Dir: c.Data, DatabaseURL: c.DatabaseURL.Reveal(), RedisURL: c.RedisURL.Reveal(), Log: log}
}

// mendable makes a Complaint of what an operator must mend.
func mendable(err error) error {
	var version *embedded.OtherVersion
	var folder *embedded.Unreachable
	var keyset *keys.Refusal
	switch {
	case errors.Is(err, embedded.ErrNoPostgres):
		return &Complaint{embedded.ErrNoPostgres.Error()}
	case errors.As(err, &version):
		return &Complaint{version.Error()}
	case errors.As(err, &folder):
		return &Complaint{folder.Error()}
	case errors.As(err, &keyset):
		return &Complaint{keyset.Sentence}
	}
	return err
}

func (s *stores) openPostgres(ctx context.Context, c *settings, log *slog.Logger) error {
	err := patiently(ctx, log, "Postgres", func() (err error) {
		s.db, err = postgres.Open(ctx, s.servers.DatabaseURL, postgres.Options{Now: clock(), Log: log})
		return err
	})
	if err != nil {
		return unreachable("DATABASE_URL", c.DatabaseURL, err)
	}
	err = s.db.Migrate(ctx, func(ctx context.Context, check postgres.KeyCheck) (err error) {
		s.keys, err = keys.Ensure(ctx, c.ensure(check))
		return err
	})
	if err != nil {
		return mendable(err)
	}
	s.db.UseKeys(s.keys)
	return nil
}

func (c *settings) ensure(check keys.CheckStore) keys.EnsureOptions {
	return keys.EnsureOptions{Store: check, Literal: c.Keyset.Reveal(), Path: c.keysetPath()}
}

func (c *settings) keysetPath() string { return c.in("keyset.json") }

// patiently tries again while a server that should be there is still starting.
func patiently(ctx context.Context, log *slog.Logger, name string, open func() error) error {
	deadline := time.Now().Add(startPatience)
	for told := false; ; told = true {
		err := open()
		if err == nil || !storage.IsDown(err) || time.Now().After(deadline) {
			return err
		}
		if !told {
			log.Warn("waiting for a server to come up", "server", name)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// unreachable says which variable to look at when a configured server cannot be used.
func unreachable(variable string, configured Secret, err error) error {
	switch {
	case configured == "" || errors.Is(err, context.Canceled):
		return err
	case storage.IsDown(err):
		return complain("the server in %s does not answer: %v", variable, err)
	}
	return complain("%s cannot be used: %v", variable, err)
}

// close lets go of everything, in the order that loses nothing.
func (s *stores) close() {
	if s.redis != nil {
		_ = s.redis.Close()
	}
	if s.db != nil {
		_ = s.db.Close()
	}
	_ = s.servers.Close()
}
