package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"titian/storage"
	"titian/storage/embedded"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/redis"
)

const (
	lookWithin  = 10 * time.Second // at one server
	startWithin = time.Minute      // for private servers
	inboxStale  = 5 * time.Minute  // a message that waits longer is not being worked
	clockOff    = time.Minute
)

// servers looks at Postgres with all that stands on it, and at Redis.
func (x *checkup) servers(ctx context.Context) {
	if x.DatabaseURL == "" && x.unborn() {
		return
	}
	var opened stores
	starting, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	if err := opened.openServers(starting, x.settings, slog.New(slog.DiscardHandler)); err != nil {
		x.wrong("postgres", x.mendPrivate(err), "server pribadi di %s tidak dapat dijalankan: %v", x.Data, err)
		return
	}
	defer opened.servers.Close()
	x.postgres(ctx, opened.servers.DatabaseURL)
	x.redis(ctx, opened.servers)
}

// unborn says whether the private servers were never started; then only their programs are looked for.
func (x *checkup) unborn() bool {
	if _, err := os.Stat(x.in("postgres")); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if _, err := embedded.FindPostgres(""); err != nil {
		x.wrong("postgres", "apt-get install -y postgresql", "tidak ada Postgres di mesin ini dan DATABASE_URL kosong")
	} else {
		x.ok("postgres", "Postgres pribadi akan dibuat di %s saat titian pertama dijalankan", x.Data)
	}
	if x.RedisURL != "" {
		x.redis(context.Background(), &embedded.Servers{RedisURL: x.RedisURL.Reveal()})
	}
	return true
}

func (x *checkup) mendPrivate(err error) string {
	var folder *embedded.Unreachable
	switch {
	case errors.Is(err, embedded.ErrNoPostgres):
		return "apt-get install -y postgresql"
	case errors.As(err, &folder):
		return "chmod o+x " + quoted(folder.Folder)
	}
	return "tail -n 50 " + quoted(x.in("log", "keeper.log"))
}

func (x *checkup) postgres(parent context.Context, url string) {
	ctx, cancel := context.WithTimeout(parent, lookWithin)
	defer cancel()
	db, err := postgres.Open(ctx, url, postgres.Options{Log: slog.New(slog.DiscardHandler)})
	var e postgres.Examination
	if err == nil {
		defer db.Close()
		e, err = db.Examine(ctx)
	}
	heard := x.now()
	if err != nil {
		x.noPostgres(err)
		return
	}
	how := "dari DATABASE_URL"
	if x.DatabaseURL == "" {
		how = "pribadi di " + x.Data
	}
	if e.Major < 14 {
		x.heed("postgres", "apt-get install -y postgresql", "Postgres %s (%s) sudah lama; pakai 14 atau lebih baru", e.Version, how)
	} else {
		x.ok("postgres", "Postgres %s menjawab (%s)", e.Version, how)
	}
	x.clock("Postgres", e.Clock, heard)
	x.schema(e)
	k := x.keyset(ctx, e.KeyCheck)
	x.processes(e, heard)
	x.waiting(e, heard)
	x.admins(e.Admins)
	x.whatsapp(ctx, db)
	if x.everyFile && k != nil && len(e.Pending) == 0 {
		x.files(parent, db, k)
	}
}

// admins must be two: one who leaves, or loses a phone, must not take the last right to invite along.
func (x *checkup) admins(n int) {
	switch {
	case n >= 2:
		x.ok("admins", "%d admin terdaftar", n)
	case n >= 0:
		x.heed("admins", "titian staff invite --name NAMA --role admin", "baru %d admin terdaftar; perlu sedikitnya dua, agar ada pengganti", n)
	}
}

// noPostgres tells the reasons apart for which a server cannot be used.
func (x *checkup) noPostgres(err error) {
	var refused *postgres.Refused
	switch {
	case errors.As(err, &refused) && refused.Code == "3D000":
		x.wrong("postgres", "createdb <nama di DATABASE_URL>", "server Postgres menjawab, tetapi databasenya tidak ada")
	case errors.As(err, &refused) && (refused.Code == "28P01" || refused.Code == "28000"):
		x.wrong("postgres", `psql "$DATABASE_URL" -c 'select 1'`, "Postgres menolak nama atau kata sandi di DATABASE_URL")
	case storage.IsDown(err):
		x.wrong("postgres", "systemctl restart postgresql", "Postgres tidak menjawab (%v)", err)
	default:
		x.wrong("postgres", `psql "$DATABASE_URL" -c 'select 1'`, "Postgres tidak dapat dipakai (%v)", err)
	}
}

func (x *checkup) redis(ctx context.Context, servers *embedded.Servers) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	store, err := redis.Open(ctx, servers.RedisURL, redis.Options{})
	var e redis.Examination
	if err == nil {
		defer store.Close()
		e, err = store.Examine(ctx)
	}
	how := "dari REDIS_URL"
	if x.RedisURL == "" {
		how = "pribadi di " + x.Data
	}
	switch {
	case storage.IsDown(err):
		x.wrong("redis", "systemctl restart redis-server", "Redis tidak menjawab (%v)", err)
	case err != nil:
		x.wrong("redis", `redis-cli -u "$REDIS_URL" ping`, "REDIS_URL tidak dapat dipakai (%v)", err)
	case servers.Mini:
		x.heed("redis", "apt-get install -y redis-server", "tidak ada redis-server di mesin ini; dipakai pengganti di memori, lebih lambat")
	case e.Evicts:
		x.heed("redis", `redis-cli -u "$REDIS_URL" config set maxmemory-policy noeviction`, "Redis %s boleh membuang percakapan bila memorinya penuh", e.Version)
	default:
		x.ok("redis", "Redis %s menjawab (%s)", e.Version, how)
	}
}

func (x *checkup) schema(e postgres.Examination) {
	switch {
	case e.Newer:
		x.wrong("migrations", "titian --help", "database dibuat oleh titian yang lebih baru: pasang versi itu")
	case len(e.Pending) > 0:
		x.wrong("migrations", "titian migrate", "%d migrasi belum dijalankan, mulai dari %s", len(e.Pending), e.Pending[0])
	default:
		x.ok("migrations", "database sesuai versi ini")
	}
}

// looked is a check value that nothing changes.
type looked []byte

func (l looked) KeyCheck(context.Context) ([]byte, error)  { return l, nil }
func (looked) StoreKeyCheck(context.Context, []byte) error { return nil }

// keyset is the one that fits the database; nil when there is none.
func (x *checkup) keyset(ctx context.Context, check []byte) *keys.Keyset {
	file := quoted(x.keysetPath())
	back := "install -m 600 <cadangan>/keyset.json " + file
	_, missing := os.Stat(x.keysetPath())
	if len(check) == 0 && x.Keyset == "" && errors.Is(missing, fs.ErrNotExist) {
		x.ok("keyset", "keyset dibuat saat titian pertama dijalankan")
		return nil
	}
	k, err := keys.Ensure(ctx, x.ensure(looked(check)))
	switch {
	case err == nil:
		x.ok("keyset", "keyset %s cocok dengan database", k.Name())
		return k
	case errors.Is(err, keys.ErrExposed):
		x.wrong("keyset", "chmod 600 "+file, "berkas keyset dapat dibaca akun lain")
	case errors.Is(err, keys.ErrNoKeyset):
		x.wrong("keyset", back, "keyset hilang: tanpa itu data yang disegel tidak dapat dibaca")
	case errors.Is(err, keys.ErrOlderKeyset):
		x.wrong("keyset", back, "keyset ini salinan lama, dari sebelum diganti")
	case errors.Is(err, keys.ErrOtherKeyset):
		x.wrong("keyset", back, "keyset ini bukan milik database ini")
	case errors.Is(err, keys.ErrNotKeyset):
		x.wrong("keyset", back, "keyset rusak; jangan dihapus sebelum cadangannya dipasang")
	default:
		x.wrong("keyset", back, "keyset tidak dapat dipakai: %v", err)
	}
	return nil
}

func (x *checkup) processes(e postgres.Examination, now time.Time) {
	alive := 0
	var unclean *postgres.Process
	for i, p := range e.Processes {
		switch {
		case p.Alive(e.Clock):
			alive++
		case !p.Ended && unclean == nil:
			unclean = &e.Processes[i]
		}
	}
	switch {
	case unclean != nil:
		x.heed("processes", "journalctl -u titian --since=-1d", "proses %q mati mendadak; terakhir terlihat %s", unclean.ID, ago(now.Sub(unclean.Beat)))
	case alive == 0:
		x.heed("processes", "systemctl start titian", "tidak ada titian yang sedang berjalan pada database ini")
	default:
		x.ok("processes", "%d proses titian berjalan", alive)
	}
}

func (x *checkup) waiting(e postgres.Examination, now time.Time) {
	if e.Parked > 0 {
		x.heed("parked", "titian parked", "%d pesan gagal tiga kali dan disisihkan", e.Parked)
	} else {
		x.ok("parked", "tidak ada pesan yang disisihkan")
	}
	if e.Inbox > 0 && now.Sub(e.Oldest) > inboxStale {
		x.wrong("inbox", "systemctl restart titian", "%d pesan menunggu di antrean, yang tertua %s", e.Inbox, ago(now.Sub(e.Oldest)))
	} else {
		x.ok("inbox", "%d pesan menunggu di antrean", e.Inbox)
	}
}

// ago prints a span as people do.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "baru saja"
	case d < time.Hour:
		return count(d, time.Minute) + " menit lalu"
	case d < 48*time.Hour:
		return count(d, time.Hour) + " jam lalu"
	}
	return count(d, 24*time.Hour) + " hari lalu"
}
