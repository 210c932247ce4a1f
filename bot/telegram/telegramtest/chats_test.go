package telegramtest

import (
	"strings"
	"testing"
	"time"
)

func send(chat any, text string) params { return params{"chat_id": chat, "text": text} }

func TestABotCannotWriteFirst(t *testing.T) {
	srv, _ := clocked(t, Options{SeesGroups: true})
	siti := srv.User(7001, "Siti")
	refused(t, ask(t, srv, "sendMessage", send(7001, "x")), 400, "Bad Request: chat not found")
	refused(t, ask(t, srv, "sendMessage", send(9999, "x")), 400, "Bad Request: chat not found")
	refused(t, ask(t, srv, "sendMessage", params{"text": "x"}), 400, "Bad Request: chat_id is empty")
	siti.In(srv.Group(-500, "Staf")).Say("halo")
	amir := srv.User(7002, "Amir")
	siti.Start()
	works(t, ask(t, srv, "sendMessage", send(7001, "x")))
	amir.In(srv.Group(-500, "Staf")).Say("halo")
	refused(t, ask(t, srv, "sendMessage", send(7002, "x")), 400, "Bad Request: chat not found")
}

func TestWhoBlockedTheBotOrLeftTelegramIsForbidden(t *testing.T) {
	srv, _, siti := met(t, Options{EasyPolling: true})
	if id := siti.Block(); id == 0 {
		t.Fatal("the bot was not told")
	}
	a := works(t, ask(t, srv, "getUpdates", nil))
	for _, part := range []string{`"my_chat_member":{"chat":{"id":7001,"type":"private"`, `"old_chat_member":{"user":{"id":4200420042`, `"status":"member"}`, `"status":"kicked","until_date":0}`} {
		if !strings.Contains(string(a.Result), part) {
			t.Fatalf("%s\nlacks %s", a.Result, part)
		}
	}
	refused(t, ask(t, srv, "sendMessage", send(7001, "x")), 403, "Forbidden: bot was blocked by the user")
	siti.Unblock()
	works(t, ask(t, srv, "sendMessage", send(7001, "x")))
	siti.Deactivate()
	refused(t, ask(t, srv, "sendMessage", send(7001, "x")), 403, "Forbidden: user is deactivated")
}

func TestAGroupThatBecameASupergroupNamesItsNewID(t *testing.T) {
	srv, _ := clocked(t, Options{EasyPolling: true})
	old := srv.Group(-500, "Staf")
	works(t, ask(t, srv, "sendMessage", send(-500, "x")))
	next := old.Upgrade(-1001234567890)
	a := refused(t, ask(t, srv, "sendMessage", send(-500, "x")), 400, "Bad Request: group chat was upgraded to a supergroup chat")
	if a.Parameters.MigrateTo != -1001234567890 {
		t.Fatalf("migrate_to_chat_id %d", a.Parameters.MigrateTo)
	}
	works(t, ask(t, srv, "sendMessage", send(-1001234567890, "x")))
	if m := next.Next(t); m.ID != 2 || m.Chat != -1001234567890 {
		t.Fatalf("came %+v", m)
	}
	a = works(t, ask(t, srv, "getUpdates", nil))
	if !strings.Contains(string(a.Result), `"migrate_to_chat_id":-1001234567890`) || !strings.Contains(string(a.Result), `"migrate_from_chat_id":-500`) {
		t.Fatalf("came %s", a.Result)
	}
}

func TestABotOutsideAGroupIsForbidden(t *testing.T) {
	srv, _ := clocked(t, Options{})
	group, super := srv.Group(-500, "Staf"), srv.Group(-1001234567890, "Dinas")
	group.Kick()
	super.Kick()
	refused(t, ask(t, srv, "sendMessage", send(-500, "x")), 403, "Forbidden: bot was kicked from the group chat")
	refused(t, ask(t, srv, "sendMessage", send(-1001234567890, "x")), 403, "Forbidden: bot was kicked from the supergroup chat")
	super.Add()
	works(t, ask(t, srv, "leaveChat", params{"chat_id": -1001234567890}))
	refused(t, ask(t, srv, "sendMessage", send(-1001234567890, "x")), 403, "Forbidden: bot is not a member of the supergroup chat")
	srv.User(7001, "Siti").Start()
	refused(t, ask(t, srv, "leaveChat", params{"chat_id": 7001}), 400, "Bad Request: chat member status can't be changed in private chats")
}

func TestPrivacyModeHidesWhatPeopleSayToEachOther(t *testing.T) {
	srv, _ := clocked(t, Options{})
	group := srv.Group(-500, "Staf")
	budi := srv.User(7003, "Budi").In(group)
	works(t, ask(t, srv, "sendMessage", send(-500, "Siapa?")))
	question := group.Next(t)
	for _, c := range []struct {
		name  string
		post  Post
		heard bool
	}{
		{"talk", budi.Say("halo semua"), false},
		{"command", budi.Say("/ambil 7"), true},
		{"command for the bot", budi.Say("/ambil@titian_test_bot 7"), true},
		{"command for another bot", budi.Say("/ambil@lain_bot 7"), false},
		{"reply to the bot", budi.Reply(question.ID, "saya"), true},
		{"someone joins", group.Join(srv.User(7004, "Ani")), true},
	} {
		if heard := c.post.UpdateID != 0; heard != c.heard {
			t.Errorf("%s: heard %v", c.name, heard)
		}
	}
	group.Promote()
	if budi.Say("halo").UpdateID == 0 {
		t.Error("an administrator did not hear talk")
	}
}

func TestChatsAndMembersCanBeAskedFor(t *testing.T) {
	srv, _, _ := met(t, Options{SeesGroups: true})
	group := srv.Group(-500, "Staf")
	srv.User(7003, "Budi").In(group).Say("halo")
	for _, c := range []struct {
		method string
		p      params
		part   string
	}{
		{"getChat", params{"chat_id": 7001}, `"id":7001,"type":"private","first_name":"Siti"`},
		{"getChat", params{"chat_id": -500}, `"id":-500,"type":"group","title":"Staf"`},
		{"getChatMember", params{"chat_id": -500, "user_id": 7003}, `"status":"member"`},
		{"getChatMember", params{"chat_id": -500, "user_id": 7001}, `"status":"left"`},
		{"getChatMember", params{"chat_id": -500, "user_id": 4200420042}, `"status":"member"`},
		{"getChatMemberCount", params{"chat_id": -500}, `2`},
		{"sendChatAction", params{"chat_id": -500, "action": "typing"}, `true`},
	} {
		if a := works(t, ask(t, srv, c.method, c.p)); !strings.Contains(string(a.Result), c.part) {
			t.Errorf("%s %v: %s", c.method, c.p, a.Result)
		}
	}
	refused(t, ask(t, srv, "getChatMember", params{"chat_id": -500, "user_id": 1}), 400, "Bad Request: user not found")
	refused(t, ask(t, srv, "sendChatAction", params{"chat_id": -500, "action": "sing"}), 400, "Bad Request: wrong parameter action in request")
}

func TestARepliedMessageMustExist(t *testing.T) {
	srv, _, siti := met(t, Options{})
	post := siti.Say("x")
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "y", "reply_parameters": params{"message_id": post.MessageID}}))
	if m := siti.Next(t); m.ReplyTo != post.MessageID {
		t.Fatalf("reply to %d", m.ReplyTo)
	}
	refused(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "y", "reply_parameters": params{"message_id": 999}}), 400,
		"Bad Request: message to be replied not found")
	refused(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "y", "reply_to_message_id": 999}), 400, "Bad Request: message to be replied not found")
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "y", "reply_parameters": params{"message_id": 999, "allow_sending_without_reply": true}}))
	refused(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "y", "message_thread_id": 3}), 400, "Bad Request: message thread not found")
}

func TestProtectionAndSilenceAreKept(t *testing.T) {
	srv, _, siti := met(t, Options{})
	a := works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "y", "protect_content": true, "disable_notification": true}))
	if m := siti.Next(t); !m.Protected || !m.Silent || !strings.Contains(string(a.Result), `"has_protected_content":true`) {
		t.Fatalf("came %+v, answered %s", m, a.Result)
	}
}

func TestEditsAreRefusedAsTheServerDoes(t *testing.T) {
	srv, _, siti := met(t, Options{})
	own := siti.Say("punya Siti")
	inline := params{"inline_keyboard": [][]params{{{"text": "Ya", "callback_data": "y"}}}}
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "a", "reply_markup": inline}))
	id := siti.Next(t).ID
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "b", "reply_markup": `{"keyboard":[["x"]]}`}))
	locked := siti.Next(t).ID
	const same = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content" +
		" and reply markup of the message"
	edit := func(id int, text string) params { return params{"chat_id": 7001, "message_id": id, "text": text} }
	refused(t, ask(t, srv, "editMessageText", edit(999, "x")), 400, "Bad Request: message to edit not found")
	refused(t, ask(t, srv, "editMessageText", edit(own.MessageID, "x")), 400, "Bad Request: message can't be edited")
	refused(t, ask(t, srv, "editMessageText", edit(locked, "x")), 400, "Bad Request: message can't be edited")
	refused(t, ask(t, srv, "editMessageText", params{"chat_id": 7001, "message_id": id, "text": "a", "reply_markup": inline}), 400, same)
	refused(t, ask(t, srv, "editMessageText", params{"chat_id": 7001, "message_id": id, "text": "c", "reply_markup": `{"keyboard":[["x"]]}`}), 400,
		"Bad Request: inline keyboard expected")
	refused(t, ask(t, srv, "editMessageCaption", params{"chat_id": 7001, "message_id": id, "caption": "x"}), 400,
		"Bad Request: there is no caption in the message to edit")
	works(t, ask(t, srv, "editMessageText", edit(id, "a"))) // takes the keyboard away
	if m, _ := siti.Message(id); m.Buttons != nil || m.Edits != 1 {
		t.Fatalf("now %+v", m)
	}
	works(t, ask(t, srv, "editMessageReplyMarkup", params{"chat_id": 7001, "message_id": id, "reply_markup": inline}))
	refused(t, ask(t, srv, "editMessageReplyMarkup", params{"chat_id": 7001, "message_id": id, "reply_markup": inline}), 400, same)
	works(t, ask(t, srv, "editMessageReplyMarkup", params{"chat_id": 7001, "message_id": id}))
}

func TestMessagesCanBeDeletedForTwoDays(t *testing.T) {
	srv, clock, siti := met(t, Options{})
	del := func(id int) params { return params{"chat_id": 7001, "message_id": id} }
	works(t, ask(t, srv, "sendMessage", send(7001, "a")))
	id := siti.Next(t).ID
	old := siti.Say("lama")
	works(t, ask(t, srv, "deleteMessage", del(id)))
	refused(t, ask(t, srv, "deleteMessage", del(id)), 400, "Bad Request: message to delete not found")
	if seen := siti.Transcript(); len(seen) != 0 {
		t.Fatalf("Siti still sees %+v", seen)
	}
	clock.Advance(49 * time.Hour)
	refused(t, ask(t, srv, "deleteMessage", del(old.MessageID)), 400, "Bad Request: message can't be deleted")
	fresh := siti.Say("baru")
	works(t, ask(t, srv, "deleteMessages", params{"chat_id": 7001, "message_ids": []int{fresh.MessageID, 999}}))
	refused(t, ask(t, srv, "deleteMessages", params{"chat_id": 7001}), 400, "Bad Request: message identifiers are not specified")
}
