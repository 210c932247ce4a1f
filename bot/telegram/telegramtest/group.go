package telegramtest

// Group is a group the bot is a member of. People act in it by User.In.
type Group struct {
	*Phone // for reading what the bot said there; its acts are nobody's
}

// Group makes a group with the bot in it, or gives the one with this id. An id below -1000000000000 is a supergroup's.
func (s *Server) Group(id int64, title string) *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.chats[id]
	if ch == nil {
		kind := "group"
		if id < -1_000_000_000_000 {
			kind = "supergroup"
		}
		ch = s.newChat(face{ID: id, Type: kind, Title: title})
		ch.status = "member"
	}
	return &Group{&Phone{srv: s, chat: ch, user: s.stranger()}}
}

const strangerID = 777000

// stranger stands for whoever made a group.
func (s *Server) stranger() *User {
	return &User{account: &account{ID: strangerID, FirstName: "Telegram"}}
}

// In is a person in a group; they become its member.
func (u *User) In(g *Group) *Phone {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	g.chat.members[u.account.ID] = u.account
	return &Phone{srv: u.srv, user: u, chat: g.chat}
}

// Join adds a person by a service message.
func (g *Group) Join(u *User) Post {
	return u.In(g).post(&message{Joined: []*account{u.account}})
}

// Leave takes a person out by a service message.
func (g *Group) Leave(u *User) Post {
	post := u.In(g).post(&message{Left: u.account})
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	delete(g.chat.members, u.account.ID)
	return post
}

// Kick removes the bot; from then on its messages fail.
func (g *Group) Kick() int { return g.standing("kicked") }

// Add takes the bot in again.
func (g *Group) Add() int { return g.standing("member") }

// Promote makes the bot an administrator.
func (g *Group) Promote() int { return g.standing("administrator") }

func (g *Group) standing(status string) int {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return g.srv.place(g.chat, g.user.account, status)
}

// Upgrade turns a basic group into a supergroup with a new id; the old one answers with migrate_to_chat_id from then on.
func (g *Group) Upgrade(id int64) *Group {
	next := g.srv.Group(id, g.chat.Title)
	g.post(&message{MigrateTo: id})
	g.srv.mu.Lock()
	g.chat.upgradedTo = id
	for k, v := range g.chat.members {
		next.chat.members[k] = v
	}
	g.srv.mu.Unlock()
	next.post(&message{MigrateFrom: g.chat.ID})
	return next
}
