// Package chattest is what every chat.Channel owes, as one suite of tests. A
// channel's own tests give it a Harness: its network in the small, with people
// on it. The package knows no network, imports bot/chat only, and is imported
// by tests only.
package chattest

import (
	"context"
	"slices"
	"testing"
	"time"

	"titian/bot/chat"
)

// Harness is one network to test a channel on.
type Harness struct {
	// Open makes the bot's channel as a new process would. The one before has ended.
	Open func(t testing.TB) chat.Channel
	// Person puts a new person on the network, who can be written to.
	Person func(t testing.TB) Person
	// Hello is what Person lets them say first, on a network where nobody can be
	// written to before; the suite passes over it.
	Hello string
	// Lacks names what the network cannot do; its promises are skipped.
	Lacks []Ability
}

// Ability is something not every network can do.
type Ability string

// What a network may lack.
const (
	Buttons    Ability = "buttons"    // choices are tapped
	Numbers    Ability = "numbers"    // there are no buttons: choices are lines that say what is typed
	Edits      Ability = "edits"      // people change what they wrote
	Photos     Ability = "photos"     // pictures sent as such
	Documents  Ability = "documents"  // files
	Albums     Ability = "albums"     // several photos as one act
	Contacts   Ability = "contacts"   // contact cards
	Vouching   Ability = "vouching"   // the network knows whose number a card holds
	Locations  Ability = "locations"  // places
	Blocking   Ability = "blocking"   // people block the bot, and let it back
	Redelivery Ability = "redelivery" // what was not acknowledged comes again
	Restarts   Ability = "restarts"   // what was sent while the bot was away comes later
	NewLines   Ability = "new lines"  // one message may have several lines
	Attaching  Ability = "attaching"  // the bot sends files
)

// Person is somebody on the network, in a private chat with the bot. A method
// that cannot do its act fails the test it was made for.
type Person interface {
	Address() chat.Address
	Says(text string) (ref string) // ref as in chat.Message.Ref
	Edits(ref, text string)
	SendsPhoto(content []byte, caption string)
	SendsDocument(name, mime string, content []byte)
	SendsAlbum(photos [][]byte)
	SharesContact(own bool, phone string)
	SharesLocation(latitude, longitude float64)
	Taps(h Heard, label string)
	Blocks()
	Returns()
	// Hears waits for the bot's next message in this chat.
	Hears(ctx context.Context) (Heard, error)
	// Sees is a message of the bot as it stands now; false when it is gone.
	Sees(ref string) (Heard, bool)
}

// Heard is a message of the bot as the person sees it.
type Heard struct {
	Ref    string // what names it on the network
	Text   string
	Labels []string // of its buttons
	File   string   // the name of the attached document; a photo may have none
	Photo  bool     // a picture is shown
	Bytes  []byte   // of the attached file
}

// Run tests a channel. setup gives each test a network of its own.
func Run(t *testing.T, setup func(t *testing.T) Harness) {
	for _, promise := range slices.Concat(receiving, sending, filing, attaching) {
		t.Run(promise.says, func(t *testing.T) {
			h := setup(t)
			for _, need := range promise.needs {
				if slices.Contains(h.Lacks, need) {
					t.Skipf("this network has no %s", need)
				}
			}
			promise.test(t, h)
		})
	}
}

type promise struct {
	says  string
	needs []Ability
	test  func(t *testing.T, h Harness)
}

// Patience is how long a test waits for what must happen: it fails only when broken, however busy the machine is.
const Patience = time.Minute

// EndsWithin is how long Run may take after its context has ended.
const EndsWithin = 10 * time.Second

func patient(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	t.Cleanup(cancel)
	return ctx
}

// process is one run of the bot: a channel, and a receiver behind it.
type process struct {
	t       testing.TB
	channel chat.Channel
	*receiver
	cancel context.CancelFunc
	ended  chan error
}

// start opens the channel and runs it with answer as the receiver's mind.
func start(t *testing.T, h Harness, answer func(chat.Message) <-chan error) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	p := &process{t: t, channel: h.Open(t), receiver: newReceiver(h.Hello, answer), cancel: cancel, ended: ended}
	go func() { ended <- p.channel.Run(ctx, p.receive) }()
	t.Cleanup(p.stop)
	return p
}

// stop ends the process and holds Run to its time.
func (p *process) stop() {
	p.t.Helper()
	if p.ended == nil {
		return
	}
	p.cancel()
	select {
	case err := <-p.ended:
		if err != nil {
			p.t.Errorf("Run ended with %v, want nil when its context ends", err)
		}
	case <-time.After(EndsWithin):
		p.t.Errorf("Run did not end within %v of its context", EndsWithin)
	}
	p.ended = nil
}
