package whatsapp

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"

	"titian/bot/chat"
)

// Run owns the device while no other process does, and receives until ctx ends. It waits out everything: a network that
// is down, a phone that is not linked yet, a ban.
func (c *Channel) Run(ctx context.Context, receive chat.Receive) error {
	for ctx.Err() == nil {
		rest, err := c.turn(ctx, receive)
		if err != nil && ctx.Err() == nil {
			c.log.Warn("whatsapp: cannot begin yet", "error", err)
		}
		pause(ctx, rest)
	}
	return nil
}

// turn owns the device for as long as it may, and says how long to rest before the next.
func (c *Channel) turn(ctx context.Context, receive chat.Receive) (rest time.Duration, err error) {
	if c.State().Link == Starting {
		c.become(Waiting, nil)
	}
	lost, release, err := c.lock(ctx)
	if err != nil {
		return c.pace.unlinked, fmt.Errorf("own the device: %w", err)
	}
	defer release()
	device, err := c.device(ctx)
	if err != nil {
		return c.pace.unlinked, err
	}
	if device == nil {
		c.become(Unlinked, nil)
		return c.pace.unlinked, nil
	}
	if err := c.owns(ctx, device.ID.User); err != nil {
		return c.pace.unlinked, fmt.Errorf("say which number is linked: %w", err)
	}
	return c.serve(ctx, device, lost, receive)
}

// device is the linked one; nil: there is none.
func (c *Channel) device(ctx context.Context) (*store.Device, error) {
	if err := c.container.Upgrade(ctx); err != nil {
		return nil, fmt.Errorf("prepare the device's tables: %w", err)
	}
	all, err := c.container.GetAllDevices(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the device: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return all[len(all)-1], nil
}

// open makes a client of the library with every guard against loss switched on.
func (c *Channel) open(life context.Context, d *store.Device, log waLog.Logger) *whatsmeow.Client {
	cli := whatsmeow.NewClient(d, log)
	if c.transport != nil {
		h := &http.Client{Transport: c.transport}
		cli.SetWebsocketHTTPClient(h)
		cli.SetPreLoginHTTPClient(h)
	}
	media := c.transport
	if media == nil {
		media = http.DefaultTransport
	}
	cli.SetMediaHTTPClient(&http.Client{Transport: bounded{media}})
	cli.BackgroundEventCtx = life
	cli.EnableDecryptedEventBuffer = true // else a message whose handler fails is lost
	cli.SynchronousAck = true
	cli.UseRetryMessageStore = true
	cli.AutomaticMessageRerequestFromPhone = true
	cli.InitialAutoReconnect = true
	cli.SetForceActiveDeliveryReceipts(true) // two ticks, without being shown as online
	return cli
}

// serve holds the connection until ctx ends, the lock is lost or WhatsApp ends it for good.
func (c *Channel) serve(ctx context.Context, d *store.Device, lost <-chan struct{}, receive chat.Receive) (time.Duration, error) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	h := &hearing{
		Channel: c, receive: receive, ctx: ctx, life: life, over: make(chan time.Duration, 1),
		refused: map[string]bool{}, unread: newUnread(), device: d.ID.ToNonAD(), linked: *d.ID, settled: newSettled(logs{c.log}),
	}
	remembering(d)
	apart(d)
	h.outage = &outage{db: c.db, log: c.log, most: c.pace.outage, again: func() { h.client.ResetConnection() }}
	d.EventBuffer = patient{d.EventBuffer, h.outage}
	h.client = c.open(life, d, h.settled)
	h.client.AddEventHandlerWithSuccessStatus(h.on)
	defer c.hang(h)
	if err := h.client.ConnectContext(life); err != nil {
		return c.pace.unlinked, fmt.Errorf("connect: %w", err)
	}
	again := time.NewTicker(c.pace.owned)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return 0, nil
		case <-lost:
			c.become(Waiting, nil)
			return 0, nil
		case rest := <-h.over:
			return rest, nil
		case <-again.C:
			go func() { _ = c.owns(life, h.device.User) }() // the next hour says it again
		}
	}
}

// forget deletes the device that WhatsApp does not know any more. The library does so too, but says it is unlinked before it has.
func (h *hearing) forget() {
	if err := h.container.DeleteDevice(h.life, &store.Device{ID: &h.linked}); err != nil {
		h.log.Warn("whatsapp: the device that was unlinked is not forgotten yet", "error", err)
	}
}

// hang ends the connection and waits for what is in hand, for a while. What comes meanwhile comes again.
func (c *Channel) hang(h *hearing) {
	done := h.hush()
	c.use(nil)
	select {
	case <-done:
		h.settled.wait(c.pace.drain)
	case <-time.After(c.pace.drain):
	}
	h.unread.end(c.pace.drain)
	h.client.Disconnect()
	h.close()
}

// use makes a client the one that is sent with; nil: there is none.
func (c *Channel) use(cli *whatsmeow.Client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.client = cli
	close(c.changed)
	c.changed = make(chan struct{})
}

// Linked says whether this process is connected.
func (c *Channel) Linked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.client != nil
}

// connection is the client to send with. While the link is being made it is waited for, a little; nil: there is none.
func (c *Channel) connection(ctx context.Context) *whatsmeow.Client {
	late := time.NewTimer(c.pace.connect)
	defer late.Stop()
	for {
		c.mu.Lock()
		cli, changed := c.client, c.changed
		c.mu.Unlock()
		if l := c.State().Link; cli != nil || l != Starting && l != Waiting && l != Down && l != Up {
			return cli
		}
		select {
		case <-changed:
		case <-late.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// connected works the events that concern the link itself; false: it is another kind of event.
func (h *hearing) connected(event any) bool {
	switch e := event.(type) {
	case *events.Connected:
		h.arrived()
		h.use(h.client)
		h.become(Up, nil)
		go func() { _ = h.client.SendPresence(h.life, types.PresenceUnavailable) }() // fails until the profile name is known
		return true
	case *events.KeepAliveRestored:
		h.use(h.client)
		h.become(Up, nil)
		return true
	case *events.Disconnected, *events.KeepAliveTimeout: // after three minutes of that the library connects anew
		h.use(nil)
		h.become(Down, nil)
		return true
	case *events.StreamError: // the library connects anew
		code, _ := strconv.Atoi(e.Code)
		h.log.Warn("whatsapp: the stream ended with an error", "code", code)
		h.use(nil)
		h.become(Down, func(s *State) { s.Code = code })
		return true
	}
	if l, change, rest, over := h.Channel.ended(event); over {
		h.use(nil)
		if l == Unlinked {
			h.forget()
		}
		h.become(l, change)
		select {
		case h.over <- rest:
		default:
		}
		return true
	}
	return false
}
