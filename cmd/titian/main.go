// Program titian runs the bot of a dinas: it reads the configuration, opens the
// servers, wires the packages together, counts what an operator watches and
// stops in order. It may import everything and holds no rule of a conversation:
// what is decided here is how the house is put together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"
)

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// The exit codes: a run that failed, and a command or configuration that cannot work.
const (
	exitFailed    = 1
	exitComplaint = 2
)

// Complaint is what an operator must mend before a command can work, in one sentence.
type Complaint struct{ Sentence string }

func (c *Complaint) Error() string { return c.Sentence }

func complain(format string, args ...any) error {
	return &Complaint{fmt.Sprintf(format, args...)}
}

func main() {
	os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// run carries one command out and says how the program ends.
func run(args []string, s streams) int {
	blankIsUnset(os.Environ(), os.Unsetenv)
	cmd, err := parse(args, s)
	if err != nil {
		return sayWhy(s.err, err)
	}
	if cmd == nil { // help was printed
		return 0
	}
	slog.SetDefault(newLog(s.err, cmd.settings.LogLevel))
	ctx, stop := untilSignal(context.Background())
	defer stop()
	defer profile()()
	return sayWhy(s.err, cmd.run(ctx))
}

// sayWhy prints one line for what went wrong.
func sayWhy(w io.Writer, err error) int {
	if err == nil || errors.Is(err, context.Canceled) {
		return 0
	}
	if errors.Is(err, errSick) { // it told what is wrong itself
		return exitFailed
	}
	fmt.Fprintln(w, "titian:", redact(err.Error()))
	if _, ok := errors.AsType[*Complaint](err); ok {
		return exitComplaint
	}
	return exitFailed
}

// since is for messages to a person: "1.2s".
func since(t time.Time) time.Duration { return time.Since(t).Round(100 * time.Millisecond) }
