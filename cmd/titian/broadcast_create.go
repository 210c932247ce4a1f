package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"titian/bot/broadcast"
	"titian/bot/chat"
	"titian/bot/door"
	"titian/flows/flow"
	"titian/locales"
	"titian/storage"
)

type broadcastCreate struct {
	Text     string `required:"" type:"existingfile" placeholder:"FILE" help:"The words, with {nama} and {usaha} where the reader is named."`
	Photo    string `type:"existingfile" xor:"file" placeholder:"FILE" help:"A picture with it."`
	Document string `type:"existingfile" xor:"file" placeholder:"FILE" help:"A PDF with it."`
	To       string `required:"" placeholder:"SEGMENT" help:"For whom, like 'kecamatan:Kambu dan sektor:pangan'; everybody: semua."`
	At       string `placeholder:"TIME" help:"When it is sent, like '2026-12-01 09.00' (WITA); default: when it is started."`
	Invite   int    `placeholder:"N" help:"An invitation with so many places."`
	Event    string `placeholder:"WORDS" help:"What they are invited to, as it stands in a sentence: 'studi tiru ke Makassar'."`
	Day      string `placeholder:"TIME" help:"When it begins."`
	Deadline string `placeholder:"TIME" help:"Until when people may answer."`
	Opens    string `placeholder:"TIME" help:"When the places are given; default: a day after the last was sent to, at the deadline at the latest."`
	Rule     string `default:"lot" enum:"lot,register,first,staff" help:"Who gets the places: lot, date of registration (register), first come after the opening (first), or staff choose."`
	Edits    int64  `placeholder:"ID" help:"It is a new version of that broadcast: whom that one reached gets nothing."`
	Staff    string `placeholder:"NAME" help:"The member of staff who makes it, and is shown how far it is; default: your account of this machine."`
}

// Run stores a draft and shows what it would do.
func (b *broadcastCreate) Run(ctx context.Context, c *settings, s streams) error {
	text, err := os.ReadFile(b.Text)
	if err != nil {
		return complain("%s cannot be read: %v", b.Text, err)
	}
	draft := storage.Broadcast{Text: strings.TrimSpace(string(text)), Places: b.Invite, Former: storage.BroadcastID(b.Edits)}
	if draft.SendAt, err = timeOf("--at", b.At); err != nil {
		return err
	}
	i, err := b.invitation()
	if err != nil {
		return err
	}
	return c.withWords(ctx, s, func(w *lexicon) error {
		if err := broadcast.Check(draft.Text, b.Photo+b.Document != ""); err != nil {
			return faulty(w.texts, err)
		}
		e, err := w.read(b.To)
		if err != nil {
			return err
		}
		draft.Audience = e.String()
		if draft.MadeBy, err = w.who(ctx, b.Staff); err != nil {
			return err
		}
		if draft.File, err = b.file(ctx, c, w); err != nil {
			return err
		}
		plan, err := w.db.PlanBroadcast(ctx, e, draft.Former)
		if err != nil {
			return err
		}
		id, refused, err := w.db.DraftBroadcast(ctx, draft)
		if err != nil || refused != "" {
			return refuse(refused, err)
		}
		draft.ID = id
		made, err := w.invite(ctx, s.out, i, draft, e)
		if err != nil {
			return err
		}
		w.preview(s.out, draft, made, plan)
		return nil
	})
}

// timeOf reads a time of WITA.
func timeOf(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02 15.04", "2006-01-02 15:04", "2006-01-02T15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text, locales.WITA); err == nil {
			return t, nil
		}
	}
	return time.Time{}, complain("%s is a time like '2026-12-01 09.00'", flag)
}

func faulty(texts *locales.Catalog, err error) error {
	var f *broadcast.Fault
	if !errors.As(err, &f) {
		return err
	}
	reason, args, _ := f.Problem()
	return &Complaint{texts.Say("broadcast.fault."+reason, args)}
}

// file puts the picture or the PDF, made clean as one that a person sends, into the vault.
func (b *broadcastCreate) file(ctx context.Context, c *settings, w *lexicon) (*chat.Attachment, error) {
	path := b.Photo + b.Document
	if path == "" {
		return nil, nil
	}
	vault, err := c.openVault(w.keys)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, complain("%s cannot be read: %v", path, err)
	}
	defer f.Close()
	id := storage.FileID(strings.ToLower(rand.Text()))
	kept, err := door.New(vault, func() bool { return false }).Keep(ctx, id, flow.Wanted{Want: flow.Want{PDF: b.Document != ""}, Lenient: true}, f)
	if err != nil {
		return nil, complain("%s will not do: %v", path, err)
	}
	if err := w.db.KeepAnnounced(ctx, storage.KeepFile{ID: id, MIME: kept.MIME, SizeBytes: kept.SizeBytes, SHA256: kept.SHA256}); err != nil {
		return nil, err
	}
	base := filepath.Base(path)
	a := chat.StoredFile(string(id), strings.TrimSuffix(base, filepath.Ext(base)), kept.MIME)
	a.SizeBytes = kept.SizeBytes
	return &a, nil
}

// preview shows staff what a draft would do.
func (w *lexicon) preview(out io.Writer, b storage.Broadcast, invites storage.Invitation, plan storage.Plan) {
	fmt.Fprintf(out, "Siaran %d untuk: %s\n", b.ID, b.Audience)
	fmt.Fprintln(out, w.pumps.Preview(b, invites, plan))
	fmt.Fprintln(out)
	if plan.Counts.Of(storage.RecipientPending) > storage.ConfirmOver {
		fmt.Fprintf(out, "Lebih dari %d orang: petugas kedua menyetujui dengan `titian broadcast confirm %d --staff NAMA`.\n", storage.ConfirmOver, b.ID)
	}
	fmt.Fprintf(out, "Mulai: `titian broadcast start %d`\n", b.ID)
}
