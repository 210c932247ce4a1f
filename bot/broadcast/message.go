package broadcast

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// fields are what a text may name of its reader.
var fields = []string{"nama", "usaha"}

// The longest texts, in code points, with room for names and for the line that says how to stop: 4,096 in one message, 1,024
// under a file (Telegram).
const (
	roomForNames = 160
	longestText  = 4096 - 2*roomForNames
	longestUnder = 1024 - 2*roomForNames
)

// Fault is what is wrong with a text. Its words are those of the key broadcast.fault.<reason>.
type Fault struct {
	Reason string // "empty", "field", "long"
	Word   string // the field that does not exist, or one as it was written without its braces
	Meant  string // the nearest one that does
	Most   int    // code points, with "long"
}

// Error is for a log.
func (f *Fault) Error() string { return "broadcast text: " + f.Reason }

// Problem says it to whoever asks for the text, with the word that was meant instead.
func (f *Fault) Problem() (reason string, args map[string]string, options []string) {
	word := f.Word
	if !strings.ContainsAny(word, "{}[]()<>") {
		word = "{" + word + "}"
	}
	args = map[string]string{"word": word, "meant": "{" + f.Meant + "}", "most": fmt.Sprint(f.Most)}
	if f.Meant != "" {
		return "meant", args, nil
	}
	return f.Reason, args, nil
}

// bracketed is a field with its braces, or with others, or with only one of them: "{nama}", "[nama]", "{nama", "usaha}".
var bracketed = regexp.MustCompile(`(?i)\{\s*(nama|usaha)\b\s*\}?|[\[(<]\s*(nama|usaha)\s*[\])>]|\b(nama|usaha)\s*\}`)

// Check says whether a text can be sent: nil, or a *Fault.
func Check(text string, file bool) error {
	most := longestText
	if file {
		most = longestUnder
	}
	switch {
	case strings.TrimSpace(text) == "" && !file:
		return &Fault{Reason: "empty"}
	case utf8.RuneCountInString(text) > most:
		return &Fault{Reason: "long", Most: most}
	}
	for _, found := range bracketed.FindAllStringSubmatch(text, -1) {
		if written := found[0]; written[0] != '{' || written[len(written)-1] != '}' {
			return &Fault{Reason: "field", Word: strings.TrimSpace(written), Meant: strings.ToLower(found[1] + found[2] + found[3])}
		}
	}
	for _, name := range locales.Placeholders(text) {
		if slices.Contains(fields, name) {
			continue
		}
		f := &Fault{Reason: "field", Word: name}
		best := 4
		for _, known := range fields {
			if apart := answer.Apart(strings.ToLower(name), known, 3); apart < best {
				f.Meant, best = known, apart
			}
		}
		return f
	}
	return nil
}

// Message is what one person reads: the text with their name, of an invitation the event and how to answer, and how to stop.
func Message(t Texts, b storage.Broadcast, invites *storage.Invitation, to storage.Reached) chat.Outgoing {
	parts := []string{strings.TrimSpace(locales.Fill(b.Text, map[string]string{"nama": short(to.Name), "usaha": short(to.Business)}))}
	m := chat.Outgoing{Attachment: b.File}
	if invites != nil {
		parts = append(parts, invited(t, *invites))
		m.Shortcuts = buttons(t, *invites)
	}
	parts = append(parts, t.Say("broadcast.stop", nil))
	m.Text = strings.TrimSpace(strings.Join(parts, "\n\n"))
	return m
}

// short keeps a name from pushing a text over its limit.
func short(name string) string {
	if rs := []rune(name); len(rs) > roomForNames/2 {
		return string(rs[:roomForNames/2-1]) + "…"
	}
	return name
}

// message is what one recipient is sent; its id is the same at every try.
func (w *work) message(l storage.Leased) chat.Outgoing {
	m := Message(w.Texts, w.b, w.invites, l.Reached)
	m.ID = storage.AboutRecipient(w.id, l.Person)
	if w.b.File != nil {
		file := *w.b.File
		w.mu.Lock()
		file.Ref = w.ref
		w.mu.Unlock()
		m.Attachment = &file
	}
	return m
}
