package telegramtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// update is one update as it goes to the bot.
type update struct {
	id      int
	kind    string
	lane    lane
	expires time.Time
	body    []byte
	done    bool // a webhook took it
	handed  bool // the bot got it before
}

// lane is a webhook's queue: one update of a lane is under way at a time, in order. Messages of a chat share one, but taps, membership and reactions
// have their own (tdlib/telegram-bot-api, Client.cpp: webhook_queue_id), so a tap may overtake the message sent before it.
type lane struct {
	kind byte
	key  int64
}

// queue holds the updates that wait, in order of id.
type queue struct {
	next    int
	items   []*update
	head    int
	pending int       // items not done
	again   []*update // redelivered to the next poll
	confirm int       // highest offset a poll confirmed
	history []*update // by id modulo its length
	minutes [60]struct {
		second int64
		count  int
	}
}

func (q *queue) init(o Options) {
	q.next = o.FirstUpdate
	q.history = make([]*update, o.Keep.Updates)
}

// knownKinds are the update kinds of Bot API 10.1, and whether a bot gets them without asking.
var knownKinds = map[string]bool{
	"message": true, "edited_message": true, "channel_post": true, "edited_channel_post": true, "business_connection": true,
	"business_message": true, "edited_business_message": true, "deleted_business_messages": true, "guest_message": true,
	"message_reaction": false, "message_reaction_count": false, "inline_query": true, "chosen_inline_result": true, "callback_query": true,
	"shipping_query": true, "pre_checkout_query": true, "purchased_paid_media": true, "poll": true, "poll_answer": true, "my_chat_member": true,
	"chat_member": false, "chat_join_request": true, "chat_boost": true, "removed_chat_boost": true, "managed_bot": true,
}

// enqueue makes an update and hands it to whoever waits; 0 when the bot does not want its kind. The lock is held.
func (s *Server) enqueue(kind string, payload any, l lane) int {
	if !s.wanted(kind) || s.loggedOut {
		return 0
	}
	body, err := json.Marshal(payload)
	if err != nil {
		panic("telegramtest: encode update: " + err.Error())
	}
	now := s.opt.Now()
	life := s.opt.UpdateTTL
	if kind == "callback_query" {
		life = min(life, 150*time.Second)
	}
	u := &update{id: s.queue.next, kind: kind, lane: l, expires: now.Add(life)}
	u.body = make([]byte, 0, len(body)+len(kind)+32)
	u.body = append(u.body, `{"update_id":`...)
	u.body = strconv.AppendInt(u.body, int64(u.id), 10)
	u.body = append(u.body, `,"`...)
	u.body = append(u.body, kind...)
	u.body = append(u.body, `":`...)
	u.body = append(append(u.body, body...), '}')
	s.queue.push(u, now)
	s.hand(u)
	return u.id
}

// hand gives an update to the webhook or wakes the poll.
func (s *Server) hand(u *update) {
	if s.hook.url != "" {
		s.hook.add(u)
		s.pump()
		return
	}
	s.poll.wake()
}

func (s *Server) wanted(kind string) bool {
	if s.allowed != nil {
		return s.allowed[kind]
	}
	byDefault, known := knownKinds[kind]
	return byDefault || !known
}

func (q *queue) push(u *update, now time.Time) {
	q.next++
	q.items = append(q.items, u)
	q.pending++
	q.history[u.id%len(q.history)] = u
	slot := &q.minutes[now.Unix()%60]
	if slot.second != now.Unix() {
		slot.second, slot.count = now.Unix(), 0
	}
	slot.count++
}

// lastMinute counts the updates of the last 60 seconds.
func (q *queue) lastMinute(now time.Time) int {
	n := 0
	for _, slot := range q.minutes {
		if now.Unix()-slot.second < 60 {
			n += slot.count
		}
	}
	return n
}

// forget drops what lies below an offset, was delivered, or is too old.
func (q *queue) forget(below int, now time.Time) {
	for q.head < len(q.items) {
		u := q.items[q.head]
		if u.id >= below && !u.done && u.expires.After(now) {
			break
		}
		if !u.done {
			u.done = true
			q.pending--
		}
		q.items[q.head] = nil
		q.head++
	}
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	} else if q.head > 1024 && q.head > len(q.items)/2 {
		q.items = append(q.items[:0:0], q.items[q.head:]...)
		q.head = 0
	}
}

// finish marks one update as taken, out of order.
func (q *queue) finish(u *update, now time.Time) {
	if !u.done {
		u.done = true
		q.pending--
	}
	q.forget(0, now)
}

// take lists up to limit waiting updates, redelivered ones first.
func (q *queue) take(limit int, now time.Time) []*update {
	var out []*update
	n := min(limit, len(q.again))
	out = append(out, q.again[:n]...)
	q.again = q.again[n:]
	for _, u := range q.items[q.head:] {
		if len(out) == limit {
			break
		}
		if !u.done && u.expires.After(now) {
			out = append(out, u)
		}
	}
	return out
}

// handOver notes that the bot gets updates now. The lock is held.
func (s *Server) handOver(updates ...*update) {
	for _, u := range updates {
		if ch := s.chats[u.lane.key]; !u.handed && ch != nil {
			u.handed, ch.handed = true, s.opt.Now()
		}
	}
}

// HandedOver is when the bot first got the newest update it has got of this chat; zero before the first.
func (p *Phone) HandedOver() time.Time {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return p.chat.handed
}

// Confirmed is the highest offset a poll has confirmed: every update below it is gone. It is 0 before the first.
func (s *Server) Confirmed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.confirm
}

// Pending is how many updates wait to be confirmed or delivered.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.pending
}

// LastUpdate is the id of the newest update, one below the first when there is none.
func (s *Server) LastUpdate() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.next - 1
}

// Redeliver delivers an update again under its id: to the next poll, whatever its offset, or to the webhook. False when it is no longer known.
func (s *Server) Redeliver(updateID int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if updateID < 0 {
		return false
	}
	u := s.queue.history[updateID%len(s.queue.history)]
	if u == nil || u.id != updateID {
		return false
	}
	again := *u
	again.done = true
	if s.hook.url == "" {
		s.queue.again = append(s.queue.again, &again)
	}
	s.hand(&again)
	return true
}

// Raw delivers any update: an object without update_id and with one key, its kind. It returns the update's id, or 0 when the bot does not want the kind.
func (s *Server) Raw(object string) (int, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &fields); err != nil {
		return 0, fmt.Errorf("raw update: %w", err)
	}
	if len(fields) != 1 {
		return 0, fmt.Errorf("raw update has %d keys, want its kind alone", len(fields))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for kind, body := range fields {
		return s.enqueue(kind, body, rawLane(kind, body)), nil
	}
	return 0, nil
}

// rawLane finds whom a raw update is about, as well as it can.
func rawLane(kind string, body []byte) lane {
	type who struct{ ID int64 }
	var at struct{ Chat, From who }
	_ = json.NewDecoder(bytes.NewReader(body)).Decode(&at)
	key := at.Chat.ID
	if kind == "callback_query" {
		key = at.From.ID
	}
	return lane{laneKind(kind), key}
}

// laneKind groups update kinds as the server's webhook queues do.
func laneKind(kind string) byte {
	switch kind {
	case "message", "edited_message", "channel_post", "edited_channel_post":
		return 0
	case "inline_query":
		return 1
	case "chosen_inline_result":
		return 2
	case "callback_query":
		return 3
	case "shipping_query", "pre_checkout_query":
		return 4
	case "my_chat_member":
		return 5
	case "chat_member", "chat_join_request":
		return 6
	case "message_reaction":
		return 8
	}
	return 9
}
