package whatsapptest

import (
	"crypto/rand"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// faults is what goes wrong, account by account, and what was counted meanwhile.
type faults struct {
	refusal        map[*account]*waBinary.Node // what a login is answered with
	refuseMessages map[*account]string         // the error every message is answered with
	timelock       map[*account]bool           // may not write to who never wrote to it
	swallowAcks    map[*account]bool           // messages arrive, and their sender is not told
	garble         map[*account]int            // so many messages to it arrive damaged
	twice          map[*account]int            // so many messages to it are delivered twice
	once           map[*account]int            // so many messages to it may be seen once, and come to no linked device
	phoneAsleep    map[*account]bool           // the phone uploads nothing again
	passkey        map[*account]bool           // whoever links a device to it is asked for a passkey
	thrownOut      map[*account]int            // connections that ended because another one logged in
	sent           map[*account]int            // messages it sent that were taken
	read           map[*account]int            // messages it marked as read
}

func noFaults() faults {
	return faults{
		refusal: map[*account]*waBinary.Node{}, refuseMessages: map[*account]string{}, timelock: map[*account]bool{},
		swallowAcks: map[*account]bool{}, garble: map[*account]int{}, once: map[*account]int{}, twice: map[*account]int{}, phoneAsleep: map[*account]bool{},
		passkey: map[*account]bool{}, thrownOut: map[*account]int{}, sent: map[*account]int{}, read: map[*account]int{},
	}
}

// set changes something of the phone's account under the lock.
func (p *Phone) set(change func(*faults, *account)) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	change(&p.server.faults, p.account)
	p.server.happened()
}

// companions calls do for every linked device of the phone that is connected.
func (p *Phone) companions(do func(*device)) {
	p.set(func(_ *faults, a *account) {
		for id, d := range a.devices {
			if id != 0 && d.link != nil {
				do(d)
			}
		}
	})
}

// Drop cuts the connection of every linked device without a word.
func (p *Phone) Drop() { p.companions(func(d *device) { d.link.cut() }) }

// Replace ends the connection of every linked device as if another process had logged in with it.
func (p *Phone) Replace() {
	p.companions(func(d *device) { d.link.last(conflict("replaced")) })
}

// Unlink removes every linked device, as the phone's owner does under Settings → Linked devices.
func (p *Phone) Unlink() {
	p.companions(func(d *device) {
		d.link.last(conflict("device_removed"))
		delete(d.account.devices, d.id)
	})
}

// Ban refuses the account's next logins for a while and cuts its linked devices' connections.
func (p *Phone) Ban(code int, expire time.Duration) {
	p.Refuse("402", waBinary.Attrs{"code": strconv.Itoa(code), "expire": strconv.Itoa(int(expire.Seconds()))})
}

// Refuse answers the account's logins with a failure and cuts its linked devices' connections.
func (p *Phone) Refuse(reason string, attrs waBinary.Attrs) {
	n := &waBinary.Node{Tag: "failure", Attrs: waBinary.Attrs{"reason": reason, "location": "test"}}
	for k, v := range attrs {
		n.Attrs[k] = v
	}
	p.set(func(f *faults, a *account) { f.refusal[a] = n })
	p.Drop()
}

// Pardon lets the account log in again.
func (p *Phone) Pardon() { p.set(func(f *faults, a *account) { delete(f.refusal, a) }) }

// Refused waits until so many logins of the account were refused.
func (p *Phone) Refused(times int) {
	p.t.Helper()
	p.server.await("refused logins", func() bool {
		n := 0
		for _, d := range p.account.devices {
			n += d.failed
		}
		return n >= times
	})
}

// RefuseMessages answers every message of the account with an error such as 463; "": no longer.
func (p *Phone) RefuseMessages(code string) {
	p.set(func(f *faults, a *account) { f.refuseMessages[a] = code })
}

// Timelock refuses the account's messages to people who never wrote to it, with 463.
func (p *Phone) Timelock(on bool) { p.set(func(f *faults, a *account) { f.timelock[a] = on }) }

// Warn tells the linked devices that the account may write first to nobody until a time.
func (p *Phone) Warn(until time.Time) {
	says := `{"data":{"xwa2_notify_account_reachout_timelock":{"enforcement_type":"DEFAULT","is_active":true,"time_enforcement_ends":"` +
		strconv.FormatInt(until.Unix(), 10) + `"}}}`
	p.companions(func(d *device) {
		attrs := waBinary.Attrs{"id": rand.Text(), "from": types.ServerJID, "t": now(), "type": "mex"}
		p.server.deliver(d, parcel{keyOf("notification", attrs["id"], attrs["from"]), waBinary.Node{Tag: "notification", Attrs: attrs,
			Content: []waBinary.Node{{Tag: "update", Attrs: waBinary.Attrs{"op_name": "NotificationUserReachoutTimelockUpdate"}, Content: []byte(says)}}}})
	})
}

// Fail ends the connection of every linked device with a stream error.
func (p *Phone) Fail(code string) {
	p.companions(func(d *device) { d.link.last(waBinary.Node{Tag: "stream:error", Attrs: waBinary.Attrs{"code": code}}) })
}

// SwallowAcks lets the account's messages arrive without telling it so.
func (p *Phone) SwallowAcks(on bool) { p.set(func(f *faults, a *account) { f.swallowAcks[a] = on }) }

// Garble damages the next messages to the account on their way.
func (p *Phone) Garble(messages int) { p.set(func(f *faults, a *account) { f.garble[a] = messages }) }

// Twice delivers the next messages to the account twice, each to be acknowledged.
func (p *Phone) Twice(messages int) { p.set(func(f *faults, a *account) { f.twice[a] = messages }) }

// Silence lets the connection of every linked device stand, but nothing is answered or sent on it any more.
func (p *Phone) Silence() { p.companions(func(d *device) { d.link.silent.Store(true) }) }

// Overhears lets every linked device have what is said in a group, in a status and on a channel.
func (p *Phone) Overhears(from *Phone) {
	p.set(func(_ *faults, a *account) {
		said := func(chat types.JID, content waBinary.Node, attrs waBinary.Attrs) {
			attrs["id"], attrs["from"], attrs["t"], attrs["type"] = rand.Text(), chat, now(), "text"
			for id, d := range a.devices {
				if id != 0 {
					p.server.deliver(d, parcel{keyOf("message", attrs["id"], chat), waBinary.Node{Tag: "message", Attrs: attrs, Content: []waBinary.Node{content}}})
				}
			}
		}
		sealed := waBinary.Node{Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": "skmsg"}, Content: []byte("sealed for the group")}
		plain, _ := proto.Marshal(&waE2E.Message{Conversation: proto.String("kabar")})
		said(types.NewJID("120363000000000001", types.GroupServer), sealed, waBinary.Attrs{"participant": from.JID(true), "addressing_mode": "lid"})
		said(types.StatusBroadcastJID, sealed, waBinary.Attrs{"participant": from.JID(true)})
		said(types.NewJID("120363000000000002", types.NewsletterServer), waBinary.Node{Tag: "plaintext", Content: plain}, waBinary.Attrs{"server_id": "101"})
	})
}

// Sleep lets the phone upload nothing again for its linked devices; Wake ends that.
func (p *Phone) Sleep() { p.set(func(f *faults, a *account) { f.phoneAsleep[a] = true }) }

// Wake lets the phone answer its linked devices.
func (p *Phone) Wake() { p.set(func(f *faults, a *account) { f.phoneAsleep[a] = false }) }

// WantsPasskey lets the account ask for a passkey where a device is linked to it.
func (p *Phone) WantsPasskey(on bool) { p.set(func(f *faults, a *account) { f.passkey[a] = on }) }

// Sent counts the messages of the account that the server took.
func (p *Phone) Sent() (n int) {
	p.set(func(f *faults, a *account) { n = f.sent[a] })
	return n
}

// ThrownOut counts the connections of the account's devices that ended because another one logged in as the same device.
func (p *Phone) ThrownOut() (n int) {
	p.set(func(f *faults, a *account) { n = f.thrownOut[a] })
	return n
}

// Unread counts what waits for the linked devices and was not acknowledged.
func (p *Phone) Unread() (n int) {
	p.set(func(_ *faults, a *account) {
		for id, d := range a.devices {
			for _, w := range d.waiting {
				if id != 0 && w.node.Tag == "message" {
					n++
				}
			}
		}
	})
	return n
}

// AwaitRead waits until the account marked so many messages as read.
func (p *Phone) AwaitRead(messages int) {
	p.t.Helper()
	p.server.await("read marks", func() bool { return p.server.faults.read[p.account] >= messages })
}

// AwaitLinked waits until a linked device of the phone is there and asked for what waited.
func (p *Phone) AwaitLinked() {
	p.t.Helper()
	p.server.await("a linked device", func() bool {
		for id, d := range p.account.devices {
			if id != 0 && d.awake {
				return true
			}
		}
		return false
	})
}
