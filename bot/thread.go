package bot

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// Thread is what a conversation knows of its open thread with staff: opened by a wish, in an officer's hands once one answered.
type Thread struct {
	ID    storage.ThreadID `json:"id,omitempty"`    // once an officer answered
	Floor bool             `json:"floor,omitempty"` // what is typed goes to the officer, and the flow waits
	Last  int64            `json:"last,omitempty"`  // the last message of an officer that was said here
	At    time.Time        `json:"at"`              // the last word of either side
}

// quietFor is how soon after the last word nobody needs to be told that theirs was passed on.
const quietFor = 30 * time.Minute

// thread is the open one, if there is one. One that was answered ends by itself in silence; a wish waits for its answer.
func (t *talk) thread() (Thread, bool) {
	th := t.conv.Thread
	if th == nil || th.ID != "" && t.now.Sub(th.At) >= storage.ThreadSilence {
		return Thread{}, false
	}
	return *th, true
}

// floor says whether what is typed goes to an officer.
func (t *talk) floor() bool {
	th, open := t.thread()
	return open && th.Floor
}

// yields gives the floor back to the flow; the thread stays open.
func (t *talk) yields() {
	if th, open := t.thread(); open && th.Floor {
		th.Floor = false
		t.conv.Thread = &th
	}
}

// wished opens a thread, or keeps the open one.
func (t *talk) wished() {
	if _, open := t.thread(); !open {
		t.conv.Thread = &Thread{At: t.now}
	}
}

// answered hears an officer's words, each once: they take the floor.
func (t *talk) answered() {
	n, _ := strconv.ParseInt(t.m.ID[strings.LastIndexByte(t.m.ID, '/')+1:], 10, 64)
	had := t.floor()
	if t.conv.Thread != nil && n <= t.conv.Thread.Last {
		return
	}
	t.conv.Thread = &Thread{ID: storage.ThreadID(t.m.Ref), Floor: true, Last: n, At: t.now}
	key := "bot.thread.officer"
	if t.m.Text == "" {
		key = "bot.thread.officer_file"
	}
	t.script.Say(key, map[string]string{"name": t.m.Name, "words": t.m.Text})
	if !had {
		t.script.Say("bot.thread.hint", nil)
	}
	for _, f := range t.m.Files {
		photo := strings.HasPrefix(f.MIME, "image/")
		name := "dokumen.pdf"
		if photo {
			name = "foto.jpg"
		}
		t.script.Attach(chat.Attachment{Vault: f.Ref, Name: name, MIME: f.MIME, Photo: photo})
	}
}

// closed hears that staff ended the thread: the flow goes on.
func (t *talk) closed() {
	th, open := t.thread()
	if !open || th.ID != "" && string(th.ID) != t.m.Ref {
		return
	}
	t.conv.Thread = nil
	t.script.Say("bot.thread.closed", nil)
	t.ask()
}

// toOfficer hears what is meant for an officer: what begins with their name, and all that is typed while they have the floor but
// for the words that always work. Those give the floor back.
func (t *talk) toOfficer() (handled bool, err error) {
	if t.m.Kind == chat.Tap {
		t.yields()
	}
	if t.m.Kind != chat.Text {
		return false, nil
	}
	th, open := t.thread()
	if words, meant := answer.ToOfficer(t.m.Text); meant {
		if !open || th.ID == "" {
			t.wish(storage.AskOfficer{Reason: "asked", Words: words}, "bot.officer_words")
			return true, nil
		}
		t.passes(storage.SayToStaff{Words: words})
		return true, nil
	}
	if !t.floor() {
		return false, nil
	}
	word, is := answer.Navigation(t.m.Text)
	switch {
	case strings.EqualFold(strings.Trim(t.m.Text, " /.!"), "selesai"):
		t.ends()
		return true, nil
	case is && word == answer.WordContinue:
		t.yields()
		return true, t.resume()
	case is && always[strings.ToLower(strings.Trim(t.m.Text, " /.!"))]:
		if word != answer.WordOfficer && word != answer.WordHelp {
			t.yields()
		}
		return false, nil
	}
	t.passes(storage.SayToStaff{Words: t.m.Text})
	return true, nil
}

// always are the words that work while an officer has the floor: as they are taught, since people who talk say much that
// elsewhere would be a command.
var always = map[string]bool{
	"menu": true, "bantuan": true, "status": true, "kembali": true, "lewati": true, "batal": true, "ulang": true, "petugas": true,
	"berhenti": true, "data saya": true, "hapus data": true, "halal": true, "sertifikat": true, "lapor": true, "daftar": true,
	"lengkapi": true, "ubah": true, "start": true, "ikut lagi": true,
}

// passes gives words or a photo on to staff, and says so unless they are talking.
func (t *talk) passes(e storage.SayToStaff) {
	th, open := t.thread()
	talking := open && th.Floor && t.now.Sub(th.At) < quietFor && t.b.Office.Open(t.now)
	th.At = t.now
	t.conv.Thread = &th
	t.effects = append(t.effects, e)
	if !talking {
		t.after = append(t.after, func(t *talk, _ storage.Outcome) { t.script.Say("bot.thread.passed", nil) })
	}
}

// ends closes the thread by the person's word: the flow goes on.
func (t *talk) ends() {
	t.conv.Thread = nil
	t.effects = append(t.effects, storage.EndThread{})
	t.after = append(t.after, func(t *talk, _ storage.Outcome) {
		t.script.Say("bot.thread.ended", nil)
		t.ask()
	})
}

// unwanted passes on what was typed after a wish and no question wanted: a sentence, not a mistyped answer.
func (t *talk) unwanted() bool {
	if _, open := t.thread(); !open || t.m.Kind != chat.Text || !answer.Sentence(t.m.Text) {
		return false
	}
	t.passes(storage.SayToStaff{Words: t.m.Text})
	return true
}

// filesToStaff passes a file on to staff: where a thread is open, and no question wants it.
func (t *talk) filesToStaff() error {
	for n, f := range t.m.Files {
		e := storage.SayToStaff{}
		if n == 0 {
			e.Words = t.m.Text
		}
		kept, ok, err := t.keepForThread(f)
		if errors.Is(err, errLater) {
			return t.postpone(f, late{Want: forThread})
		}
		if err != nil {
			return err
		}
		if ok {
			e.File, e.MIME = storage.FileID(kept.ID), kept.MIME
			t.passes(e)
		}
	}
	return nil
}

// forThread is what is wanted of a file that somebody looks at.
var forThread = flow.Wanted{Want: flow.Want{PDF: true}}

// keepForThread keeps a file that an officer, or an owner, is to be shown. One that will not do is refused in words.
func (t *talk) keepForThread(f chat.File) (kept flow.FileAnswer, ok bool, err error) {
	kept, refusal, err := t.keep(f, forThread)
	switch {
	case err != nil:
		return kept, false, err
	case refusal != nil:
		t.b.Meter.Refused(t.m.From.Network, refusal.Reason)
		t.script.Say("flow.file."+refusal.Reason, refusal.Args)
		return kept, false, nil
	}
	t.effects = append(t.effects, storage.KeepFile{
		ID: storage.FileID(kept.ID), Purpose: "thread", MIME: kept.MIME, SizeBytes: kept.SizeBytes, SHA256: kept.SHA256,
	})
	return kept, true, nil
}

// counts says that a photo answered the question that waits, while an officer has the floor, and tells the officer.
func (t *talk) counts(question string) {
	t.effects = append(t.effects, storage.SayToStaff{Question: question})
	t.script.Say("bot.thread.photo_counts", nil)
}
