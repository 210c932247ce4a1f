package bottest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"titian/bot"
	"titian/bot/broadcast"
	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/bot/desk"
	"titian/flows/answer"
	"titian/flows/rules"
	"titian/locales"
	"titian/storage"
	"titian/storage/dossier"
	"titian/storage/postgres"
)

// addDesk makes the staff side, as the program wires it.
func (h *House) addDesk(texts *locales.Catalog, office *locales.Office, log *slog.Logger) {
	if !h.Options.Staff {
		return
	}
	h.Desk = desk.New(desk.Options{
		Store: h.DB, Texts: texts, Office: office, Now: h.Clock.Now, Log: log,
		Data:     data{h, texts, office},
		Post:     h.posts(delivery.Staff),
		Inform:   h.posts(delivery.Notice),
		Refused:  delivery.CallWhy,
		Show:     h.show,
		Numbered: numbered(h.Options),
		Remove:   h.Delivery.Remove, Files: h.Vault, KBLI: h.Book.Rules.KBLI, Words: h.Book.Words.All, Dossiers: dossiers{h}, Lists: lists{},
		Settled: h.Delivery.Settled, Linker: h.Options.Linker,
		Tell: func(ctx context.Context, c storage.ContactID, m chat.Message) error {
			from, err := h.DB.AddressOf(ctx, c)
			if err != nil {
				return err
			}
			return h.Bot.Tell(ctx, from, m)
		},
		Detach: func(ctx context.Context, c storage.ContactID, move string) error {
			from, err := h.DB.AddressOf(ctx, c)
			if err != nil {
				return err
			}
			return h.Bot.Detach(ctx, from, move)
		},
	})
	h.pumps = broadcast.New(broadcast.Options{
		Ledger: h.DB, Texts: texts, Office: office, Rate: func(chat.Network) float64 { return 25 }, Worker: h.Options.Worker, Now: h.Clock.Now, Log: log,
		Acts: h.Desk.BroadcastActs,
		Post: func(ctx, wanted context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
			return h.Delivery.Notice(delivery.Until(ctx, wanted), c, to, m, delivery.Broadcast)
		},
		Tell: func(ctx context.Context, c storage.ContactID, to chat.Address, ref string, m chat.Outgoing) (chat.Receipt, error) {
			if ref == "" {
				return h.Delivery.Notice(ctx, c, to, m, delivery.Notice)
			}
			return chat.Receipt{}, h.Delivery.Edit(ctx, c, to, ref, m)
		},
	})
	h.Desk.Announcer = h.pumps
}

func (h *House) posts(class delivery.Class) func(context.Context, storage.ContactID, chat.Address, chat.Outgoing) error {
	return func(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) error {
		_, err := h.send(ctx, c, to, m, class)
		return err
	}
}

func (h *House) show(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	return h.send(ctx, c, to, m, delivery.Staff)
}

func (h *House) send(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing, class delivery.Class) (chat.Receipt, error) {
	if posted := h.Options.Posted; posted != nil {
		if err := posted(to, m); err != nil {
			return chat.Receipt{}, err
		}
	}
	return h.Delivery.Notice(ctx, c, to, m, class)
}

// theDesk is the bot's, and nil as an interface where there is none.
func theDesk(h *House) bot.Desk {
	if h.Desk == nil {
		return nil
	}
	return h.Desk
}

// beginDesk works the jobs, and hears what other processes change.
func (h *House) beginDesk(ctx context.Context) (err error) {
	if h.Desk == nil {
		return nil
	}
	work := postgres.JobsOptions{Networks: []string{string(chat.Terminal), string(chat.WhatsApp)}, Files: h.Vault, Notices: h.Desk, Owners: h.Desk, Invited: h.Desk, Shower: h.Desk, Talk: h.Desk, Late: h.Bot, Joins: h.Bot, Pumper: h.pumps}
	if h.Options.Linker != nil {
		work.Linker = h.Desk
	}
	if h.Options.Reminding {
		work.Reminder = h.Reminders
	}
	if h.Jobs, err = h.DB.Jobs(work); err != nil {
		return err
	}
	go h.DB.Watch(ctx, func(topic postgres.Topic) { h.Desk.Changed(ctx, string(topic)) })
	return errors.Join(h.Desk.Refresh(ctx), h.Jobs.Start(context.WithoutCancel(ctx)))
}

func (h *House) endDesk(ctx context.Context) {
	if h.Jobs == nil {
		return
	}
	if err := h.Jobs.Stop(ctx); err != nil {
		h.T.Logf("stop jobs: %v", err)
	}
}

// Invite makes someone staff who then writes under that name.
func (h *House) Invite(name string, role storage.Role) *Person {
	h.T.Helper()
	out, err := h.DB.InviteStaff(context.Background(), name, role)
	if err != nil || out.Code == "" {
		h.T.Fatalf("invite %s: %+v, %v", name, out, err)
	}
	p := h.Person(name)
	p.Says("/petugas " + out.Code)
	return p
}

// dossiers makes them as the program does, but for the words of the questionnaire.
type dossiers struct{ h *House }

func (d dossiers) Write(ctx context.Context, a storage.Application, told storage.Dossier, at time.Time,
	create func(name string) (io.WriteCloser, error),
) ([]string, error) {
	report, err := dossier.Write(ctx, dossier.Case{Application: a, Dossier: told, At: at}, d, nil, create)
	return report.Missing, err
}

// lists writes them as the program does.
type lists struct{}

func (lists) ParticipantsPDF(w io.Writer, i storage.Invitation, rows []storage.Participant, at time.Time) error {
	return dossier.WriteParticipantsPDF(w, i, rows, at)
}

func (lists) ParticipantsSheet(w io.Writer, rows []storage.Participant) error {
	return dossier.WriteParticipantsSheet(w, "", rows)
}

func (lists) CallsSheet(w io.Writer, rows []storage.Participant) error {
	return dossier.WriteCallsSheet(w, "", rows)
}

// Look tells of the files among ids that are there.
func (d dossiers) Look(ctx context.Context, a storage.ApplicationID, ids []storage.FileID) (files []dossier.File, err error) {
	rows, err := d.h.DB.FilesSeenFrom(ctx, a, ids)
	for _, r := range rows {
		files = append(files, dossier.File{ID: r.ID, Application: r.Application, MIME: r.MIME, SizeBytes: r.SizeBytes, SHA256: r.SHA256})
	}
	return files, err
}

// Open reads one from its start.
func (d dossiers) Open(ctx context.Context, id storage.FileID) (io.ReadCloser, error) {
	return d.h.Vault.Get(ctx, string(id))
}

// data are the files of a data folder.
type data struct {
	h      *House
	texts  *locales.Catalog
	office *locales.Office
}

func (d data) Check() error {
	_, texts := locales.Texts(d.h.Options.Data)
	_, office := locales.ReadOffice(d.h.Options.Data)
	_, city := locales.City(d.h.Options.Data, answer.ReadCity)
	_, asks := rules.Read(locales.Files(d.h.Options.Data))
	return errors.Join(texts, office, city, asks)
}

func (d data) Reload() error {
	city, err := locales.City(d.h.Options.Data, answer.ReadCity)
	if err != nil {
		return err
	}
	asks, err := rules.Read(locales.Files(d.h.Options.Data))
	if err != nil {
		return err
	}
	if err := d.h.Book.SetRules(asks); err != nil {
		return err
	}
	d.h.Book.Regions.Set(city)
	d.texts.Learn(asks.Texts())
	return errors.Join(d.texts.Reload(d.h.Options.Data), d.office.Reload(d.h.Options.Data))
}
