package whatsapp

import (
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"titian/bot/chat"
)

var (
	device = types.NewJID("628120000000", types.DefaultUserServer)
	lid    = types.NewJID("200000000000001", types.HiddenUserServer)
	pn     = types.NewJID("6281200000001", types.DefaultUserServer)
	siti   = who{device: device, lid: lid, pn: pn}
)

func event(m *waE2E.Message, change ...func(*types.MessageInfo)) *events.Message {
	e := &events.Message{Message: m, Info: types.MessageInfo{
		MessageSource: types.MessageSource{Chat: lid, Sender: lid}, ID: "3EB0AA", PushName: "Contoh Satu", Timestamp: time.Unix(1_800_000_000, 0),
	}}
	for _, c := range change {
		c(&e.Info)
	}
	return e
}

func TestEveryKindOfMessageComesAsWhatItIs(t *testing.T) {
	s := proto.String
	for name, c := range map[string]struct {
		m    *waE2E.Message
		kind chat.Kind
		want func(chat.Message) bool
	}{
		"a text":           {&waE2E.Message{Conversation: s("halo")}, chat.Text, func(m chat.Message) bool { return m.Text == "halo" }},
		"a text in answer": {&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: s("ya"), ContextInfo: &waE2E.ContextInfo{StanzaID: s("3EB0BB")}}}, chat.Text, func(m chat.Message) bool { return m.Text == "ya" && m.ReplyTo == "3EB0BB" }},
		"a photo":          {&waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: s("produk"), DirectPath: s("/v/1?a"), FileLength: proto.Uint64(7)}}, chat.Files, func(m chat.Message) bool { return m.Text == "produk" && m.Files[0].Photo && m.Files[0].SizeBytes == 7 }},
		"a document": {&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{FileName: s("NIB.pdf"), Mimetype: s("application/pdf"), DirectPath: s("/v/1?a")}}, chat.Files, func(m chat.Message) bool {
			return m.Files[0].Name == "NIB.pdf" && m.Files[0].MIME == "application/pdf" && !m.Files[0].Photo
		}},
		"a photo of an album": {&waE2E.Message{ImageMessage: &waE2E.ImageMessage{DirectPath: s("/v/1?a")}, MessageContextInfo: &waE2E.MessageContextInfo{MessageAssociation: &waE2E.MessageAssociation{
			AssociationType: waE2E.MessageAssociation_MEDIA_ALBUM.Enum(), ParentMessageKey: &waCommon.MessageKey{ID: s("3EB0CC")}}}}, chat.Files, func(m chat.Message) bool { return m.Album == "3EB0CC" }},
		"a place":          {&waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(-3.9), DegreesLongitude: proto.Float64(122.5)}}, chat.Location, func(m chat.Message) bool { return *m.Place == chat.Place{Latitude: -3.9, Longitude: 122.5} }},
		"a moving place":   {&waE2E.Message{LiveLocationMessage: &waE2E.LiveLocationMessage{DegreesLatitude: proto.Float64(-3.9), DegreesLongitude: proto.Float64(122.5)}}, chat.Location, func(m chat.Message) bool { return m.Place.Latitude == -3.9 }},
		"an own contact":   {&waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: s("Contoh Satu"), Vcard: s("BEGIN:VCARD\nitem1.TEL;type=CELL;waid=6281200000001:+62 812-0000-0001\nEND:VCARD")}}, chat.Contact, func(m chat.Message) bool { return m.Card.Own && m.Card.Phone == "+62 812-0000-0001" }},
		"others' contacts": {&waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: []*waE2E.ContactMessage{{Vcard: s("TEL;waid=6281200000002:+6281200000002")}}}}, chat.Contact, func(m chat.Message) bool { return !m.Card.Own && m.Card.Phone == "+6281200000002" }},
		"a voice note":     {&waE2E.Message{AudioMessage: &waE2E.AudioMessage{PTT: proto.Bool(true)}}, chat.Voice, nil},
		"an audio file":    {&waE2E.Message{AudioMessage: &waE2E.AudioMessage{}}, chat.Voice, nil},
		"a round video":    {&waE2E.Message{PtvMessage: &waE2E.VideoMessage{}}, chat.Video, nil},
		"a moving sticker": {&waE2E.Message{LottieStickerMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{StickerMessage: &waE2E.StickerMessage{}}}}, chat.Sticker, nil},
		"a document with caption": {&waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
			DocumentMessage: &waE2E.DocumentMessage{FileName: s("NIB.pdf"), Caption: s("NIB saya"), DirectPath: s("/v/1?a")}}}}, chat.Files,
			func(m chat.Message) bool { return m.Text == "NIB saya" && m.Files[0].Name == "NIB.pdf" }},
		"a photo that disappears": {&waE2E.Message{EphemeralMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
			ImageMessage: &waE2E.ImageMessage{DirectPath: s("/v/1?a"), ContextInfo: &waE2E.ContextInfo{StanzaID: s("3EB0BB")}}}}}, chat.Files,
			func(m chat.Message) bool { return m.Files[0].Photo && m.ReplyTo == "3EB0BB" }},
		"one's own among contacts": {&waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: []*waE2E.ContactMessage{
			{Vcard: s("TEL;waid=6281200000002:+6281200000002")}, {Vcard: s("TEL;waid=6281200000001:+6281200000001")}}}}, chat.Contact,
			func(m chat.Message) bool { return m.Card.Own && m.Card.Phone == "+6281200000001" }},
		"another's contact": {&waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: s("Contoh Dua"), Vcard: s("TEL;waid=6281200000002:+6281200000002")}}, chat.Contact,
			func(m chat.Message) bool { return !m.Card.Own && m.Card.Name == "Contoh Dua" }},
		"a contact without a number": {&waE2E.Message{ContactMessage: &waE2E.ContactMessage{Vcard: s("BEGIN:VCARD\nEND:VCARD")}}, chat.Contact,
			func(m chat.Message) bool { return !m.Card.Own && m.Card.Phone == "" }},
		"a button of a template": {&waE2E.Message{TemplateButtonReplyMessage: &waE2E.TemplateButtonReplyMessage{SelectedID: s("ya")}}, chat.Tap, func(m chat.Message) bool { return m.Choice == "ya" }},
		"a native flow": {&waE2E.Message{InteractiveResponseMessage: &waE2E.InteractiveResponseMessage{InteractiveResponseMessage: &waE2E.InteractiveResponseMessage_NativeFlowResponseMessage_{
			NativeFlowResponseMessage: &waE2E.InteractiveResponseMessage_NativeFlowResponseMessage{ParamsJSON: s(`{"id":"ya"}`)}}}}, chat.Tap, func(m chat.Message) bool { return m.Choice == "ya" }},
		"a native flow of nobody's": {&waE2E.Message{InteractiveResponseMessage: &waE2E.InteractiveResponseMessage{InteractiveResponseMessage: &waE2E.InteractiveResponseMessage_NativeFlowResponseMessage_{
			NativeFlowResponseMessage: &waE2E.InteractiveResponseMessage_NativeFlowResponseMessage{ParamsJSON: s(`[`)}}}}, chat.Unsupported, nil},
		"a newer poll":     {&waE2E.Message{PollCreationMessageV3: &waE2E.PollCreationMessage{}}, chat.Unsupported, nil},
		"a text with keys": {&waE2E.Message{Conversation: s("halo"), SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{}}, chat.Text, nil},
		"an edit in its envelope": {&waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
			Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: &waCommon.MessageKey{ID: s("3EB0DD")}, EditedMessage: &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: s("Sagu Mete")}}}}}},
			chat.Edited, func(m chat.Message) bool { return m.Edits == "3EB0DD" && m.Text == "Sagu Mete" }},
		"an edit of a caption": {&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: &waCommon.MessageKey{ID: s("3EB0DD")},
			EditedMessage: &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: s("produk")}}}}, chat.Edited, func(m chat.Message) bool { return m.Text == "produk" }},
		"a sealed edit, opened": {&waE2E.Message{ProtocolMessage: rewritten(&waCommon.MessageKey{ID: s("3EB0DD")}, &waE2E.Message{Conversation: s("Sagu Mete")})}, chat.Edited,
			func(m chat.Message) bool { return m.Edits == "3EB0DD" && m.Text == "Sagu Mete" }},
		"a video":          {&waE2E.Message{VideoMessage: &waE2E.VideoMessage{}}, chat.Video, nil},
		"a sticker":        {&waE2E.Message{StickerMessage: &waE2E.StickerMessage{}}, chat.Sticker, nil},
		"a poll":           {&waE2E.Message{PollCreationMessage: &waE2E.PollCreationMessage{}}, chat.Unsupported, nil},
		"a pressed button": {&waE2E.Message{ButtonsResponseMessage: &waE2E.ButtonsResponseMessage{Response: &waE2E.ButtonsResponseMessage_SelectedDisplayText{SelectedDisplayText: "Ya"}, SelectedButtonID: s("ya")}}, chat.Tap, func(m chat.Message) bool { return m.Choice == "ya" }},
		"a row of a list":  {&waE2E.Message{ListResponseMessage: &waE2E.ListResponseMessage{SingleSelectReply: &waE2E.ListResponseMessage_SingleSelectReply{SelectedRowID: s("2")}}}, chat.Tap, func(m chat.Message) bool { return m.Choice == "2" }},
		"an edit":          {&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: &waCommon.MessageKey{ID: s("3EB0DD")}, EditedMessage: &waE2E.Message{Conversation: s("Sagu Mete")}}}, chat.Edited, func(m chat.Message) bool { return m.Edits == "3EB0DD" && m.Text == "Sagu Mete" }},
	} {
		e := event(nil)
		e.RawMessage = c.m
		m, ok := message(e.UnwrapRaw(), siti)
		if !ok || m.Kind != c.kind || c.want != nil && !c.want(m) {
			t.Errorf("%s came as %t %+v", name, ok, m)
		}
		if m.From != siti.address() || m.Alias != siti.alias() || m.Chat != siti.address() || m.Ref != "3EB0AA" || m.Vouched != "+6281200000001" || m.ID == "" || m.Name != "Contoh Satu" {
			t.Errorf("%s is of %+v", name, m)
		}
	}
}

func TestReplyGoesToTheChatAsItCameWhicheverNameOfThePersonItHas(t *testing.T) {
	words := &waE2E.Message{Conversation: proto.String("halo")}
	for name, c := range map[string]struct {
		from  who
		chat  types.JID
		alias chat.Address
	}{
		"both known, by the id":     {siti, lid, chat.Address{Network: chat.WhatsApp, Key: pn.String()}},
		"both known, by the number": {siti, pn, chat.Address{Network: chat.WhatsApp, Key: pn.String()}},
		"the number only":           {who{device: device, pn: pn}, pn, chat.Address{}},
		"the id only":               {who{device: device, lid: lid}, lid, chat.Address{}},
	} {
		m, _ := message(event(words, func(i *types.MessageInfo) { i.Chat = c.chat }), c.from)
		if m.Chat.Key != c.chat.String() || m.From.Key != c.from.key().String() || m.Alias != c.alias {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestWhatNobodySaidToTheDinasIsNoMessage(t *testing.T) {
	words := &waE2E.Message{Conversation: proto.String("halo")}
	for name, e := range map[string]*events.Message{
		"staff at the phone": event(words, func(i *types.MessageInfo) { i.IsFromMe = true }),
		"a group":            event(words, func(i *types.MessageInfo) { i.Chat, i.IsGroup = types.NewJID("1", types.GroupServer), true }),
		"a status":           event(words, func(i *types.MessageInfo) { i.Chat, i.IsGroup = types.StatusBroadcastJID, true }),
		"a channel":          event(words, func(i *types.MessageInfo) { i.Chat = types.NewJID("1", types.NewsletterServer) }),
		"a reaction":         event(&waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Text: proto.String("👍")}}),
		"a vote":             event(&waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{}}),
		"an old reaction":    event(&waE2E.Message{EncReactionMessage: &waE2E.EncReactionMessage{}}),
		"a sealed edit":      event(&waE2E.Message{SecretEncryptedMessage: &waE2E.SecretEncryptedMessage{}}), // opened elsewhere
		"a pinned message":   event(&waE2E.Message{PinInChatMessage: &waE2E.PinInChatMessage{}}),
		"a line of a call":   event(&waE2E.Message{CallLogMesssage: &waE2E.CallLogMessage{}}),
		"an empty message":   event(&waE2E.Message{MessageContextInfo: &waE2E.MessageContextInfo{}}),
		"a list of people":   event(words, func(i *types.MessageInfo) { i.Chat = types.NewJID("1", types.BroadcastServer) }),
		"an edit of nothing": event(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum()}}),
		"an album's head":    event(&waE2E.Message{AlbumMessage: &waE2E.AlbumMessage{}}),
		"a deletion":         event(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum()}}),
		"keys":               event(&waE2E.Message{SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{}}),
		"nothing":            event(nil),
	} {
		if m, ok := message(e, siti); ok {
			t.Errorf("%s came as %+v", name, m)
		}
	}
}

func TestIdOfAMessageTellsNobodysNumberAndDiffersForEverySender(t *testing.T) {
	other := who{device: device, pn: types.NewJID("6281200000002", types.DefaultUserServer)}
	ids := map[string]bool{siti.id("3EB0AA"): true, siti.id("3EB0AB"): true, other.id("3EB0AA"): true}
	if len(ids) != 3 || siti.id("3EB0AA") != (who{device: device, lid: lid}).id("3EB0AA") {
		t.Errorf("the ids are %v", ids)
	}
}
