package telegramtest

import (
	"strings"
	"unicode/utf8"
)

// profile is what the bot says about itself: texts by language, commands by scope and language.
type profile struct {
	texts    map[string]string // field + language
	commands map[string][]Command
	menus    map[int64]string
}

// Command is one entry of the bot's command list.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

func (p *profile) init() {
	p.texts, p.commands, p.menus = map[string]string{}, map[string][]Command{}, map[int64]string{}
}

// profileText is one of the bot's texts about itself.
type profileText struct {
	name, field string
	limit       int // code points
}

var profileTexts = []profileText{
	{"MyName", "name", 64}, {"MyDescription", "description", 512}, {"MyShortDescription", "short_description", 120},
}

func (p profileText) set(s *Server, c *call) (any, *failure) {
	if f := checkLanguage(c); f != nil {
		return nil, f
	}
	v := c.values[p.field]
	if utf8.RuneCountInString(v) > p.limit {
		return nil, bad("%s is too long", strings.ReplaceAll(p.field, "_", " "))
	}
	s.profile.texts[p.field+" "+c.values["language_code"]] = v
	return true, nil
}

func (p profileText) get(s *Server, c *call) (any, *failure) {
	v := s.profile.texts[p.field+" "+c.values["language_code"]]
	if v == "" {
		v = s.profile.texts[p.field+" "]
	}
	if v == "" && p.field == "name" {
		v = s.bot.FirstName
	}
	return map[string]string{p.field: v}, nil
}

func checkLanguage(c *call) *failure {
	if l := c.values["language_code"]; l != "" && (len(l) != 2 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz") != "") {
		return bad("invalid language code specified")
	}
	return nil
}

// scopeKey names a scope and language; a command list is kept under it.
func (s *Server) scopeKey(c *call) (string, *failure) {
	if f := checkLanguage(c); f != nil {
		return "", f
	}
	var scope struct {
		Type   string `json:"type"`
		ChatID int64  `json:"chat_id"`
		UserID int64  `json:"user_id"`
	}
	if given, err := c.decodeStrict("scope", &scope); err != nil {
		return "", bad("can't parse BotCommandScope: %v", err)
	} else if !given {
		scope.Type = "default"
	}
	switch scope.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
	case "chat", "chat_administrators", "chat_member":
		if s.chats[scope.ChatID] == nil {
			return "", bad("chat not found")
		}
	default:
		return "", bad("can't parse BotCommandScope: unsupported type specified")
	}
	return scope.Type + " " + itoa(scope.ChatID) + " " + itoa(scope.UserID) + " " + c.values["language_code"], nil
}

func (s *Server) setMyCommands(c *call) (any, *failure) {
	key, f := s.scopeKey(c)
	if f != nil {
		return nil, f
	}
	var list []Command
	if given, err := c.decodeStrict("commands", &list); err != nil || !given {
		return nil, bad("can't parse commands JSON array")
	}
	if len(list) > 100 {
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	for _, cmd := range list {
		if n := len(cmd.Command); n == 0 || n > 32 || strings.Trim(cmd.Command, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return nil, bad("BOT_COMMAND_INVALID")
		}
		if n := utf8.RuneCountInString(cmd.Description); n == 0 || n > 256 {
			return nil, bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	s.profile.commands[key] = list
	return true, nil
}

func (s *Server) getMyCommands(c *call) (any, *failure) {
	key, f := s.scopeKey(c)
	if f != nil {
		return nil, f
	}
	return append([]Command{}, s.profile.commands[key]...), nil
}

func (s *Server) deleteMyCommands(c *call) (any, *failure) {
	key, f := s.scopeKey(c)
	if f != nil {
		return nil, f
	}
	delete(s.profile.commands, key)
	return true, nil
}

type menuButton struct {
	Type   string         `json:"type"`
	Text   string         `json:"text,omitempty"`
	WebApp map[string]any `json:"web_app,omitempty"`
}

func (s *Server) setChatMenuButton(c *call) (any, *failure) {
	b := menuButton{Type: "default"}
	if _, err := c.decodeStrict("menu_button", &b); err != nil {
		return nil, bad("can't parse menu button: %v", err)
	}
	switch b.Type {
	case "default", "commands", "web_app":
	default:
		return nil, bad("can't parse menu button: unsupported type specified")
	}
	s.profile.menus[c.number("chat_id", 0, -1<<52, 1<<52)] = b.Type
	return true, nil
}

func (s *Server) getChatMenuButton(c *call) (any, *failure) {
	kind := s.profile.menus[c.number("chat_id", 0, -1<<52, 1<<52)]
	if kind == "" {
		kind = s.profile.menus[0]
	}
	if kind == "" {
		kind = "commands"
	}
	return menuButton{Type: kind}, nil
}
