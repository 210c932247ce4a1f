package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// failure is an answer with ok=false; its code is also the HTTP status.
type failure struct {
	code       int
	text       string
	retryAfter int
	migrateTo  int64
}

func (f *failure) Error() string { return f.text }

func bad(format string, a ...any) *failure {
	return &failure{code: http.StatusBadRequest, text: "Bad Request: " + fmt.Sprintf(format, a...)}
}

func forbidden(text string) *failure {
	return &failure{code: http.StatusForbidden, text: "Forbidden: " + text}
}

func conflict(text string) *failure {
	return &failure{code: http.StatusConflict, text: "Conflict: " + text}
}

func tooMany(seconds int) *failure {
	return &failure{code: http.StatusTooManyRequests, text: "Too Many Requests: retry after " + strconv.Itoa(seconds), retryAfter: seconds}
}

// described is a result with a description beside it, as setWebhook answers.
type described struct {
	result any
	text   string
}

type envelope struct {
	OK          bool             `json:"ok"`
	Result      any              `json:"result,omitempty"`
	ErrorCode   int              `json:"error_code,omitempty"`
	Description string           `json:"description,omitempty"`
	Parameters  *errorParameters `json:"parameters,omitempty"`
}

type errorParameters struct {
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
	RetryAfter int   `json:"retry_after,omitempty"`
}

// reply is a whole HTTP answer.
type reply struct {
	status int
	kind   string
	body   []byte
	after  int // Retry-After header, seconds
}

func success(result any) reply {
	e := envelope{OK: true, Result: result}
	if d, ok := result.(described); ok {
		e.Result, e.Description = d.result, d.text
	}
	return jsonReply(http.StatusOK, e)
}

func (f *failure) reply() reply {
	e := envelope{ErrorCode: f.code, Description: f.text}
	if f.retryAfter != 0 || f.migrateTo != 0 {
		e.Parameters = &errorParameters{MigrateTo: f.migrateTo, RetryAfter: f.retryAfter}
	}
	r := jsonReply(f.code, e)
	r.after = f.retryAfter
	return r
}

func jsonReply(status int, v any) reply {
	body, err := json.Marshal(v)
	if err != nil {
		panic("telegramtest: encode answer: " + err.Error())
	}
	return reply{status: status, kind: "application/json", body: body}
}

func (r reply) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", r.kind)
	h.Set("Content-Length", strconv.Itoa(len(r.body)))
	if r.after > 0 {
		h.Set("Retry-After", strconv.Itoa(r.after))
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body)
}
