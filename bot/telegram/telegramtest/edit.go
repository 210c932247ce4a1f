package telegramtest

import (
	"encoding/json"
	"reflect"
	"time"
)

// edited finds the message an edit is about, when it may be edited.
func (s *Server) edited(c *call) (*chat, *message, *failure) {
	if c.has("inline_message_id") {
		return nil, nil, bad("MESSAGE_ID_INVALID")
	}
	ch, f := s.reach(c)
	if f != nil {
		return nil, nil, f
	}
	if !c.has("message_id") {
		return nil, nil, bad("message identifier is not specified")
	}
	m := ch.messages[int(c.number("message_id", 0, 0, 1<<31))]
	switch {
	case m == nil:
		return nil, nil, bad("message to edit not found")
	case m.From.ID != s.bot.ID, m.locked:
		return nil, nil, bad("message can't be edited")
	}
	return ch, m, nil
}

// change applies an edit, refuses one that changes nothing, and shows it.
func (s *Server) change(c *call, ch *chat, m *message, apply func(*message)) (any, *failure) {
	after := *m
	apply(&after)
	if after.Text == m.Text && after.Caption == m.Caption && reflect.DeepEqual(after.Entities, m.Entities) &&
		reflect.DeepEqual(after.CaptionEntities, m.CaptionEntities) && sameMarkup(after.Markup, m.Markup) {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same" +
			" as a current content and reply markup of the message")
	}
	if !ch.private() {
		if f := s.charge(ch, false); f != nil {
			return nil, f
		}
	}
	*m = after
	m.edits++
	m.EditDate = s.opt.Now().Unix()
	s.show(ch, snapshot(m, ActEdited, c.method.name, m.Markup))
	return m, nil
}

func sameMarkup(a, b *replyMarkup) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func (s *Server) editMessageText(c *call) (any, *failure) {
	text, entities, f := c.text("text", "entities", MaxTextRunes)
	if f != nil {
		return nil, f
	}
	markup, f := c.markup(true)
	if f != nil {
		return nil, f
	}
	ch, m, f := s.edited(c)
	if f != nil {
		return nil, f
	}
	if m.Text == "" {
		return nil, bad("there is no text in the message to edit")
	}
	return s.change(c, ch, m, func(m *message) { m.Text, m.Entities, m.Markup = text, entities, markup })
}

func (s *Server) editMessageCaption(c *call) (any, *failure) {
	caption, entities, f := c.text("caption", "caption_entities", MaxCaptionRunes)
	if f != nil {
		return nil, f
	}
	markup, f := c.markup(true)
	if f != nil {
		return nil, f
	}
	ch, m, f := s.edited(c)
	if f != nil {
		return nil, f
	}
	if m.Photo == nil && m.Document == nil {
		return nil, bad("there is no caption in the message to edit")
	}
	return s.change(c, ch, m, func(m *message) { m.Caption, m.CaptionEntities, m.Markup = caption, entities, markup })
}

func (s *Server) editMessageReplyMarkup(c *call) (any, *failure) {
	markup, f := c.markup(true)
	if f != nil {
		return nil, f
	}
	ch, m, f := s.edited(c)
	if f != nil {
		return nil, f
	}
	return s.change(c, ch, m, func(m *message) { m.Markup = markup })
}

func (s *Server) deleteMessage(c *call) (any, *failure) {
	ch, f := s.reach(c)
	if f != nil {
		return nil, f
	}
	if !c.has("message_id") {
		return nil, bad("message identifier is not specified")
	}
	return s.remove(c, ch, int(c.number("message_id", 0, 0, 1<<31)))
}

// remove deletes a message younger than 48 hours; in a group only the bot's own, unless it is an administrator.
func (s *Server) remove(c *call, ch *chat, id int) (any, *failure) {
	m := ch.messages[id]
	switch {
	case m == nil:
		return nil, bad("message to delete not found")
	case s.opt.Now().Sub(m.at) > 48*time.Hour, !ch.private() && m.From.ID != s.bot.ID && ch.status != "administrator":
		return nil, bad("message can't be deleted")
	}
	delete(ch.messages, id)
	if m.From.ID == s.bot.ID {
		s.show(ch, snapshot(m, ActDeleted, c.method.name, nil))
	}
	return true, nil
}

// deleteMessages takes 1-100 ids and skips those it does not find.
func (s *Server) deleteMessages(c *call) (any, *failure) {
	ch, f := s.reach(c)
	if f != nil {
		return nil, f
	}
	var ids []int
	if given, err := c.decodeStrict("message_ids", &ids); err != nil || !given || len(ids) == 0 {
		return nil, bad("message identifiers are not specified")
	}
	if len(ids) > 100 {
		return nil, bad("too many message identifiers specified")
	}
	for _, id := range ids {
		if _, f := s.remove(c, ch, id); f != nil && ch.messages[id] != nil {
			return nil, f
		}
	}
	return true, nil
}
