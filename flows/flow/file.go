package flow

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// FileAnswer is a file that was taken in. An ID has no white space.
type FileAnswer struct {
	ID        string `json:"id"`
	MIME      string `json:"mime,omitempty"`
	SizeBytes int64  `json:"size_bytes,omitempty"`
	SHA256    string `json:"sha256,omitempty"` // as it is stored

	Source string   `json:"source,omitempty"` // SHA-256 of the file as it came
	Marks  []string `json:"marks,omitempty"`  // what staff should look at, worst first: "blurred", "dark"

	// Of a PDF with text: the numbers in it that may be an NIB, and which of the
	// values it was compared with stand in it and which do not.
	NIBs  []string          `json:"nibs,omitempty"`
	Has   map[string]string `json:"has,omitempty"`
	Lacks map[string]string `json:"lacks,omitempty"`
}

// What the text of a file says about a value.
const (
	Agrees  = "agrees"
	Differs = "differs"
	Unread  = "unread" // it has no text, or was never compared with this value
)

// Says is what the text of the file says about an answer: Agrees, Differs or
// Unread. key is one of its Want's Compare.
func (a FileAnswer) Says(key, value string) string {
	has, hasIt := a.Has[key]
	lacks, lacksIt := a.Lacks[key]
	switch {
	case value == "":
		return Unread
	case hasIt && has == value, slices.Contains(a.NIBs, value):
		return Agrees
	case lacksIt && lacks == value:
		return Differs
	}
	return Unread
}

// Refusal is why a file was not taken in, said as "flow.file.<reason>".
type Refusal struct {
	Reason  string
	Args    map[string]string
	Quality bool   // only for how it looks: after some such refusals it is taken
	Sum     string // of a file that was sent before: its Source or SHA256
}

// WriteFiles is the normalised text of a Files answer: one file a line, what is
// known of its content behind tabs.
func WriteFiles(files []FileAnswer) string {
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = strings.TrimSpace(fmt.Sprintf("%s %d %s %s", f.ID, f.SizeBytes, orDash(f.SHA256), f.MIME)) + f.known()
	}
	return strings.Join(lines, "\n")
}

// known is what only some files have: "\tsource=…\tmarks=dark,soft\thas.name=…".
func (a FileAnswer) known() string {
	known := ""
	add := func(name, value string) {
		if value != "" {
			known += "\t" + name + "=" + url.QueryEscape(value)
		}
	}
	add("source", a.Source)
	add("marks", strings.Join(a.Marks, ","))
	add("nibs", strings.Join(a.NIBs, ","))
	for _, key := range sorted(a.Has) {
		add("has."+key, a.Has[key])
	}
	for _, key := range sorted(a.Lacks) {
		add("lacks."+key, a.Lacks[key])
	}
	return known
}

// ReadFiles reads what WriteFiles wrote, of any version; a line with an id alone
// is a file too.
func ReadFiles(value string) []FileAnswer {
	var files []FileAnswer
	for line := range strings.Lines(value) {
		line, known, _ := strings.Cut(strings.TrimSpace(line), "\t")
		part := append(strings.SplitN(line, " ", 4), "", "", "")
		if part[0] == "" {
			continue
		}
		size, _ := strconv.ParseInt(part[1], 10, 64)
		f := FileAnswer{ID: part[0], SizeBytes: size, SHA256: strings.Trim(part[2], "-"), MIME: part[3]}
		f.know(known)
		files = append(files, f)
	}
	return files
}

func (a *FileAnswer) know(known string) {
	for part := range strings.SplitSeq(known, "\t") {
		name, escaped, _ := strings.Cut(part, "=")
		value, err := url.QueryUnescape(escaped)
		if err != nil || value == "" {
			continue
		}
		what, key, _ := strings.Cut(name, ".")
		switch what {
		case "source":
			a.Source = value
		case "marks":
			a.Marks = strings.Split(value, ",")
		case "nibs":
			a.NIBs = strings.Split(value, ",")
		case "has":
			a.Has = note(a.Has, key, value)
		case "lacks":
			a.Lacks = note(a.Lacks, key, value)
		}
	}
}

func note(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
