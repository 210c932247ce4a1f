package bot_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
)

// BenchmarkTurn is what one answered message costs in the bot: Redis and
// Postgres are real, the network takes no time. A hundred people answer side by side.
func BenchmarkTurn(b *testing.B) {
	h := bottest.New(b, bottest.Options{})
	const people = 100
	for i := range people {
		name := fmt.Sprintf("orang-%d", i)
		for _, line := range registering[:3] {
			if err := <-h.Bot.Receive(context.Background(), h.Network.Message(name, chat.Text, line)); err != nil {
				b.Fatal(err)
			}
		}
	}
	lines := []string{"Contoh Satu", "kembali"}
	var turns atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			name := fmt.Sprintf("orang-%d", i)
			for n := 0; int(turns.Add(1)) <= b.N; n++ {
				if err := <-h.Bot.Receive(context.Background(), h.Network.Message(name, chat.Text, lines[n%2])); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}
