package main

import (
	"fmt"
	"net"
	"net/http"

	"titian/bot/simulator"
)

// addPhone makes the web phone: when no network is configured, or when it is asked for.
func (p *process) addPhone() error {
	if (len(p.channels) > 0 || p.WhatsApp == "on") && !p.Coba {
		return nil
	}
	phone, err := simulator.NewWeb(simulator.WebOptions{Dir: p.in("coba"), Now: clock()})
	if err != nil {
		return complain("the web phone cannot run: %v", err)
	}
	p.phone, p.channels = phone, append(p.channels, phone)
	return nil
}

// mountPhone serves the web phone at /coba, and makes it what is found at first.
func (p *process) mountPhone(mux *http.ServeMux) {
	if p.phone == nil {
		return
	}
	phone := p.phone.Handler()
	mux.Handle("/coba", phone)
	mux.Handle("/coba/", phone)
	mux.Handle("GET /{$}", http.RedirectHandler("/coba", http.StatusTemporaryRedirect))
}

// phoneAt is where a browser on this machine finds the web phone.
func phoneAt(at net.Addr) string {
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return "http://" + at.String() + "/coba"
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return fmt.Sprintf("http://%s/coba", net.JoinHostPort(host, port))
}
