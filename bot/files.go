package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/flows/flow"
	"titian/storage"
)

// maxFile is the largest file that is fetched, 20 MiB: what Telegram hands to bots.
const maxFile = 20 << 20

// files hears a message with a file: fetched, checked and sealed where the
// question wants one, answered kindly where it does not.
func (t *talk) files() error {
	q, busy := t.question()
	top, _ := t.conv.top()
	album := t.album(q, top)
	inAlbum := album != "" && top.Album != nil && top.Album.ID == album
	if !busy || q.WantsFiles == 0 && !inAlbum {
		if _, open := t.thread(); open {
			return t.filesToStaff()
		}
		t.conv.Album = t.m.Album
		if !busy {
			t.script.Say("bot.no_files_now", nil)
			return t.menu()
		}
		t.script.Say("flow.no_files_here", nil)
		t.ask()
		return nil
	}
	in := flow.Input{ID: t.m.ID, Ref: t.m.Ref, At: t.m.At, Album: album}
	want := t.b.Flows.Find(top.Flow).Wanted(top, album, t.now)
	for _, f := range t.m.Files {
		kept, refusal, err := t.keep(f, want)
		switch {
		case errors.Is(err, errLater):
			return t.postpone(f, late{Want: want, Run: top.Run, Question: q.ID, Key: q.Key, Album: album})
		case err != nil:
			return err
		case refusal != nil:
			t.b.Meter.Refused(t.m.From.Network, refusal.Reason)
			in.Refused, t.loud = (*flow.Refusal)(refusal), true
		default:
			in.Files = append(in.Files, kept)
			want.Known = append(want.Known, kept.Source, kept.SHA256)
		}
	}
	had := kept(top, album)
	before := t.script.Clone()
	if err := t.advance(in); err != nil {
		return err
	}
	if q.ID == "picture" {
		if err := t.captioned(before); err != nil {
			return err
		}
	}
	if t.floor() && slices.ContainsFunc(t.effects, keeps) {
		t.script = before // the flow goes on asking when the officer has said their say
		t.counts(q.Key)
		return nil
	}
	if top, _ = t.conv.top(); inAlbum && t.m.Album == "" && t.script.Empty() {
		key := "flow.files_full"
		if kept(top, album) > had {
			key = "flow.file_added"
		}
		t.script.Say(key, nil)
		t.ask()
	}
	return nil
}

func keeps(e storage.Effect) bool { _, is := e.(storage.KeepFile); return is }

// loose begins the name of an album made of photos that were sent one by one.
const loose = "loose:"

// album is the set a file belongs to. Photos sent one by one are one set too,
// also those that follow an album, though the next question has been asked meanwhile.
func (t *talk) album(q flow.Question, s flow.State) string {
	switch {
	case t.m.Album != "":
		return t.m.Album
	case q.WantsFiles > 0:
		return loose + t.m.ID
	case s.Album != nil && !s.Album.Refused && kept(s, s.Album.ID) > 0:
		return s.Album.ID
	}
	return ""
}

// kept is how many files of the album's question are kept.
func kept(s flow.State, album string) int {
	if s.Album == nil || s.Album.ID != album {
		return 0
	}
	return len(flow.ReadFiles(s.Answers[s.Album.Key].Value))
}

// keep fetches and seals one file. errLater: it is not to be had now; any other error is an outage to wait out.
func (t *talk) keep(f chat.File, want flow.Wanted) (flow.FileAnswer, *Refusal, error) {
	if f.SizeBytes > maxFile {
		return flow.FileAnswer{}, tooLarge(f.SizeBytes), nil
	}
	t.b.Replies.Typing(t.m.Chat)
	id := fileID(t.m, f)
	ctx, cancel := context.WithTimeout(t.ctx, fetchInline)
	defer cancel()
	kept, err := t.b.fetch(ctx, t.m.From.Network, f, id, want)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		return flow.FileAnswer{}, refusal, nil
	case err != nil && t.ctx.Err() != nil:
		return flow.FileAnswer{}, nil, t.ctx.Err()
	case err != nil && ctx.Err() == nil && t.b.Now().Sub(t.m.At) < fetchFresh:
		return flow.FileAnswer{}, nil, fmt.Errorf("fetch file of message %s: %w: %w", t.m.ID, storage.ErrDown, err)
	case err != nil:
		t.b.Log.Warn("a file is fetched later", "network", t.m.From.Network, "message", t.m.ID, "error", err)
		return flow.FileAnswer{}, nil, errLater
	}
	kept.ID = string(id)
	return kept, nil, nil
}

// fetch fetches, checks and seals one file. A *Refusal tells the person why it will not do; any other error is worth
// another try.
func (b *Bot) fetch(ctx context.Context, network chat.Network, f chat.File, id storage.FileID, want flow.Wanted) (flow.FileAnswer, error) {
	from := b.Fetchers[network]
	if from == nil {
		return flow.FileAnswer{}, &Refusal{Reason: "gone"}
	}
	r, err := from.Fetch(ctx, f)
	if err == nil {
		defer r.Close()
		var kept flow.FileAnswer
		if kept, err = b.Files.Keep(ctx, id, want, r); err == nil {
			return kept, nil
		}
	}
	var fetch *chat.FetchError
	switch {
	case errors.As(err, &fetch) && fetch.TooLarge:
		return flow.FileAnswer{}, tooLarge(f.SizeBytes)
	case errors.As(err, &fetch) && fetch.Gone:
		return flow.FileAnswer{}, &Refusal{Reason: "gone"}
	}
	return flow.FileAnswer{}, err
}

func tooLarge(size int64) *Refusal {
	return &Refusal{Reason: "too_large", Args: map[string]string{
		"size": megabytes(size), "limit": megabytes(maxFile),
	}}
}

// megabytes prints a size as people do, "25" or "2,4".
func megabytes(bytes int64) string {
	tenths := (bytes*10 + 1<<19) >> 20
	if tenths%10 == 0 || tenths >= 100 {
		return strconv.FormatInt(tenths/10, 10)
	}
	return strings.ReplaceAll(fmt.Sprintf("%.1f", float64(tenths)/10), ".", ",")
}

// fileID is the same for the same file of the same message, so that a turn that
// is tried again stores it once.
func fileID(m chat.Message, f chat.File) storage.FileID {
	sum := sha256.Sum256([]byte(string(m.From.Network) + "\x00" + m.From.Key + "\x00" + m.ID + "\x00" + f.Ref))
	return storage.FileID(strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])))
}
