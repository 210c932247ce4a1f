package whatsapptest

import (
	"fmt"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// account is one phone number with its devices; number 0 is the phone itself.
type account struct {
	number, lid string
	devices     map[uint16]*device
	writtenTo   map[*account]bool // whom it wrote to: they may write back whatever happens
	shows       Addressing
	phone       *Phone // nil: nobody holds it
	blocked     map[*account]bool
}

// Addressing is how somebody's messages name their sender.
type Addressing string

// The ways WhatsApp names a sender; all of them are met, and one person may change from one to another.
const (
	ByLID         Addressing = "lid"         // the hidden id, and the number beside it
	ByNumber      Addressing = "number"      // the number, and the hidden id beside it
	ByLIDOnly     Addressing = "lid only"    // the hidden id; the number is not told
	ByNumberAlone Addressing = "number only" // the number; the hidden id is not told
)

// device is one client of an account.
type device struct {
	account  *account
	id       uint16
	noise    []byte
	identity []byte
	register []byte // the registration id, four bytes
	signed   waBinary.Node
	once     []waBinary.Node // one-time keys that nobody took yet
	name     string          // the profile name it announced

	link    *link
	awake   bool     // said that it wants what waited
	waiting []parcel // in order; what was not acknowledged
	failed  int      // how many logins were refused
}

// parcel is something a device was or will be sent, until it acknowledges it.
type parcel struct {
	key  string
	node waBinary.Node
}

func (a *account) pn() types.JID { return types.NewJID(a.number, types.DefaultUserServer) }

func (a *account) hidden() types.JID { return types.NewJID(a.lid, types.HiddenUserServer) }

// jid is the device's address, hidden or not.
func (d *device) jid(hidden bool) types.JID {
	j := d.account.pn()
	if hidden {
		j = d.account.hidden()
	}
	j.Device = d.id
	return j
}

// openAccount makes an account with the next number, 62812-0000-0001 and on. The lock is held.
func (s *Server) openAccount() *account {
	s.made++
	a := &account{
		number: fmt.Sprintf("6281200%06d", s.made), lid: strconv.Itoa(200000000000000 + s.made),
		devices: map[uint16]*device{}, writtenTo: map[*account]bool{}, blocked: map[*account]bool{}, shows: ByLID,
	}
	s.accounts[a.number], s.accounts[a.lid] = a, a
	return a
}

// at is the account behind an address; nil: nobody's. The lock is held.
func (s *Server) at(j types.JID) *account {
	a := s.accounts[j.User]
	switch {
	case a == nil,
		j.Server == types.DefaultUserServer && j.User != a.number,
		j.Server == types.HiddenUserServer && j.User != a.lid,
		j.Server != types.DefaultUserServer && j.Server != types.HiddenUserServer:
		return nil
	}
	return a
}

// deviceAt is the device behind an address; nil: there is none. The lock is held.
func (s *Server) deviceAt(j types.JID) *device {
	if a := s.at(j); a != nil {
		return a.devices[j.Device]
	}
	return nil
}

// deliver sends a device something, now or when it is next there. The lock is held.
func (s *Server) deliver(d *device, p parcel) {
	d.waiting = append(d.waiting, p)
	if d.link != nil && d.awake {
		d.link.send(p.node)
	}
	s.happened()
}

// taken forgets what a device acknowledged. The lock is held.
func (s *Server) taken(d *device, key string) {
	for i, p := range d.waiting {
		if p.key == key {
			d.waiting = append(d.waiting[:i:i], d.waiting[i+1:]...)
			s.happened()
			return
		}
	}
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case types.JID:
		return v.String()
	}
	return ""
}

// keyOf names what an acknowledgement speaks of: its class, its id, and who sent it.
func keyOf(class string, id, from any) string { return class + "/" + text(id) + "/" + text(from) }
