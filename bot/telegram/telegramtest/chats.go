package telegramtest

import (
	"strconv"
	"strings"
	"time"
)

// account is a user or a bot as the Bot API shows it.
type account struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name,omitempty"`
	Username  string `json:"username,omitempty"`
	Language  string `json:"language_code,omitempty"`
}

// face is a chat as the Bot API shows it.
type face struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	Username  string `json:"username,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
}

// chat is one private chat or group.
type chat struct {
	face
	person      *User // of a private chat
	started     bool  // the person wrote first
	blocked     bool
	deactivated bool
	status      string // the bot's, in a group: member administrator left kicked
	upgradedTo  int64
	members     map[int64]*account

	messages  map[int]*message
	order     []int // message ids, oldest first
	nextID    int   // a supergroup counts its own messages
	keyboard  *replyMarkup
	events    []Sent    // what the bot did here, oldest first
	forgotten int       // events dropped from the front
	sent      int       // messages sent since New
	handed    time.Time // when the bot first got the newest update it has got of this chat
	pace      pace
	minute    pace
	bell      bell
}

func (c *chat) private() bool { return c.Type == "private" }

func (s *Server) newChat(f face) *chat {
	c := &chat{face: f, messages: map[int]*message{}, members: map[int64]*account{}}
	s.chats[f.ID] = c
	return c
}

func upgraded(to int64) *failure {
	f := bad("group chat was upgraded to a supergroup chat")
	f.migrateTo = to
	return f
}

// find resolves chat_id to a chat the bot knows.
func (s *Server) find(c *call) (*chat, *failure) {
	v := strings.TrimSpace(c.values["chat_id"])
	if v == "" {
		return nil, bad("chat_id is empty")
	}
	if name, ok := strings.CutPrefix(v, "@"); ok {
		for _, ch := range s.chats {
			if !ch.private() && strings.EqualFold(ch.Username, name) {
				return ch, nil
			}
		}
		return nil, bad("chat not found")
	}
	id, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return nil, bad("chat not found")
	}
	ch := s.chats[id]
	switch {
	case ch == nil && s.users[id] != nil && s.users[id].met:
		return nil, forbidden("bot can't initiate conversation with a user")
	case ch == nil || ch.private() && !ch.started:
		return nil, bad("chat not found")
	}
	return ch, nil
}

// reach resolves chat_id to a chat the bot may write to.
func (s *Server) reach(c *call) (*chat, *failure) {
	ch, f := s.find(c)
	if f != nil {
		return nil, f
	}
	kind := "group"
	if ch.Type == "supergroup" {
		kind = "supergroup"
	}
	switch {
	case ch.deactivated:
		return nil, forbidden("user is deactivated")
	case ch.blocked:
		return nil, forbidden("bot was blocked by the user")
	case ch.upgradedTo != 0:
		return nil, upgraded(ch.upgradedTo)
	case ch.status == "kicked":
		return nil, forbidden("bot was kicked from the " + kind + " chat")
	case ch.status == "left":
		return nil, forbidden("bot is not a member of the " + kind + " chat")
	case c.values["business_connection_id"] != "":
		return nil, bad("business connection not found")
	case c.values["message_thread_id"] != "":
		return nil, bad("message thread not found")
	}
	return ch, nil
}

func (s *Server) getChat(c *call) (any, *failure) {
	ch, f := s.find(c)
	if f != nil {
		return nil, f
	}
	return struct {
		face
		Accent    int   `json:"accent_color_id"`
		Reactions int   `json:"max_reaction_count"`
		Gifts     gifts `json:"accepted_gift_types"`
	}{face: ch.face, Reactions: 11}, nil
}

type gifts struct {
	Unlimited bool `json:"unlimited_gifts"`
	Limited   bool `json:"limited_gifts"`
	Unique    bool `json:"unique_gifts"`
	Premium   bool `json:"premium_subscription"`
	Channels  bool `json:"gifts_from_channels"`
}

// member is a user's place in a chat.
type member struct {
	User   *account `json:"user"`
	Status string   `json:"status"`
	Until  *int64   `json:"until_date,omitempty"`
}

func memberOf(a *account, status string) member {
	m := member{User: a, Status: status}
	if status == "kicked" {
		m.Until = new(int64)
	}
	return m
}

func (s *Server) getChatMember(c *call) (any, *failure) {
	ch, f := s.reach(c)
	if f != nil {
		return nil, f
	}
	if !c.has("user_id") {
		return nil, bad("invalid user_id specified")
	}
	id := c.number("user_id", 0, 0, 1<<52)
	switch {
	case id == s.bot.ID && ch.private():
		return memberOf(s.bot, "member"), nil
	case id == s.bot.ID:
		return memberOf(s.bot, ch.status), nil
	case ch.private() && id == ch.ID:
		return memberOf(ch.person.account, "member"), nil
	case ch.members[id] != nil:
		return memberOf(ch.members[id], "member"), nil
	case s.users[id] != nil && s.users[id].met:
		return memberOf(s.users[id].account, "left"), nil
	}
	return nil, bad("user not found")
}

func (s *Server) getChatMemberCount(c *call) (any, *failure) {
	ch, f := s.reach(c)
	if f != nil {
		return nil, f
	}
	if ch.private() {
		return 2, nil
	}
	return len(ch.members) + 1, nil
}

func (s *Server) leaveChat(c *call) (any, *failure) {
	ch, f := s.reach(c)
	if f != nil {
		return nil, f
	}
	if ch.private() {
		return nil, bad("chat member status can't be changed in private chats")
	}
	s.place(ch, s.bot, "left")
	return true, nil
}

// place changes the bot's status in a chat and tells it so.
func (s *Server) place(ch *chat, by *account, status string) int {
	old := ch.status
	if ch.private() {
		old = "member"
		if ch.blocked {
			old = "kicked"
		}
		ch.blocked = status == "kicked"
	}
	ch.status = status
	if ch.private() {
		ch.status = ""
	}
	return s.enqueue("my_chat_member", struct {
		Chat face     `json:"chat"`
		From *account `json:"from"`
		Date int64    `json:"date"`
		Old  member   `json:"old_chat_member"`
		New  member   `json:"new_chat_member"`
	}{ch.face, by, s.opt.Now().Unix(), memberOf(s.bot, old), memberOf(s.bot, status)}, lane{5, ch.ID})
}

func (s *Server) sendChatAction(c *call) (any, *failure) {
	switch c.values["action"] {
	case "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document", "choose_sticker", "find_location",
		"record_video_note", "upload_video_note":
	default:
		return nil, bad("wrong parameter action in request")
	}
	_, f := s.reach(c)
	return f == nil, f
}

func (s *Server) getMe(*call) (any, *failure) {
	return struct {
		*account
		JoinGroups bool `json:"can_join_groups"`
		ReadAll    bool `json:"can_read_all_group_messages"`
		Inline     bool `json:"supports_inline_queries"`
		Business   bool `json:"can_connect_to_business"`
		WebApp     bool `json:"has_main_web_app"`
	}{account: s.bot, JoinGroups: true, ReadAll: s.opt.SeesGroups}, nil
}

// logOut leaves the server for good: afterwards every call fails and people's messages go elsewhere.
func (s *Server) logOut(*call) (any, *failure) {
	s.loggedOut = true
	s.closeWebhook()
	s.poll.end(&failure{code: 400, text: "Logged out"})
	return true, nil
}

// closeBot is refused in the first ten minutes.
func (s *Server) closeBot(*call) (any, *failure) {
	if left := s.began.Add(10 * time.Minute).Sub(s.opt.Now()); left > 0 {
		return nil, tooMany(int(left.Seconds()) + 1)
	}
	s.began = s.opt.Now()
	s.poll.end(&failure{code: 500, text: "Internal Server Error: restart"})
	return true, nil
}
