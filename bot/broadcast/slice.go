package broadcast

import (
	"context"
	"errors"
	"sync"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

const (
	slice       = 45 * time.Second       // a job works so long, then begins anew
	lookEvery   = 250 * time.Millisecond // for a pause, a cancellation, the night
	settleEvery = 100 * time.Millisecond
	staleAfter  = 2 * time.Second  // whoever waits longer for a turn may have said BERHENTI meanwhile: they are looked at again
	lastWords   = 10 * time.Second // for the ledger, when the job's time is over
)

// work is one slice of a pump.
type work struct {
	*Pumps
	pump
	b       storage.Broadcast
	ref     string              // of the uploaded file
	invites *storage.Invitation // nil: nobody
	batch   int

	fates chan storage.Fate
	freed chan struct{} // some were settled
	stop  func()        // ends the slice
	mu    sync.Mutex
	open  int           // leased and not settled
	back  bool          // somebody was given back unsent; of book, then of run
	later time.Duration // how long the network wants no more
}

// run leases, sends and settles until nothing is left, the slice is over, or the broadcast is not wanted any more.
func (w *work) run(ctx context.Context) (time.Duration, error) {
	wanted, stop := context.WithCancel(ctx)
	defer stop()
	w.stop = stop
	over := time.AfterFunc(slice, stop)
	defer over.Stop()
	w.fates, w.freed = make(chan storage.Fate, 2*w.batch), make(chan struct{}, 1)
	var beside, senders sync.WaitGroup
	beside.Go(func() { w.look(wanted, stop) })
	settled := make(chan error, 1)
	go func() { settled <- w.book(ctx) }()

	todo := make(chan lent)
	for range w.batch {
		senders.Go(func() {
			for l := range todo {
				w.fates <- w.sendSoon(ctx, wanted, l)
			}
		})
	}
	left, err := w.lease(ctx, wanted, todo)
	close(todo)
	senders.Wait()
	close(w.fates)
	stop()
	beside.Wait()
	if booked := <-settled; err == nil {
		err = booked
	}
	if err == nil && left {
		return max(again, w.later), nil
	}
	if err == nil && w.back { // after the last was leased
		return max(lookEvery, w.later), nil
	}
	return 0, err
}

// part is how many are leased, or settled, at once: the others are being sent meanwhile.
func (w *work) part() int { return (w.batch + 1) / 2 }

// room waits until a part more may be leased of twice a batch, and says whether it waited to the end.
func (w *work) room(wanted context.Context) bool {
	for wanted.Err() == nil {
		w.mu.Lock()
		open := w.open
		w.mu.Unlock()
		if open <= 2*w.batch-w.part() {
			return true
		}
		select {
		case <-w.freed:
		case <-wanted.Done():
		}
	}
	return false
}

// hold counts recipients as leased, or, below 0, as settled.
func (w *work) hold(more int) {
	w.mu.Lock()
	w.open += more
	w.mu.Unlock()
	select {
	case w.freed <- struct{}{}:
	default:
	}
}

// lease hands leased recipients to the senders until none is left or the slice is over; what nobody took goes back.
func (w *work) lease(ctx, wanted context.Context, todo chan<- lent) (left bool, err error) {
	for {
		if !w.room(wanted) {
			return true, nil
		}
		leased, left, err := w.Ledger.Lease(ctx, w.id, w.network, w.Worker, w.part())
		if err != nil || !left {
			return left, err
		}
		w.hold(len(leased))
		until := time.Now().Add(w.stale())
		if w.b.File != nil && w.ref == "" && len(leased) > 0 { // uploaded once, with the first
			w.fates <- w.sendSoon(ctx, wanted, lent{leased[0], until})
			leased = leased[1:]
		}
		for _, l := range leased {
			select {
			case todo <- lent{l, until}:
			case <-wanted.Done():
				w.fates <- storage.Fate{Person: l.Person, State: storage.RecipientPending}
			}
		}
	}
}

// look stops the slice when the broadcast is paused or ended, or the night begins, and lets staff see how far it is.
func (w *work) look(wanted context.Context, stop func()) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-wanted.Done():
			return
		case <-tick.C:
		}
		if running, err := w.Ledger.Running(wanted, w.id); err == nil && !running || w.closed(w.b) > 0 {
			stop()
			return
		}
		w.show(wanted, w.id, false, false)
	}
}

// book writes fates into the ledger, some at a time, until there will be no more.
func (w *work) book(ctx context.Context) error {
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	var batch []storage.Fate
	due := 0 // not in the ledger yet
	for {
		select {
		case f, more := <-w.fates:
			if !more {
				last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
				defer cancel()
				return w.settle(last, w.pump, batch)
			}
			w.back = w.back || f.State == storage.RecipientPending
			if batch = append(batch, f); len(batch) < w.part() {
				continue
			}
		case <-tick.C:
		}
		due += len(batch)
		if err := w.settle(ctx, w.pump, batch); err == nil {
			w.hold(-due)
			due = 0
		} else {
			w.Log.Warn("what became of announcements is not in the ledger yet", "broadcast", int64(w.id), "error", err)
		}
		batch = nil
	}
}

// lent is somebody leased, who is to be sent to until a time.
type lent struct {
	storage.Leased
	until time.Time
}

// stale is how long somebody leased may wait for a turn: longer than the pace alone has anybody wait.
func (w *work) stale() time.Duration {
	if rate := w.Rate(w.network); rate > 0 {
		return max(staleAfter, time.Duration(float64(4*w.batch)/rate*float64(time.Second)))
	}
	return staleAfter
}

// sendSoon sends to one person, or gives them back when their turn does not come soon: the network asked for time.
func (w *work) sendSoon(ctx, wanted context.Context, l lent) storage.Fate {
	soon, cancel := context.WithDeadline(wanted, l.until)
	defer cancel()
	return w.send(ctx, soon, l.Leased)
}

// send sends to one person. The file is uploaded by whoever comes first.
func (w *work) send(ctx, wanted context.Context, l storage.Leased) storage.Fate {
	fate := storage.Fate{Person: l.Person, State: storage.RecipientPending}
	if wanted.Err() != nil {
		return fate
	}
	receipt, err := w.Post(ctx, wanted, l.Contact, l.To, w.message(l))
	if err == nil {
		fate.State, fate.Ref = storage.RecipientSent, receipt.Ref
		w.uploaded(ctx, receipt.FileRef)
		return fate
	}
	var failed *chat.SendError
	if !errors.As(err, &failed) {
		failed = &chat.SendError{Failure: chat.FailedUnsure, Cause: err}
	}
	return w.failed(ctx, l, failed, fate)
}

func (w *work) failed(ctx context.Context, l storage.Leased, failed *chat.SendError, fate storage.Fate) storage.Fate {
	switch {
	case failed.Failure == chat.FailedBusy:
		w.put(failed.Retry)
	case errors.Is(failed, ErrSilent):
		fate.State, fate.Cause = storage.RecipientSkipped, storage.CauseSilent
	case failed.Failure == chat.FailedBlocked:
		fate.State = storage.RecipientBlocked
	case failed.Failure == chat.FailedInvalid && w.uploadedBefore() && l.Tries == 0: // perhaps the network knows the file no longer
		fate.Cause = storage.CauseFile
		w.forget(ctx)
	case failed.Failure == chat.FailedInvalid:
		fate.State, fate.Cause = storage.RecipientFailed, storage.CauseInvalid
		if errors.Is(failed, chat.ErrFile) {
			fate.Cause = storage.CauseFile
		}
	case l.To.Network == chat.WhatsApp && l.Tries < mostTries: // a second try has the same id there
		fate.Cause = storage.CauseNoAnswer
	default:
		fate.State, fate.Cause = storage.RecipientUnsure, storage.CauseNoAnswer
	}
	return fate
}

// mostTries is how often a message whose id the network knows is sent again before it counts as unsure.
const mostTries = 5

// put ends the slice when the network wants no more for a time.
func (w *work) put(later time.Duration) {
	if later <= 0 {
		return
	}
	w.mu.Lock()
	w.later = max(w.later, later)
	w.mu.Unlock()
	w.stop()
}

func (w *work) uploadedBefore() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.File != nil && w.ref != ""
}

func (w *work) forget(ctx context.Context) {
	w.mu.Lock()
	w.ref = ""
	w.mu.Unlock()
	if err := w.Ledger.KeepBroadcastFile(ctx, w.id, w.network, ""); err != nil {
		w.Log.Warn("an old name of a file is still kept", "broadcast", int64(w.id), "error", err)
	}
}

// uploaded keeps how the network calls the file, so that it is uploaded once.
func (w *work) uploaded(ctx context.Context, ref string) {
	w.mu.Lock()
	fresh := w.b.File != nil && w.ref == "" && ref != ""
	if fresh {
		w.ref = ref
	}
	w.mu.Unlock()
	if !fresh {
		return
	}
	if err := w.Ledger.KeepBroadcastFile(ctx, w.id, w.network, ref); err != nil {
		w.Log.Warn("a file is uploaded once more", "broadcast", int64(w.id), "error", err)
	}
}
