package whatsapp

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"go.mau.fi/whatsmeow/proto/waE2E"

	"titian/bot/chat"
	"titian/bot/chattest"
	"titian/bot/whatsapp/whatsapptest"
	"titian/storage/storagetest"
)

// network is a WhatsApp with the dinas's phone, and the database of its device.
type network struct {
	*whatsapptest.Server
	t      testing.TB
	office *whatsapptest.Phone
	db     *sql.DB
}

// newNetwork has the dinas's phone linked already.
func newNetwork(t testing.TB) *network {
	t.Helper()
	n := unlinked(t)
	if err := n.channel().Pair(t.Context(), "", n.scan); err != nil {
		t.Fatal(err)
	}
	return n
}

func unlinked(t testing.TB) *network {
	t.Helper()
	n := &network{Server: whatsapptest.New(t), t: t}
	n.office = n.Phone(t, "Dinas")
	var err error
	if n.db, err = sql.Open("postgres", storagetest.Postgres(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.db.Close() })
	return n
}

func (n *network) scan(s Step) {
	if s.Code != "" {
		go n.office.Link(s.Code)
	}
}

// quick is the usual pace where nothing real is waited for.
var quick = func() pace {
	p := usualPace
	p.hold, p.again, p.unlinked, p.replaced, p.refused = 500*time.Millisecond, 100*time.Millisecond, 20*time.Millisecond, 200*time.Millisecond, 200*time.Millisecond
	p.drain, p.reupload = 200*time.Millisecond, 5*time.Second
	return p
}()

// channel makes the bot's channel as a new process would.
func (n *network) channel(change ...func(*Options)) *Channel {
	n.t.Helper()
	o := Options{DB: n.db, Transport: n.Transport()}
	for _, c := range change {
		c(&o)
	}
	c, err := New(o)
	if err != nil {
		n.t.Fatal(err)
	}
	c.pace = quick
	return c
}

// person is an owner with a real phone.
type person struct {
	*whatsapptest.Phone
	t      testing.TB
	office *whatsapptest.Phone
}

func (n *network) person(t testing.TB) person {
	return person{Phone: n.Phone(t, "Contoh Satu"), t: t, office: n.office}
}

func (p person) Address() chat.Address {
	return chat.Address{Network: chat.WhatsApp, Key: p.JID(true).String()}
}
func (p person) Says(text string) string { return p.Phone.Says(p.office, text) }
func (p person) Edits(ref, text string)  { p.Phone.Edits(p.office, ref, text) }
func (p person) SendsPhoto(content []byte, caption string) {
	p.Phone.SendsPhoto(p.office, content, caption)
}
func (p person) SendsAlbum(photos [][]byte) { p.Phone.SendsAlbum(p.office, photos) }
func (p person) SharesLocation(latitude, longitude float64) {
	p.Phone.SharesLocation(p.office, latitude, longitude)
}
func (p person) Taps(chattest.Heard, string) { p.t.Fatal("there are no buttons") }
func (p person) Blocks()                     { p.t.Fatal("nobody hears of a block") }
func (p person) Returns()                    { p.t.Fatal("nobody hears of a block") }

func (p person) SendsDocument(name, mime string, content []byte) {
	p.Phone.SendsDocument(p.office, name, mime, content, "")
}

func (p person) SharesContact(_ bool, phone string) {
	p.Phone.SharesContact(p.office, "Contoh Dua", phone[1:])
}

func (p person) Hears(ctx context.Context) (chattest.Heard, error) {
	for {
		e, err := p.Next(ctx)
		if err != nil {
			return chattest.Heard{}, err
		}
		if e.Message.GetProtocolMessage() == nil {
			return p.heard(e.Info.ID, e.Message), nil
		}
	}
}

func (p person) heard(id string, m *waE2E.Message) chattest.Heard {
	text := words(m)
	if text == "" {
		text = caption(m)
	}
	return chattest.Heard{Ref: id, Text: asSeen(text), File: m.GetDocumentMessage().GetFileName(), Photo: m.GetImageMessage() != nil, Bytes: p.Opens(m)}
}

// formats are what a phone formats: the marks are not seen then.
var formats = regexp.MustCompile("(^|[^\\pL\\pN])(?:\\*(\\S|\\S[^\n]*?\\S)\\*|_(\\S|\\S[^\n]*?\\S)_|~(\\S|\\S[^\n]*?\\S)~|```([^`]+)```|`([^`]+)`)([^\\pL\\pN]|$)")

// asSeen is a text as somebody reads it on a phone, where a twin looks like its mark.
func asSeen(text string) string {
	text = formats.ReplaceAllString(text, "$1$2$3$4$5$6$7")
	for mark, twin := range twins {
		text = strings.ReplaceAll(text, string(twin), string(mark))
	}
	return text
}

func (p person) Sees(ref string) (chattest.Heard, bool) {
	return chattest.Heard{Ref: ref}, !p.Deleted(ref)
}
