package telegramtest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"unicode/utf8"
)

// args are a call's parameters, whichever way they came.
type args struct {
	values map[string]string // JSON values other than strings stay JSON text
	files  map[string]upload
}

type upload struct {
	name, mime string
	data       []byte
}

var errTooLarge = &failure{code: http.StatusRequestEntityTooLarge, text: "Request Entity Too Large"}

// readArgs takes parameters from the query and from a urlencoded, multipart or JSON body.
func readArgs(r *http.Request) (args, *failure) {
	a := args{values: map[string]string{}}
	if r.URL.RawQuery != "" {
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return a, bad("can't parse the query: %v", err)
		}
		a.addForm(q)
	}
	var f *failure
	switch r.Method {
	case http.MethodPost:
		f = a.readBody(r.Header.Get("Content-Type"), r.Body)
	case http.MethodGet, http.MethodHead:
	default:
		return a, &failure{code: http.StatusMethodNotAllowed, text: "Method Not Allowed"}
	}
	if f != nil {
		return a, f
	}
	for k, v := range a.values {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return a, bad("strings must be encoded in UTF-8")
		}
	}
	return a, nil
}

func (a *args) readBody(contentType string, body io.Reader) *failure {
	kind, params, _ := mime.ParseMediaType(contentType)
	if kind == "multipart/form-data" {
		return a.readMultipart(params["boundary"], body)
	}
	data, err := io.ReadAll(io.LimitReader(body, MaxUploadBytes+1))
	if err != nil {
		return bad("can't read the request: %v", err)
	}
	switch {
	case len(data) > MaxUploadBytes:
		return errTooLarge
	case len(data) == 0:
		return nil
	case kind == "application/x-www-form-urlencoded":
		q, err := url.ParseQuery(string(data))
		if err != nil {
			return bad("can't parse the form: %v", err)
		}
		a.addForm(q)
		return nil
	case kind == "application/json":
		return a.readJSON(data)
	}
	return bad("content type %q is not one of application/json, application/x-www-form-urlencoded, multipart/form-data", kind)
}

func (a *args) addForm(q url.Values) {
	for k, v := range q {
		a.values[k] = v[len(v)-1]
	}
}

func (a *args) readJSON(data []byte) *failure {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return bad("can't parse JSON object: %v", err)
	}
	for k, raw := range fields {
		switch {
		case raw[0] == '"':
			var s string
			if err := json.Unmarshal(raw, &s); err != nil {
				return bad("can't parse JSON object: %v", err)
			}
			a.values[k] = s
		case string(raw) != "null":
			a.values[k] = string(raw)
		}
	}
	return nil
}

func (a *args) readMultipart(boundary string, body io.Reader) *failure {
	parts := multipart.NewReader(body, boundary)
	left := int64(MaxUploadBytes) + 1<<20
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bad("can't parse the multipart body: %v", err)
		}
		data, err := io.ReadAll(io.LimitReader(p, left+1))
		if err != nil {
			return bad("can't parse the multipart body: %v", err)
		}
		left -= int64(len(data))
		if left < 0 || p.FileName() != "" && len(data) > MaxUploadBytes {
			return errTooLarge
		}
		if p.FileName() == "" {
			a.values[p.FormName()] = string(data)
			continue
		}
		if a.files == nil {
			a.files = map[string]upload{}
		}
		a.files[p.FormName()] = upload{name: p.FileName(), mime: p.Header.Get("Content-Type"), data: data}
	}
}
