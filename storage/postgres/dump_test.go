package postgres_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"titian/storage/postgres"
	"titian/storage/storagetest"
)

// dumped is everything a database holds.
type dumped struct {
	shape  []byte
	tables []string
	rows   map[string][]byte
}

func dump(t *testing.T, db *postgres.DB, meanwhile func()) dumped {
	t.Helper()
	p, err := db.OpenDump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	meanwhile()
	d := dumped{tables: p.Tables(), rows: map[string][]byte{}}
	if d.shape, err = p.Shape(); err != nil {
		t.Fatal(err)
	}
	for _, table := range d.tables {
		var b bytes.Buffer
		n, err := p.Copy(t.Context(), table, &b)
		if err != nil || n != int64(bytes.Count(b.Bytes(), []byte("\n"))) {
			t.Fatalf("%s: %d rows: %v", table, n, err)
		}
		d.rows[table] = b.Bytes()
	}
	return d
}

// restored puts a dump back, in the order given.
func restored(t *testing.T, db *postgres.DB, d dumped, trial bool) error {
	t.Helper()
	r, err := db.OpenRestore(t.Context(), d.shape, trial)
	if err != nil {
		return err
	}
	defer r.Close()
	for _, table := range d.tables {
		if _, err := r.Copy(t.Context(), table, bytes.NewReader(d.rows[table])); err != nil {
			return err
		}
	}
	return r.Finish(t.Context())
}

func nothing() {}

// lived is a database in which something of every kind stands, River's jobs too.
func lived(t *testing.T) *fixture {
	f := setup(t)
	contact := f.contact("siti")
	f.run(`INSERT INTO owners (id, created_at) VALUES ('o', now())`)
	f.run(`INSERT INTO speaks_for VALUES ($1, 'o', 'self', now())`, contact)
	f.run(`INSERT INTO flags (owner, kind, raised_at) VALUES ('o', 'nik_prefix', now()), ('o', 'same_nik', now())`)
	f.run(`INSERT INTO audit (at, actor, action, before) VALUES (now(), 'tester', E'tab\there\\nline', '{"a": "\\u00e9\\n"}')`)
	f.run(`INSERT INTO consents VALUES ('c', $1, 'o', 'registration', '1', 'x', true, 'self', 'telegram', now(), '\x00ff0a5c')`, contact)
	f.run(`INSERT INTO river_job (args, kind, max_attempts, queue, state) VALUES ('{"file":"x"}', 'delete_files', 25, 'upkeep', 'available')`)
	f.must(f.NoteBackup(t.Context(), postgres.Backup{MadeAt: start, Name: "titian", SizeBytes: 1}))
	return f
}

func TestADumpPutBackElsewhereIsTheSameDatabase(t *testing.T) {
	from := lived(t)
	d := dump(t, from.DB, func() { from.contact("later") })
	to := over(t, storagetest.Postgres(t))
	if tables, running, err := to.Holds(t.Context()); err != nil || len(tables)+len(running) != 0 {
		t.Fatal(tables, running, err)
	}
	f := from
	f.must(restored(t, to.DB, d, false))
	again := dump(t, to.DB, nothing)
	if !bytes.Equal(d.shape, again.shape) || !slices.Equal(d.tables, again.tables) {
		t.Errorf("another shape: %s\n%s", d.shape, again.shape)
	}
	for table, rows := range d.rows {
		if !bytes.Equal(rows, again.rows[table]) {
			t.Errorf("table %s is another", table)
		}
	}
	for _, table := range []string{"contacts", "river_job", "consents", "audit", "flags", "backups"} {
		if len(d.rows[table]) == 0 {
			t.Errorf("%s was not dumped", table)
		}
	}
	f.must(to.Migrate(t.Context(), nil))
	to.run(`INSERT INTO audit (at, actor, action) VALUES (now(), 'tester', 'the next number is free')`)
	to.run(`INSERT INTO river_job (args, kind, max_attempts) VALUES ('{}', 'x', 1)`)
	if _, err := to.raw.Exec(`DELETE FROM consents`); err == nil {
		t.Error("a consent can be deleted: the trigger is off")
	}
	if _, err := to.raw.Exec(`INSERT INTO speaks_for VALUES ('nobody', 'o', 'self', now())`); err == nil {
		t.Error("the foreign keys are off")
	}
	if tables, _, err := to.Holds(t.Context()); err != nil || !slices.Contains(tables, "owners") {
		t.Error(tables, err)
	}
}

func TestARestoreOnTrialChangesNothingAndFindsWhatDoesNotFit(t *testing.T) {
	f := lived(t)
	d := dump(t, f.DB, nothing)
	before := f.count(`SELECT count(*) FROM pg_class`)
	f.must(restored(t, f.DB, d, true))
	d.rows["owners"] = nil // those who speak for them then fit nowhere
	if err := restored(t, f.DB, d, true); err == nil || !strings.Contains(err.Error(), "foreign keys") {
		t.Errorf("a row missing is not noticed: %v", err)
	}
	after := dump(t, f.DB, nothing)
	if f.count(`SELECT count(*) FROM pg_class`) != before || !bytes.Equal(after.rows["contacts"], d.rows["contacts"]) {
		t.Error("the trial left something behind")
	}
}

func TestADumpOfANewerTitianIsRefusedAndADatabaseInUseIsNamed(t *testing.T) {
	f := lived(t)
	d := dump(t, f.DB, nothing)
	d.shape = bytes.Replace(d.shape, []byte(`"schema":`), []byte(`"schema":9`), 1)
	f.is(restored(t, f.DB, d, true), postgres.ErrNewerDump)
	if _, err := f.Begin(t.Context(), "desk 1"); err != nil {
		t.Fatal(err)
	}
	if _, running, err := f.Holds(t.Context()); err != nil || !slices.Equal(running, []string{"desk 1"}) {
		t.Error(running, err)
	}
	f.clock.Move(time.Minute)
	if _, running, err := f.Holds(t.Context()); err != nil || len(running) != 0 {
		t.Error(running, err)
	}
}

func TestARoleWithoutTheRightIsToldSo(t *testing.T) {
	f := lived(t)
	d := dump(t, f.DB, nothing)
	f.run(`CREATE TEMP TABLE unused ()`)
	var database string
	f.must(f.raw.QueryRow(`SELECT quote_ident(current_database())`).Scan(&database))
	f.run(`REVOKE CREATE ON DATABASE ` + database + ` FROM CURRENT_USER, PUBLIC`)
	if err := restored(t, f.DB, d, true); !errors.Is(err, postgres.ErrNoTrial) {
		t.Error(err)
	}
}

func TestTheLastGoodBackupIsRemembered(t *testing.T) {
	f := setup(t)
	_, err := f.LastBackup(t.Context())
	if err == nil {
		t.Error("there is a backup before the first")
	}
	want := postgres.Backup{MadeAt: start, Name: "titian-1.backup", SizeBytes: 7, Rows: 3, Files: 2, Tested: true}
	f.must(f.NoteBackup(t.Context(), postgres.Backup{MadeAt: start.Add(-time.Hour), Name: "titian-0.backup", SizeBytes: 1}))
	f.must(f.NoteBackup(t.Context(), want))
	if got, err := f.LastBackup(t.Context()); err != nil || got != want {
		t.Error(got, err)
	}
}

func TestOnlyWhoMayHaveLostAnAnswerIsOwedTheirQuestionAndOnce(t *testing.T) {
	f := setup(t)
	owe := func(redis string) int {
		t.Helper()
		n, err := f.OweQuestions(t.Context(), "desk", redis)
		f.must(err)
		return n
	}
	begin := func(redis string) {
		t.Helper()
		_, err := f.Begin(t.Context(), "desk")
		f.must(err)
		f.must(f.StandsOn(t.Context(), "desk", redis))
	}
	if n := owe("run 1"); n != 0 {
		t.Errorf("%d questions are owed at the first start", n)
	}
	begin("run 1")
	long, now := f.contact("long ago"), f.contact("now")
	f.clock.Move(time.Hour)
	fresh := f.contact("fresh")
	f.run(`INSERT INTO snapshots VALUES ($1, 3, 'x', '', '', false, $2, $2), ($3, 3, 'x', '', '', false, $4, $4)`,
		long, f.clock.Now().Add(-2*time.Minute), now, f.clock.Now())
	f.must(f.Beat(t.Context(), "desk"))
	if n := owe("run 1"); n != 0 {
		t.Errorf("with the same Redis nothing is lost, and %d questions are owed", n)
	}
	for range 2 { // dying before Begin repeats it
		owe("run 2")
	}
	begin("run 2")
	list, err := f.QuestionsOwed(t.Context(), "", 10)
	f.must(err)
	got := map[string]bool{}
	for _, q := range list {
		got[string(q.Contact)] = true
		f.must(f.QuestionPut(t.Context(), q))
	}
	if len(got) != 2 || !got[string(now)] || !got[string(fresh)] {
		t.Errorf("owed to %v; want %s and %s", got, now, fresh)
	}
	f.must(f.Finish(t.Context(), "desk"))
	if n := owe("run 3"); n != 0 {
		t.Errorf("after an end in order %d questions are owed", n)
	}
}
