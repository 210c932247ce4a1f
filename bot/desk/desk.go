// Package desk is the staff side of Titian: what a staff member's message or tap
// means, who is staff, what staff and the owners of halal files are told, the
// documents and dossiers that officers are shown, and the talks between the two.
// It imports the nouns of chat and storage, the parsers of answer, the texts of
// locales and the watermark; it sends only by what it is given, holds no SQL, and
// decides nothing about an owner's conversation.
package desk

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"titian/bot/chat"
	"titian/locales"
	"titian/storage"
	"titian/storage/segment"
)

// Store keeps staff and what they were told; see storage/postgres.
type Store interface {
	Staff(ctx context.Context) ([]storage.Staff, error)
	StaffAt(ctx context.Context, c storage.ContactID) (storage.Staff, error)
	StaffFrom(ctx context.Context, a chat.Address) (storage.Staff, error)
	Holidays(ctx context.Context) ([]storage.Holiday, error)
	Notices
	Owners
	Brakes
	Invited
	Halal
	Threads
	Links
	Broadcasts
	Invitations
}

// Halal keeps the applications that staff review.
type Halal interface {
	Application(ctx context.Context, idOrNumber string) (storage.Application, error)
	Dossier(ctx context.Context, id storage.ApplicationID) (storage.Dossier, error)
	CurrentProgramme(ctx context.Context, now time.Time) (storage.Programme, error)
	Programmes(ctx context.Context) ([]storage.Programme, error)
	Queue(ctx context.Context, p storage.ProgrammeID) ([]storage.Application, error)
	Carried(ctx context.Context, p storage.ProgrammeID) ([]storage.Application, error)
	HandedTo(ctx context.Context, s storage.StaffID) ([]storage.Application, error)
	Calls(ctx context.Context) ([]storage.Call, error)
	AddressOf(ctx context.Context, c storage.ContactID) (chat.Address, error)
	TakeAwayLater(ctx context.Context, c storage.ContactID, to chat.Address, refs []string, after time.Duration) error
	Handouts
}

// Files opens sealed files.
type Files interface {
	Get(ctx context.Context, id string) (io.ReadCloser, error)
}

// Notices is the ledger of what staff were told.
type Notices interface {
	Recipient(ctx context.Context, id string) (storage.Recipient, error)
	RecipientBeside(ctx context.Context, id string, trouble chat.Network) (storage.Recipient, error)
	Event(ctx context.Context, kind storage.NoticeKind, id string) (storage.Event, error)
	ClaimNotice(ctx context.Context, recipient, event string, counts bool) (storage.Claim, error)
	NoticeSent(ctx context.Context, recipient string, events []string) error
	MakeDigest(ctx context.Context, day string) (made bool, err error)
	GroupGone(ctx context.Context, id string) error
	GroupMoved(ctx context.Context, id string, to chat.Address) error
}

// Data are the files that a dinas may change. Check says what is wrong with
// them, Reload takes them all, or none.
type Data interface {
	Check() error
	Reload() error
}

// Options is what a Desk is wired from.
type Options struct {
	Store  Store
	Texts  *locales.Catalog
	Office *locales.Office
	Data   Data
	// Post sends staff one message and waits for its fate; its errors are *chat.SendError.
	Post func(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) error
	// Inform sends an owner one message that they did not ask for; its errors are *chat.SendError, Busy when it may not go yet.
	Inform func(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) error
	// Refused says why an error of Inform keeps a message from ever being sent.
	Refused func(err error) storage.CallWhy
	// Show is Post that says what the network calls the message; Remove takes one out of a chat.
	Show   func(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) (chat.Receipt, error)
	Remove func(ctx context.Context, c storage.ContactID, to chat.Address, ref string) error
	Files  Files
	// KBLI proposes codes for a kind of product, as the dinas's data file has them.
	KBLI func(kind string) []storage.KBLI
	// Tell lets a contact's conversation hear a message of Titian's own, whose From and Chat it fills in; storage.ErrNotFound when
	// nothing is known of an address any more. Settled waits until what is owed to a contact was sent.
	Tell    func(ctx context.Context, c storage.ContactID, m chat.Message) error
	Settled func(ctx context.Context, c storage.ContactID) error
	// Numbered are the networks without buttons. What nobody asked for has no choices there: a number means the last answer's.
	Numbered map[chat.Network]chat.Numbered
	// Announcer shows what broadcasts would do and how far they are; nil: none are made here. Words are what a query may speak of.
	Announcer Announcer
	Words     func() map[segment.Field][]segment.Word
	// Linker links the dinas's phone; nil: this process does not speak on WhatsApp.
	Linker Linker
	// Dossiers makes what is handed on of an application; nil: nobody is sent any.
	Dossiers Dossiers
	// Lists writes the lists of invitations.
	Lists Lists
	// Detach tells a contact's conversation that an owner moved away from it.
	Detach func(ctx context.Context, c storage.ContactID, move string) error
	// Reminded counts the reminders about invitations that were sent, by kind; nil: nobody counts.
	Reminded func(kind string)
	Now      func() time.Time
	Log      *slog.Logger
}

// Desk is the staff side. Safe for concurrent use.
type Desk struct {
	Options
	people   atomic.Pointer[map[storage.ContactID]bool] // who is shown the staff's help
	digested atomic.Value                               // the day whose digest was made, as far as this process knows
	handing  sync.Mutex                                 // one dossier at a time is in memory
}

// New makes a desk; Refresh it before it is used, and Run it.
func New(o Options) *Desk {
	if o.Reminded == nil {
		o.Reminded = func(string) {}
	}
	d := &Desk{Options: o}
	d.people.Store(&map[storage.ContactID]bool{})
	return d
}

// Refresh reads what this process keeps a copy of: who is staff, and the holidays.
func (d *Desk) Refresh(ctx context.Context) error {
	return errors.Join(d.refreshStaff(ctx), d.refreshHolidays(ctx))
}

func (d *Desk) refreshStaff(ctx context.Context) error {
	list, err := d.Store.Staff(ctx)
	if err != nil {
		return err
	}
	people := map[storage.ContactID]bool{}
	for _, s := range list {
		people[s.Contact] = s.ID != ""
	}
	d.people.Store(&people)
	return nil
}

func (d *Desk) refreshHolidays(ctx context.Context) error {
	list, err := d.Store.Holidays(ctx)
	if err != nil {
		return err
	}
	days := map[string]locales.Day{}
	for _, h := range list {
		days[h.Day] = locales.Day{Name: h.Name, Open: h.Open}
	}
	d.Office.SetDays(days)
	return nil
}

// Changed brings this process's copy of a topic up to date: "staff", "holidays", "files", or "" for what the database
// holds. Files are read again by an admin's word only: one that went by while the database was away is said again.
func (d *Desk) Changed(ctx context.Context, topic string) {
	var err error
	switch topic {
	case "staff":
		err = d.refreshStaff(ctx)
	case "holidays":
		err = d.refreshHolidays(ctx)
	case "files":
		err = d.Data.Reload()
	default:
		err = d.Refresh(ctx)
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Warn("what changed is not yet known here", "topic", topic, "error", err)
	}
}

// Done lets effects that were carried out take hold in this process before anyone is answered; others hear of them.
func (d *Desk) Done(ctx context.Context, effects []storage.Effect) {
	for _, e := range effects {
		switch e.(type) {
		case storage.JoinStaff, storage.RemoveStaff:
			d.Changed(ctx, "staff")
		case storage.SetHoliday:
			d.Changed(ctx, "holidays")
		case storage.ReloadFiles:
			d.Changed(ctx, "files")
		}
	}
}

// Who is the member of staff behind a contact; storage.ErrNotFound when there is none.
func (d *Desk) Who(ctx context.Context, c storage.ContactID) (storage.Staff, error) {
	return d.Store.StaffAt(ctx, c)
}
