// Package telegram is Titian on Telegram: it turns updates into chat messages,
// sends what goes out, and acknowledges an update only when it will never be
// needed again. It imports bot/chat and the Bot API library, never speaks on
// its own, keeps no conversation, and never lets the bot's token into an error
// or a log.
package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// DefaultAPI is the root of Telegram's own Bot API server.
const DefaultAPI = "https://api.telegram.org"

// Command is one line of the menu beside the text field: a word without its
// slash, and what it does in the person's language.
type Command struct {
	Name        string
	Description string
}

// Lock is held by the one replica that polls. It blocks until the lock is had;
// lost closes when it is no longer held, release gives it back.
type Lock func(ctx context.Context) (lost <-chan struct{}, release func(), err error)

// Options say which bot this is and how its updates come.
type Options struct {
	Token    string
	API      string           // root of the Bot API; files are fetched from it too; empty: DefaultAPI
	Webhook  string           // public https URL, or http with a local Bot API server; empty: long poll
	Secret   string           // with Webhook: 1-256 of A-Z a-z 0-9 _ -, Telegram's rule for secret_token
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: nothing is logged
	Lock     Lock             // nil: this replica always polls
	Commands []Command        // empty: the menu stays as it is
}

// Channel is one bot on Telegram. Its methods may be called at the same time.
type Channel struct {
	http     *client
	wire     *wire // nil: calls go by net/http too
	api      string
	webhook  string
	secret   string
	now      func() time.Time
	log      *slog.Logger
	lock     Lock
	commands []Command

	pace    pace
	floods  floods
	taps    taps
	uploads uploads
	skipped atomic.Int64
}

var (
	_ chat.Channel = (*Channel)(nil)
	_ chat.Typer   = (*Channel)(nil)
	_ chat.Editor  = (*Channel)(nil)
	_ chat.Remover = (*Channel)(nil)
)

var (
	tokenShape  = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// quiet stops the library's own logger, which would print the token.
var quiet = sync.OnceFunc(func() { _ = tgbotapi.SetLogger(silent{}) })

// New checks the options and makes the channel. It does not touch the network:
// a network that is down when the bot starts is waited out by Run. The values
// of ctx, not its end, go along with work done beside Run.
func New(ctx context.Context, o Options) (*Channel, error) {
	quiet()
	if !tokenShape.MatchString(o.Token) {
		return nil, errors.New("telegram: the token does not look like 123456:ABC…, as @BotFather gives it")
	}
	root, err := apiRoot(o.API)
	if err != nil {
		return nil, err
	}
	if o.Webhook != "" {
		if !hookable(o.Webhook, root) {
			return nil, errors.New("telegram: the webhook must be a public https:// URL")
		}
		if !secretShape.MatchString(o.Secret) {
			return nil, errors.New("telegram: a webhook needs a secret of 1 to 256 letters, digits, _ or -")
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lock == nil {
		o.Lock = alwaysMine
	}
	c := &Channel{
		http: newClient(o.Token), wire: newWire(root, o.Token), api: root, webhook: o.Webhook, secret: o.Secret,
		now: o.Now, log: o.Log, lock: o.Lock, commands: o.Commands, pace: usualPace,
	}
	c.taps.begin(context.WithoutCancel(ctx))
	return c, nil
}

func apiRoot(api string) (string, error) {
	root := strings.TrimRight(cmp.Or(api, DefaultAPI), "/")
	u, err := url.Parse(root)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return "", errors.New("telegram: the API root must be an http:// or https:// URL")
	}
	return root, nil
}

// hookable says whether the Bot API at root would post to hook: Telegram's own
// only over https, a local Bot API server over plain http too.
func hookable(hook, root string) bool {
	u, err := url.Parse(hook)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && root != DefaultAPI)
}

func alwaysMine(context.Context) (<-chan struct{}, func(), error) { return nil, func() {}, nil }

// Network is Telegram.
func (c *Channel) Network() chat.Network { return chat.Telegram }

// Skipped counts the updates since the start that could not be decoded.
func (c *Channel) Skipped() int64 { return c.skipped.Load() }

// String keeps the token out of anything that prints a channel.
func (c *Channel) String() string { return "telegram.Channel" }

// GoString is String.
func (c *Channel) GoString() string { return c.String() }

// LogValue is String.
func (c *Channel) LogValue() slog.Value { return slog.StringValue(c.String()) }

// String shows the options without the token and the secret.
func (o Options) String() string {
	return fmt.Sprintf("telegram.Options{API:%q Webhook:%t Commands:%d}", cmp.Or(o.API, DefaultAPI), o.Webhook != "", len(o.Commands))
}

// GoString is String.
func (o Options) GoString() string { return o.String() }

// LogValue is String.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText is String, so that no encoder writes the token.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

type silent struct{}

func (silent) Println(...any)        {}
func (silent) Printf(string, ...any) {}
