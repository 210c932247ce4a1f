package bot

import (
	"encoding/json"
	"slices"
	"time"

	"titian/bot/chat"
	"titian/flows/flow"
	"titian/storage"
)

// Conversation is the sealed state of one contact: the flows on the table, the
// one being talked about last. It is all that a turn needs besides the message.
type Conversation struct {
	Stack   []flow.State `json:"stack,omitempty"`
	Runs    int          `json:"runs,omitempty"` // flows begun so far; names the next one's buttons
	HeardAt time.Time    `json:"heard_at"`
	Album   string       `json:"album,omitempty"`   // the last album answered outside a question
	Later   string       `json:"later,omitempty"`   // the last album of which it was said that it is fetched later
	Met     bool         `json:"met,omitempty"`     // was greeted
	Stopped bool         `json:"stopped,omitempty"` // said BERHENTI to announcements, and nothing else since
	Offered bool         `json:"offered,omitempty"` // was asked whether this chat and another are to be joined, and is not asked again

	// Strange says that whoever writes after a long silence has not yet proved to be who began the draft.
	Strange     bool      `json:"strange,omitempty"`
	LockedUntil time.Time `json:"locked_until,omitzero"` // three proofs failed

	QuietUntil time.Time `json:"quiet_until,omitzero"` // staff write by hand; see talk.takenOver

	// Held is the answer to a message of a backlog; see Bot.gently.
	Held []chat.Outgoing `json:"held,omitempty"`

	Thread *Thread `json:"thread,omitempty"` // with staff; see talk.thread

	Cards  []Card `json:"cards,omitempty"`  // of the desk, the last one shown at the end; where there are no buttons
	Carded bool   `json:"carded,omitempty"` // a card was shown after the last question: numbers are its lines
	Page   *Page  `json:"page,omitempty"`   // of a list that is longer than a message

	// Declined are rows of the dinas's list of which it was said here that they are somebody else's.
	Declined []storage.ImportedID `json:"declined,omitempty"`
}

// appendJSON appends what json.Marshal makes of the conversation.
func (c Conversation) appendJSON(b []byte) ([]byte, error) {
	stack := c.Stack
	c.Stack = nil
	rest, err := json.Marshal(c)
	if err != nil || len(stack) == 0 {
		return append(b, rest...), err
	}
	b = append(b, `{"stack":[`...)
	for i, s := range stack {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = s.AppendJSON(b); err != nil {
			return b, err
		}
	}
	return append(append(b, "],"...), rest[1:]...), nil // heard_at is always there
}

// top is the flow on the table.
func (c Conversation) top() (flow.State, bool) {
	if len(c.Stack) == 0 {
		return flow.State{}, false
	}
	return c.Stack[len(c.Stack)-1], true
}

// with replaces the flow on the table. The stack is copied: a turn that is not
// committed leaves no trace.
func (c Conversation) with(s flow.State) Conversation {
	c.Stack = append(append([]flow.State(nil), c.Stack[:len(c.Stack)-1]...), s)
	return c
}

func (c Conversation) push(s flow.State) Conversation {
	c.Stack = append(append([]flow.State(nil), c.Stack...), s)
	return c
}

func (c Conversation) pop() Conversation {
	c.Stack = append([]flow.State(nil), c.Stack[:len(c.Stack)-1]...)
	return c
}

// without leaves out every flow of that name.
func (c Conversation) without(name string) Conversation {
	var left []flow.State
	for _, s := range c.Stack {
		if s.Flow != name {
			left = append(left, s)
		}
	}
	c.Stack = left
	return c
}

// only leaves out every flow of another name.
func (c Conversation) only(names ...string) Conversation {
	var left []flow.State
	for _, s := range c.Stack {
		if slices.Contains(names, s.Flow) {
			left = append(left, s)
		}
	}
	c.Stack = left
	return c
}

// find is the waiting flow of that name.
func (c Conversation) find(name string) (flow.State, bool) {
	for _, s := range c.Stack {
		if s.Flow == name {
			return s, true
		}
	}
	return flow.State{}, false
}

// last is the waiting flow of any of those names that was talked about last.
func (c Conversation) last(names ...string) (flow.State, bool) {
	for _, s := range slices.Backward(c.Stack) {
		if slices.Contains(names, s.Flow) {
			return s, true
		}
	}
	return flow.State{}, false
}

func (c Conversation) flowName() string {
	s, ok := c.top()
	if !ok {
		return ""
	}
	return s.Flow
}
