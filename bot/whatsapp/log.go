package whatsapp

import (
	"log/slog"

	waLog "go.mau.fi/whatsmeow/util/log"
)

// logs is the library's logger. What it writes may hold numbers, codes and texts, so only the level and the part of the
// library reach the log: the format, never its values.
type logs struct{ to *slog.Logger }

// Debugf says nothing: it would print whole messages.
func (l logs) Debugf(string, ...any) {}

// Infof says nothing.
func (l logs) Infof(string, ...any) {}

// Warnf notes the format of a warning.
func (l logs) Warnf(format string, _ ...any) { l.to.Debug("whatsapp library", "format", format) }

// Errorf notes the format of an error.
func (l logs) Errorf(format string, _ ...any) { l.to.Warn("whatsapp library", "format", format) }

// Sub is the logger of a part.
func (l logs) Sub(part string) waLog.Logger { return logs{l.to.With("part", part)} }

// silent is the Signal library's logger.
type silent struct{}

// Debug says nothing.
func (silent) Debug(_, _ string) {}

// Info says nothing.
func (silent) Info(_, _ string) {}

// Warning says nothing.
func (silent) Warning(_, _ string) {}

// Error says nothing.
func (silent) Error(_, _ string) {}

// Configure takes what is ignored.
func (silent) Configure(string) {}
