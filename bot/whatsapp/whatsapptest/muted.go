package whatsapptest

import "net/http"

// muted is a logger of the Signal library that says nothing.
type muted struct{}

// Debug says nothing.
func (*muted) Debug(_, _ string) {}

// Info says nothing.
func (*muted) Info(_, _ string) {}

// Warning says nothing.
func (*muted) Warning(_, _ string) {}

// Error says nothing.
func (*muted) Error(_, _ string) {}

// Configure takes what is ignored.
func (*muted) Configure(string) {}

func clientOf(s *Server) *http.Client { return &http.Client{Transport: s.Transport()} }
