// Package simulator is the bot's own networks, for trying it without a token:
// the terminal, where one line is one message, and the web phone, a page that
// looks like a chat. It imports chat only and keeps nothing over a restart.
package simulator

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"titian/bot/chat"
)

// Terminal is a chat in the terminal. A person whose name ends in "+sibuk" is
// always busy at the first try, one whose name ends in "+blokir" has blocked
// the bot: both fail on purpose.
type Terminal struct {
	name string
	in   io.Reader
	now  func() time.Time

	mu     sync.Mutex
	out    io.Writer
	tried  map[string]bool
	settle func(context.Context) error
	sent   []printed // oldest first
	files  int       // shown so far
	shelf  tray
}

// NewTerminal makes the channel of one person. Settle waits until the replies
// owed to them are sent; it is asked after every line, so that what is printed
// stands below what was typed.
func NewTerminal(name string, in io.Reader, out io.Writer, now func() time.Time, settle func(context.Context) error) *Terminal {
	kept := shown
	return &Terminal{
		name: name, in: in, out: out, now: now, settle: settle, tried: map[string]bool{},
		shelf: tray{dir: os.TempDir(), limits: &kept, files: map[string]*upload{}},
	}
}

// Network is the terminal.
func (t *Terminal) Network() chat.Network { return chat.Terminal }

// Address is where this terminal's person is.
func (t *Terminal) Address() chat.Address {
	return chat.Address{Network: chat.Terminal, Key: t.name}
}

// Run reads lines until the input or ctx ends. One line is one message.
func (t *Terminal) Run(ctx context.Context, receive chat.Receive) error {
	lines := make(chan string)
	failed := make(chan error, 1)
	go func() {
		r := bufio.NewScanner(t.in)
		r.Buffer(make([]byte, 64<<10), 2<<20)
		for r.Scan() {
			select {
			case lines <- r.Text():
			case <-ctx.Done():
				return
			}
		}
		failed <- r.Err()
	}()
	for {
		select {
		case <-ctx.Done():
			t.shelf.clear()
			return nil
		case err := <-failed:
			t.shelf.clear()
			return err
		case line := <-lines:
			if err := t.hear(ctx, line, receive); err != nil {
				return err
			}
		}
	}
}

func (t *Terminal) hear(ctx context.Context, line string, receive chat.Receive) error {
	if rest, ok := strings.CutPrefix(line, "/simpan "); ok {
		t.print(t.save(rest) + "\n")
		return nil
	}
	m, err := t.message(line)
	if err != nil {
		t.print(err.Error() + "\n")
		return nil
	}
	select {
	case err = <-receive(ctx, m):
	case <-ctx.Done():
		return nil
	}
	if err != nil {
		return err
	}
	return t.settle(ctx)
}

// message reads a line: words, or one of /file PATH, /lokasi LAT,LON, /kontak NUMBER.
func (t *Terminal) message(line string) (chat.Message, error) {
	id := rand.Text()
	m := chat.Message{
		ID: id, Ref: id, Kind: chat.Text, From: t.Address(), Chat: t.Address(),
		At: t.now(), Name: t.name, Text: line,
	}
	command, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch command {
	case "/file":
		return t.file(m, rest)
	case "/lokasi":
		lat, lon, ok := strings.Cut(rest, ",")
		x, errX := strconv.ParseFloat(strings.TrimSpace(lat), 64)
		y, errY := strconv.ParseFloat(strings.TrimSpace(lon), 64)
		if !ok || errX != nil || errY != nil {
			return m, errors.New("/lokasi -3.9778,122.5151")
		}
		m.Kind, m.Text, m.Place = chat.Location, "", &chat.Place{Latitude: x, Longitude: y}
	case "/kontak":
		m.Kind, m.Text, m.Card = chat.Contact, "", &chat.Card{Phone: rest, Own: true}
	}
	return m, nil
}

func (t *Terminal) file(m chat.Message, path string) (chat.Message, error) {
	stat, err := os.Stat(path)
	if err != nil {
		return m, fmt.Errorf("/file: %w", err)
	}
	if !stat.Mode().IsRegular() {
		return m, fmt.Errorf("/file: %s is not a file", path)
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return m, fmt.Errorf("/file: %w", err)
	}
	m.Kind, m.Text = chat.Files, ""
	m.Files = []chat.File{{Ref: whole, Name: filepath.Base(path), SizeBytes: stat.Size()}}
	return m, nil
}

// Send prints a message; choices print as "[1] Ya", a file as its name and size.
func (t *Terminal) Send(ctx context.Context, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	if to != t.Address() {
		return chat.Receipt{}, &chat.SendError{Failure: chat.FailedBlocked, Cause: errors.New("that terminal is closed")}
	}
	if err := t.onPurpose(m); err != nil {
		return chat.Receipt{}, err
	}
	if m.ID == "" {
		m.ID = rand.Text()
	}
	p := printed{ref: m.ID, text: m.Text, choices: m.Choices}
	if m.Attachment != nil {
		ref, size, err := t.shelf.lay(ctx, m.Attachment, t.now())
		if err != nil {
			return chat.Receipt{}, err
		}
		p.file, p.name, p.size = ref, fileName(m.Attachment.Name), size
	}
	t.add(p)
	return chat.Receipt{Ref: p.ref, FileRef: p.file}, nil
}

func (t *Terminal) onPurpose(m chat.Outgoing) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case strings.HasSuffix(t.name, "+blokir"):
		return &chat.SendError{Failure: chat.FailedBlocked, Cause: errors.New("on purpose")}
	case strings.HasSuffix(t.name, "+sibuk") && !t.tried[m.ID]:
		t.tried[m.ID] = true
		return &chat.SendError{Failure: chat.FailedBusy, Retry: time.Second, Cause: errors.New("on purpose")}
	}
	return nil
}

func (t *Terminal) print(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.WriteString(t.out, s)
}

// Fetch opens the file that /file named.
func (t *Terminal) Fetch(_ context.Context, f chat.File) (io.ReadCloser, error) {
	r, err := os.Open(f.Ref)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &chat.FetchError{Gone: true, Cause: err}
	}
	return r, err
}
