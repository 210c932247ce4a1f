package telegramtest

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
)

// method is one Bot API method: what it may be given, and what it does.
type method struct {
	name   string
	params map[string]string // name -> kind: chat int bool float str array object file
	run    func(*Server, *call) (any, *failure)
	waits  bool // takes the lock itself, because it may wait
}

const (
	sendParams = " business_connection_id:str chat_id:chat message_thread_id:int direct_messages_topic_id:int disable_notification:bool" +
		" protect_content:bool allow_paid_broadcast:bool message_effect_id:str suggested_post_parameters:object reply_parameters:object" +
		" reply_markup:object reply_to_message_id:int allow_sending_without_reply:bool" // the last two: before Bot API 7.0, still understood
	captionParams = " caption:str parse_mode:str caption_entities:array"
	editParams    = " business_connection_id:str chat_id:chat message_id:int inline_message_id:str reply_markup:object"
	scopeParams   = " scope:object language_code:str"
)

// methodTable lists every method by its lower-case name.
func methodTable() map[string]*method {
	table := map[string]*method{}
	add := func(name, params string, run func(*Server, *call) (any, *failure)) *method {
		m := &method{name: name, run: run, params: map[string]string{}}
		for _, p := range strings.Fields(params) {
			k, kind, _ := strings.Cut(p, ":")
			m.params[k] = kind
		}
		table[strings.ToLower(name)] = m
		return m
	}
	add("getMe", "", (*Server).getMe)
	add("logOut", "", (*Server).logOut)
	add("close", "", (*Server).closeBot)
	add("getUpdates", "offset:int limit:int timeout:int allowed_updates:array", (*Server).getUpdates).waits = true
	add("setWebhook", "url:str certificate:file ip_address:str max_connections:int allowed_updates:array drop_pending_updates:bool secret_token:str",
		(*Server).setWebhook)
	add("deleteWebhook", "drop_pending_updates:bool", (*Server).deleteWebhook)
	add("getWebhookInfo", "", (*Server).getWebhookInfo)

	add("sendMessage", sendParams+" text:str parse_mode:str entities:array link_preview_options:object disable_web_page_preview:bool", (*Server).sendMessage)
	add("sendPhoto", sendParams+captionParams+" photo:file show_caption_above_media:bool has_spoiler:bool", (*Server).sendPhoto)
	add("sendDocument", sendParams+captionParams+" document:file thumbnail:file disable_content_type_detection:bool", (*Server).sendDocument)
	add("sendChatAction", "business_connection_id:str chat_id:chat message_thread_id:int action:str", (*Server).sendChatAction)
	add("editMessageText", editParams+" text:str parse_mode:str entities:array link_preview_options:object disable_web_page_preview:bool", (*Server).editMessageText)
	add("editMessageReplyMarkup", editParams, (*Server).editMessageReplyMarkup)
	add("editMessageCaption", editParams+captionParams+" show_caption_above_media:bool", (*Server).editMessageCaption)
	add("deleteMessage", "chat_id:chat message_id:int", (*Server).deleteMessage)
	add("deleteMessages", "chat_id:chat message_ids:array", (*Server).deleteMessages)
	add("answerCallbackQuery", "callback_query_id:str text:str show_alert:bool url:str cache_time:int", (*Server).answerCallbackQuery)
	add("getFile", "file_id:str", (*Server).getFile)
	add("getChat", "chat_id:chat", (*Server).getChat)
	add("getChatMember", "chat_id:chat user_id:int", (*Server).getChatMember)
	add("getChatMemberCount", "chat_id:chat", (*Server).getChatMemberCount)
	add("leaveChat", "chat_id:chat", (*Server).leaveChat)

	add("setMyCommands", "commands:array"+scopeParams, (*Server).setMyCommands)
	add("getMyCommands", scopeParams, (*Server).getMyCommands)
	add("deleteMyCommands", scopeParams, (*Server).deleteMyCommands)
	for _, p := range profileTexts {
		add("set"+p.name, p.field+":str language_code:str", p.set)
		add("get"+p.name, "language_code:str", p.get)
	}
	add("setChatMenuButton", "chat_id:int menu_button:object", (*Server).setChatMenuButton)
	add("getChatMenuButton", "chat_id:int", (*Server).getChatMenuButton)
	return table
}

// call is one call of a method: its parameters, read and checked.
type call struct {
	method *method
	args
	abandoned <-chan struct{} // the caller went away
}

// check refuses what the method does not know and what is not of its kind, where the real server guesses.
func (c *call) check() *failure {
	names := make([]string, 0, len(c.values))
	for k := range c.values {
		names = append(names, k)
	}
	for k := range c.files {
		if _, both := c.values[k]; !both {
			names = append(names, k)
		}
	}
	sort.Strings(names)
	for _, k := range names {
		kind, known := c.method.params[k]
		_, file := c.files[k]
		switch {
		case !known && file && c.attached(k):
		case !known:
			return bad("unknown parameter %q", k)
		case file && kind != "file":
			return bad("parameter %q must not be a file", k)
		case !file:
			if f := c.checkKind(k, kind); f != nil {
				return f
			}
		}
	}
	return nil
}

// attached tells whether some parameter names the upload as attach://k.
func (c *call) attached(k string) bool {
	for _, v := range c.values {
		if strings.Contains(v, "attach://"+k) {
			return true
		}
	}
	return false
}

func (c *call) checkKind(k, kind string) *failure {
	v := c.values[k]
	if v == "" || v == "null" && (kind == "array" || kind == "object") {
		delete(c.values, k) // an empty value is no value; go-telegram-bot-api sends entities=null
		return nil
	}
	switch kind {
	case "int":
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			return bad("parameter %q must be an integer", k)
		}
	case "bool":
		if _, ok := boolWords[strings.ToLower(v)]; !ok {
			return bad("parameter %q must be a boolean", k)
		}
	case "array", "object":
		open := map[string]byte{"array": '[', "object": '{'}[kind]
		if trimmed := strings.TrimLeft(v, " \t\r\n"); !json.Valid([]byte(v)) || trimmed[0] != open {
			if k == "reply_markup" {
				return bad("object expected as reply markup")
			}
			return bad("parameter %q must be a JSON %s", k, kind)
		}
	}
	return nil
}

var boolWords = map[string]bool{"true": true, "1": true, "yes": true, "false": false, "0": false, "no": false}

func (c *call) flag(k string) bool { return boolWords[strings.ToLower(c.values[k])] }

func (c *call) has(k string) bool { _, ok := c.values[k]; return ok }

// number returns a checked integer parameter, clamped, or its default.
func (c *call) number(k string, preset, low, high int64) int64 {
	n, err := strconv.ParseInt(c.values[k], 10, 64)
	if err != nil {
		return preset
	}
	return min(max(n, low), high)
}

// decodeStrict reads a checked JSON parameter and refuses fields it does not know; false when it is absent.
func (c *call) decodeStrict(k string, into any) (bool, error) {
	v, ok := c.values[k]
	if !ok {
		return false, nil
	}
	d := json.NewDecoder(strings.NewReader(v))
	d.DisallowUnknownFields()
	return true, d.Decode(into)
}
