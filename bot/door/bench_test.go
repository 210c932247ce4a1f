package door

import (
	"bytes"
	"syscall"
	"testing"
	"time"

	"titian/bot/photo/phototest"
	"titian/flows/flow"
	"titian/storage/keys"
	"titian/storage/vault"
)

// BenchmarkPhoto6MP is the photo of a usual phone sent as a file: checked, stripped,
// recompressed and sealed on a real disk. The aim is 500 ms CPU and 80 MB beside it.
func BenchmarkPhoto6MP(b *testing.B) {
	ring, err := keys.New()
	if err != nil {
		b.Fatal(err)
	}
	v, err := vault.Open(b.TempDir(), ring)
	if err != nil {
		b.Fatal(err)
	}
	data := phototest.Scene{Subject: "card", W: 2828, H: 2121, Fills: 0.9, Gain: 1, Noise: 6, Quality: 92}.Shoot(1)
	d := New(v, func() bool { return false })
	want := flow.Wanted{Want: flow.Want{Legible: flow.Readable}}
	most := uint64(0)
	b.ReportAllocs()
	begun := cpu(b)
	for b.Loop() {
		most = max(most, memory(func() {
			if _, err := d.Keep(b.Context(), "aaaaaaaaaaaaaaaaaaaaaaaaaa", want, bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}))
	}
	b.ReportMetric(float64(cpu(b)-begun)/float64(b.N)/float64(time.Millisecond), "cpu-ms/op")
	b.ReportMetric(float64(most>>20), "peak-MB")
}

// cpu is what this process has used so far.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
