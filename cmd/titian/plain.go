package main

import (
	"context"
	"fmt"

	"titian/flows"
	"titian/flows/flow"
	"titian/storage/embedded"
	"titian/storage/keys"
	"titian/storage/postgres"
)

// migrateCommand is `titian migrate`.
type migrateCommand struct{}

// Run migrates and says so.
func (*migrateCommand) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	opened, err := openResults(ctx, c, newLog(s.err, c.LogLevel))
	if err != nil {
		return err
	}
	defer opened.close()
	fmt.Fprintf(s.out, "the database is at this version; its keyset is %s\n", opened.keys.Name())
	return nil
}

// rotateCommand is `titian keys rotate`.
type rotateCommand struct{}

// Run makes new keys, keeps the old ones for what they sealed, and stores the
// keyset before the database learns of it, so that dying between is harmless.
func (*rotateCommand) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	if c.Keyset != "" {
		return complain("TITIAN_KEYSET holds the keyset: rotate on the machine that has keyset.json, then give its content to every replica")
	}
	alone, err := c.occupy(true)
	if err != nil {
		return err
	}
	defer alone.Close()
	opened, err := openResults(ctx, c, newLog(s.err, c.LogLevel))
	if err != nil {
		return err
	}
	defer opened.close()
	err = opened.db.Migrate(ctx, func(ctx context.Context, check postgres.KeyCheck) error {
		return rotate(ctx, c, check)
	})
	if err != nil {
		return mendable(err)
	}
	fmt.Fprintf(s.out, "keyset %s has new keys. Back up %s now, give it to every replica, then start them again.\n",
		opened.keys.Name(), c.keysetPath())
	return nil
}

func rotate(ctx context.Context, c *settings, check postgres.KeyCheck) error {
	old, err := keys.Ensure(ctx, c.ensure(check))
	if err != nil {
		return err
	}
	next, err := old.Rotate()
	if err != nil {
		return err
	}
	if err := next.SaveFile(c.keysetPath()); err != nil {
		return err
	}
	value, err := next.Check()
	if err != nil {
		return err
	}
	return check.StoreKeyCheck(ctx, value)
}

// flowsCommand is `titian flows --mermaid`.
type flowsCommand struct {
	Mermaid bool   `help:"Draw them as mermaid flowcharts."`
	Only    string `placeholder:"NAME" help:"One conversation instead of all."`
}

// Run walks the conversations and draws what it saw, or lists their names.
func (f *flowsCommand) Run(s streams) error {
	book, _, _, err := speech("")
	if err != nil {
		return err
	}
	if f.Only != "" && book.Find(f.Only) == nil {
		return complain("there is no conversation %q; `titian flows` lists them", f.Only)
	}
	for _, each := range book.All() {
		if f.Only != "" && each.Name != f.Only {
			continue
		}
		if !f.Mermaid {
			fmt.Fprintln(s.out, each.Name)
			continue
		}
		seen, err := flow.Walk(each, flow.WalkOptions{Starts: flows.Starts(each)})
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%%%% %s\n%s\n", each.Name, flow.Mermaid(seen))
	}
	return nil
}

// keeperCommand is the hidden `titian keeper`: see storage/embedded. It is told
// which servers are not its own, and never their addresses.
type keeperCommand struct {
	NoPostgres bool
	NoRedis    bool
}

// Run owns the servers until nobody uses them.
func (k *keeperCommand) Run(ctx context.Context, c *settings, s streams) error {
	o := embedded.Options{Dir: c.Data, Log: newLog(s.err, c.LogLevel)}
	if k.NoPostgres {
		o.DatabaseURL = "elsewhere"
	}
	if k.NoRedis {
		o.RedisURL = "elsewhere"
	}
	return embedded.Keep(ctx, o)
}
