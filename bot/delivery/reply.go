package delivery

import (
	"slices"

	"titian/bot/chat"
	"titian/storage"
)

type replyKey struct {
	contact storage.ContactID
	id      string
}

func keyOf(r Reply) replyKey { return replyKey{r.Contact, r.ID} }

// lane holds the replies of one contact that wait; it and its goroutine live only while there are some.
type lane struct {
	queue []Reply
	owes  bool          // a record owes some of them, so there is a lease to keep
	empty chan struct{} // closed when the lane is done
}

// Reply sends replies in order per contact and returns at once. One that waits already, or was sent from here in the
// last minutes, is not sent again. While stopping nothing is taken: replies stay owed by their records.
func (d *Delivery) Reply(replies ...Reply) {
	var again []Reply
	d.mu.Lock()
	for _, r := range replies {
		if d.accepting.Err() != nil {
			break
		}
		switch {
		case r.ID == "":
		case d.pending[keyOf(r)]:
			continue
		case !d.recent.last(keyOf(r), d.Now()).IsZero():
			again = append(again, r)
			continue
		default:
			d.pending[keyOf(r)] = true
		}
		d.line(r)
	}
	d.mu.Unlock()
	for _, r := range again {
		d.settled(r) // its record still owes it: the trim was lost
	}
}

// line puts a reply behind those of its turn and of earlier ones.
func (d *Delivery) line(r Reply) {
	d.queued(r, 1)
	l := d.lanes[r.Contact]
	if l == nil {
		l = &lane{empty: make(chan struct{})}
		d.lanes[r.Contact] = l
		d.keepLeases()
		d.work.Add(1)
		defer d.hands.Do(func() { d.run(r.Contact, l) })
	}
	l.owes = l.owes || r.ID != ""
	at := len(l.queue)
	for r.ID != "" && at > 0 && l.queue[at-1].Seq > r.Seq {
		at--
	}
	l.queue = slices.Insert(l.queue, at, r)
}

func (d *Delivery) queued(r Reply, change int) {
	if d.Metrics.Queued != nil {
		d.Metrics.Queued(r.To.Network, change)
	}
}

func (d *Delivery) run(c storage.ContactID, l *lane) {
	defer d.work.Done()
	for {
		r, more := d.next(c, l)
		if !more {
			return
		}
		d.deliver(l, r)
		d.mu.Lock()
		delete(d.pending, keyOf(r))
		d.mu.Unlock()
		d.queued(r, -1)
	}
}

// next ends the lane when nothing waits in it, or when what waits must stay owed.
func (d *Delivery) next(c storage.ContactID, l *lane) (Reply, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.life.Err() == nil && len(l.queue) > 0 {
		r := l.queue[0]
		l.queue = l.queue[1:]
		return r, true
	}
	for _, r := range l.queue {
		delete(d.pending, keyOf(r))
		d.queued(r, -1)
	}
	delete(d.lanes, c)
	close(l.empty)
	return Reply{}, false
}

// deliver tries until the reply is sent, or never can be, or must stay owed.
func (d *Delivery) deliver(l *lane, r Reply) {
	p := d.posts[r.To.Network]
	if p == nil {
		d.Log.Warn("reply stays owed", "contact", r.Contact, "seq", r.Seq, "cause", errNoSender)
		return
	}
	unsure := false
	for tries := 0; ; tries++ {
		failed := d.attempt(p, r, tries)
		switch {
		case failed == nil:
			d.sent(r)
			return
		case d.life.Err() != nil:
			return
		case fileLess(r.Message) && hopeless(failed, tries):
			d.Log.Error("reply goes without its file", "contact", r.Contact, "seq", r.Seq, "network", r.To.Network, "cause", failed.Cause)
			r.Message.Attachment = nil
		case failed.Failure == chat.FailedBusy:
		case failed.Failure == chat.FailedBlocked:
			d.blocked(l, r)
			return
		case failed.Failure == chat.FailedInvalid && failed.MovedTo != "" && failed.MovedTo != r.To.Key:
			d.moved(r.Contact, r.To, failed.MovedTo)
			r.To.Key = failed.MovedTo
		case failed.Failure == chat.FailedUnsure && !unsure:
			unsure = true
		default:
			d.Log.Error("reply given up", "contact", r.Contact, "seq", r.Seq, "network", r.To.Network, "failure", failed.Failure)
			d.settled(r)
			return
		}
	}
}

// attempt waits for the chat and for a place, and tries once.
func (d *Delivery) attempt(p *post, r Reply, tries int) *chat.SendError {
	if !d.holds.wait(d.life, r.To) {
		return &chat.SendError{Failure: chat.FailedBusy, Cause: d.life.Err()}
	}
	if err := p.slots.enter(d.life, reply); err != nil {
		return &chat.SendError{Failure: chat.FailedBusy, Cause: err}
	}
	defer p.leave()
	p.second.begin()
	_, failed := d.try(d.life, p, r.To, r.Message, tries)
	return failed
}

func (d *Delivery) sent(r Reply) {
	if d.Metrics.Latency != nil && !r.Accepted.IsZero() {
		d.Metrics.Latency(r.To.Network, d.Now().Sub(r.Accepted))
	}
	d.settled(r)
}

// settled remembers that a reply needs no sending any more, and takes it off its record.
func (d *Delivery) settled(r Reply) {
	if r.ID == "" {
		return
	}
	d.mu.Lock()
	d.recent.add(keyOf(r), d.Now())
	d.mu.Unlock()
	d.trim(r.Contact, r.ID)
}

// blocked gives up what waits for the same address and remembers why. The next message of the person makes them reachable again.
func (d *Delivery) blocked(l *lane, first Reply) {
	if first.ID != "" {
		d.unreachable(d.life, first.Contact)
	}
	if d.life.Err() != nil {
		return
	}
	d.settled(first)
	d.mu.Lock()
	var dropped []Reply
	l.queue = slices.DeleteFunc(l.queue, func(r Reply) bool {
		if r.To != first.To {
			return false
		}
		delete(d.pending, keyOf(r))
		dropped = append(dropped, r)
		return true
	})
	d.mu.Unlock()
	for _, r := range dropped {
		d.queued(r, -1)
		d.settled(r)
	}
}

func (d *Delivery) moved(c storage.ContactID, to chat.Address, key string) {
	d.Log.Warn("chat moved", "contact", c, "network", to.Network)
	if d.Moved != nil {
		d.Moved(c, to, key)
	}
}
