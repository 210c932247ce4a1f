package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"titian/locales"
	"titian/storage/vault"
)

// cause is something an admin should hear of, in words for somebody who watches no shell. Its key is the same each time
// it is found, so that a day can be told of it once.
type cause struct {
	key  string // "disk", "clock", "parked", "unclean", "backup"
	says string
}

// uncleanFor is how long after its start a process says that the one before it died.
const uncleanFor = 24 * time.Hour

// watched is what a process looks at to know whether it is well; each field is a question to the real thing.
type watched struct {
	now      func() time.Time // this machine's clock
	space    func() (vault.Space, error)
	parked   func(context.Context) (int, error)
	clocks   map[string]func(context.Context) (time.Time, error) // whose clock; a zero time: it did not say
	begun    time.Time
	unclean  bool // the process before this one died
	failures func(key string, err error)
}

// causes is what admins should hear of now. What cannot be asked, because its server is away, is no cause: that is seen
// at once by everybody who writes.
func (w watched) causes(ctx context.Context) []cause {
	var found []cause
	add := func(key, format string, args ...any) { found = append(found, cause{key, fmt.Sprintf(format, args...)}) }
	if s, err := w.space(); err != nil {
		w.failures("disk", err)
	} else if share := freeShare(s); share < diskFull {
		add("disk", "Disk server hampir penuh, sisa %d%%. Foto baru dari pemilik usaha ditolak dulu; chat tetap jalan. Mohon pengelola server segera mengosongkan disk.", share)
	} else if share < diskLow {
		add("disk", "Disk server mulai penuh, sisa %d%%. Kalau tinggal 5%%, foto baru akan ditolak. Mohon pengelola server mengosongkan disk.", share)
	}
	for whose, ask := range w.clocks {
		there, err := ask(ctx)
		if err != nil {
			w.failures("clock", err)
			continue
		}
		if off := w.now().Sub(there); !there.IsZero() && off.Abs() > clockOff {
			add("clock", "Jam server berbeda %s dari jam %s. Jam buka, hari libur dan pengingat bisa salah. Mohon pengelola server menyetel jamnya.", off.Abs().Round(time.Second), whose)
			break
		}
	}
	if n, err := w.parked(ctx); err != nil {
		w.failures("parked", err)
	} else if n > 0 {
		add("parked", "%d pesan gagal diproses tiga kali dan disisihkan. Mohon pengelola server memeriksanya dengan perintah: titian parked", n)
	}
	if w.unclean && w.now().Sub(w.begun) < uncleanFor {
		add("unclean", "Titian sempat mati mendadak lalu jalan lagi. Tidak ada pendaftaran yang hilang; mohon pengelola server memeriksa sebabnya.")
	}
	return found
}

// freeShare is the share of a disk that may still be used, in percent.
func freeShare(s vault.Space) int { return int(s.FreeBytes * 100 / max(s.TotalBytes, 1)) }

// watch is what this process looks at.
func (p *process) watch() watched {
	w := watched{
		now: time.Now, space: p.settings.space, parked: p.db.ParkedCount, begun: p.begun, unclean: p.unclean,
		clocks:   map[string]func(context.Context) (time.Time, error){"Postgres": p.db.Clock},
		failures: func(key string, err error) { p.log.Warn("the watch cannot look", "at", key, "error", err) },
	}
	if p.telegram != nil {
		w.clocks["Telegram"] = func(ctx context.Context) (time.Time, error) { return p.telegram.Clock(ctx), nil }
	}
	return w
}

// Causes is what admins should hear of now; see watched.causes and backups.cause.
func (p *process) Causes(ctx context.Context) []cause {
	found := p.watch().causes(ctx)
	if c := p.linkCause(); c.says != "" {
		found = append(found, c)
	}
	if p.backups == nil {
		return found
	}
	says, err := p.backups.cause(ctx)
	if err != nil {
		p.log.Warn("the watch cannot look", "at", "backup", "error", err)
	}
	if says != "" {
		found = append(found, cause{"backup", strings.ToUpper(says[:1]) + says[1:] + ". Mohon pengelola server memeriksanya dengan perintah: titian backup"})
	}
	return found
}

// lookAfter tells admins of each cause, once a day, and whoever reads the log.
func (p *process) lookAfter(ctx context.Context) error {
	day := p.now().In(locales.WITA).Format(time.DateOnly)
	for _, c := range p.Causes(ctx) {
		p.log.Warn("something needs the operator", "cause", c.key, "says", c.says)
		if err := p.db.TellCause(ctx, c.key, day, c.says); err != nil {
			return err
		}
	}
	return nil
}
