package telegramtest

import "time"

// message is one message of a chat, as the Bot API shows it.
type message struct {
	ID              int          `json:"message_id"`
	From            *account     `json:"from,omitempty"`
	Chat            *face        `json:"chat"`
	Date            int64        `json:"date"`
	EditDate        int64        `json:"edit_date,omitempty"`
	Forward         *origin      `json:"forward_origin,omitempty"`
	ReplyTo         *message     `json:"reply_to_message,omitempty"`
	MediaGroup      string       `json:"media_group_id,omitempty"`
	Protected       bool         `json:"has_protected_content,omitempty"`
	Text            string       `json:"text,omitempty"`
	Entities        []Entity     `json:"entities,omitempty"`
	Photo           []photoSize  `json:"photo,omitempty"`
	Document        *document    `json:"document,omitempty"`
	Voice           *media       `json:"voice,omitempty"`
	Audio           *media       `json:"audio,omitempty"`
	Video           *media       `json:"video,omitempty"`
	Sticker         *sticker     `json:"sticker,omitempty"`
	Caption         string       `json:"caption,omitempty"`
	CaptionEntities []Entity     `json:"caption_entities,omitempty"`
	Contact         *contact     `json:"contact,omitempty"`
	Location        *location    `json:"location,omitempty"`
	Joined          []*account   `json:"new_chat_members,omitempty"`
	Left            *account     `json:"left_chat_member,omitempty"`
	MigrateTo       int64        `json:"migrate_to_chat_id,omitempty"`
	MigrateFrom     int64        `json:"migrate_from_chat_id,omitempty"`
	Markup          *replyMarkup `json:"reply_markup,omitempty"` // an inline keyboard

	locked bool // sent with a reply keyboard: cannot be edited
	silent bool
	at     time.Time
	edits  int
}

type origin struct {
	Type string   `json:"type"`
	Date int64    `json:"date"`
	From *account `json:"sender_user,omitempty"`
	Name string   `json:"sender_user_name,omitempty"`
}

type photoSize struct {
	fileRef
	Width  int `json:"width"`
	Height int `json:"height"`
}

type document struct {
	fileRef
	Name      string     `json:"file_name,omitempty"`
	MIME      string     `json:"mime_type,omitempty"`
	Thumbnail *photoSize `json:"thumbnail,omitempty"`
}

type media struct {
	fileRef
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	Duration int    `json:"duration"`
	Name     string `json:"file_name,omitempty"`
	MIME     string `json:"mime_type,omitempty"`
}

type sticker struct {
	fileRef
	Type     string `json:"type"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Animated bool   `json:"is_animated"`
	Video    bool   `json:"is_video"`
	Emoji    string `json:"emoji,omitempty"`
	Set      string `json:"set_name,omitempty"`
}

type contact struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name,omitempty"`
	UserID    int64  `json:"user_id,omitempty"`
	VCard     string `json:"vcard,omitempty"`
}

type location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Accuracy  float64 `json:"horizontal_accuracy,omitempty"`
}

// keep puts a message into its chat under the next id and forgets the oldest. Private chats and basic groups share one count, a supergroup has its own.
func (s *Server) keep(ch *chat, from *account, m *message) *message {
	if ch.Type == "supergroup" {
		ch.nextID++
		m.ID = ch.nextID
	} else {
		s.messageID++
		m.ID = s.messageID
	}
	m.From, m.Chat, m.at = from, &ch.face, s.opt.Now()
	m.Date = m.at.Unix()
	ch.messages[m.ID] = m
	ch.order = append(ch.order, m.ID)
	for len(ch.order) > s.opt.Keep.Messages {
		delete(ch.messages, ch.order[0])
		ch.order = ch.order[1:]
	}
	return m
}

// quoted is a message as it stands inside a reply: without its own reply.
func quoted(m *message) *message {
	if m == nil || m.ReplyTo == nil {
		return m
	}
	copied := *m
	copied.ReplyTo = nil
	return &copied
}

// say is the bot's message into a chat: kept, shown to the people there, returned to the bot.
func (s *Server) say(ch *chat, m *message, d draft, method string) *message {
	m.ReplyTo, m.Protected, m.silent = quoted(d.replyTo), d.protected, d.silent
	if d.markup != nil {
		switch {
		case d.markup.inline():
			m.Markup = d.markup
		case d.markup.Remove:
			ch.keyboard, m.locked = nil, true
		default:
			ch.keyboard, m.locked = d.markup, true
		}
	}
	s.keep(ch, s.bot, m)
	ch.sent++
	s.show(ch, snapshot(m, ActSent, method, d.markup))
	return m
}

// show adds to what people saw of the bot in a chat.
func (s *Server) show(ch *chat, e Sent) {
	ch.events = append(ch.events, e)
	if over := len(ch.events) - s.opt.Keep.Messages; over > 0 {
		ch.events = ch.events[over:]
		ch.forgotten += over
	}
	ch.bell.ring()
}
