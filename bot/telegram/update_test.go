package telegram

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// siti is a private message's envelope; the rest of the message follows.
const siti = `"message_id":5,"date":1795449876,"from":{"id":7001,"first_name":"Siti","last_name":"Aminah"},"chat":{"id":7001,"type":"private","first_name":"Siti"}`

// read decodes {"update_id":9, body} and says what it means.
func read(t testing.TB, body string) (chat.Message, bool) {
	t.Helper()
	u, err := decode(json.RawMessage(`{"update_id":9,` + body + `}`))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return u.message(noon)
}

func TestUpdatesAreReadAsWhatPeopleDid(t *testing.T) {
	me := address(7001)
	said := chat.Message{ID: "9", From: me, Chat: me, At: time.Unix(1795449876, 0).UTC(), Ref: "5", Name: "Siti Aminah"}
	for _, c := range []struct {
		did, body string
		want      func(m *chat.Message)
	}{
		{"a text", `"message":{` + siti + `,"text":"halo"}`, func(m *chat.Message) { m.Kind, m.Text = chat.Text, "halo" }},
		{"start with a source", `"message":{` + siti + `,"text":"/start pasar"}`, func(m *chat.Message) { m.Kind, m.Text = chat.Text, "/start pasar" }},
		{"a command to the bot by name", `"message":{` + siti + `,"text":"/status@titian_bot"}`, func(m *chat.Message) { m.Kind, m.Text = chat.Text, "/status@titian_bot" }},
		{"a photo, in sizes", `"message":{` + siti + `,"caption":"KTP","media_group_id":"77","photo":[
			{"file_id":"s","file_unique_id":"us","width":90,"height":60,"file_size":900},
			{"file_id":"l","file_unique_id":"ul","width":1280,"height":853,"file_size":90000},
			{"file_id":"xl","file_unique_id":"uxl","width":9000,"height":6000,"file_size":20971521}]}`,
			func(m *chat.Message) {
				m.Kind, m.Text, m.Album = chat.Files, "KTP", "77"
				m.Files = []chat.File{{Ref: "l", Unique: "ul", MIME: "image/jpeg", SizeBytes: 90000, Photo: true}}
			}},
		{"a document", `"message":{` + siti + `,"document":{"file_id":"d","file_unique_id":"ud","file_name":"nib.pdf","mime_type":"application/pdf","file_size":183422}}`,
			func(m *chat.Message) {
				m.Kind = chat.Files
				m.Files = []chat.File{{Ref: "d", Unique: "ud", Name: "nib.pdf", MIME: "application/pdf", SizeBytes: 183422}}
			}},
		{"an own contact", `"message":{` + siti + `,"contact":{"phone_number":"62 812-3456","first_name":"Siti","user_id":7001}}`,
			func(m *chat.Message) {
				m.Kind, m.Vouched, m.Card = chat.Contact, "+628123456", &chat.Card{Phone: "62 812-3456", Name: "Siti", Own: true}
			}},
		{"somebody else's contact", `"message":{` + siti + `,"contact":{"phone_number":"+628129","first_name":"Budi","last_name":"S","user_id":7002}}`,
			func(m *chat.Message) { m.Kind, m.Card = chat.Contact, &chat.Card{Phone: "+628129", Name: "Budi S"} }},
		{"a contact without Telegram", `"message":{` + siti + `,"contact":{"phone_number":"0812","first_name":"Ibu"}}`,
			func(m *chat.Message) { m.Kind, m.Card = chat.Contact, &chat.Card{Phone: "0812", Name: "Ibu"} }},
		{"a pin", `"message":{` + siti + `,"location":{"latitude":-3.99,"longitude":122.5}}`,
			func(m *chat.Message) {
				m.Kind, m.Place = chat.Location, &chat.Place{Latitude: -3.99, Longitude: 122.5}
			}},
		{"a live location", `"message":{` + siti + `,"location":{"latitude":-3.99,"longitude":122.5,"live_period":900}}`,
			func(m *chat.Message) {
				m.Kind, m.Place = chat.Location, &chat.Place{Latitude: -3.99, Longitude: 122.5}
			}},
		{"a venue", `"message":{` + siti + `,"location":{"latitude":-3.9,"longitude":122},"venue":{"location":{"latitude":-3.9,"longitude":122},"title":"Pasar","address":"x"}}`,
			func(m *chat.Message) { m.Kind, m.Place = chat.Location, &chat.Place{Latitude: -3.9, Longitude: 122} }},
		{"a voice", `"message":{` + siti + `,"voice":{"file_id":"v","duration":3}}`, func(m *chat.Message) { m.Kind = chat.Voice }},
		{"music", `"message":{` + siti + `,"audio":{"file_id":"v","duration":3}}`, func(m *chat.Message) { m.Kind = chat.Voice }},
		{"a video", `"message":{` + siti + `,"caption":"ini","video":{"file_id":"v","duration":3}}`, func(m *chat.Message) { m.Kind, m.Text = chat.Video, "ini" }},
		{"a round video", `"message":{` + siti + `,"video_note":{"file_id":"v","duration":3}}`, func(m *chat.Message) { m.Kind = chat.Video }},
		{"an animation, which is a document too", `"message":{` + siti + `,"animation":{"file_id":"v"},"document":{"file_id":"v"}}`, func(m *chat.Message) { m.Kind = chat.Video }},
		{"a sticker", `"message":{` + siti + `,"sticker":{"file_id":"v","emoji":"👍"}}`, func(m *chat.Message) { m.Kind = chat.Sticker }},
		{"a die", `"message":{` + siti + `,"dice":{"emoji":"🎲","value":3}}`, func(m *chat.Message) { m.Kind = chat.Sticker }},
		{"a poll", `"message":{` + siti + `,"poll":{"id":"1","question":"?"}}`, func(m *chat.Message) { m.Kind = chat.Unsupported }},
		{"a story of after the library", `"message":{` + siti + `,"story":{"chat":{},"id":1}}`, func(m *chat.Message) { m.Kind = chat.Unsupported }},
		{"a checklist of after the library", `"message":{` + siti + `,"checklist":{"title":"x"}}`, func(m *chat.Message) { m.Kind = chat.Unsupported }},
		{"an edit", `"edited_message":{` + siti + `,"edit_date":1795449900,"text":"halo lagi"}`,
			func(m *chat.Message) {
				m.Kind, m.Text, m.Edits, m.At = chat.Edited, "halo lagi", "5", time.Unix(1795449900, 0).UTC()
			}},
		{"an edit of a caption", `"edited_message":{` + siti + `,"caption":"NIB","document":{"file_id":"d","file_unique_id":"ud"}}`,
			func(m *chat.Message) {
				m.Kind, m.Text, m.Edits, m.Files = chat.Edited, "NIB", "5", []chat.File{{Ref: "d", Unique: "ud"}}
			}},
		{"a tap", `"callback_query":{"id":"1","from":{"id":7001,"first_name":"Siti","last_name":"Aminah"},"message":{"message_id":5,"date":3,"chat":{"id":7001,"type":"private"}},"data":"batal:7"}`,
			func(m *chat.Message) { m.Kind, m.Choice, m.At = chat.Tap, "batal:7", noon }},
		{"a tap on a message too old to be shown", `"callback_query":{"id":"1","from":{"id":7001,"first_name":"Siti","last_name":"Aminah"},"message":{"message_id":5,"date":0,"chat":{"id":7001,"type":"private"}},"data":"x"}`,
			func(m *chat.Message) { m.Kind, m.Choice, m.At = chat.Tap, "x", noon }},
		{"a tap without its message", `"callback_query":{"id":"1","from":{"id":7001,"first_name":"Siti","last_name":"Aminah"},"data":"x"}`,
			func(m *chat.Message) { m.Kind, m.Choice, m.At, m.Ref = chat.Tap, "x", noon, "" }},
		{"a tap from nobody, in a private chat", `"callback_query":{"id":"1","message":{"message_id":5,"chat":{"id":7001,"type":"private"}},"data":"x"}`,
			func(m *chat.Message) { m.Kind, m.Choice, m.At, m.Name = chat.Tap, "x", noon, "" }},
		{"a message from nobody, in a private chat", `"message":{"message_id":5,"date":1795449876,"chat":{"id":7001,"type":"private"},"text":"halo"}`,
			func(m *chat.Message) { m.Kind, m.Text, m.Name = chat.Text, "halo", "" }},
		{"blocking the bot", `"my_chat_member":{"chat":{"id":7001,"type":"private"},"from":{"id":7001,"first_name":"Siti","last_name":"Aminah"},"date":1795449876,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}`,
			func(m *chat.Message) { m.Kind, m.Ref = chat.Blocked, "" }},
		{"letting it back", `"my_chat_member":{"chat":{"id":7001,"type":"private"},"from":{"id":7001,"first_name":"Siti","last_name":"Aminah"},"date":1795449876,"old_chat_member":{"status":"kicked"},"new_chat_member":{"status":"member"}}`,
			func(m *chat.Message) { m.Kind, m.Ref = chat.Returned, "" }},
		{"speaking to it in a group", `"message":{"message_id":5,"date":1795449876,"from":{"id":7001,"first_name":"Siti","last_name":"Aminah"},"chat":{"id":-100,"type":"supergroup"},"text":"/status"}`,
			func(m *chat.Message) { m.Kind, m.Text, m.Chat = chat.Group, "/status", address(-100) }},
		{"tapping in a group", `"callback_query":{"id":"1","from":{"id":7001,"first_name":"Siti","last_name":"Aminah"},"message":{"message_id":5,"chat":{"id":-100,"type":"group"}},"data":"x"}`,
			func(m *chat.Message) { m.Kind, m.Choice, m.Chat, m.At = chat.Group, "x", address(-100), noon }},
	} {
		t.Run(c.did, func(t *testing.T) {
			want := said
			c.want(&want)
			got, ok := read(t, c.body)
			if !ok || !reflect.DeepEqual(got, want) {
				t.Errorf("read as\n%+v (%t), want\n%+v", got, ok, want)
			}
		})
	}
}

func TestUpdatesThatConcernNobodyAreAcknowledgedAndForgotten(t *testing.T) {
	in := func(kind string) string { return `"` + kind + `":{` + siti + `,"text":"x"}` }
	for what, body := range map[string]string{
		"a channel post":                  `"channel_post":{"message_id":1,"date":1,"chat":{"id":-1001,"type":"channel"},"text":"x"}`,
		"an edited channel post":          in("edited_channel_post"),
		"a reaction":                      `"message_reaction":{"chat":{"id":7001,"type":"private"},"message_id":1,"user":{"id":7001}}`,
		"a business message":              in("business_message"),
		"an inline query":                 `"inline_query":{"id":"1","from":{"id":7001},"query":"x","offset":""}`,
		"a poll answer":                   `"poll_answer":{"poll_id":"1","user":{"id":7001},"option_ids":[0]}`,
		"a kind of tomorrow":              `"thought":{"chat":{"id":7001}}`,
		"no kind at all":                  `"x":1`,
		"a pinned message":                `"message":{` + siti + `,"pinned_message":{` + siti + `}}`,
		"somebody joining a group":        `"message":{"message_id":1,"date":1,"from":{"id":7001},"chat":{"id":-100,"type":"group"},"new_chat_members":[{"id":1}]}`,
		"a message of another bot":        `"message":{"message_id":1,"date":1,"from":{"id":8,"is_bot":true},"chat":{"id":-100,"type":"group"},"text":"x"}`,
		"an edit in a group":              `"edited_message":{"message_id":1,"date":1,"from":{"id":7001},"chat":{"id":-100,"type":"group"},"text":"x"}`,
		"a live location that moves":      `"edited_message":{` + siti + `,"location":{"latitude":1,"longitude":2,"live_period":900}}`,
		"a message from nowhere":          `"message":{"message_id":1,"date":1,"from":{"id":7001},"text":"x"}`,
		"a group message from nobody":     `"message":{"message_id":1,"date":1,"chat":{"id":-100,"type":"group"},"text":"x"}`,
		"a tap without data":              `"callback_query":{"id":"1","from":{"id":7001},"game_short_name":"x"}`,
		"a tap on an inline message":      `"callback_query":{"id":"1","from":{"id":7001},"inline_message_id":"x","data":"x"}`,
		"a tap by nobody nowhere":         `"callback_query":{"id":"1","data":"x"}`,
		"the bot's place in a group":      `"my_chat_member":{"chat":{"id":-100,"type":"group"},"from":{"id":7001},"date":1,"new_chat_member":{"status":"kicked"}}`,
		"a membership of an unknown sort": `"my_chat_member":{"chat":{"id":7001,"type":"private"},"date":1,"new_chat_member":{"status":"enthroned"}}`,
		"a membership of nobody":          `"my_chat_member":null`,
	} {
		if m, ok := read(t, body); ok {
			t.Errorf("%s was taken for %+v", what, m)
		}
	}
}

func TestAnUndecodableUpdateStillNamesItselfAndItsTap(t *testing.T) {
	u, err := decode(json.RawMessage(`{"update_id":12,"callback_query":{"id":"77","from":{"id":"NIK 7471"},"data":3}}`))
	if err == nil || u.UpdateID != 12 || u.tap() != "77" {
		t.Errorf("id %d, tap %q, error %v", u.UpdateID, u.tap(), err)
	}
	if strings.Contains(fmt.Sprint(err), "7471") {
		t.Errorf("the error quotes what was written: %v", err)
	}
	for _, raw := range []string{`{}`, `null`, `[]`, `"x"`, `{"update_id":"x"}`, `{"update_id":99999999999999999999}`, ``, `{`} {
		if u, err := decode(json.RawMessage(raw)); err == nil || u.UpdateID != 0 {
			t.Errorf("%s was decoded to id %d", raw, u.UpdateID)
		}
	}
}

func FuzzUpdate(f *testing.F) {
	f.Add(`{"update_id":1,"message":{` + siti + `,"text":"halo"}}`)
	f.Add(`{"update_id":1,"callback_query":{"id":"1","from":{"id":7001},"message":{"message_id":5,"date":0,"chat":{"id":7001}},"data":"x"}}`)
	f.Add(`{"update_id":1,"message":{"chat":null,"photo":[],"venue":{}}}`)
	f.Add(`{"update_id":1,"edited_message":{` + siti + `,"photo":[{}]}}`)
	f.Add(`{"update_id":1,"my_chat_member":{"new_chat_member":{"status":"kicked"}}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := decode(json.RawMessage(raw))
		m, ok := u.message(noon)
		if ok && err == nil && (m.From.IsZero() || m.Chat.IsZero() || m.ID == "" || m.Kind == "") {
			t.Errorf("a message without sender, chat, id or kind: %+v", m)
		}
	})
}
