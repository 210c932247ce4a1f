//go:build lab

package main

import (
	"net/http"
	"os"

	"titian/bot/whatsapp"
)

// whatsappRoute leads to the test server of WALAB_URL and WALAB_ROOT; nil: to WhatsApp. Only a build with the tag lab has it.
func whatsappRoute() (http.RoundTripper, error) {
	if os.Getenv("WALAB_URL") == "" {
		return nil, nil
	}
	return whatsapp.Lab(os.Getenv("WALAB_URL"), os.Getenv("WALAB_ROOT"))
}
