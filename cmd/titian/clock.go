//go:build !lab

package main

import "time"

// clock is the time of everything that is stored or promised.
func clock() func() time.Time { return time.Now }
