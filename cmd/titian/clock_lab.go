//go:build lab

package main

import (
	"os"
	"sync"
	"time"
)

// clock is the time of everything that is stored or promised: in a build with
// the tag lab it begins at TITIAN_NOW (RFC 3339) and goes on from there.
var clock = sync.OnceValue(func() func() time.Time {
	start, err := time.Parse(time.RFC3339, os.Getenv("TITIAN_NOW"))
	if err != nil {
		return time.Now
	}
	begun := time.Now()
	return func() time.Time { return start.Add(time.Since(begun)) }
})
