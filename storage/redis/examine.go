package redis

import (
	"context"
	"strconv"
	"strings"
)

// Examination is what Redis says of itself; what it may not tell stays empty.
type Examination struct {
	Version     string // "7.0.15"
	MemoryLimit int64  // bytes; 0: none
	Evicts      bool   // at the limit it throws keys away, and with them conversations
}

// Examine asks Redis about itself. ErrDown.
func (s *Store) Examine(ctx context.Context) (Examination, error) {
	if err := s.Up(ctx); err != nil {
		return Examination{}, err
	}
	var e Examination
	said, err := s.client.Info(ctx).Result()
	if err != nil {
		return e, nil // an account that may not ask is no fault: it may still do all that is needed
	}
	for line := range strings.Lines(said) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "redis_version":
			e.Version = value
		case "maxmemory":
			e.MemoryLimit, _ = strconv.ParseInt(value, 10, 64)
		case "maxmemory_policy":
			e.Evicts = value != "noeviction"
		}
	}
	e.Evicts = e.Evicts && e.MemoryLimit > 0
	return e, nil
}
