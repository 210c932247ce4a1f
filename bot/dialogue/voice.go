// Package dialogue is the language side of a turn: it puts into Indonesian what
// a flow says, and finds out which option, word or text a person meant. It is
// pure: it imports chat, flow, answer and locales, keeps no state, and decides
// nothing about a conversation.
package dialogue

import (
	"strings"
	"sync"

	"titian/bot/chat"
	"titian/flows/flow"
	"titian/locales"
)

// Voice speaks one language.
type Voice struct {
	texts *locales.Catalog
	folds sync.Map // phrase of the catalog → folded
}

// New makes a voice of a catalog.
func New(texts *locales.Catalog) *Voice { return &Voice{texts: texts} }

// Texts is the catalog it speaks from.
func (v *Voice) Texts() *locales.Catalog { return v.texts }

// Say is one message that asks nothing.
func (v *Voice) Say(key string, args map[string]string) chat.Outgoing {
	return chat.Outgoing{Text: v.Text(key, args)}
}

// Text is the words of a key. A question that several flows share is written
// once, under "any.<field>", or where it was first asked, at registration; a reason is said as the question's own, else as
// "flow.reason.<reason>", else as the question's ".invalid".
func (v *Voice) Text(key string, args map[string]string) string {
	return v.texts.Say(v.find(key), args)
}

// Key is the key whose words Text says for a key.
func (v *Voice) Key(key string) string { return v.find(key) }

func (v *Voice) find(key string) string {
	for _, k := range []string{key, shared(key), first(key)} {
		if v.texts.Has(k) {
			return k
		}
	}
	if i := strings.LastIndexByte(key, '.'); i > 0 && strings.Count(key, ".") >= 2 {
		for _, k := range []string{"flow.reason" + key[i:], key[:i] + ".invalid", shared(key[:i] + ".invalid"), first(key[:i] + ".invalid")} {
			if v.texts.Has(k) {
				return k
			}
		}
	}
	return key
}

// shared is the key without the name of its flow.
func shared(key string) string {
	_, rest, ok := strings.Cut(key, ".")
	if !ok {
		return key
	}
	return "any." + rest
}

// first is the key under which the same question is asked at registration.
func first(key string) string { return "registration." + strings.TrimPrefix(shared(key), "any.") }

// Has says whether there are words for the key, of its own or shared.
func (v *Voice) Has(key string) bool {
	return v.texts.Has(key) || v.texts.Has(shared(key)) || v.texts.Has(first(key))
}

// also lists the other words for an option's label.
func (v *Voice) also(key string) []string {
	if words := v.texts.Also(key); words != nil {
		return words
	}
	if words := v.texts.Also(shared(key)); words != nil {
		return words
	}
	return v.texts.Also(first(key))
}

// Label is the words of a label.
func (v *Voice) Label(l flow.Label) string {
	if l.Key == "" {
		return l.Text
	}
	return v.Text(l.Key, l.Args)
}

func (v *Voice) labels(list []flow.Label) string {
	words := make([]string, len(list))
	for i, l := range list {
		words[i] = v.Label(l)
	}
	return strings.Join(words, ", ")
}

// Name is what a field of a flow is called in a summary.
func (v *Voice) Name(flowName, field string) string {
	return v.Text(flowName+"."+field+".label", nil)
}
