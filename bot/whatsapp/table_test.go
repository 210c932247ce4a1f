package whatsapp

import (
	"context"
	"database/sql"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.mau.fi/util/jsontime"
	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
	"titian/bot/chattest"
)

// watched is what a channel tells of itself.
type watched struct {
	mu     sync.Mutex
	states []State
	alarms []Alarm
	ticks  map[string][]chat.Tick
	news   chan struct{}
}

func watch() *watched {
	return &watched{ticks: map[string][]chat.Tick{}, news: make(chan struct{}, 1000)}
}

func (w *watched) by(o *Options) {
	tell := func(do func()) {
		w.mu.Lock()
		defer w.mu.Unlock()
		do()
		w.news <- struct{}{}
	}
	o.Changed = func(s State) { tell(func() { w.states = append(w.states, s) }) }
	o.Alarmed = func(a Alarm) { tell(func() { w.alarms = append(w.alarms, a) }) }
	o.Ticked = func(t chat.Tick) { tell(func() { w.ticks[t.Ref] = append(w.ticks[t.Ref], t) }) }
}

// until waits until what was told is as good says.
func (w *watched) until(t *testing.T, what string, good func() bool) {
	t.Helper()
	late := time.After(chattest.Patience)
	for {
		w.mu.Lock()
		done := good()
		w.mu.Unlock()
		if done {
			return
		}
		select {
		case <-w.news:
		case <-late:
			t.Fatalf("%s was not told: %+v %+v", what, w.states, w.alarms)
		}
	}
}

// What each event of the library comes to: how the link stands, how long the device stays away, and whether WhatsApp minds
// what is sent, which stops everything unasked.
func TestEachWayAConnectionEndsDoesWhatTheTableSays(t *testing.T) {
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	ends := now.Add(6 * time.Hour)
	for _, tt := range []struct {
		event any
		link  Link
		code  int
		until time.Time
		away  time.Duration // 0: the library connects anew by itself
		alarm AlarmKind
	}{
		{event: &events.StreamReplaced{}, link: Replaced, away: 5 * time.Minute},
		{event: &events.LoggedOut{Reason: 401}, link: Unlinked, code: 401, away: 2 * time.Second},
		{event: &events.LoggedOut{Reason: 403}, link: Unlinked, code: 403, away: 2 * time.Second, alarm: AlarmLocked},
		{event: &events.LoggedOut{Reason: 406}, link: Unlinked, code: 406, away: 2 * time.Second, alarm: AlarmBanned},
		{event: &events.TemporaryBan{Code: 101, Expire: 6 * time.Hour}, link: Banned, code: 101, until: ends, away: 6 * time.Hour, alarm: AlarmBan},
		{event: &events.TemporaryBan{Code: 104}, link: Banned, code: 104, until: now, away: 10 * time.Minute, alarm: AlarmBan},
		{event: &events.ClientOutdated{}, link: Outdated, away: 10 * time.Minute},
		{event: &events.ConnectFailure{Reason: 400}, link: Refused, code: 400, away: 10 * time.Minute},
		{event: &events.StreamError{Code: "500"}, link: Down, code: 500},
		{event: &events.KeepAliveTimeout{ErrorCount: 1}, link: Down},
		{event: &events.Disconnected{}, link: Down},
		{event: &events.NotifyAccountReachoutTimelock{IsActive: true, TimeEnforcementEnds: jsontime.UnixString{Time: ends}}, link: Up, until: ends, alarm: AlarmTimelock},
		{event: &events.NotifyAccountReachoutTimelock{}, link: Up},
	} {
		w := watch()
		c, h := deaf(t, w, func() time.Time { return now })
		if !h.on(tt.event) {
			t.Errorf("%T is not taken", tt.event)
		}
		s := c.State()
		if s.Link != tt.link || s.Code != tt.code || s.Link == Banned && !s.Until.Equal(tt.until) {
			t.Errorf("%T: the link stands %+v", tt.event, s)
		}
		select {
		case rest := <-h.over:
			if rest != tt.away {
				t.Errorf("%T: the device stays away for %v, want %v", tt.event, rest, tt.away)
			}
		default:
			if tt.away != 0 {
				t.Errorf("%T: the device goes on", tt.event)
			}
		}
		switch {
		case tt.alarm == "" && len(w.alarms) > 0, tt.alarm != "" && (len(w.alarms) != 1 || w.alarms[0].Kind != tt.alarm):
			t.Errorf("%T: alarms %+v, want %q", tt.event, w.alarms, tt.alarm)
		case tt.alarm != "" && !w.alarms[0].Until.Equal(tt.until):
			t.Errorf("%T: the alarm lasts until %v, want %v", tt.event, w.alarms[0].Until, tt.until)
		}
	}
}

// deaf is a channel that is up, with an ear and no network.
func deaf(t *testing.T, w *watched, now func() time.Time) (*Channel, *hearing) {
	t.Helper()
	db, err := sql.Open("postgres", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o := Options{DB: db, Now: now}
	w.by(&o)
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.become(Up, nil)
	return c, &hearing{Channel: c, over: make(chan time.Duration, 1), ctx: t.Context(), life: t.Context(), unread: newUnread(), outage: &outage{}, settled: newSettled(logs{c.log})}
}

func TestAConnectionThatIsDownForLongIsToldOnceAndOneThatComesBackIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch()
		c, h := deaf(t, w, time.Now)
		h.on(&events.Disconnected{})
		time.Sleep(9 * time.Minute)
		h.on(&events.KeepAliveRestored{})
		time.Sleep(2 * time.Minute)
		if s := c.State(); s.Link != Up {
			t.Errorf("it came back, and stands %s", s.Link)
		}
		down := time.Now()
		for range 12 { // each try that fails is told by the library
			h.on(&events.Disconnected{})
			time.Sleep(time.Minute)
		}
		if s := c.State(); s.Link != Lost || !s.Since.Equal(down) {
			t.Errorf("after twelve minutes it stands %+v", s)
		}
		lost := 0
		w.mu.Lock()
		for _, s := range w.states {
			if s.Link == Lost {
				lost++
			}
		}
		w.mu.Unlock()
		if lost != 1 {
			t.Errorf("it is told %d times that the connection is lost", lost)
		}
		h.on(&events.KeepAliveRestored{})
		if c.State().Link != Up {
			t.Error("it does not come back")
		}
	})
}

func TestTheWarningOfATimelockIsHeardAndAStreamErrorIsOutlived(t *testing.T) {
	t.Parallel()
	n, w := newNetwork(t), watch()
	c := n.channel(w.by)
	run(t, c)
	stands(t, c, Up)
	until := time.Now().Add(6 * time.Hour).Truncate(time.Second)
	n.office.Warn(until)
	w.until(t, "the time-lock", func() bool {
		return len(w.alarms) == 1 && w.alarms[0].Kind == AlarmTimelock && w.alarms[0].Until.Equal(until)
	})
	p := n.person(t)
	if _, err := c.Send(t.Context(), p.Address(), chat.Outgoing{Text: "balasan"}); err != nil {
		t.Errorf("a reply meanwhile: %v", err)
	}
	n.office.Fail("500")
	stands(t, c, Down)
	stands(t, c, Up)
}

func TestWhatArrivesIsToldUnderTheNameAMessageWasGivenBefore(t *testing.T) {
	t.Parallel()
	n, w := newNetwork(t), watch()
	c := n.channel(w.by)
	run(t, c)
	stands(t, c, Up)
	p := n.person(t)
	long := make([]byte, 2*MaxText)
	for i := range long {
		long[i] = "kata "[i%5]
	}
	for _, m := range []chat.Outgoing{
		{ID: "owner/1", Text: "kabar"}, {ID: "owner/2", Text: string(long)},
		{ID: "owner/3", Text: "surat", Attachment: file("surat.pdf")}, {ID: "owner/4", Attachment: file("surat.pdf")},
		{ID: "owner/5", Text: string(long[:MaxCaption+10]), Attachment: file("surat.pdf")},
	} {
		name := c.NameOf(m)
		r, err := c.Send(t.Context(), p.Address(), m)
		if err != nil || r.Ref != name {
			t.Errorf("%s is called %q, and was to be %q: %v", m.ID, r.Ref, name, err)
		}
		w.until(t, m.ID, func() bool { return len(w.ticks[name]) > 0 && !w.ticks[name][0].Read })
	}
}

// file is an attachment of a few bytes.
func file(name string) *chat.Attachment {
	return &chat.Attachment{Name: name, MIME: "application/pdf", Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("%PDF-1.7")), nil
	}}
}
