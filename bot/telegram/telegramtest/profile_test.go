package telegramtest

import (
	"strings"
	"testing"
)

func TestCommandsAreKeptByScopeAndLanguage(t *testing.T) {
	srv, _, _ := met(t, Options{})
	set := func(command string, more params) answered {
		p := params{"commands": []params{{"command": command, "description": "Menu"}}}
		for k, v := range more {
			p[k] = v
		}
		return ask(t, srv, "setMyCommands", p)
	}
	works(t, set("menu", nil))
	works(t, set("bantuan", params{"language_code": "id", "scope": params{"type": "chat", "chat_id": 7001}}))
	refused(t, set("Menu", nil), 400, "Bad Request: BOT_COMMAND_INVALID")
	refused(t, set("menu", params{"language_code": "indonesia"}), 400, "Bad Request: invalid language code specified")
	refused(t, set("menu", params{"scope": params{"type": "chat", "chat_id": 9}}), 400, "Bad Request: chat not found")
	for want, p := range map[string]params{
		`[{"command":"menu","description":"Menu"}]`:    nil,
		`[{"command":"bantuan","description":"Menu"}]`: {"language_code": "id", "scope": params{"type": "chat", "chat_id": 7001}},
		`[]`: {"language_code": "en"},
	} {
		if a := works(t, ask(t, srv, "getMyCommands", p)); string(a.Result) != want {
			t.Errorf("%v: %s, want %s", p, a.Result, want)
		}
	}
	works(t, ask(t, srv, "deleteMyCommands", nil))
	if a := works(t, ask(t, srv, "getMyCommands", nil)); string(a.Result) != "[]" {
		t.Fatalf("left %s", a.Result)
	}
}

func TestTheBotsTextsAboutItselfHaveLimits(t *testing.T) {
	srv := setup(t, Options{})
	works(t, ask(t, srv, "setMyDescription", params{"description": strings.Repeat("é", 512)}))
	refused(t, ask(t, srv, "setMyDescription", params{"description": strings.Repeat("é", 513)}), 400, "Bad Request: description is too long")
	works(t, ask(t, srv, "setMyShortDescription", params{"short_description": "Titian", "language_code": "id"}))
	if a := works(t, ask(t, srv, "getMyShortDescription", params{"language_code": "id"})); string(a.Result) != `{"short_description":"Titian"}` {
		t.Fatalf("kept %s", a.Result)
	}
	works(t, ask(t, srv, "setChatMenuButton", params{"menu_button": params{"type": "commands"}}))
}
