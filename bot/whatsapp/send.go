package whatsapp

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"titian/bot/chat"
)

// Send sends m, in several messages if it is long; choices are numbered lines at its end. Each message has an id made from
// m.ID, the same at every try, so that a second try is never a second message on the phone. Its errors are
// *chat.SendError or a context's.
func (c *Channel) Send(ctx context.Context, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return chat.Receipt{}, err
	}
	at, err := jid(to)
	if err != nil {
		return chat.Receipt{}, err
	}
	texts, err := lines(m)
	if err != nil {
		return chat.Receipt{}, err
	}
	cli := c.connection(ctx)
	if cli == nil {
		return chat.Receipt{}, &chat.SendError{Failure: chat.FailedBusy, Retry: c.pace.again, Global: true, Cause: errDown}
	}
	parts, fileRef, err := c.parts(ctx, cli, m, texts)
	if err != nil {
		return chat.Receipt{}, err
	}
	receipt := chat.Receipt{FileRef: fileRef}
	for i, part := range parts {
		sent, err := c.seal(ctx, cli, at, part, whatsmeow.SendRequestExtra{ID: idOf(cli, m.ID, i), Timeout: c.pace.send})
		if err != nil {
			return chat.Receipt{}, failure(ctx, err, i > 0)
		}
		if i > 0 {
			receipt.Earlier = append(receipt.Earlier, receipt.Ref)
		}
		receipt.Ref = sent.ID
	}
	return receipt, nil
}

// seal sends one message, kept apart from what is being opened.
func (c *Channel) seal(ctx context.Context, cli *whatsmeow.Client, to types.JID, m *waE2E.Message, extra whatsmeow.SendRequestExtra) (whatsmeow.SendResponse, error) {
	ctx, end := sealed(ctx)
	defer end()
	return cli.SendMessage(ctx, to, m, extra)
}

// NameOf is the Ref that m will have: of several messages, of the last.
func (c *Channel) NameOf(m chat.Outgoing) string {
	texts, err := lines(m)
	if err != nil || m.ID == "" {
		return m.ID // it cannot be sent
	}
	last := len(texts) - 1
	if m.Attachment != nil && !captioned(texts) {
		last++
	}
	return idOf(nil, m.ID, max(0, last))
}

// captioned says whether the texts of a file stand under it.
func captioned(texts []string) bool {
	return len(texts) == 1 && utf8.RuneCountInString(texts[0]) <= MaxCaption
}

// idOf is the id of the i-th message that an Outgoing becomes, as WhatsApp's own clients make them.
func idOf(cli *whatsmeow.Client, id string, i int) types.MessageID {
	if id == "" {
		return cli.GenerateMessageID()
	}
	return idAt(id, i)
}

func idAt(id string, i int) types.MessageID {
	sum := sha256.Sum256([]byte(id + "\x00" + strconv.Itoa(i)))
	return "3EB0" + strings.ToUpper(hex.EncodeToString(sum[:9]))
}

// maxParts is how many messages an Outgoing can become: a list of a hundred lines fits into so many.
const maxParts = 16

// Named implements chat.Numbered.
func (c *Channel) Named(id, ref string) bool {
	for i := range maxParts {
		if id != "" && idAt(id, i) == ref {
			return true
		}
	}
	return false
}

// Lines implements chat.Numbered: what fits on the screen of a cheap phone.
func (c *Channel) Lines() int { return 10 }

// jid reads an address of this network.
func jid(to chat.Address) (types.JID, error) {
	j, err := types.ParseJID(to.Key)
	if err != nil || to.Network != chat.WhatsApp || j.User == "" || j.Device != 0 ||
		j.Server != types.DefaultUserServer && j.Server != types.HiddenUserServer {
		return j, invalid("not a WhatsApp chat")
	}
	return j, nil
}

// MaxText is the longest text of one message, in code points: WhatsApp takes more, and shows a wall of it folded.
const MaxText = 4096

// maxChoices is how many numbered lines make sense in one message.
const maxChoices = 100

// lines are the texts that m becomes, the last with the choices.
func lines(m chat.Outgoing) ([]string, error) {
	if len(m.Choices) > maxChoices {
		return nil, invalid("more than 100 choices")
	}
	text := strings.TrimSpace(strings.ToValidUTF8(m.Text, "\uFFFD"))
	var menu strings.Builder
	for i, choice := range m.Choices {
		if choice.Written {
			continue
		}
		if choice.ID == "" || len(choice.ID) > chat.MaxChoiceID || !utf8.ValidString(choice.ID) || choice.Label == "" {
			return nil, invalid("a choice without label, or with an id that is not 1 to 64 bytes of UTF-8")
		}
		menu.WriteString("\n" + choice.Typed(i) + ". " + choice.Label)
	}
	if menu.Len() > 0 {
		text += "\n" + menu.String()
	}
	all := split(plain(text), MaxText)
	if len(all) == 0 && m.Attachment == nil {
		return nil, invalid("the text is empty")
	}
	return all, nil
}

// parts are the messages that m becomes: a file has the first text as its caption.
func (c *Channel) parts(ctx context.Context, cli *whatsmeow.Client, m chat.Outgoing, texts []string) (all []*waE2E.Message, fileRef string, err error) {
	if m.Attachment != nil {
		f, err := c.attach(ctx, cli, m.Attachment)
		if err != nil {
			return nil, "", err
		}
		under := ""
		if captioned(texts) {
			under, texts = texts[0], nil
		}
		all, fileRef = append(all, f.message(m.Attachment.Name, under)), f.ref()
	}
	for _, t := range texts {
		all = append(all, &waE2E.Message{Conversation: proto.String(t)})
	}
	if m.ReplyTo != "" && len(all) > 0 && m.Attachment == nil {
		all[0] = &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(texts[0]),
			ContextInfo: &waE2E.ContextInfo{StanzaID: proto.String(m.ReplyTo), QuotedMessage: &waE2E.Message{Conversation: proto.String("")}}}}
	}
	return all, fileRef, nil
}

func invalid(why string) *chat.SendError {
	return &chat.SendError{Failure: chat.FailedInvalid, Cause: errors.New(why)}
}

// failure says what may be done about an error of the library. Nothing of it holds an address or a text.
func failure(ctx context.Context, err error, later bool) error {
	if ctx.Err() != nil {
		return &chat.SendError{Failure: chat.FailedUnsure, Cause: ctx.Err()}
	}
	f, cause, cold := chat.FailedUnsure, "the outcome is not known", false
	var broken *whatsmeow.DisconnectedError
	switch {
	case errors.Is(err, whatsmeow.ErrServerReturnedError):
		code := err.Error()[strings.LastIndexByte(err.Error(), ' ')+1:]
		cause = "WhatsApp answered " + code
		f = map[string]chat.Failure{"463": chat.FailedBlocked, "420": chat.FailedBusy, "429": chat.FailedBusy}[code]
		f, cold = cmp.Or(f, chat.FailedInvalid), code == "463"
	case errors.Is(err, whatsmeow.ErrNotConnected), errors.Is(err, whatsmeow.ErrNotLoggedIn):
		f, cause = chat.FailedBusy, errDown.Error()
	case errors.Is(err, whatsmeow.ErrMessageTimedOut), errors.As(err, &broken):
	case strings.Contains(err.Error(), "no LID found"):
		f, cause = chat.FailedBlocked, "not on WhatsApp"
	}
	if later && f == chat.FailedBusy {
		f = chat.FailedUnsure // the first parts arrived; under the same ids they may be sent again
	}
	if cold {
		return &chat.SendError{Failure: f, Cause: fmt.Errorf("%w: %s", chat.ErrCold, cause)}
	}
	return &chat.SendError{Failure: f, Global: f == chat.FailedBusy, Cause: errors.New(cause)}
}

// Typing shows "mengetik…" for a while; whether it worked is nobody's concern.
func (c *Channel) Typing(ctx context.Context, to chat.Address) {
	at, err := jid(to)
	if cli := c.connection(ctx); err == nil && cli != nil {
		_ = cli.SendChatPresence(ctx, at, types.ChatPresenceComposing, types.ChatPresenceMediaText)
	}
}

// Remove deletes a message for both sides. WhatsApp says nothing of one that is gone already.
func (c *Channel) Remove(ctx context.Context, to chat.Address, ref string) error {
	at, err := jid(to)
	if err != nil {
		return err
	}
	cli := c.connection(ctx)
	if cli == nil {
		return &chat.SendError{Failure: chat.FailedBusy, Retry: c.pace.again, Global: true, Cause: errDown}
	}
	if _, err := c.seal(ctx, cli, at, cli.BuildRevoke(at, types.EmptyJID, ref), whatsmeow.SendRequestExtra{Timeout: c.pace.send}); err != nil {
		return failure(ctx, err, false)
	}
	return nil
}
