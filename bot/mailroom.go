package bot

import (
	"sync"
	"sync/atomic"
	"time"

	"titian/bot/chat"
	"titian/bot/hands"
	"titian/storage"
)

// letter is one message on its way through the bot. It is answered once.
type letter struct {
	msg      chat.Message
	line     chat.Address // the one it stands in: its sender's, or that of the one before it who is the same person
	accepted time.Time
	arrived  time.Time // by the bot's clock
	done     chan error
	answered atomic.Bool
	timer    atomic.Pointer[time.Timer]
	inboxed  int64            // its row in the inbox it was taken from; 0: it came from the channel
	diverted atomic.Bool      // it went to the inbox while it was being worked, as the oldest there
	unread   *storage.Inboxed // what cannot be opened, in place of a message
	retried  bool             // this process tried before, and may have committed without learning it
	more     bool             // others of its contact wait behind it, though not in its line yet
	suspect  bool             // an earlier try may have died on it: count before trying
}

func newLetter(m chat.Message) *letter {
	return &letter{msg: m, line: m.From, accepted: time.Now(), done: make(chan error, 1)}
}

// queued says whether the letter is one of those that wait in the inbox, which
// come before any other of their contact.
func (l *letter) queued() bool { return l.inboxed != 0 || l.diverted.Load() }

// patience calls late once d has passed without an answer.
func (l *letter) patience(d time.Duration, late func()) {
	l.timer.Store(time.AfterFunc(d, late))
}

// answer tells the channel the outcome, once.
func (l *letter) answer(err error) {
	if l.answered.Swap(true) {
		return
	}
	if t := l.timer.Load(); t != nil {
		t.Stop()
	}
	l.done <- err
	close(l.done)
}

// mailroom keeps one line a sender: one letter at a time, in the order they
// were posted, senders side by side. A line exists only while it holds letters.
type mailroom struct {
	work  func(*letter)
	hands hands.Hands

	mu    sync.Mutex
	lines map[chat.Address]*line
	busy  sync.WaitGroup
}

type line struct {
	waiting []*letter     // the first is being worked
	came    chan struct{} // not nil: closed when the next letter is posted
	divert  sync.Mutex
}

// ring tells who waits for the next letter that it came.
func (at *line) ring() {
	if at.came != nil {
		close(at.came)
		at.came = nil
	}
}

func newMailroom(work func(*letter)) *mailroom {
	return &mailroom{work: work, lines: map[chat.Address]*line{}}
}

// post puts letters into their lines, those of one sender together.
func (m *mailroom) post(letters ...*letter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range letters {
		at, ok := m.lines[l.line]
		if ok {
			at.waiting = append(at.waiting, l)
			at.ring()
			continue
		}
		at = &line{waiting: []*letter{l}}
		m.lines[l.line] = at
		m.busy.Add(1)
		m.hands.Do(func() { m.run(l.line, at) })
	}
}

// followed says whether another letter of the same chat waits behind one that is being worked. One that did not go through
// the inbox waits for it a little: a channel hands over one after the other.
func (m *mailroom) followed(l *letter) bool {
	late := time.NewTimer(company)
	defer late.Stop()
	for {
		behind, came := m.behind(l)
		if behind || l.queued() {
			return behind
		}
		select {
		case <-came:
		case <-late.C:
			return false
		}
	}
}

// behind says whether one waits behind a letter now; came closes when the next is posted.
func (m *mailroom) behind(l *letter) (waits bool, came <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.lines[l.line]
	if at == nil {
		return false, nil
	}
	if at.came == nil {
		at.came = make(chan struct{})
	}
	past := false
	for _, w := range at.waiting {
		if past && w.msg.Chat == l.msg.Chat {
			return true, nil
		}
		past = past || w == l
	}
	return false, at.came
}

func (m *mailroom) run(from chat.Address, at *line) {
	defer m.busy.Done()
	for {
		m.mu.Lock()
		if len(at.waiting) == 0 {
			delete(m.lines, from)
			m.mu.Unlock()
			return
		}
		l := at.waiting[0]
		m.mu.Unlock()
		m.work(l)
		m.mu.Lock()
		at.waiting = without(at.waiting, l)
		m.mu.Unlock()
	}
}

// upTo lists a sender's letters from the oldest to l, which is last.
func (m *mailroom) upTo(l *letter) (*line, []*letter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.lines[l.line]
	if at == nil {
		return nil, nil
	}
	for i, w := range at.waiting {
		if w == l {
			return at, append([]*letter(nil), at.waiting[:i+1]...)
		}
	}
	return at, nil
}

// drop takes a letter that is not yet being worked out of its line.
func (m *mailroom) drop(l *letter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.lines[l.line]
	if at == nil || len(at.waiting) == 0 || at.waiting[0] == l {
		return
	}
	at.waiting = without(at.waiting, l)
}

// idle waits until no line holds a letter.
func (m *mailroom) idle() {
	m.busy.Wait()
	m.hands.Home()
}

func without(list []*letter, l *letter) []*letter {
	kept := make([]*letter, 0, len(list))
	for _, x := range list {
		if x != l {
			kept = append(kept, x)
		}
	}
	return kept
}
