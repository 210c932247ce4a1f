package chat

import "time"

// Kind says what a message is.
type Kind string

// The kinds of messages. A channel never answers any of them: the bot does.
const (
	Text          Kind = "text"
	Tap           Kind = "tap"      // a button: Choice holds the pressed Choice.ID
	Files         Kind = "files"    // Files holds one; an album is several messages with one Album
	Location      Kind = "location" // Place
	Contact       Kind = "contact"  // Card
	Edited        Kind = "edited"   // Edits names the message whose new text is Text
	Blocked       Kind = "blocked"  // the person blocked the bot
	Returned      Kind = "returned" // the person unblocked the bot
	Voice         Kind = "voice"
	Sticker       Kind = "sticker"
	Video         Kind = "video"
	Unsupported   Kind = "unsupported"   // anything else a person sent on purpose
	Undecryptable Kind = "undecryptable" // arrived, but cannot be read
	Once          Kind = "once"          // may be seen once only, and not by a program
	Voted         Kind = "voted"         // Votes are what is chosen in the poll ReplyTo now; none: the vote was taken back
	Call          Kind = "call"
	Group         Kind = "group"      // a message in a group: Titian speaks in private
	TakenOver     Kind = "taken_over" // staff wrote to this person by hand, past the bot

	// Expired comes from Titian's own upkeep, never from a network: a draft that
	// nobody went on with after At goes.
	Expired Kind = "expired"
	// Detached comes from Titian's own work too: the owner that Ref names moved to another chat.
	Detached Kind = "detached"

	// Answered comes from Titian's own work too: an officer's words in the thread that Ref names. Its only file is one of the
	// vault's. Closed: staff ended that thread.
	Answered Kind = "answered"
	Closed   Kind = "closed"
	// Fetched comes from Titian's own work too: a file that could not be had when it was sent was fetched, or given up.
	Fetched Kind = "fetched"

	// Interrupted comes from Titian's own start after an unclean end, never from a
	// network: the question on the table is put again.
	Interrupted Kind = "interrupted"
)

// Message is one thing that came in from a person.
type Message struct {
	ID      string    `json:"id"` // unique on its network: what redelivery is recognised by
	Kind    Kind      `json:"kind"`
	From    Address   `json:"from"`
	Chat    Address   `json:"chat"`
	Alias   Address   `json:"alias,omitzero"` // the sender's other key, one that may pass to somebody else; From is the one that stays theirs
	At      time.Time `json:"at"`             // the network's time
	Ref     string    `json:"ref,omitempty"`  // the network's name for this message in its chat
	Name    string    `json:"name,omitempty"` // the profile name; never trusted, never logged
	Text    string    `json:"text,omitempty"` // text, or the caption of a file
	Choice  string    `json:"choice,omitempty"`
	Votes   []string  `json:"votes,omitempty"` // SHA-256 of each chosen label, in hex: networks name the options so
	Album   string    `json:"album,omitempty"`
	Edits   string    `json:"edits,omitempty"`    // the Ref of the message that was edited
	ReplyTo string    `json:"reply_to,omitempty"` // the Ref of the message that this one answers, where the person chose one
	Files   []File    `json:"files,omitempty"`
	Place   *Place    `json:"place,omitempty"`
	Card    *Card     `json:"card,omitempty"`
	Vouched string    `json:"vouched,omitempty"` // the sender's phone number, where the network vouches for it (E.164)
}

// File is a file a person sent, not yet fetched. What it says of itself is a claim.
type File struct {
	Ref       string `json:"ref"`              // what the network's Fetcher needs
	Unique    string `json:"unique,omitempty"` // the same for the same content, where the network knows
	Name      string `json:"name,omitempty"`
	MIME      string `json:"mime,omitempty"`
	SizeBytes int64  `json:"size_bytes,omitempty"` // 0: not said
	Photo     bool   `json:"photo,omitempty"`      // sent as a photo, already recompressed by the network
}

// Place is a shared location, in degrees (WGS 84).
type Place struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// Card is a shared contact. Own is true only where the network vouches that it
// is the sender's own.
type Card struct {
	Phone string `json:"phone"`
	Name  string `json:"name,omitempty"`
	Own   bool   `json:"own"`
}
