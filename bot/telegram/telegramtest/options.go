package telegramtest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Sizes the Bot API enforces.
const (
	MaxTextRunes     = 4096     // message text, after entity parsing
	MaxCaptionRunes  = 1024     // caption, after entity parsing
	MaxTextBytes     = 32768    // raw text or caption, before parsing
	MaxDownloadBytes = 20 << 20 // getFile
	MaxUploadBytes   = 50 << 20 // any file in a request
	MaxPhotoBytes    = 10 << 20 // a photo in a request
	MaxPollTimeout   = 50 * time.Second
)

// Options of a Server; the zero value is a strict server without rate limits.
type Options struct {
	Token       string // default DefaultToken; the bot's id is the part before the colon
	Name        string // the bot's first_name, default "Titian"
	Username    string // default "titian_test_bot"
	FirstUpdate int    // the first update_id, default 1000

	Now   func() time.Time                     // default time.Now
	After func(time.Duration) <-chan time.Time // default time.After; Clock has one moved by hand, and one that divides d makes every retry quick

	Limits Limits
	Keep   Keep

	CallbackTTL time.Duration // a tap can be answered this long, default 15 s (5-20 s are reported)
	FileTTL     time.Duration // a file_path can be fetched this long after getFile, default 1 h
	UpdateTTL   time.Duration // an update is kept this long, default 24 h
	MaxInFlight int           // calls at once before 429 retry after 60, default 1000; negative: no limit

	HTTPWebhook     bool          // a webhook may be plain http on loopback and any port, as a local Bot API server allows
	WebhookClient   *http.Client  // who delivers; default trusts what the system trusts
	WebhookPatience time.Duration // how long a webhook may take to answer, default 60 s

	SeesGroups    bool // privacy mode is off: every message in a group reaches the bot
	EasyPolling   bool // leaves out the penalties for polling the same offset again at once
	PaidBroadcast bool // allow_paid_broadcast is bought: the overall rate becomes 1000/s

	Patience time.Duration // how long Next and friends wait before they fail the test, default 10 s
}

// DefaultToken has the shape of a real token.
const DefaultToken = "4200420042:AAtelegramtest_0123456789_abcdefghi"

// Limits are sending rates; 0 disables one.
type Limits struct {
	PerSecond      float64 // messages a second to all chats together; a second's worth may come at once
	Strict         bool    // of PerSecond: it holds in any second, wherever that begins, and no burst comes before it
	PerChat        float64 // messages a second to one chat
	ChatBurst      int     // messages to one chat that may come at once, default 3
	GroupPerMinute float64 // messages a minute to one group, edits included; a minute's worth may come at once
	SameSize       int     // uploads of one size over 100 KB that may come at once; one more is granted every 0.9 s
}

// RealLimits are about what the network enforces; its exact limits are not published.
var RealLimits = Limits{PerSecond: 30, PerChat: 1, ChatBurst: 3, GroupPerMinute: 20, SameSize: 6}

// Keep bounds the server's memory. What falls out is forgotten: an old message can then not be edited.
type Keep struct {
	Messages  int   // a chat, default 200
	Calls     int   // all methods together, default 4096; Count still counts all
	Updates   int   // delivered updates that can be redelivered, default 8192
	FileBytes int64 // contents of files, default 256 MiB; the oldest go first
	Files     int   // files known by id, default 20000
}

func (o Options) withDefaults() Options {
	or := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	last := func(p *time.Duration, v time.Duration) {
		if *p == 0 {
			*p = v
		}
	}
	if o.Token == "" {
		o.Token = DefaultToken
	}
	if o.Name == "" {
		o.Name = "Titian"
	}
	if o.Username == "" {
		o.Username = "titian_test_bot"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.WebhookClient == nil {
		o.WebhookClient = &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 100, DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	or(&o.FirstUpdate, 1000)
	or(&o.MaxInFlight, 1000)
	or(&o.Limits.ChatBurst, 3)
	or(&o.Keep.Messages, 200)
	or(&o.Keep.Calls, 4096)
	or(&o.Keep.Updates, 8192)
	or(&o.Keep.Files, 20000)
	if o.Keep.FileBytes == 0 {
		o.Keep.FileBytes = 256 << 20
	}
	last(&o.CallbackTTL, 15*time.Second)
	last(&o.FileTTL, time.Hour)
	last(&o.UpdateTTL, 24*time.Hour)
	last(&o.WebhookPatience, time.Minute)
	last(&o.Patience, 10*time.Second)
	return o
}

// botID is the number before the token's colon.
func (o Options) botID() int64 {
	head, _, _ := strings.Cut(o.Token, ":")
	id, _ := strconv.ParseInt(head, 10, 64)
	return id
}
