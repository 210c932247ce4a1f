package telegram

import (
	"encoding/json"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// spoken reads a new message. Commands stay as they were typed, "/start pasar"
// and "/status@bot" alike. raw is the update it came in.
func spoken(t *tgbotapi.Message, raw json.RawMessage) (chat.Message, bool) {
	m, ok := envelope(t)
	if !ok {
		return m, false
	}
	m.Text, m.Album = t.Text, t.MediaGroupID
	if m.Text == "" {
		m.Text = t.Caption
	}
	switch {
	case !private(t.Chat):
		m.Kind = chat.Group
		return m, group(t.Chat) && !service(raw)
	case t.Text != "":
		m.Kind = chat.Text
	case t.Contact != nil:
		card(&m, t)
	case t.Location != nil || t.Venue != nil:
		place(&m, t)
	case t.Voice != nil || t.Audio != nil:
		m.Kind = chat.Voice
	case t.Video != nil || t.VideoNote != nil || t.Animation != nil: // an animation also comes as a document
		m.Kind = chat.Video
	case t.Photo != nil || t.Document != nil:
		m.Kind, m.Files = chat.Files, files(t)
	case t.Sticker != nil || t.Dice != nil:
		m.Kind = chat.Sticker
	case service(raw):
		return m, false
	default: // a poll, a game, a story, whatever Telegram thinks of next
		m.Kind = chat.Unsupported
	}
	return m, true
}

// edited reads the new text of a message. Edits of a live location, one every
// few seconds, say nothing new; those in groups concern nobody.
func edited(t *tgbotapi.Message) (chat.Message, bool) {
	m, ok := envelope(t)
	if !ok || !private(t.Chat) || t.Location != nil {
		return m, false
	}
	m.Kind, m.Edits, m.At = chat.Edited, m.Ref, unix(max(t.EditDate, t.Date))
	m.Text, m.Files = t.Text, files(t)
	if m.Text == "" {
		m.Text = t.Caption
	}
	return m, true
}

// serviceKeys mark what Telegram itself writes into a chat: nobody said it.
var serviceKeys = []string{
	"new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
	"group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
	"migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "successful_payment", "refunded_payment",
	"users_shared", "user_shared", "chat_shared", "connected_website", "write_access_allowed", "passport_data",
	"proximity_alert_triggered", "boost_added", "chat_background_set", "checklist_tasks_done", "checklist_tasks_added",
	"direct_message_price_changed", "forum_topic_created", "forum_topic_edited", "forum_topic_closed",
	"forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "giveaway_created",
	"giveaway_completed", "giveaway_winners", "paid_message_price_changed", "suggested_post_approved",
	"suggested_post_approval_failed", "suggested_post_declined", "suggested_post_paid", "suggested_post_refunded",
	"video_chat_scheduled", "video_chat_started", "video_chat_ended", "video_chat_participants_invited",
	"voice_chat_scheduled", "voice_chat_started", "voice_chat_ended", "voice_chat_participants_invited",
	"gift", "unique_gift", "gift_upgrade_sent", "web_app_data",
}

func service(raw json.RawMessage) bool {
	var u struct {
		Message map[string]json.RawMessage `json:"message"`
	}
	if json.Unmarshal(raw, &u) != nil {
		return false
	}
	for _, key := range serviceKeys {
		if _, ok := u.Message[key]; ok {
			return true
		}
	}
	return false
}
