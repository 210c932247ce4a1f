//go:build lab

package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

// profile writes a CPU profile to TITIAN_PROFILE until the returned function is called, and then what lies in memory to
// TITIAN_PROFILE.heap; the load bench asks for them.
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
		if heap, err := os.Create(f.Name() + ".heap"); err == nil {
			runtime.GC()
			_ = pprof.WriteHeapProfile(heap)
			heap.Close()
		}
	}
}
