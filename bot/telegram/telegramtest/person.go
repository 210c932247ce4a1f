package telegramtest

import (
	"fmt"
	"strings"
)

// User is a person. Their own acts happen in the private chat with the bot; In gives their acts in a group.
type User struct {
	*Phone
	account *account
	met     bool // the bot has seen them
}

// Phone is one person in one chat.
type Phone struct {
	srv  *Server
	user *User
	chat *chat
	read int // events of the chat this phone has read
}

// Post is what a person's act became: its update (0 when the bot does not get it) and its message.
type Post struct {
	UpdateID  int
	MessageID int
}

// User makes a person, or gives the one with this id. The bot can write to them only once they wrote first.
func (s *Server) User(id int64, firstName string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[id]; u != nil {
		return u
	}
	u := &User{account: &account{ID: id, FirstName: firstName, Language: "id"}}
	ch := s.newChat(face{ID: id, Type: "private", FirstName: firstName})
	ch.person = u
	u.Phone = &Phone{srv: s, user: u, chat: ch}
	s.users[id] = u
	return u
}

// Known lets the person have written long ago: the bot may write to them.
func (u *User) Known() *User {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	u.chat.started = true
	return u
}

// ID is the person's id, also that of their private chat.
func (u *User) ID() int64 { return u.account.ID }

// Username gives the person a @name.
func (u *User) Username(name string) *User {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	named := *u.account
	named.Username = name
	u.account, u.chat.Username = &named, name
	return u
}

// Chat is the id of the chat this phone is in.
func (p *Phone) Chat() int64 { return p.chat.ID }

// post puts a person's message into the chat and tells the bot.
func (p *Phone) post(m *message) Post {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return p.postLocked(m)
}

func (p *Phone) postLocked(m *message) Post {
	ch := p.chat
	if ch.private() {
		ch.started = true
		p.user.met = true
	} else if p.user.account.ID != strangerID {
		ch.members[p.user.account.ID] = p.user.account
	}
	p.srv.keep(ch, p.user.account, m)
	post := Post{MessageID: m.ID}
	if p.srv.overhears(ch, m) {
		p.user.met = true
		post.UpdateID = p.srv.enqueue("message", m, lane{0, ch.ID})
	}
	return post
}

// overhears tells whether the bot gets a message: all in private, in a group under privacy mode only commands, replies to it and service messages.
func (s *Server) overhears(ch *chat, m *message) bool {
	switch {
	case ch.blocked, ch.deactivated, ch.status == "kicked", ch.status == "left":
		return false
	case ch.private(), s.opt.SeesGroups, ch.status == "administrator":
		return true
	case m.ReplyTo != nil && m.ReplyTo.From.ID == s.bot.ID, m.Joined != nil, m.Left != nil, m.MigrateTo != 0, m.MigrateFrom != 0:
		return true
	case strings.HasPrefix(m.Text, "/"):
		command, _, _ := strings.Cut(m.Text, " ")
		_, name, addressed := strings.Cut(command, "@")
		return !addressed || strings.EqualFold(name, s.bot.Username)
	}
	return false
}

// Say sends a text. Commands in it are marked as the app marks them.
func (p *Phone) Say(text string) Post {
	return p.post(&message{Text: text, Entities: detect(text, nil)})
}

// Start presses the start button, with the payload of a t.me link if there is one.
func (p *Phone) Start(payload ...string) Post {
	return p.Say(strings.TrimSpace("/start " + strings.Join(payload, " ")))
}

// Reply answers one message of the chat.
func (p *Phone) Reply(messageID int, text string) Post {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return p.postLocked(&message{Text: text, Entities: detect(text, nil), ReplyTo: quoted(p.chat.messages[messageID])})
}

// Forward sends a text written by someone else.
func (p *Phone) Forward(author, text string) Post {
	return p.post(&message{Text: text, Forward: &origin{Type: "hidden_user", Date: p.srv.opt.Now().Unix() - 3600, Name: author}})
}

// Edit changes one of the person's own messages.
func (p *Phone) Edit(messageID int, text string) (Post, error) {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	m := p.chat.messages[messageID]
	if m == nil || m.From.ID != p.user.account.ID {
		return Post{}, fmt.Errorf("user %d has no message %d to edit in %d", p.user.account.ID, messageID, p.chat.ID)
	}
	m.EditDate = p.srv.opt.Now().Unix()
	if m.Text == "" {
		m.Caption, m.CaptionEntities = text, detect(text, nil)
	} else {
		m.Text, m.Entities = text, detect(text, nil)
	}
	post := Post{MessageID: m.ID}
	if p.srv.overhears(p.chat, m) {
		post.UpdateID = p.srv.enqueue("edited_message", m, lane{0, p.chat.ID})
	}
	return post, nil
}

type callbackQuery struct {
	ID       string   `json:"id"`
	From     *account `json:"from"`
	Message  any      `json:"message"`
	Instance string   `json:"chat_instance"`
	Data     string   `json:"data"`
}

// Tap presses an inline button, found by its label or data, under a message as it stands now.
func (p *Phone) Tap(messageID int, labelOrData string) (*Tap, error) {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	m := p.chat.messages[messageID]
	if m == nil {
		return nil, fmt.Errorf("no message %d in chat %d to tap", messageID, p.chat.ID)
	}
	b, ok := snapshot(m, ActSent, "", m.Markup).Button(labelOrData)
	if !ok || b.Data == "" {
		return nil, fmt.Errorf("message %d in chat %d has no button %q", messageID, p.chat.ID, labelOrData)
	}
	return p.tap(m, b.Data), nil
}

// TapForgotten presses a button with this data under a message the bot can no longer see, or that lost the button meanwhile.
func (p *Phone) TapForgotten(messageID int, data string) *Tap {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	if m := p.chat.messages[messageID]; m != nil {
		return p.tap(m, data)
	}
	return p.tap(struct {
		ID   int   `json:"message_id"`
		Chat *face `json:"chat"`
		Date int   `json:"date"`
	}{messageID, &p.chat.face, 0}, data)
}

func (p *Phone) tap(m any, data string) *Tap {
	t := p.srv.newTap()
	q := callbackQuery{ID: t.id, From: p.user.account, Message: m, Instance: itoa(p.chat.ID*7919 + p.srv.bot.ID), Data: data}
	id := p.srv.enqueue("callback_query", q, lane{3, p.user.account.ID})
	return &Tap{srv: p.srv, tap: t, ID: t.id, UpdateID: id}
}

// Press presses a button of the reply keyboard. One that asks for a phone number or a place shares a made-up one.
func (p *Phone) Press(label string) (Post, error) {
	p.srv.mu.Lock()
	k := p.chat.keyboard
	p.srv.mu.Unlock()
	if k == nil {
		return Post{}, fmt.Errorf("chat %d shows no reply keyboard", p.chat.ID)
	}
	for _, row := range k.Keyboard {
		for _, b := range row {
			switch {
			case b.Text != label:
			case b.Contact:
				return p.ShareContact(true, "6281"+fmt.Sprintf("%09d", p.user.account.ID%1e9)), nil
			case b.Location:
				return p.ShareLocation(-3.9985, 122.5127), nil
			default:
				return p.Say(label), nil
			}
		}
	}
	return Post{}, fmt.Errorf("chat %d shows no key %q", p.chat.ID, label)
}

// ShareContact shares a phone number: the person's own, or that of someone without Telegram.
func (p *Phone) ShareContact(own bool, phone string) Post {
	c := &contact{Phone: phone, FirstName: "Lain"}
	if own {
		c.FirstName, c.UserID = p.user.account.FirstName, p.user.account.ID
	}
	return p.post(&message{Contact: c})
}

// ShareLocation shares a place.
func (p *Phone) ShareLocation(latitude, longitude float64) Post {
	return p.post(&message{Location: &location{Latitude: latitude, Longitude: longitude}})
}

// Block blocks the bot; from then on its messages fail.
func (u *User) Block() int { return u.standing("kicked") }

// Unblock lets the bot write again.
func (u *User) Unblock() int { return u.standing("member") }

func (u *User) standing(status string) int {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	return u.srv.place(u.chat, u.account, status)
}

// Deactivate deletes the person's account; the bot is not told.
func (u *User) Deactivate() {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	u.chat.deactivated = true
}

// React puts an emoji on a message. The bot hears of it only when it asked for message_reaction, and in a group as administrator.
func (p *Phone) React(messageID int, emoji string) int {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	if !p.chat.private() && p.chat.status != "administrator" {
		return 0
	}
	type reaction struct {
		Type  string `json:"type"`
		Emoji string `json:"emoji"`
	}
	return p.srv.enqueue("message_reaction", struct {
		Chat *face      `json:"chat"`
		ID   int        `json:"message_id"`
		User *account   `json:"user"`
		Date int64      `json:"date"`
		Old  []reaction `json:"old_reaction"`
		New  []reaction `json:"new_reaction"`
	}{&p.chat.face, messageID, p.user.account, p.srv.opt.Now().Unix(), []reaction{}, []reaction{{"emoji", emoji}}}, lane{8, p.chat.ID})
}

// Raw delivers any update: an object with one key, its kind. It must be JSON.
func (p *Phone) Raw(object string) (int, error) { return p.srv.Raw(object) }
