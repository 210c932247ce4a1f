package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// commands is what `titian` understands.
type commands struct {
	settings `embed:""`

	Serve      serveCommand      `cmd:"" default:"1" help:"Run everything that is configured (the default)."`
	Chat       chatCommand       `cmd:"" help:"Talk to the same bot in the terminal: one line is one message."`
	Understand understandCommand `cmd:"" help:"Read one answer a line, print what was understood as one JSON value a line."`
	Export     struct {
		Owners       exportCommand      `cmd:"" help:"Write every registered owner."`
		Applications exportApplications `cmd:"" help:"Write every halal application."`
		Recipients   exportRecipients   `cmd:"" help:"Write what became of announcements, a row a person."`
		Quota        exportQuota        `cmd:"" help:"Write who holds a place of a programme and who waits: the berita acara."`
	} `cmd:"" help:"Write out what Postgres holds."`
	Import struct {
		Owners importCommand      `cmd:"" help:"Store the owners of the dinas's own list; nobody is written to."`
		Bahan  importBahanCommand `cmd:"" help:"Store brands of bahan whose halal certificate staff looked up; owners pick them."`
	} `cmd:"" help:"Take in what the dinas already has."`
	Broadcast broadcastCommand `cmd:"" help:"Announcements: make, confirm, start, watch, report."`
	Segment   segmentCommand   `cmd:"" help:"Whom an announcement is for: named queries and lists of numbers."`
	Programme programmeCommand `cmd:"" help:"A year's halal facilitation: how many places."`
	Dossier   dossierCommand   `cmd:"" help:"Write the PDF and the ZIP of one halal application."`
	Parked    parkedCommands   `cmd:"" help:"Messages that failed three times: list, retry, drop."`
	Doctor    doctorCommand    `cmd:"" help:"Look at this set-up: what is wrong, and the one command that mends it."`
	Staff     staffCommand     `cmd:"" help:"Say who is staff: they hear of what needs them."`
	WhatsApp  whatsappCommand  `cmd:"" name:"whatsapp" help:"Link the dinas's WhatsApp."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database to this version."`
	Flows     flowsCommand     `cmd:"" help:"Show the conversations."`
	Keys      struct {
		Rotate rotateCommand `cmd:"" help:"Seal with new keys from now on; what the old ones sealed stays readable."`
	} `cmd:"" help:"Look after the keyset."`
	Backup  backupCommand  `cmd:"" help:"Write everything into one encrypted file, read back and restored on trial."`
	Restore restoreCommand `cmd:"" help:"Put a backup into an empty place."`
	Keeper  keeperCommand  `cmd:"" hidden:"" help:"Own the private servers of the data folder; started by the other commands."`
}

// command is a parsed command line, ready to run.
type command struct {
	settings *settings
	kong     *kong.Context
}

func (c *command) run(ctx context.Context) error {
	c.kong.BindTo(ctx, (*context.Context)(nil))
	return c.kong.Run(c.settings)
}

// parse reads the command line and the environment. It returns nil and no error
// when help was asked for and printed. Its errors are Complaints.
func parse(args []string, s streams) (*command, error) {
	var c commands
	helped := false
	parser, err := kong.New(&c,
		kong.Name("titian"),
		kong.Description("Titian talks with IKM owners for a dinas perindustrian: on Telegram and in the terminal."),
		kong.Writers(s.out, s.err),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Bind(s),
	)
	if err != nil {
		return nil, err
	}
	parsed, err := parser.Parse(args)
	switch {
	case helped:
		return nil, nil
	case err != nil:
		return nil, complain("%s", misunderstood(err, args))
	}
	return &command{settings: &c.settings, kong: parsed}, nil
}

// misunderstood turns the parser's error into a sentence that helps.
func misunderstood(err error, args []string) string {
	said := err.Error()
	switch {
	case strings.HasPrefix(said, "unexpected argument"):
		word := strings.TrimPrefix(said, "unexpected argument ")
		name, rest, guess := strings.Cut(word, ", ")
		sentence := fmt.Sprintf("there is no command %q", name)
		if guess {
			sentence += ", " + rest
		}
		return strings.TrimSuffix(sentence, "?") + "; `titian --help` lists what there is"
	case strings.HasPrefix(said, "unknown flag"):
		return strings.TrimSuffix(said, "?") + "; `titian --help` lists the flags"
	case strings.HasPrefix(said, "expected one of"), strings.HasPrefix(said, "expected \""):
		return fmt.Sprintf("`titian %s` is not complete: %s", strings.Join(words(args), " "), said)
	}
	return strings.NewReplacer(" (string)", "", "from envar", "from").Replace(said)
}

// words are the arguments that are no flags: a flag may hold a secret.
func words(args []string) []string {
	var list []string
	for _, a := range args {
		if strings.HasPrefix(a, "-") {
			break
		}
		list = append(list, a)
	}
	return list
}
