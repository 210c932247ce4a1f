package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/storage"
	"titian/storage/postgres"
)

// writer is somebody on WhatsApp: "L1" by their hidden id, "N1" by their number, "L1 N1" by both.
func writer(names string) storage.Writer {
	var w storage.Writer
	for _, n := range strings.Fields(names) {
		at := chat.Address{Network: chat.WhatsApp, Key: n[1:] + "@lid"}
		if n[0] == 'N' {
			at.Key = "62812000000" + n[1:] + "@s.whatsapp.net"
			w.Vouched = "+62812000000" + n[1:]
		}
		if w.Address.IsZero() {
			w.Address = at
		} else {
			w.Alias = at
		}
	}
	return w
}

func (f *fixture) writes(db *postgres.DB, names string) storage.Contact {
	f.t.Helper()
	f.clock.Move(time.Second)
	c, err := db.Writer(f.t.Context(), writer(names), f.clock.Now())
	f.must(err)
	return c
}

// Each row is a story: who wrote, and in brackets who they turned out to be, ! for a person not seen before, and = for the
// contact that is the same person.
func TestOnePersonIsOneContactWhicheverOfTheirKeysIsSeenFirst(t *testing.T) {
	f := setup(t)
	two := f.another()
	for i, story := range []string{
		"L1 [A!] | L1 [A]",
		"L1 N1 [A!] | N1 [A] | L1 [A] | L1 N1 [A]",
		"L1 [A!] | L1 N1 [A] | N1 [A]",
		"N1 [A!] | L1 N1 [A] | L1 [A] | N1 [A]",
		"L1 N1 [A!] | L2 N1 [B!] | L2 [B] | L2 N1 [B] | N1 [A] | L1 [A]", // the number passed to somebody else
		"L1 N1 [A!] | L1 N2 [A] | N1 [A] | N2 [B!] | L1 N2 [A]",          // what is known stays
		"L1 [A!] | N1 [B!] | L1 N1 [A=B] | L1 N1 [A=B]",                  // one person, met twice
		"L1 [A!] | L2 N1 [B!] | L1 N1 [A] | L2 N1 [B]",
		"L1 N1 [A!] | N2 [B!] | L1 N2 [A] | L2 N2 [B] | L1 N1 [A]",
	} {
		f.run(`TRUNCATE contacts CASCADE`)
		known := map[string]storage.ContactID{}
		for j, step := range strings.Split(story, "|") {
			names, want, _ := strings.Cut(strings.Trim(step, " ]"), " [")
			db := f.DB
			if j%2 == 1 {
				db = two
			}
			c := f.writes(db, names)
			label, twin, _ := strings.Cut(want, "=")
			label, fresh := strings.CutSuffix(label, "!")
			if fresh {
				for other, id := range known {
					if id == c.ID {
						t.Fatalf("story %d, %q: %s is %s", i, step, label, other)
					}
				}
				known[label] = c.ID
			}
			if c.New != fresh || c.ID != known[label] || c.Twin != known[twin] {
				t.Fatalf("story %d, %q: %+v, known %v", i, step, c, known)
			}
			if n := f.count(`SELECT count(*) FROM contacts`); n != len(known) {
				t.Fatalf("story %d, %q: %d contacts", i, step, n)
			}
		}
	}
}

func TestUnaskedMessageGoesToTheHiddenIdOfTheNetworkTheyLastWroteOn(t *testing.T) {
	f := setup(t)
	c := f.writes(f.DB, "L1 N1")
	f.writes(f.DB, "N1")
	if a, err := f.AddressOf(t.Context(), c.ID); err != nil || a != writer("L1").Address {
		t.Fatalf("address %q, %v", a.Key, err)
	}
	other := f.writes(f.DB, "N2")
	if a, err := f.AddressOf(t.Context(), other.ID); err != nil || a != writer("N2").Address {
		t.Fatalf("address of one without an id %q, %v", a.Key, err)
	}
}

func TestProcessesThatSeeTwoKeysAtOnceMakeOneContact(t *testing.T) {
	f := setup(t)
	other := f.another()
	for round := range 6 {
		names := []string{fmt.Sprintf("L%d N%d", round, round), fmt.Sprintf("N%d", round), fmt.Sprintf("L%d", round), fmt.Sprintf("L%d N%d", round, round)}
		var all sync.WaitGroup
		for i, n := range names {
			db := []*postgres.DB{f.DB, other}[i%2]
			all.Go(func() {
				if _, err := db.Writer(t.Context(), writer(n), start); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		// Either all met one contact, or the two keys were met apart, and each lookup with both says so.
		c := f.writes(f.DB, names[0])
		if id := f.writes(other, names[1]).ID; id != c.ID && id != c.Twin {
			t.Fatalf("round %d: the number is of %s, the pair of %+v", round, id, c)
		}
	}
}

func TestStaffHearThatSomebodyElseWritesByAKnownNumber(t *testing.T) {
	f := setup(t)
	f.run(`INSERT INTO staff (id, contact, name, role, since) VALUES ('s1', $1, 'Contoh Petugas', 'petugas', now())`, f.contact("9"))
	old := f.writes(f.DB, "L1 N1").ID
	out := f.commit(old, 1, filing(wati()))
	for range 3 {
		if c := f.writes(f.DB, "L2 N1"); c.ID == old || c.Twin != "" {
			t.Fatalf("%+v", c)
		}
	}
	if owners, err := f.Owners(t.Context(), f.writes(f.DB, "L2 N1").ID); err != nil || len(owners) > 0 {
		t.Fatalf("inherited %+v, %v", owners, err)
	}
	var event string
	f.must(f.raw.QueryRow(`SELECT args->>'id' FROM river_job WHERE kind = 'notify_staff' AND args->>'kind' = 'number_moved'`).Scan(&event))
	e, err := f.Event(t.Context(), storage.NoticeNumberMoved, event)
	if n := f.count(`SELECT count(*) FROM river_job WHERE args->>'kind' = 'number_moved'`); err != nil || n != 1 || e.Number != out.Number {
		t.Fatalf("%d notices, %+v, %v", n, e, err)
	}
	// An amendment by the owner does not settle it: the number still is somebody else's.
	again := wati()
	again.Owner = out.Owner
	f.commit(old, 2, filing(again))
	if n := f.count(`SELECT count(*) FROM flags WHERE kind = 'number_moved' AND settled_at IS NULL`); n != 1 {
		t.Fatalf("%d open flags", n)
	}
	// Of somebody who is not registered they hear too.
	f.writes(f.DB, "L5 N5")
	f.writes(f.DB, "L6 N5")
	var events []string
	rows, err := f.raw.Query(`SELECT args->>'id' FROM river_job WHERE args->>'kind' = 'number_moved' ORDER BY id`)
	f.must(err)
	defer rows.Close()
	for rows.Next() {
		var id string
		f.must(rows.Scan(&id))
		events = append(events, id)
	}
	if len(events) != 2 || slices.Contains(events[1:], event) {
		t.Fatalf("events %v", events)
	}
	if e, err := f.Event(t.Context(), storage.NoticeNumberMoved, events[1]); err != nil || e.Name != "" {
		t.Fatalf("%+v, %v", e, err)
	}
}
