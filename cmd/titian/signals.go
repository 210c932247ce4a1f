package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// untilSignal ends its context at the first SIGTERM or SIGINT, so that
// everything is finished in order; a second one ends the program at once.
func untilSignal(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	heard := make(chan os.Signal, 2)
	signal.Notify(heard, syscall.SIGTERM, syscall.SIGINT)
	done := make(chan struct{})
	go func() {
		for asked := false; ; asked = true {
			select {
			case <-done:
				return
			case s := <-heard:
				if asked {
					os.Exit(128 + int(s.(syscall.Signal)))
				}
				cancel()
			}
		}
	}()
	return ctx, func() { signal.Stop(heard); close(done); cancel() }
}
