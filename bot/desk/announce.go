package desk

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/locales"
	"titian/storage"
	"titian/storage/segment"
)

// Broadcasts are what staff announce; see storage/postgres.
type Broadcasts interface {
	Broadcast(ctx context.Context, id storage.BroadcastID) (storage.Broadcast, error)
	Broadcasts(ctx context.Context, most int) ([]storage.Broadcast, error)
	BroadcastCounts(ctx context.Context, id storage.BroadcastID) (storage.Counts, error)
	PlanBroadcast(ctx context.Context, e segment.Expr, former storage.BroadcastID) (storage.Plan, error)
	Invitation(ctx context.Context, id storage.BroadcastID) (storage.Invitation, error)
	Standings(ctx context.Context, id storage.BroadcastID) (storage.Standings, error)
	Segments(ctx context.Context) (saved map[string]string, numbers []segment.Word, err error)
}

// Announcer says what a broadcast would do, how far it is, and how somebody would read it; see bot/broadcast.
type Announcer interface {
	Preview(b storage.Broadcast, invites storage.Invitation, plan storage.Plan) string
	Card(b storage.Broadcast, c storage.Counts) string
	Example(b storage.Broadcast, invites storage.Invitation, to storage.Reached) chat.Outgoing
}

// listedBroadcasts is how many of the last ones `/siaran` shows.
const listedBroadcasts = 8

// announces hears `/siaran`: the last ones, "baru", one by its number, or what became of people it invited.
func (h *hearing) announces(rest string) error {
	rest = strings.ToLower(strings.TrimSpace(rest))
	number, words, _ := strings.Cut(rest, " ")
	switch n, err := strconv.ParseInt(strings.TrimPrefix(number, "#"), 10, 64); {
	case rest == "":
		return h.listsBroadcasts()
	case rest == "baru":
		return h.writesBroadcast(storage.BroadcastOutcome{}, "")
	case err == nil && words != "":
		return h.ofInvitation(storage.BroadcastID(n), strings.TrimSpace(words))
	case err == nil:
		return h.showsBroadcast(storage.BroadcastID(n))
	}
	h.answer("desk.broadcast.how", nil)
	return nil
}

func (h *hearing) listsBroadcasts() error {
	d := h.desk
	list, err := d.Store.Broadcasts(h.ctx, listedBroadcasts)
	if err != nil {
		return err
	}
	lines := []string{d.Texts.Say("desk.broadcast.list", nil)}
	if len(list) == 0 {
		lines = []string{d.Texts.Say("desk.broadcast.none", nil)}
	}
	choices := []chat.Choice{button(d.Texts.Say("desk.act.broadcast_new", nil), actNew)}
	for _, b := range list {
		title := d.Texts.Say("broadcast.card."+string(b.State), map[string]string{"number": bid(b)})
		lines = append(lines, title+" – "+b.Title())
		choices = append(choices, button(d.Texts.Say("desk.act.broadcast", map[string]string{"number": bid(b)}), actBroadcast, bid(b)))
	}
	h.shows(strings.Join(lines, "\n"), choices)
	return nil
}

func bid(b storage.Broadcast) string { return strconv.FormatInt(int64(b.ID), 10) }

// looked is a broadcast as it is now; false: there is none.
func (h *hearing) looked(id storage.BroadcastID) (o storage.BroadcastOutcome, found bool, err error) {
	store := h.desk.Store
	o.Broadcast, err = store.Broadcast(h.ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		h.answer("desk.broadcast.refused.unknown", nil)
		return o, false, nil
	}
	if err == nil && o.Broadcast.Places > 0 {
		o.Invitation, err = store.Invitation(h.ctx, id)
	}
	switch {
	case err != nil:
	case !o.Broadcast.StartedAt.IsZero():
		o.Counts, err = store.BroadcastCounts(h.ctx, id)
		if err == nil && o.Broadcast.Places > 0 {
			o.Standings, err = store.Standings(h.ctx, id)
		}
	default:
		var e segment.Expr
		if e, err = h.desk.audience(h.ctx, o.Broadcast); e != nil {
			o.Plan, err = store.PlanBroadcast(h.ctx, e, o.Broadcast.Former)
		}
	}
	return o, err == nil, err
}

// audience is what the audience of a broadcast reads as today; nil where a word of it is gone.
func (d *Desk) audience(ctx context.Context, b storage.Broadcast) (segment.Expr, error) {
	v := segment.Vocabulary{Words: maps.Clone(d.Words())}
	var err error
	if v.Saved, v.Words[segment.Numbers], err = d.Store.Segments(ctx); err != nil {
		return nil, err
	}
	e, err := v.Parse(b.Audience)
	var gone *segment.Problem
	if errors.As(err, &gone) {
		return nil, nil
	}
	return e, err
}

func (h *hearing) showsBroadcast(id storage.BroadcastID) error {
	o, found, err := h.looked(id)
	if found {
		who, err := h.desk.Store.StaffAt(h.ctx, h.contact)
		if err != nil {
			return unless(err, storage.ErrNotFound)
		}
		h.say = func(storage.Outcome) []chat.Outgoing { return []chat.Outgoing{h.desk.broadcastCard(who, "", o)} }
	}
	return err
}

// writesBroadcast begins the conversation in which one is written; of a draft only what was named is asked anew.
func (h *hearing) writesBroadcast(o storage.BroadcastOutcome, change string) error {
	d := h.desk
	saved, numbers, err := d.Store.Segments(h.ctx)
	if err != nil {
		return err
	}
	facts := map[string]string{"act": "announce"}
	var lines []string
	for _, w := range d.Words()[segment.Sector] {
		lines = append(lines, w.ID+"\t"+w.Names[0])
	}
	facts["sectors"] = strings.Join(lines, "\n")
	lines = nil
	for _, name := range slices.Sorted(maps.Keys(saved)) {
		lines = append(lines, name+"\t"+saved[name])
	}
	facts["saved"] = strings.Join(lines, "\n")
	lines = nil
	for _, w := range numbers {
		lines = append(lines, w.ID+"\t"+w.Names[0])
	}
	facts["numbers"] = strings.Join(lines, "\n")
	if o.Broadcast.Former != 0 {
		facts["former"] = strconv.FormatInt(int64(o.Broadcast.Former), 10)
	}
	if change != "" {
		d.standing(facts, o, change)
	}
	h.say = func(storage.Outcome) []chat.Outgoing { return nil }
	h.begin = facts
	return nil
}

// standing are the answers of a draft but for what is changed.
func (d *Desk) standing(facts map[string]string, o storage.BroadcastOutcome, change string) {
	b := o.Broadcast
	if b.ID != 0 {
		facts["broadcast"] = bid(b)
	}
	if b.File == nil && change != changePicture {
		facts["picture"] = "none"
	}
	answers := map[string]map[string]string{
		changeText:     {"text": b.Text},
		changeAudience: {"who": "words", "query": b.Audience},
		changeTime:     {"send_at": "now"},
		changePlaces:   {"invites": "no"},
	}
	if b.File != nil {
		answers[changePicture] = map[string]string{"picture": flow.WriteFiles([]flow.FileAnswer{{ID: b.File.Vault, MIME: b.File.MIME, SizeBytes: b.File.SizeBytes}})}
	}
	if b.SendAt.After(d.Now()) {
		answers[changeTime]["send_at"] = b.SendAt.Format(time.RFC3339)
	}
	if i := o.Invitation; i.Places > 0 {
		answers[changePlaces] = map[string]string{
			"invites": "yes", "event": i.Event, "event_day": i.Day.Format(time.RFC3339), "places": itoa(i.Places),
			"deadline": i.Deadline.Format(time.RFC3339), "rule": string(i.Rule),
		}
	}
	for what, list := range answers {
		if what == change {
			continue
		}
		for key, value := range list {
			facts["answer."+key] = value
		}
	}
}

// What may be changed of a draft.
const (
	changeText     = "text"
	changePicture  = "picture"
	changeAudience = "audience"
	changeTime     = "time"
	changePlaces   = "places"
)

// broadcastCard shows a broadcast with what may be done with it.
func (d *Desk) broadcastCard(who storage.Staff, above string, o storage.BroadcastOutcome) chat.Outgoing {
	b := o.Broadcast
	var lines []string
	if above != "" {
		lines = append(lines, above, "")
	}
	if !b.StartedAt.IsZero() || b.State == storage.BroadcastCancelled {
		lines = append(lines, d.Announcer.Card(b, o.Counts), d.answered(o))
		m := chat.Outgoing{Text: strings.TrimSpace(strings.Join(lines, "\n")), Choices: d.underway(b, o.Counts)}
		if o.Invitation.Rule == storage.RuleStaff && b.State != storage.BroadcastCancelled {
			m.Choices = append(m.Choices, button(d.Texts.Say("desk.act.broadcast_choose", nil), actChoose, bid(b)))
		}
		if !b.StartedAt.IsZero() {
			m.Choices = append(m.Choices, button(d.Texts.Say("desk.act.broadcast_version", nil), actVersion, bid(b)))
		}
		return m
	}
	lines = append(lines, d.Texts.Say("broadcast.card."+string(b.State), map[string]string{"number": bid(b)}), d.promises(o), d.Announcer.Preview(b, o.Invitation, o.Plan))
	over := o.Plan.Counts.Of(storage.RecipientPending) > storage.ConfirmOver
	m := chat.Outgoing{}
	say := func(key string) string { return d.Texts.Say("desk.act.broadcast_"+key, nil) }
	switch {
	case !b.AskedAt.IsZero() && b.MadeBy != string(who.ID):
		lines = append(lines, "", d.Texts.Say("desk.broadcast.confirm", map[string]string{"n": itoa(storage.ConfirmOver)}))
		m.Choices = append(m.Choices, button(say("approve"), actApprove, bid(b), itoa(b.Edition)), button(say("decline"), actDecline, bid(b), itoa(b.Edition)))
	case !b.AskedAt.IsZero():
		lines = append(lines, "", d.Texts.Say("desk.broadcast.asked", nil))
	case over && b.State == storage.BroadcastDraft:
		lines = append(lines, "", d.Texts.Say("desk.broadcast.over", map[string]string{"n": itoa(storage.ConfirmOver)}))
		fallthrough
	default:
		m.Choices = append(m.Choices, button(say("send"), actSend, bid(b), itoa(b.Edition)))
	}
	m.Text = strings.Join(lines, "\n")
	m.Choices = append(m.Choices, button(say("test"), actTest, bid(b)), button(say("edit"), actEdit, bid(b)), button(say("cancel"), actCancel, bid(b)))
	return m
}

// promises is what a draft says of itself: for whom, when, with what, and its places.
func (d *Desk) promises(o storage.BroadcastOutcome) string {
	b := o.Broadcast
	when := d.Texts.Say("desk.broadcast.now", nil)
	if !b.SendAt.IsZero() {
		when = dayAndHour(b.SendAt)
	}
	lines := []string{d.Texts.Say("desk.broadcast.what", map[string]string{"audience": b.Audience, "when": when})}
	if b.File != nil {
		lines = append(lines, d.Texts.Say("desk.broadcast.file", map[string]string{"name": b.File.Name}))
	}
	if i := o.Invitation; i.Places > 0 {
		lines = append(lines, d.Texts.Say("desk.broadcast.places", map[string]string{
			"event": i.Event, "day": dayAndHour(i.Day), "n": itoa(i.Places), "deadline": dayAndHour(i.Deadline),
			"rule": d.Texts.Say("announce.rule."+string(i.Rule), nil),
		}))
	}
	return strings.Join(lines, "\n")
}

// answered is what came of an invitation so far, on one line; empty for other broadcasts.
func (d *Desk) answered(o storage.BroadcastOutcome) string {
	var parts []string
	for _, state := range standing {
		if n := o.Standings[state]; n > 0 {
			parts = append(parts, d.Texts.Say("invited.state."+cmp.Or(string(state), "silent"), nil)+" "+itoa(n))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return d.Texts.Say("desk.broadcast.standing", map[string]string{"places": itoa(o.Invitation.Places), "list": strings.Join(parts, ", ")})
}

// standing is the order in which it is told.
var standing = []storage.ParticipantState{
	storage.ParticipantAttended, storage.ParticipantHeld, storage.ParticipantOffered, storage.ParticipantWaiting, storage.ParticipantComing,
	storage.ParticipantUnchosen, storage.ParticipantDeclined, storage.ParticipantWithdrawn, storage.ParticipantLapsed, storage.ParticipantSilent,
}

func dayAndHour(t time.Time) string {
	t = t.In(locales.WITA)
	return answer.PrintDate(t) + " " + t.Format("15.04") + " WITA"
}
