package main

import (
	"errors"
	"strings"
	"testing"

	"titian/storage/embedded"
)

func TestWhatsAppDoesNotStartOverARedisThatForgets(t *testing.T) {
	t.Parallel()
	p := &process{settings: &settings{WhatsApp: "on"}, stores: &stores{servers: &embedded.Servers{Mini: true}}}
	err := p.addWhatsApp(t.Context())
	var said *Complaint
	if !errors.As(err, &said) || !strings.Contains(err.Error(), "install redis-server or set REDIS_URL") || p.whatsapp != nil {
		t.Errorf("it says %v", err)
	}
}
