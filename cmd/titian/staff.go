package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"titian/bot"
	"titian/bot/broadcast"
	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/bot/desk"
	"titian/bot/dialogue"
	"titian/flows"
	"titian/flows/answer"
	"titian/flows/rules"
	"titian/locales"
	"titian/storage"
	"titian/storage/postgres"
)

// newDesk wires the staff side. The bot is made after it and asked for when it is needed.
func newDesk(c *settings, s *stores, out *delivery.Delivery, data dataFiles, voice *dialogue.Voice, office *locales.Office,
	log *slog.Logger, theBot func() *bot.Bot, numbered map[chat.Network]chat.Numbered,
) *desk.Desk {
	return desk.New(desk.Options{
		Store: s.db, Texts: voice.Texts(), Office: office, Now: clock(), Log: log,
		Data: data, Post: posts(out, delivery.Staff), Inform: posts(out, delivery.Notice), Refused: delivery.CallWhy,
		Show: func(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
			return out.Notice(ctx, c, to, m, delivery.Staff)
		},
		Numbered: numbered,
		Remove:   out.Remove, Files: s.vault, KBLI: data.book.Rules.KBLI, Dossiers: &handed{s.db, s.vault, c.in("locales")}, Lists: lists{c.Data},
		Settled: out.Settled,
		Tell: func(ctx context.Context, c storage.ContactID, m chat.Message) error {
			from, err := s.db.AddressOf(ctx, c)
			if err != nil {
				return err
			}
			return theBot().Tell(ctx, from, m)
		},
		Detach: func(ctx context.Context, c storage.ContactID, move string) error {
			from, err := s.db.AddressOf(ctx, c)
			if errors.Is(err, storage.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			return theBot().Detach(ctx, from, move)
		},
	})
}

// posts sends one message of a class and waits for its fate.
func posts(out *delivery.Delivery, class delivery.Class) func(context.Context, storage.ContactID, chat.Address, chat.Outgoing) error {
	return func(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) error {
		_, err := out.Notice(ctx, c, to, m, class)
		return err
	}
}

// keepUp brings this process's copies up to date whenever another one changed something, until ctx ends.
func (h *house) keepUp(ctx context.Context, db *postgres.DB) {
	db.Watch(ctx, func(topic postgres.Topic) {
		if topic == postgres.TopicBrands || topic == postgres.TopicEverything {
			h.learnBrands(ctx, db)
		}
		if topic != postgres.TopicBrands {
			h.desk.Changed(ctx, string(topic))
		}
	})
}

// learnBrands reads the brands of bahan that staff confirmed, so that owners may pick them.
func (h *house) learnBrands(ctx context.Context, db *postgres.DB) {
	list, err := db.Brands(ctx)
	if err != nil {
		h.log.Warn("what changed is not yet known here", "topic", postgres.TopicBrands, "error", err)
		return
	}
	h.book.Brands.Set(list)
}

// dataFiles are what a dinas may change in the data folder.
type dataFiles struct {
	dir    string
	texts  *locales.Catalog
	office *locales.Office
	book   *flows.Book
	pace   *pace
}

// Check says what is wrong with the files.
func (f dataFiles) Check() error {
	return checkData(f.dir)
}

// Reload takes all of them, or none.
func (f dataFiles) Reload() error {
	if err := f.Check(); err != nil {
		return err
	}
	city, err := locales.City(f.dir, answer.ReadCity)
	if err != nil {
		return err
	}
	asks, err := rules.Read(locales.Files(f.dir))
	if err != nil {
		return err
	}
	if err := f.book.SetRules(asks); err != nil {
		return err
	}
	f.book.Regions.Set(city)
	f.texts.Learn(asks.Texts())
	err = errors.Join(f.texts.Reload(f.dir), f.office.Reload(f.dir), f.pace.Reload(f.dir))
	f.book.Words.Set(broadcast.Vocabulary(f.texts, city, papersOf(asks)), broadcast.Check)
	return err
}

// checkData says what is wrong with the files of a folder.
func checkData(dir string) error {
	if _, _, _, err := speech(dir); err != nil {
		return err
	}
	_, err := readPace(dir)
	return err
}

// staffCommand is `titian staff`.
type staffCommand struct {
	Invite staffInvite `cmd:"" help:"Make a one-time code for someone; they type it in a private chat with the bot."`
	List   staffList   `cmd:"" help:"Show who is staff and who is invited."`
	Remove staffRemove `cmd:"" help:"End someone's rights at once, or withdraw their invitation."`
}

type staffInvite struct {
	Name string `required:"" placeholder:"NAME" help:"What they are called; every name once."`
	Role string `required:"" placeholder:"ROLE" enum:"petugas,pendamping,admin" help:"petugas, pendamping or admin."`
}

// Run prints the words that make whoever types them staff.
func (c *staffInvite) Run(ctx context.Context, conf *settings, s streams) error {
	name, good := storage.StaffName(c.Name)
	if !good {
		return complain("a name has 2 to 60 characters")
	}
	role, _ := storage.ParseRole(c.Role)
	return withResults(ctx, conf, s, func(db *postgres.DB) error {
		out, err := db.InviteStaff(ctx, name, role)
		if err != nil {
			return err
		}
		if out.Refused == storage.RefusedTaken {
			return complain("there is a %q already: give the second one another name", name)
		}
		fmt.Fprintf(s.out, "/petugas %s\n", out.Code)
		fmt.Fprintf(s.err, "%s types these words, once, within 24 hours, in a private chat with the bot.\n", name)
		return nil
	})
}

type staffList struct{}

// Run prints a line a person.
func (*staffList) Run(ctx context.Context, conf *settings, s streams) error {
	return withResults(ctx, conf, s, func(db *postgres.DB) error {
		list, err := db.Staff(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			fmt.Fprintln(s.err, "nobody yet: `titian staff invite --name NAME --role admin`")
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, p := range list {
			state := "since"
			if p.ID == "" {
				state = "invited"
			}
			fmt.Fprintf(w, "%s\t%s\t%s %s\n", p.Name, p.Role, state, p.Since.In(locales.WITA).Format("2006-01-02 15:04"))
		}
		return w.Flush()
	})
}

type staffRemove struct {
	Name string `required:"" placeholder:"NAME" help:"As 'titian staff list' shows it."`
}

// Run removes; what the person types from then on is an owner's.
func (c *staffRemove) Run(ctx context.Context, conf *settings, s streams) error {
	name, _ := storage.StaffName(c.Name)
	return withResults(ctx, conf, s, func(db *postgres.DB) error {
		out, err := db.RemoveStaff(ctx, name)
		if err != nil {
			return err
		}
		if out.Refused == storage.RefusedUnknown {
			return complain("there is no %q; `titian staff list` shows who there is", name)
		}
		fmt.Fprintf(s.out, "%s is staff no longer.\n", name)
		return nil
	})
}

// withResults opens Postgres for one command.
func withResults(ctx context.Context, c *settings, s streams, do func(*postgres.DB) error) error {
	if err := c.settle(); err != nil {
		return err
	}
	opened, err := openResults(ctx, c, newLog(s.err, c.LogLevel))
	if err != nil {
		return err
	}
	defer opened.close()
	return do(opened.db)
}
