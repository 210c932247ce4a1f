package telegram

import (
	"slices"
	"sync"
)

// window is how many unconfirmed updates getUpdates ever shows: 100.
const window = 100

// prefix knows which updates are taken and which are finished, and from them
// the offset: the first update that may still be needed. Asking Telegram for an
// offset confirms everything below it, for ever.
type prefix struct {
	mu       sync.Mutex
	next     int          // with nothing taken: the offset
	order    []int        // taken ids in order; the first is unfinished
	finished map[int]bool // by taken id
	open     int          // taken, not finished, still being worked on
	changed  chan struct{}
}

func newPrefix() *prefix {
	return &prefix{finished: map[int]bool{}, changed: make(chan struct{})}
}

// knows says whether take would call id known; it changes nothing.
func (p *prefix) knows(asked, id int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, known := p.finished[id]
	return known || id < p.next && id >= asked
}

// take says whether id, got by asking for offset asked, is new: neither being
// worked on nor finished. An id below asked means that Telegram began a new
// sequence, as it does after a week without updates.
func (p *prefix) take(asked, id int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id < asked && len(p.order) == 0 {
		p.next = id
	}
	if _, known := p.finished[id]; known || id < p.next && id >= asked {
		return false
	}
	at, _ := slices.BinarySearch(p.order, id)
	p.order = slices.Insert(p.order, at, id)
	p.finished[id] = false
	p.open++
	return true
}

// finish marks id as never needed again.
func (p *prefix) finish(id int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished[id] = true
	p.open--
	for len(p.order) > 0 && p.finished[p.order[0]] {
		p.next = p.order[0] + 1
		delete(p.finished, p.order[0])
		p.order = p.order[1:]
	}
	p.signal()
}

// leave marks id as not worked on any more, though it is not finished: the
// offset stays at or below it.
func (p *prefix) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	p.signal()
}

func (p *prefix) signal() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// standing is where things are: the offset, how many updates are being worked
// on, how many are known but cannot be confirmed yet, and a channel that closes
// when this changes.
func (p *prefix) standing() (offset, open, unconfirmed int, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	offset = p.next
	if len(p.order) > 0 {
		offset = p.order[0]
	}
	return offset, p.open, len(p.order), p.changed
}
