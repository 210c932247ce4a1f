package bot_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/bot/photo/phototest"
)

// BenchmarkPlainTurnsWhilePhotosArrive is how long plain answers take beside 20
// photos a second, against none. The aim is twice as long at most, 99 of 100.
func BenchmarkPlainTurnsWhilePhotosArrive(b *testing.B) {
	h := bottest.New(b, bottest.Options{Patience: 2 * time.Second})
	const people, each = 20, 25
	talker, senders := h.Person("orang"), make([]string, people)
	for _, line := range registering[:3] {
		talker.Says(line)
	}
	for i := range senders {
		p := h.Person(fmt.Sprint("foto", i))
		for _, line := range registering[:16] {
			p.Says(line)
		}
		senders[i] = p.Name
	}
	photo := phototest.Scene{Subject: "jar", W: 1280, H: 960, Fills: 0.6, Gain: 1, Noise: 4, Quality: 85}.Shoot(1)
	turns := func() (p99 time.Duration) {
		var took []time.Duration
		for n := range 4 * each {
			at := time.Now()
			line := []string{"Contoh Satu", "kembali"}[n%2]
			if err := <-h.Bot.Receive(context.Background(), h.Network.Message(talker.Name, chat.Text, line)); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(at))
			time.Sleep(20 * time.Millisecond) // a person types meanwhile
		}
		slices.Sort(took)
		return took[len(took)*99/100]
	}
	for b.Loop() {
		idle := turns()
		stop := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			tick := time.NewTicker(time.Second / 20)
			defer tick.Stop()
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case <-tick.C:
					m := h.Network.Photo(senders[n%people], slices.Concat(photo, fmt.Append(nil, n)), "")
					h.Bot.Receive(context.Background(), m)
				}
			}
		})
		busy := turns()
		close(stop)
		all.Wait()
		b.ReportMetric(float64(idle)/float64(time.Millisecond), "idle-p99-ms")
		b.ReportMetric(float64(busy)/float64(time.Millisecond), "photos-p99-ms")
		b.ReportMetric(float64(busy)/float64(idle), "times")
	}
}
