package telegramtest

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestTextsAreCheckedAfterTheirEntitiesAreParsed(t *testing.T) {
	srv, _, siti := met(t, Options{})
	for _, c := range []struct {
		name string
		p    params
		text string // of the error; "" when it passes
	}{
		{"none", params{}, "Bad Request: message text is empty"},
		{"only white space", params{"text": " \n\t"}, "Bad Request: message text is empty"},
		{"4096 code points", params{"text": strings.Repeat("😀", 4096)}, ""},
		{"4097 code points", params{"text": strings.Repeat("é", 4097)}, "Bad Request: message is too long"},
		{"4096 within tags", params{"text": "<b>" + long(4096) + "</b>", "parse_mode": "HTML"}, ""},
		{"more than 32768 bytes", params{"text": long(32769)}, "Bad Request: text is too long"},
		{"empty tags", params{"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"},
		{"unknown mode", params{"text": "x", "parse_mode": "rtf"}, "Bad Request: unsupported parse_mode"},
		{"unknown tag", params{"text": "<x>a</x>", "parse_mode": "HTML"}, `Bad Request: can't parse entities: Unsupported start tag "x" at byte offset 0`},
		{"no end tag", params{"text": "<b>a", "parse_mode": "HTML"}, `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`},
		{"wrong end tag", params{"text": "<b>ab</i>", "parse_mode": "HTML"},
			`Bad Request: can't parse entities: Unmatched end tag at byte offset 5, expected "</b>", found "</i>"`},
		{"end tag alone", params{"text": "ab</i>", "parse_mode": "HTML"}, "Bad Request: can't parse entities: Unexpected end tag at byte offset 2"},
		{"less-than sign", params{"text": "1 < 2", "parse_mode": "HTML"}, `Bad Request: can't parse entities: Unsupported start tag "" at byte offset 2`},
		{"tag cut off", params{"text": "a <b", "parse_mode": "HTML"}, "Bad Request: can't parse entities: Unclosed start tag at byte offset 2"},
		{"dot", params{"text": "Halo.", "parse_mode": "MarkdownV2"},
			`Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\'`},
		{"escaped backslash opens bold", params{"text": `a\\*b`, "parse_mode": "MarkdownV2"},
			"Bad Request: can't parse entities: Can't find end of Bold entity at byte offset 3"},
		{"open italic", params{"text": "ab _c", "parse_mode": "MarkdownV2"}, "Bad Request: can't parse entities: Can't find end of Italic entity at byte offset 3"},
		{"old markdown", params{"text": "ab _c", "parse_mode": "Markdown"}, "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 3"},
		{"entity beyond the end", params{"text": "ab", "entities": []params{{"type": "bold", "offset": 1, "length": 2}}},
			"Bad Request: entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.p["chat_id"] = 7001
			a := ask(t, srv, "sendMessage", c.p)
			if c.text != "" {
				refused(t, a, 400, c.text)
				return
			}
			works(t, a)
			siti.Next(t)
		})
	}
}

func TestEntitiesComeBackInUTF16Units(t *testing.T) {
	srv, _, siti := met(t, Options{})
	for _, c := range []struct {
		mode, raw, text string
		entities        []Entity
	}{
		{"HTML", "😀 <b>a<i>b</i></b> &lt;&amp;&#33; /menu", "😀 ab <&! /menu",
			[]Entity{{Type: "bold", Offset: 3, Length: 2}, {Type: "italic", Offset: 4, Length: 1}, {Type: "bot_command", Offset: 10, Length: 5}}},
		{"HTML", `<a href="https://x.id/?a&amp;b">x</a>`, "x", []Entity{{Type: "text_link", Length: 1, URL: "https://x.id/?a&b"}}},
		{"HTML", `<pre><code class="language-go">x</code></pre>`, "x", []Entity{{Type: "pre", Length: 1, Language: "go"}}},
		{"HTML", "  <u>x</u>  ", "x", []Entity{{Type: "underline", Length: 1}}},
		{"MarkdownV2", `*a _b_* __c__ ~d~ ||e|| 1\.`, "a b c d e 1.", []Entity{
			{Type: "bold", Length: 3}, {Type: "italic", Offset: 2, Length: 1}, {Type: "underline", Offset: 4, Length: 1},
			{Type: "strikethrough", Offset: 6, Length: 1}, {Type: "spoiler", Offset: 8, Length: 1}}},
		{"MarkdownV2", "`a.b` [x](https://x.id/a\\)b)", "a.b x", []Entity{{Type: "code", Length: 3}, {Type: "text_link", Offset: 4, Length: 1, URL: "https://x.id/a)b"}}},
		{"MarkdownV2", "```go\nx.y\n```", "x.y", []Entity{{Type: "pre", Length: 3, Language: "go"}}},
		{"MarkdownV2", ">a\n>b\nc", "a\nb\nc", []Entity{{Type: "blockquote", Length: 3}}},
		{"Markdown", "*a* [x](https://x.id)", "a x", []Entity{{Type: "bold", Length: 1}, {Type: "text_link", Offset: 2, Length: 1, URL: "https://x.id"}}},
		{"", "lihat https://x.id dan @dinas #ikm", "lihat https://x.id dan @dinas #ikm", []Entity{
			{Type: "url", Offset: 6, Length: 12}, {Type: "mention", Offset: 23, Length: 6}, {Type: "hashtag", Offset: 30, Length: 4}}},
	} {
		t.Run(c.raw, func(t *testing.T) {
			works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": c.raw, "parse_mode": c.mode}))
			if m := siti.Next(t); m.Text != c.text || !reflect.DeepEqual(m.Entities, c.entities) {
				t.Fatalf("%q %+v\nwant %q %+v", m.Text, m.Entities, c.text, c.entities)
			}
		})
	}
}

func TestCommandsOfPeopleAreMarked(t *testing.T) {
	srv, _, siti := met(t, Options{EasyPolling: true})
	siti.Say("/petugas KODE")
	a := works(t, ask(t, srv, "getUpdates", nil))
	if !strings.Contains(string(a.Result), `"entities":[{"type":"bot_command","offset":0,"length":8}]`) {
		t.Fatalf("came %s", a.Result)
	}
}

func FuzzEveryParseModeEndsWithoutPanic(f *testing.F) {
	for _, s := range []string{"<b>a</b>", "<a href='x'", "&#x", "*a_b*", "```a", "[x](", "![", ">", "\\", "||", "<", "</", "<b a=", "&", "`", "![]("} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, parse := range []func(string) (string, []Entity, error){parseHTML, parseMarkdownV2, parseMarkdown} {
			text, entities, err := parse(s)
			if err != nil {
				continue
			}
			text, entities = trim(clean(text), entities)
			if f := checkEntities(entities, utf16Len(text)); f != nil {
				t.Errorf("%q gives %q %+v: %v", s, text, entities, f)
			}
		}
	})
}

func buttons(rows, perRow int, b params) string {
	var keyboard [][]params
	for range rows {
		var row []params
		for range perRow {
			row = append(row, b)
		}
		keyboard = append(keyboard, row)
	}
	key := "keyboard"
	if len(b) > 1 && b["request_contact"] == nil && b["request_location"] == nil {
		key = "inline_keyboard"
	}
	raw, _ := json.Marshal(params{key: keyboard})
	return string(raw)
}

func TestKeyboardLimits(t *testing.T) {
	srv, _, siti := met(t, Options{})
	button := params{"text": "a", "callback_data": "a"}
	data := func(n int) params { return params{"text": "a", "callback_data": long(n)} }
	for _, c := range []struct {
		name, markup, text string
	}{
		{"callback_data of 64 bytes", buttons(1, 1, data(64)), ""},
		{"callback_data of 65 bytes", buttons(1, 1, data(65)), "Bad Request: BUTTON_DATA_INVALID"},
		{"callback_data of 33 two-byte letters", buttons(1, 1, params{"text": "a", "callback_data": strings.Repeat("é", 33)}), "Bad Request: BUTTON_DATA_INVALID"},
		{"empty callback_data", buttons(1, 1, data(0)), "Bad Request: BUTTON_DATA_INVALID"},
		{"no action", `{"inline_keyboard":[[{"text":"a"}]]}`,
			"Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"8 in a row", buttons(1, 8, button), ""},
		{"9 in a row", buttons(1, 9, button), "Bad Request: reply markup is too long"},
		{"100 buttons", buttons(20, 5, button), ""},
		{"105 buttons", buttons(21, 5, button), "Bad Request: reply markup is too long"},
		{"over 10 KB", buttons(20, 5, params{"text": long(60), "callback_data": long(60)}), "Bad Request: reply markup is too long"},
		{"300 reply buttons", buttons(25, 12, params{"text": "a"}), ""},
		{"13 reply buttons in a row", buttons(1, 13, params{"text": "a"}), "Bad Request: reply markup is too long"},
		{"301 reply buttons", buttons(43, 7, params{"text": "a"}), "Bad Request: reply markup is too long"},
		{"link without a host", buttons(1, 1, params{"text": "a", "url": "halo"}), "Bad Request: inline keyboard button URL 'halo' is invalid: Wrong HTTP URL"},
		{"two actions", `{"inline_keyboard":[[{"text":"a","url":"x.id","callback_data":"a"}]]}`,
			"Bad Request: can't parse inline keyboard button: exactly one action must be set"},
		{"contact", buttons(1, 1, params{"text": "a", "request_contact": true}), ""},
		{"remove", `{"remove_keyboard":true}`, ""},
		{"force reply", `{"force_reply":true}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "x", "reply_markup": c.markup})
			if c.text != "" {
				refused(t, a, 400, c.text)
				return
			}
			works(t, a)
			siti.Next(t)
		})
	}
	group := srv.Group(-500, "Staf")
	for key, text := range map[string]string{
		"request_contact": "Bad Request: phone number can be requested in private chats only", "request_location": "Bad Request: location can be requested in private chats only",
	} {
		refused(t, ask(t, srv, "sendMessage", params{"chat_id": group.Chat(), "text": "x", "reply_markup": buttons(1, 1, params{"text": "a", key: true})}), 400, text)
	}
}

func TestAReplyKeyboardStaysUntilItIsRemoved(t *testing.T) {
	srv, _, siti := met(t, Options{EasyPolling: true})
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "nomor?", "reply_markup": `{"keyboard":[[{"text":"Kirim nomor","request_contact":true},"Lewati"]]}`}))
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "lagi"}))
	if k := siti.Keyboard(); len(k) != 1 || !k[0][0].Contact || k[0][1].Text != "Lewati" {
		t.Fatalf("keyboard %+v", k)
	}
	if _, err := siti.Press("Kirim nomor"); err != nil {
		t.Fatal(err)
	}
	a := works(t, ask(t, srv, "getUpdates", nil))
	if !strings.Contains(string(a.Result), `"contact":{"phone_number":"6281000007001","first_name":"Siti","user_id":7001}`) {
		t.Fatalf("came %s", a.Result)
	}
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "sudah", "reply_markup": `{"remove_keyboard":true}`}))
	if _, err := siti.Press("Lewati"); err == nil || siti.Keyboard() != nil {
		t.Fatal("a removed keyboard was pressed")
	}
}
