package simulator

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
)

// typed is a terminal at which lines are typed; what comes to the bot is dropped.
func typed(t *testing.T, lines ...string) (*Terminal, *bytes.Buffer, func()) {
	t.Helper()
	var out bytes.Buffer
	term := NewTerminal("contoh", strings.NewReader(strings.Join(lines, "\n")), &out, time.Now, func(context.Context) error { return nil })
	return term, &out, func() {
		if err := term.Run(t.Context(), func(context.Context, chat.Message) <-chan error { return outcome(nil) }); err != nil {
			t.Error(err)
		}
	}
}

func (t *Terminal) mustSend(tb testing.TB, m chat.Outgoing) chat.Receipt {
	tb.Helper()
	r, err := t.Send(tb.Context(), t.Address(), m)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestTheTerminalNamesAFileAndSavesIt(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.pdf")
	term, out, run := typed(t, "/simpan 1 "+path, "/simpan 1 "+path, "/simpan 2 "+dir, "/simpan 3 "+dir, "/simpan satu")
	term.mustSend(t, chat.Outgoing{Text: "Sertifikat Ibu", Attachment: attached("sertifikat.pdf", strings.Repeat("x", 3000)), Choices: []chat.Choice{{ID: "y", Label: "Ya"}}})
	r := term.mustSend(t, chat.Outgoing{Attachment: attached("../b.zip", strings.Repeat("y", 3<<20/2))})
	term.mustSend(t, chat.Outgoing{Attachment: attached("c.pdf", "z")})
	last := term.sent[2].ref
	if err := term.Remove(t.Context(), term.Address(), last); err != nil {
		t.Fatal(err)
	}
	run()
	want := "\n[berkas] sertifikat.pdf (3 KB)  /simpan 1 PATH\nSertifikat Ibu\n[1] Ya\n\n" +
		"\n[berkas] b.zip (1,5 MB)  /simpan 2 PATH\n\n" +
		"\n[berkas] c.pdf (1 KB)  /simpan 3 PATH\n\n\n[pesan dihapus] c.pdf\n\n" +
		"[tersimpan] " + path + "\n/simpan: " + path + " sudah ada\n[tersimpan] " + filepath.Join(dir, "b.zip") +
		"\n/simpan: berkas 3 tidak ada (lagi)\n/simpan 1 PATH\n"
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out, want)
	}
	if got, _ := os.ReadFile(path); len(got) != 3000 {
		t.Errorf("%d bytes were saved", len(got))
	}
	if r.FileRef == "" || len(term.shelf.files) != 0 {
		t.Errorf("%+v, %d files are kept after the end", r, len(term.shelf.files))
	}
}

func TestTheTerminalPrintsAnEditAndKnowsWhatIsGone(t *testing.T) {
	term, out, _ := typed(t)
	r := term.mustSend(t, chat.Outgoing{Text: "KTP", Choices: []chat.Choice{{ID: "t", Label: "Terima"}}})
	for range 2 {
		if err := term.Edit(t.Context(), term.Address(), r.Ref, chat.Outgoing{Text: "Diterima"}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := term.Remove(t.Context(), term.Address(), r.Ref); err != nil {
			t.Fatal(err)
		}
	}
	if err := term.Edit(t.Context(), term.Address(), r.Ref, chat.Outgoing{Text: "x"}); !errors.Is(err, chat.ErrGone) {
		t.Error(err)
	}
	if want := "\nKTP\n[1] Terima\n\n\n[pesan diubah]\nDiterima\n\n\n[pesan dihapus] Diterima\n\n"; out.String() != want {
		t.Errorf("printed %q", out)
	}
}
