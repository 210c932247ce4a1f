package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"titian/bot/chat"
)

var (
	_ chat.Editor   = (*Terminal)(nil)
	_ chat.Remover  = (*Terminal)(nil)
	_ chat.Numbered = (*Terminal)(nil)
)

// Named implements chat.Numbered.
func (t *Terminal) Named(id, ref string) bool { return id == ref }

// Lines implements chat.Numbered: a terminal is as long as it needs to be.
func (t *Terminal) Lines() int { return 0 }

// printed is a message that stands in the terminal.
type printed struct {
	ref     string
	text    string
	choices []chat.Choice
	file    string // its name on the shelf; empty: none
	name    string
	size    int64
	number  int // of its file, for /simpan
}

// maxPrinted is how many messages can still be edited, removed and saved from.
const maxPrinted = 200

func (t *Terminal) add(p printed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.file != "" {
		t.files++
		p.number = t.files
	}
	t.sent = append(t.sent, p)
	if len(t.sent) > maxPrinted {
		t.shelf.take(t.sent[0].file)
		t.sent = slices.Delete(t.sent, 0, 1)
	}
	_, _ = io.WriteString(t.out, p.String())
}

// String is the message as it is printed.
func (p printed) String() string {
	var b strings.Builder
	b.WriteString("\n")
	if p.file != "" {
		fmt.Fprintf(&b, "[berkas] %s (%s)  /simpan %d PATH\n", p.name, kilobytes(p.size), p.number)
	}
	if p.text != "" || p.file == "" {
		b.WriteString(p.text + "\n")
	}
	for i, c := range p.choices {
		if !c.Written {
			fmt.Fprintf(&b, "[%s] %s\n", c.Typed(i), c.Label)
		}
	}
	b.WriteString("\n")
	return b.String()
}

func kilobytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", max(1, (n+512)>>10))
	}
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(n)/(1<<20)), ".", ",", 1)
}

// find says where a message stands in sent; -1: nowhere.
func (t *Terminal) find(to chat.Address, ref string) int {
	if to != t.Address() {
		return -1
	}
	return slices.IndexFunc(t.sent, func(p printed) bool { return p.ref == ref })
}

// Edit implements chat.Editor: the message is printed anew.
func (t *Terminal) Edit(_ context.Context, to chat.Address, ref string, m chat.Outgoing) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.find(to, ref)
	if at < 0 {
		return &chat.SendError{Failure: chat.FailedInvalid, Cause: chat.ErrGone}
	}
	p := &t.sent[at]
	if m.Text == "" {
		m.Text = p.text
	}
	if m.Text == p.text && slices.Equal(m.Choices, p.choices) {
		return nil
	}
	p.text, p.choices = m.Text, m.Choices
	_, _ = io.WriteString(t.out, "\n[pesan diubah]"+p.String())
	return nil
}

// Remove implements chat.Remover: what stands in a terminal stays there, but its
// file can no longer be saved.
func (t *Terminal) Remove(_ context.Context, to chat.Address, ref string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.find(to, ref)
	if at < 0 {
		return nil
	}
	what, _, _ := strings.Cut(t.sent[at].text, "\n")
	if name := t.sent[at].name; name != "" {
		what = name
	}
	file := t.sent[at].file
	t.sent = slices.Delete(t.sent, at, at+1)
	if !slices.ContainsFunc(t.sent, func(p printed) bool { return p.file == file }) {
		t.shelf.take(file)
	}
	_, _ = fmt.Fprintf(t.out, "\n[pesan dihapus] %s\n\n", what)
	return nil
}

// save does "/simpan N PATH" and says what came of it. It overwrites nothing.
func (t *Terminal) save(rest string) string {
	said, path, _ := strings.Cut(strings.TrimSpace(rest), " ")
	number, err := strconv.Atoi(said)
	path = strings.TrimSpace(path)
	if err != nil || path == "" {
		return "/simpan 1 PATH"
	}
	t.mu.Lock()
	at := slices.IndexFunc(t.sent, func(p printed) bool { return p.file != "" && p.number == number })
	var p printed
	if at >= 0 {
		p = t.sent[at]
	}
	t.mu.Unlock()
	file := t.shelf.open(p.file)
	if file == nil {
		return fmt.Sprintf("/simpan: berkas %d tidak ada (lagi)", number)
	}
	defer file.Close()
	if stat, err := os.Stat(path); err == nil && stat.IsDir() {
		path = filepath.Join(path, p.name)
	}
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "/simpan: " + path + " sudah ada"
	}
	if err == nil {
		_, err = io.Copy(to, file)
		err = errors.Join(err, to.Close())
	}
	if err != nil {
		return "/simpan: " + err.Error()
	}
	return "[tersimpan] " + path
}
