//go:build lab

package main

import (
	"os"
	"runtime/pprof"
)

// profile writes a CPU profile to TITIAN_PROFILE until the returned function is called; the load bench reads it.
func profile() (stop func()) {
	f, err := os.Create(os.Getenv("TITIAN_PROFILE"))
	if err != nil {
		return func() {}
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		f.Close()
		return func() {}
	}
	return func() {
		pprof.StopCPUProfile()
		f.Close()
	}
}
