package telegramtest

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// request calls with any body.
func request(t *testing.T, verb, url, contentType, body string) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), verb, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	a, err := answerTo(req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestParametersComeByQueryFormMultipartOrJSON(t *testing.T) {
	srv, _, siti := met(t, Options{})
	at := srv.URL() + "/bot" + srv.Token() + "/sendMessage"
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	_ = w.WriteField("chat_id", "7001")
	_ = w.WriteField("text", "multipart")
	_ = w.Close()
	works(t, request(t, "GET", at+"?chat_id=7001&text=query", "", ""))
	works(t, request(t, "POST", at, "application/x-www-form-urlencoded", url.Values{"chat_id": {"7001"}, "text": {"form"}}.Encode()))
	works(t, request(t, "POST", at, w.FormDataContentType(), parts.String()))
	works(t, request(t, "POST", at, "application/json; charset=utf-8", `{"chat_id":7001,"text":"json"}`))
	for _, want := range []string{"query", "form", "multipart", "json"} {
		if got := siti.Next(t).Text; got != want {
			t.Fatalf("came %q, want %q", got, want)
		}
	}
}

func TestMethodNamesAreCaseInsensitive(t *testing.T) {
	srv := setup(t, Options{})
	works(t, ask(t, srv, "GETME", nil))
	if got := srv.Calls("getme"); len(got) != 1 || got[0].Method != "getMe" {
		t.Fatalf("recorded %+v", got)
	}
}

func TestWrongTokensAndPathsAreRefused(t *testing.T) {
	srv := setup(t, Options{})
	for _, c := range []struct {
		path, text string
		code       int
	}{
		{"/bot1:wrong/getMe", "Unauthorized", 401},
		{"/botwrong/getMe", "Unauthorized: invalid token specified", 401},
		{"/bot" + srv.Token() + "/getNothing", "Not Found: method not found", 404},
		{"/elsewhere", "Not Found", 404},
		{"/bot" + srv.Token(), "Not Found", 404},
		{"/file/bot1:wrong/x", "Unauthorized", 401},
		{"/file/bot" + srv.Token() + "/documents/none.pdf", "Not Found", 404},
	} {
		t.Run(c.path, func(t *testing.T) { refused(t, request(t, "GET", srv.URL()+c.path, "", ""), c.code, c.text) })
	}
}

func TestWhatTheRealServerSilentlyIgnoresIsRefused(t *testing.T) {
	srv, _, _ := met(t, Options{})
	for _, c := range []struct {
		name string
		p    params
		text string
	}{
		{"unknown parameter", params{"chat_id": 7001, "text": "x", "chatid": 1}, `Bad Request: unknown parameter "chatid"`},
		{"number as word", params{"chat_id": 7001, "text": "x", "reply_to_message_id": "dua"}, `Bad Request: parameter "reply_to_message_id" must be an integer`},
		{"flag as word", params{"chat_id": 7001, "text": "x", "protect_content": "ya"}, `Bad Request: parameter "protect_content" must be a boolean`},
		{"object for array", params{"chat_id": 7001, "text": "x", "entities": "{}"}, `Bad Request: parameter "entities" must be a JSON array`},
		{"markup is no object", params{"chat_id": 7001, "text": "x", "reply_markup": "[]"}, "Bad Request: object expected as reply markup"},
		{"unknown markup field", params{"chat_id": 7001, "text": "x", "reply_markup": `{"keyboards":[]}`},
			`Bad Request: can't parse reply keyboard markup JSON object: json: unknown field "keyboards"`},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, ask(t, srv, "sendMessage", c.p), 400, c.text) })
	}
	refused(t, request(t, "POST", srv.URL()+"/bot"+srv.Token()+"/getMe", "text/plain", "x"), 400,
		`Bad Request: content type "text/plain" is not one of application/json, application/x-www-form-urlencoded, multipart/form-data`)
	refused(t, request(t, "POST", srv.URL()+"/bot"+srv.Token()+"/sendMessage", "application/x-www-form-urlencoded", "chat_id=7001&text=%ff"), 400,
		"Bad Request: strings must be encoded in UTF-8")
}

func TestNullAndEmptyParametersCountAsNone(t *testing.T) {
	srv, _, _ := met(t, Options{})
	works(t, request(t, "POST", srv.URL()+"/bot"+srv.Token()+"/sendMessage", "application/x-www-form-urlencoded",
		"chat_id=7001&text=x&entities=null&reply_markup=null&parse_mode=&reply_to_message_id="))
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "x", "entities": nil}))
}

func TestTooManyCallsAtOnceAreAnsweredLateWith429(t *testing.T) {
	srv, clock := clocked(t, Options{MaxInFlight: 2})
	trap := srv.Fail("getMe", 0, Fault{Hang: true}, -1)
	later(t, srv, "getMe", nil)
	later(t, srv, "getMe", nil)
	if err := trap.Await(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	third := later(t, srv, "getMyName", nil)
	waiters(t, clock, 1)
	clock.Advance(3e9)
	if a := refused(t, soon(t, third), 429, "Too Many Requests: retry after 60"); a.Parameters.RetryAfter != 60 {
		t.Fatalf("retry_after %d", a.Parameters.RetryAfter)
	}
	trap.Lift()
}

func TestLogOutEndsTheServerForTheBot(t *testing.T) {
	srv, _, siti := met(t, Options{})
	works(t, ask(t, srv, "logOut", nil))
	refused(t, ask(t, srv, "getMe", nil), 400, "Logged out")
	refused(t, ask(t, srv, "getUpdates", nil), 400, "Logged out")
	if post := siti.Say("halo"); post.UpdateID != 0 {
		t.Fatalf("update %d after logOut", post.UpdateID)
	}
}

func TestCloseIsRefusedInTheFirstTenMinutes(t *testing.T) {
	srv, clock := clocked(t, Options{})
	refused(t, ask(t, srv, "close", nil), 429, "Too Many Requests: retry after 601")
	clock.Advance(601e9)
	works(t, ask(t, srv, "close", nil))
}
