package broadcast

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/locales"
	"titian/storage"
)

// showEvery is how often a broadcast that is being sent is shown to staff, in one message that changes.
const showEvery = 3 * time.Second

// show lets staff see how far a broadcast is. It is best effort: what is shown is read anew each time. With the last look of
// whoever ended it a network that cannot change a message is sent another: else it would say for ever that it is being sent.
func (p *Pumps) show(ctx context.Context, id storage.BroadcastID, last, worked bool) {
	every := showEvery
	if last {
		every = 0
	}
	watchers, err := p.Ledger.Watchers(ctx, id, every)
	if err != nil || len(watchers) == 0 {
		return
	}
	b, err := p.Ledger.Broadcast(ctx, id)
	if err != nil {
		return
	}
	counts, err := p.Ledger.BroadcastCounts(ctx, id)
	if err != nil {
		return
	}
	card := chat.Outgoing{Text: p.Card(b, counts)}
	for _, w := range watchers {
		card.Choices = p.Acts(w.To.Network, b, counts)
		p.showTo(ctx, id, w, card, last && worked && b.State != storage.BroadcastRunning)
	}
}

func (p *Pumps) showTo(ctx context.Context, id storage.BroadcastID, w storage.Watcher, card chat.Outgoing, anew bool) {
	receipt, err := p.Tell(ctx, w.Contact, w.To, w.Ref, card)
	if errors.Is(err, chat.ErrGone) || errors.Is(err, chat.ErrUnable) && (anew || w.Ref == "") {
		receipt, err = p.Tell(ctx, w.Contact, w.To, "", card)
	}
	if err == nil && receipt.Ref != "" && receipt.Ref != w.Ref {
		err = p.Ledger.KeepCard(ctx, id, w.Staff, receipt.Ref)
	}
	if err != nil && ctx.Err() == nil {
		p.Log.Debug("a broadcast is not shown", "broadcast", int64(id), "error", err)
	}
}

// Card is what staff see of a broadcast: its state, a bar, its rate, the time that is left and what failed, by cause.
func (p *Pumps) Card(b storage.Broadcast, c storage.Counts) string {
	due := c.Of() - c.Of(storage.RecipientSkipped)
	done := due - c.Open()
	lines := []string{
		p.Texts.Say("broadcast.card."+string(b.State), map[string]string{"number": fmt.Sprint(b.ID)}),
		b.Title(),
		bar(done, due) + " " + fmt.Sprintf("%d/%d", done, due),
	}
	if wait := p.closed(b); wait > 0 && b.State == storage.BroadcastRunning && c.Open() > 0 {
		lines = append(lines, p.Texts.Say("broadcast.card.waits", map[string]string{"until": p.Now().Add(wait).In(locales.WITA).Format("02-01-2006 15.04")}))
	} else if rate := p.rate(b, done); rate > 0 && b.State == storage.BroadcastRunning && c.Open() > 0 {
		left := time.Duration(float64(c.Open()) / rate * float64(time.Second))
		lines = append(lines, p.Texts.Say("broadcast.card.rate", map[string]string{"rate": decimal(rate), "left": Lasting(p.Texts, left)}))
	}
	for _, s := range []storage.RecipientState{storage.RecipientUnsure, storage.RecipientFailed, storage.RecipientBlocked} {
		if n := c.Of(s); n > 0 {
			lines = append(lines, p.Texts.Say("broadcast.state."+string(s), nil)+": "+fmt.Sprint(n))
		}
	}
	if n := c.Of(storage.RecipientSkipped); n > 0 {
		lines = append(lines, p.Texts.Say("broadcast.state.skipped", nil)+": "+fmt.Sprint(n)+" ("+LeftOut(p.Texts, c)+")")
	}
	return strings.Join(lines, "\n")
}

// rate is how many messages a second were done since it began, over its whole run.
func (p *Pumps) rate(b storage.Broadcast, done int) float64 {
	begun := b.StartedAt
	if b.SendAt.After(begun) {
		begun = b.SendAt
	}
	if ran := p.Now().Sub(begun).Seconds(); ran >= 1 {
		return float64(done) / ran
	}
	return 0
}

// LeftOut says who gets nothing and why: "berhenti 3, belum setuju 2".
func LeftOut(t Texts, c storage.Counts) string {
	sums := map[storage.Cause]int{}
	for _, one := range c {
		if one.State == storage.RecipientSkipped {
			sums[one.Cause] += one.N
		}
	}
	var parts []string
	for _, cause := range storage.Causes {
		if sums[cause] > 0 {
			parts = append(parts, t.Say("broadcast.cause."+string(cause), nil)+" "+fmt.Sprint(sums[cause]))
		}
	}
	return strings.Join(parts, ", ")
}

// Lasting is a length of time in words, rounded up: "2 menit", "1 jam 5 menit".
func Lasting(t Texts, d time.Duration) string {
	minutes := int(math.Ceil(d.Minutes()))
	switch {
	case d <= 90*time.Second:
		return t.Say("broadcast.seconds", map[string]string{"n": fmt.Sprint(max(1, int(math.Ceil(d.Seconds()))))})
	case minutes < 60:
		return t.Say("broadcast.minutes", map[string]string{"n": fmt.Sprint(minutes)})
	}
	return t.Say("broadcast.hours", map[string]string{"h": fmt.Sprint(minutes / 60), "n": fmt.Sprint(minutes % 60)})
}

func bar(done, of int) string {
	const wide = 10
	full := 0
	if of > 0 {
		full = done * wide / of
	}
	return strings.Repeat("▓", full) + strings.Repeat("░", wide-full)
}

func decimal(f float64) string { return strings.Replace(fmt.Sprintf("%.1f", f), ".", ",", 1) }
