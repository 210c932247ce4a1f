package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"titian/bot/chat"
)

// web answers on TITIAN_ADDR. Only /telegram may be reached from outside.
type web struct {
	server *http.Server
	log    *slog.Logger
	asked  map[string]func(context.Context) error  // servers
	told   map[string]func(context.Context) string // what is no reason not to be ready

	mu       sync.Mutex
	channels map[chat.Network]bool
	stopping bool
}

// readyWithin bounds the look at the servers.
const readyWithin = 2 * time.Second

func newWeb(p *process) *web {
	w := &web{
		log:      p.log,
		asked:    map[string]func(context.Context) error{"postgres": p.db.Up, "redis": p.stores.redis.Up},
		channels: map[chat.Network]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) { _, _ = out.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", w.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.metrics.registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelWarn)}))
	if p.telegram != nil {
		mux.Handle("/telegram", p.telegram.Handler(p.house.bot.Receive))
	}
	if p.whatsapp != nil {
		w.asked["whatsapp link"] = p.whatsappUp
		w.told = map[string]func(context.Context) string{"whatsapp state": func(context.Context) string { return linkSays(p.whatsapp.State()) }, "whatsapp brake": func(ctx context.Context) string { return brakeSays(ctx, p.db) }}
	}
	p.mountPhone(mux)
	w.server = &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}
	return w
}

func (w *web) serve(l net.Listener) {
	go func() {
		if err := w.server.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			w.log.Error("the web address is lost", "error", err)
		}
	}()
}

// up notes whether a channel runs.
func (w *web) up(n chat.Network, up bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.channels[n] = up
}

// ready says whether messages can be answered now, and if not, what is missing.
func (w *web) ready(out http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	all, parts := w.look(ctx)
	out.Header().Set("Content-Type", "application/json")
	out.Header().Set("Cache-Control", "no-store")
	if !all {
		out.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(out).Encode(struct {
		Ready bool              `json:"ready"`
		Parts map[string]string `json:"parts"`
	}{all, parts})
}

func (w *web) look(ctx context.Context) (all bool, parts map[string]string) {
	all, parts = true, map[string]string{}
	say := func(name string, up bool) {
		parts[name] = "up"
		if !up {
			parts[name], all = "down", false
		}
	}
	var mu sync.Mutex
	var asking sync.WaitGroup
	for name, ask := range w.asked {
		asking.Go(func() {
			err := ask(ctx)
			mu.Lock()
			defer mu.Unlock()
			say(name, err == nil)
		})
	}
	for name, tell := range w.told {
		asking.Go(func() {
			says := tell(ctx)
			mu.Lock()
			defer mu.Unlock()
			parts[name] = says
		})
	}
	asking.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for n, up := range w.channels {
		say(string(n), up)
	}
	if w.stopping {
		parts["titian"], all = "stopping", false
	}
	return all, parts
}

// stop takes no more requests and waits for those in hand.
func (w *web) stop(ctx context.Context) {
	w.mu.Lock()
	w.stopping = true
	w.mu.Unlock()
	if err := w.server.Shutdown(ctx); err != nil {
		w.log.Warn("requests were cut off", "error", err)
		_ = w.server.Close()
	}
}
