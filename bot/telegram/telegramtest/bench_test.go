package telegramtest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// BenchmarkSend measures sendMessage with an inline keyboard over kept connections, client included.
func BenchmarkSend(b *testing.B) {
	srv := New(Options{})
	defer srv.Close()
	for id := range int64(1000) {
		srv.User(7000+id, "U").Start()
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	at := srv.URL() + "/bot" + srv.Token() + "/sendMessage"
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			form := url.Values{"chat_id": {fmt.Sprint(7000 + n.Add(1)%1000)}, "text": {"[2/8] Berapa NIK Bapak/Ibu?"}, "entities": {"null"},
				"reply_markup": {`{"inline_keyboard":[[{"text":"Batal","callback_data":"batal:7"}]]}`}}
			resp, err := client.Post(at, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != 200 {
				b.Errorf("status %d", resp.StatusCode)
			}
		}
	})
}

// BenchmarkSay measures what a person's message costs until a poll has brought and confirmed it, 100 at a time.
func BenchmarkSay(b *testing.B) {
	srv := New(Options{EasyPolling: true})
	defer srv.Close()
	siti := srv.User(7001, "Siti")
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		siti.Say("halo")
		if i%100 == 99 {
			resp, err := client.Get(fmt.Sprintf("%s/bot%s/getUpdates?offset=%d", srv.URL(), srv.Token(), srv.LastUpdate()-98))
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}
}
