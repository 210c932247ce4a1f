package storagetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

func TestEachTestGetsADatabaseOfItsOwn(t *testing.T) {
	first, second := open(t, Postgres(t)), open(t, Postgres(t))
	run(t, first, "CREATE TABLE mine (n int)")
	run(t, second, "CREATE TABLE mine (n int)")
}

func TestADatabaseIsThatOfAnOrdinaryRole(t *testing.T) {
	db := open(t, Postgres(t))
	run(t, db, "CREATE SCHEMA wa")
	var super bool
	if err := db.QueryRow("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").Scan(&super); err != nil || super {
		t.Fatalf("superuser %v, %v", super, err)
	}
}

func TestPgxTakesTheSameAddress(t *testing.T) {
	t.Setenv("PGPORT", "1")
	t.Setenv("PGHOST", "elsewhere.invalid")
	conn, err := pgx.Connect(t.Context(), Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
}

var prepared int

func threeRows(url string) error {
	prepared++
	db, err := sql.Open("postgres", url)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec("CREATE TABLE row AS SELECT * FROM generate_series(1, 3) n")
	return err
}

func TestAPreparedDatabaseIsCopiedAndNotPreparedAgain(t *testing.T) {
	for range 3 {
		db := open(t, PostgresFrom(t, threeRows))
		run(t, db, "INSERT INTO row VALUES (4)")
		var n int
		if err := db.QueryRow("SELECT count(*) FROM row").Scan(&n); err != nil || n != 4 {
			t.Fatalf("%d rows, %v", n, err)
		}
	}
	if prepared != 1 {
		t.Fatalf("prepared %d times", prepared)
	}
}

func TestPostgresThatStopsOrIsKilledComesBackWithWhatItHad(t *testing.T) {
	server := PostgresServer(t)
	db := open(t, server.URL)
	db.SetMaxIdleConns(0) // one that is kept may outlive a killed server for a moment
	run(t, db, "CREATE TABLE kept (n int)")
	for _, end := range []func(){server.Stop, server.Kill} {
		run(t, db, "INSERT INTO kept VALUES (1)")
		end()
		if err := db.Ping(); err == nil {
			t.Fatal("an ended server answers")
		}
		server.Start()
	}
	var n int
	if err := db.QueryRow("SELECT count(*) FROM kept").Scan(&n); err != nil || n != 2 {
		t.Fatalf("%d rows, %v", n, err)
	}
}

func TestEachTestGetsARedisDatabaseOfItsOwnEvenTheSixtyFifth(t *testing.T) {
	for range databases + 1 {
		client := connect(t, Redis(t))
		if made, err := client.SetNX(t.Context(), "k", 1, 0).Result(); err != nil || !made {
			t.Fatalf("made %v, %v", made, err)
		}
	}
}

func TestARedisDatabaseIsEmptyForTheNextTest(t *testing.T) {
	for range 2 {
		t.Run("", func(t *testing.T) {
			client := connect(t, Redis(t))
			if made, err := client.SetNX(t.Context(), "k", 1, 0).Result(); err != nil || !made {
				t.Fatalf("made %v, %v", made, err)
			}
		})
	}
}

func TestRedisThatStopsOrIsKilledComesBackWithWhatItHad(t *testing.T) {
	server := RedisServer(t)
	client := connect(t, server.URL)
	for _, end := range []func(){server.Stop, server.Kill} {
		if err := client.Incr(t.Context(), "kept").Err(); err != nil {
			t.Fatal(err)
		}
		end()
		server.Start()
	}
	if n, err := client.Get(t.Context(), "kept").Int(); err != nil || n != 2 {
		t.Fatalf("%d, %v", n, err)
	}
	server.Kill()
	if err := os.RemoveAll(server.AOF()); err != nil {
		t.Fatal(err)
	}
	server.Start()
	if err := client.Get(t.Context(), "kept").Err(); !errors.Is(err, redis.Nil) {
		t.Fatalf("a Redis without its file still answers: %v", err)
	}
}

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	return client
}
