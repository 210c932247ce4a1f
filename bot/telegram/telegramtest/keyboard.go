package telegramtest

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// replyMarkup is any of the four kinds of reply_markup.
type replyMarkup struct {
	Inline      [][]inlineButton `json:"inline_keyboard,omitempty"`
	Keyboard    [][]replyButton  `json:"keyboard,omitempty"`
	Persistent  bool             `json:"is_persistent,omitempty"`
	Resize      bool             `json:"resize_keyboard,omitempty"`
	OneTime     bool             `json:"one_time_keyboard,omitempty"`
	Placeholder string           `json:"input_field_placeholder,omitempty"`
	Selective   bool             `json:"selective,omitempty"`
	Remove      bool             `json:"remove_keyboard,omitempty"`
	ForceReply  bool             `json:"force_reply,omitempty"`
}

type inlineButton struct {
	Text          string          `json:"text"`
	Data          *string         `json:"callback_data,omitempty"`
	URL           string          `json:"url,omitempty"`
	WebApp        json.RawMessage `json:"web_app,omitempty"`
	LoginURL      json.RawMessage `json:"login_url,omitempty"`
	Switch        *string         `json:"switch_inline_query,omitempty"`
	SwitchCurrent *string         `json:"switch_inline_query_current_chat,omitempty"`
	SwitchChosen  json.RawMessage `json:"switch_inline_query_chosen_chat,omitempty"`
	Copy          json.RawMessage `json:"copy_text,omitempty"`
	Game          json.RawMessage `json:"callback_game,omitempty"`
	Pay           bool            `json:"pay,omitempty"`
	Style         string          `json:"style,omitempty"`
	Icon          string          `json:"icon_custom_emoji_id,omitempty"`
}

type replyButton struct {
	Text     string          `json:"text"`
	Contact  bool            `json:"request_contact,omitempty"`
	Location bool            `json:"request_location,omitempty"`
	Poll     json.RawMessage `json:"request_poll,omitempty"`
	Users    json.RawMessage `json:"request_users,omitempty"`
	Chat     json.RawMessage `json:"request_chat,omitempty"`
	Bot      json.RawMessage `json:"request_managed_bot,omitempty"`
	WebApp   json.RawMessage `json:"web_app,omitempty"`
	Style    string          `json:"style,omitempty"`
	Icon     string          `json:"icon_custom_emoji_id,omitempty"`
}

// UnmarshalJSON takes a plain string for a button with that text.
func (b *replyButton) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &b.Text)
	}
	type plain replyButton
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	return d.Decode((*plain)(b))
}

func (m *replyMarkup) inline() bool { return m.Inline != nil }

// Limits of keyboards; the counts are custom, not documented.
const (
	maxInlineButtons = 100
	maxInlineRow     = 8
	maxReplyButtons  = 300
	maxReplyRow      = 12
	maxMarkupBytes   = 10 << 10
	maxCallbackData  = 64
)

var errMarkupLong = bad("reply markup is too long")

// markup reads reply_markup; nil when none is given. An edit takes an inline keyboard only.
func (c *call) markup(edit bool) (*replyMarkup, *failure) {
	raw, ok := c.values["reply_markup"]
	if !ok {
		return nil, nil
	}
	var m replyMarkup
	if _, err := c.decodeStrict("reply_markup", &m); err != nil {
		return nil, bad("can't parse reply keyboard markup JSON object: %v", err)
	}
	kinds := 0
	for _, is := range []bool{m.Inline != nil, m.Keyboard != nil, m.Remove, m.ForceReply} {
		if is {
			kinds++
		}
	}
	switch {
	case kinds > 1:
		return nil, bad("reply markup is of more than one kind")
	case edit && m.Inline == nil && raw != "{}":
		return nil, bad("inline keyboard expected")
	case kinds == 0 && edit:
		return nil, nil
	case kinds == 0:
		return nil, bad("reply markup is of no kind")
	}
	if f := m.check(); f != nil {
		return nil, f
	}
	if m.inline() && len(m.Inline) == 0 {
		return nil, nil // an empty keyboard is none
	}
	if m.inline() && len(raw) > maxMarkupBytes {
		return nil, errMarkupLong
	}
	return &m, nil
}

func (m *replyMarkup) check() *failure {
	count := 0
	kept := m.Inline[:0]
	for _, row := range m.Inline {
		if len(row) == 0 {
			continue // the server drops empty rows
		}
		kept = append(kept, row)
		if count += len(row); len(row) > maxInlineRow || count > maxInlineButtons {
			return errMarkupLong
		}
		for _, b := range row {
			if f := b.check(); f != nil {
				return f
			}
		}
	}
	m.Inline = kept
	count = 0
	for _, row := range m.Keyboard {
		if count += len(row); len(row) > maxReplyRow || count > maxReplyButtons {
			return errMarkupLong
		}
		for _, b := range row {
			if strings.TrimSpace(b.Text) == "" {
				return bad("can't parse keyboard button: text must be non-empty")
			}
		}
	}
	if m.Keyboard != nil && count == 0 {
		return bad("reply keyboard must have a button")
	}
	if utf8.RuneCountInString(m.Placeholder) > 64 {
		return bad("input field placeholder is too long")
	}
	return nil
}

func (b inlineButton) check() *failure {
	if strings.TrimSpace(b.Text) == "" {
		return bad("can't parse inline keyboard button: text must be non-empty")
	}
	actions := 0
	for _, is := range []bool{
		b.Data != nil, b.URL != "", b.WebApp != nil, b.LoginURL != nil, b.Switch != nil, b.SwitchCurrent != nil, b.SwitchChosen != nil, b.Copy != nil,
		b.Game != nil, b.Pay,
	} {
		if is {
			actions++
		}
	}
	switch {
	case actions == 0:
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case actions > 1:
		return bad("can't parse inline keyboard button: exactly one action must be set")
	case b.Data != nil && (*b.Data == "" || len(*b.Data) > maxCallbackData):
		return bad("BUTTON_DATA_INVALID")
	case b.URL != "" && !strings.Contains(b.URL, ".") && !strings.HasPrefix(b.URL, "tg://"):
		return bad("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
	}
	return nil
}

// privateOnly refuses what a keyboard may ask for in private chats alone.
func (m *replyMarkup) privateOnly() *failure {
	for _, row := range m.Keyboard {
		for _, b := range row {
			switch {
			case b.Contact:
				return bad("phone number can be requested in private chats only")
			case b.Location:
				return bad("location can be requested in private chats only")
			}
		}
	}
	return nil
}
