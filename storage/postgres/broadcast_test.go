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
	"titian/storage/segment"
)

var everyone = segment.Is{Field: segment.Everyone}

// owner files a registration from a chat on a network, with or without consent, and says who it is.
func (f *fixture) owner(n chat.Network, name string, agrees bool) storage.ContactID {
	f.t.Helper()
	c, err := f.Contact(f.t.Context(), chat.Address{Network: n, Key: string(n) + " " + name}, "", f.clock.Now())
	f.must(err)
	f.registers(c.ID, 1, name, agrees)
	return c.ID
}

func (f *fixture) registers(c storage.ContactID, seq int64, name string, agrees bool) storage.OwnerID {
	f.t.Helper()
	r := wati()
	r.Name, r.NIK, r.Announcements = "Contoh "+name, "", ptr(agrees)
	consent := agreed("announcements")
	consent.Given = agrees
	return f.commit(c, seq, storage.File{Registration: r, Consents: []storage.Consent{consent}}).Owner
}

func (f *fixture) draft(b storage.Broadcast) storage.BroadcastID {
	f.t.Helper()
	if b.Audience == "" {
		b.Audience = "semua"
	}
	if b.Text == "" {
		b.Text = "Halo"
	}
	if b.MadeBy == "" {
		b.MadeBy = "staff:budi"
	}
	id, refused, err := f.DraftBroadcast(f.t.Context(), b)
	f.must(err)
	if refused != "" {
		f.t.Fatalf("the draft is refused: %s", refused)
	}
	return id
}

func (f *fixture) begun(b storage.Broadcast) storage.BroadcastID {
	f.t.Helper()
	id := f.draft(b)
	f.allowed(f.StartBroadcast(f.t.Context(), id, everyone, "staff:budi"))
	return id
}

func (f *fixture) allowed(refused storage.BroadcastRefusal, err error) {
	f.t.Helper()
	f.must(err)
	if refused != "" {
		f.t.Fatalf("refused: %s", refused)
	}
}

// said is what the ledger says: "sent 2, skipped/opted_out 1".
func (f *fixture) said(id storage.BroadcastID) string {
	f.t.Helper()
	counts, err := f.BroadcastCounts(f.t.Context(), id)
	f.must(err)
	return inWords(counts)
}

func inWords(counts storage.Counts) string {
	sum := map[string]int{}
	for _, c := range counts {
		key := string(c.State)
		if c.Cause != "" {
			key += "/" + string(c.Cause)
		}
		sum[key] += c.N
	}
	var texts []string
	for key, n := range sum {
		texts = append(texts, fmt.Sprint(key, " ", n))
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

func (f *fixture) leases(id storage.BroadcastID, n chat.Network, worker string, most int) []storage.Leased {
	f.t.Helper()
	leased, _, err := f.Lease(f.t.Context(), id, n, worker, most)
	f.must(err)
	return leased
}

func (f *fixture) settles(id storage.BroadcastID, worker string, state storage.RecipientState, leased ...storage.Leased) {
	f.t.Helper()
	var fates []storage.Fate
	for _, l := range leased {
		fates = append(fates, storage.Fate{Person: l.Person, State: state, Ref: fmt.Sprint("m", l.Person)})
	}
	f.must(f.Settle(f.t.Context(), id, worker, fates))
}

func TestTheAudienceIsAPersonARowAndSaysWhyAnybodyIsLeftOut(t *testing.T) {
	f := setup(t)
	f.owner(chat.Telegram, "satu", true)
	f.owner(chat.Telegram, "tanpa setuju", false)
	stopped := f.owner(chat.Telegram, "berhenti", true)
	f.commit(stopped, 2, storage.StopAnnouncements{Consent: storage.Consent{At: f.clock.Now()}})
	blocked := f.owner(chat.Telegram, "blokir", true)
	f.must(f.SetReachable(t.Context(), blocked, false))
	f.owner(chat.WhatsApp, "lama diam", true)
	companion := f.owner(chat.WhatsApp, "pendamping", true)
	f.registers(companion, 2, "kedua", true)
	f.registers(companion, 3, "ketiga", false)
	gone := f.owner(chat.Telegram, "pindah", true)
	f.run(`DELETE FROM speaks_for WHERE contact = $1`, gone)
	f.clock.Move(storage.SilentAfter + time.Hour)
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{{Record: storage.Record{Contact: companion, Seq: 9}, HeardAt: f.clock.Now(), ChangedAt: f.clock.Now()}}))

	plan, err := f.PlanBroadcast(t.Context(), everyone, 0)
	f.must(err)
	const want = "pending 2, skipped/blocked 1, skipped/no_consent 1, skipped/no_contact 1, skipped/opted_out 1, skipped/silent 1"
	if got := inWords(plan.Counts); got != want || plan.Counts.Of() != 7 {
		t.Errorf("planned %s", got)
	}
	if len(plan.First) != 2 || plan.First[0].Name != "Contoh satu" || plan.First[1].Name != "Contoh pendamping" {
		t.Errorf("the first are %v", plan.First)
	}
	id := f.begun(storage.Broadcast{Text: "Halo {nama}"})
	if got := f.said(id); got != want {
		t.Errorf("frozen: %s", got)
	}
	f.owner(chat.Telegram, "datang kemudian", true)
	if got := f.said(id); got != want {
		t.Errorf("the audience changed after the start: %s", got)
	}
	leased := f.leases(id, chat.WhatsApp, "w", 10)
	if len(leased) != 1 || leased[0].To != (chat.Address{Network: chat.WhatsApp, Key: "whatsapp pendamping"}) || leased[0].Name != "Contoh pendamping" {
		t.Errorf("leased %v", leased)
	}
	if rows := f.count(`SELECT count(*) FROM river_job WHERE kind = 'pump_broadcast' AND queue IN ('telegram', 'whatsapp')`); rows != 4 {
		t.Errorf("%d pumps", rows)
	}
}

func TestOnePersonWithTwoRegistrationsAndTwoChatsHearsOnceInTheLatestChat(t *testing.T) {
	f := setup(t)
	old, err := f.Contact(t.Context(), chat.Address{Network: chat.WhatsApp, Key: "lama"}, "", f.clock.Now())
	f.must(err)
	r := wati()
	f.commit(old.ID, 1, filing(r))
	f.clock.Move(time.Hour)
	fresh := f.contact("baru")
	r.Business = "Kue Wati"
	out := f.commit(fresh, 1, filing(r))
	id := f.begun(storage.Broadcast{})
	if got := f.said(id); got != "pending 1" {
		t.Errorf("frozen: %s", got)
	}
	if leased := f.leases(id, chat.Telegram, "w", 9); len(leased) != 1 || leased[0].Contact != fresh || leased[0].Business != "Kue Wati" {
		t.Errorf("leased %v of %s", leased, out.Owner)
	}
	f.commit(old.ID, 2, storage.StopAnnouncements{})
	next, err := f.PlanBroadcast(t.Context(), everyone, 0)
	f.must(err)
	if got := inWords(next.Counts); got != "skipped/opted_out 1" {
		t.Errorf("who said BERHENTI in the other chat: %s", got)
	}
}

func TestABroadcastStartsOnceWhoeverStartsIt(t *testing.T) {
	f := setup(t)
	f.owner(chat.Telegram, "satu", true)
	id := f.draft(storage.Broadcast{Text: "x"})
	var started, refused int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 6 {
		db := f.another()
		all.Go(func() {
			r, err := db.StartBroadcast(t.Context(), id, everyone, "staff:siti")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(err)
			case r == "":
				started++
			case r == storage.RefusedState:
				refused++
			}
		})
	}
	all.Wait()
	if started != 1 || refused != 5 || f.said(id) != "pending 1" {
		t.Errorf("%d started, %d refused, %s", started, refused, f.said(id))
	}
}

func TestALargeAudienceNeedsASecondPerson(t *testing.T) {
	f := setup(t)
	f.run(`INSERT INTO staff (id, contact, name, role, since) VALUES ('budi', 'a', 'Contoh A', 'petugas', now()), ('siti', 'b', 'Contoh B', 'admin', now()), ('p', 'c', 'Contoh C', 'pendamping', now())`)
	f.city(101)
	id := f.draft(storage.Broadcast{MadeBy: "budi"})
	for _, row := range []struct {
		what string
		do   func() (storage.BroadcastRefusal, error)
		want storage.BroadcastRefusal
	}{
		{"start alone", func() (storage.BroadcastRefusal, error) { return f.StartBroadcast(t.Context(), id, everyone, "budi") }, storage.RefusedUnconfirmed},
		{"confirm alone", func() (storage.BroadcastRefusal, error) { return f.ConfirmBroadcast(t.Context(), id, "budi") }, storage.RefusedSamePerson},
		{"confirm as a pendamping", func() (storage.BroadcastRefusal, error) { return f.ConfirmBroadcast(t.Context(), id, "p") }, storage.RefusedNotStaff},
		{"confirm", func() (storage.BroadcastRefusal, error) { return f.ConfirmBroadcast(t.Context(), id, "siti") }, ""},
		{"confirm again", func() (storage.BroadcastRefusal, error) { return f.ConfirmBroadcast(t.Context(), id, "siti") }, storage.RefusedState},
		{"resume", func() (storage.BroadcastRefusal, error) { return f.ResumeBroadcast(t.Context(), id, "budi") }, storage.RefusedState},
		{"start", func() (storage.BroadcastRefusal, error) { return f.StartBroadcast(t.Context(), id, everyone, "budi") }, ""},
		{"another", func() (storage.BroadcastRefusal, error) { return f.PauseBroadcast(t.Context(), 99, "budi") }, storage.RefusedNoBroadcast},
	} {
		got, err := row.do()
		f.must(err)
		if got != row.want {
			t.Errorf("%s: %q, want %q", row.what, got, row.want)
		}
	}
	if got := f.said(id); got != "pending 101" {
		t.Error(got)
	}
}

// city files many owners at once, past the bot.
func (f *fixture) city(n int) {
	f.t.Helper()
	f.run(`INSERT INTO owners (id, created_at) SELECT 'o' || i, now() FROM generate_series(1, $1) i`, n)
	f.run(`INSERT INTO contacts (id, created_at) SELECT 'k' || i, now() FROM generate_series(1, $1) i`, n)
	f.run(`INSERT INTO speaks_for (contact, owner, role, since) SELECT 'k' || i, 'o' || i, 'self', now() FROM generate_series(1, $1) i`, n)
	f.run(`INSERT INTO addresses (network, key_index, key_sealed, contact, used_at)
		SELECT CASE i % 10 WHEN 0 THEN 'whatsapp' ELSE 'telegram' END, sha256(i::text::bytea), '', 'k' || i, $2::timestamptz FROM generate_series(1, $1) i`, n, f.clock.Now())
	f.run(`INSERT INTO registrations (owner, number, name, business, sector, products, kecamatan, kelurahan, address, workers, permits, photos, missing, announcements,
			typed_by, network, source, flow_version, filed_at, answers_sealed)
		SELECT 'o' || i, 'IKM-2026-' || lpad(i::text, 6, '0'), 'Contoh', 'Usaha', CASE i % 2 WHEN 0 THEN 'food' ELSE 'craft' END, '{}', 'Kambu', '', '', 1, '{}', '{}', '{}', true,
			'self', 'telegram', '', 1, now(), '' FROM generate_series(1, $1) i`, n)
	f.run(`ANALYZE owners, contacts, speaks_for, addresses, registrations`)
}

func TestTheLedgerTellsWhatBecameOfEveryMessage(t *testing.T) {
	f := setup(t)
	all := make([]storage.ContactID, 6)
	for i := range all {
		all[i] = f.owner(chat.Telegram, fmt.Sprint(i), true)
	}
	id := f.begun(storage.Broadcast{Text: "Halo"})
	first := f.leases(id, chat.Telegram, "w1", 2)
	if again := f.leases(id, chat.Telegram, "w2", 1); len(again) != 1 || again[0].Person == first[0].Person {
		t.Fatalf("leased %v and %v", first, again)
	}
	f.settles(id, "w1", storage.RecipientSent, first...)
	f.settles(id, "w1", storage.RecipientFailed, first...) // too late: nothing changes
	f.commit(all[3], 2, storage.StopAnnouncements{})
	f.must(f.SetReachable(t.Context(), all[4], false))
	rest := f.leases(id, chat.Telegram, "w1", 9)
	f.settles(id, "w1", storage.RecipientPending, rest...)
	if got := f.said(id); got != "pending 1, sending 1, sent 2, skipped/blocked 1, skipped/opted_out 1" {
		t.Errorf("the ledger says %s", got)
	}
	f.allowed(f.PauseBroadcast(t.Context(), id, "staff:budi"))
	if leased := f.leases(id, chat.Telegram, "w1", 9); len(leased) != 0 {
		t.Error("leased while paused")
	}
	f.allowed(f.ResumeBroadcast(t.Context(), id, "staff:budi"))
	if rest = f.leases(id, chat.Telegram, "w1", 9); len(rest) != 1 || rest[0].Tries != 0 {
		t.Errorf("leased %v", rest)
	}
	f.allowed(f.CancelBroadcast(t.Context(), id, "staff:budi"))
	f.settles(id, "w1", storage.RecipientPending, rest...)
	if got := f.said(id); got != "sending 1, sent 2, skipped/blocked 1, skipped/cancelled 1, skipped/opted_out 1" {
		t.Errorf("cancelled: %s", got)
	}
	f.run(`UPDATE recipients SET state = 'read' WHERE broadcast = $1 AND contact = $2`, int64(id), string(all[0]))
	f.commit(all[0], 2, storage.DeleteOwner{Owner: f.owners(all[0])[0].ID}, storage.DeleteContact{})
	if got := f.said(id); got != "read 1, sending 1, sent 1, skipped/blocked 1, skipped/cancelled 1, skipped/opted_out 1" {
		t.Errorf("after a deletion: %s", got)
	}
	n := 0
	f.must(f.ExportRecipients(t.Context(), id, func(r storage.BroadcastRow) error {
		if n++; r.State == storage.RecipientRead && (r.Name != "" || r.Number != "") {
			t.Errorf("of the deleted stays %v", r)
		}
		return nil
	}))
	if n != 6 {
		t.Errorf("the report has %d rows", n)
	}
}

func TestWhatADeadProcessHadOnItsWayIsUnsureAndOnWhatsAppSentAgain(t *testing.T) {
	f := setup(t)
	for i := range 4 {
		f.owner(chat.Telegram, fmt.Sprint(i), true)
	}
	f.owner(chat.WhatsApp, "wa", true)
	_, err := f.Begin(t.Context(), "dead", "telegram")
	f.must(err)
	id := f.begun(storage.Broadcast{})
	telegram, whatsapp := f.leases(id, chat.Telegram, "dead", 2), f.leases(id, chat.WhatsApp, "dead", 2)
	f.must(f.TakeOver(t.Context(), "other", true))
	if got := f.said(id); got != "pending 2, sending 3" {
		t.Errorf("a process that lives lost its leases: %s", got)
	}
	f.clock.Move(time.Minute)
	f.must(f.TakeOver(t.Context(), "other", false))
	if got := f.said(id); got != "pending 3, unsure/died 2" {
		t.Errorf("after a death: %s", got)
	}
	f.settles(id, "dead", storage.RecipientSent, telegram[0]) // it was only slow, and knows better
	f.settles(id, "dead", storage.RecipientSent, whatsapp...) // no longer its own
	if got := f.said(id); got != "pending 3, sent 1, unsure/died 1" {
		t.Errorf("after it came back: %s", got)
	}
	f.settles(id, "w", storage.RecipientSent, f.leases(id, chat.Telegram, "w", 9)...)
	f.settles(id, "w", storage.RecipientSent, f.leases(id, chat.WhatsApp, "w", 9)...)
	state, err := f.EndBroadcast(t.Context(), id)
	f.must(err)
	if state != storage.BroadcastDone || f.said(id) != "sent 4, unsure/died 1" {
		t.Errorf("%s: %s", state, f.said(id))
	}
	n, refused, err := f.RetryUnsure(t.Context(), id, "staff:budi")
	f.must(err)
	if b, _ := f.Broadcast(t.Context(), id); n != 1 || refused != "" || b.State != storage.BroadcastRunning {
		t.Errorf("%d again, %s, %s", n, refused, b.State)
	}
}

func TestTwoContactsThatTurnOutToBeOnePersonHearOnce(t *testing.T) {
	f := setup(t)
	a, b := f.owner(chat.Telegram, "satu", true), f.owner(chat.WhatsApp, "satu", true)
	id := f.begun(storage.Broadcast{})
	f.run(`UPDATE addresses SET contact = $2 WHERE contact = $1`, b, a)
	f.run(`DELETE FROM speaks_for WHERE contact = $1`, b)
	f.run(`UPDATE contacts SET merged_into = $2 WHERE id = $1`, b, a)
	if got := len(f.leases(id, chat.Telegram, "w", 9)) + len(f.leases(id, chat.WhatsApp, "w", 9)); got != 1 || f.said(id) != "sending 1, skipped/had_it 1" {
		t.Errorf("%d leased: %s", got, f.said(id))
	}
}

func TestWhatWhatsAppSaysArrivedStandsInTheLedger(t *testing.T) {
	f := setup(t)
	var all [3]storage.ContactID
	for i := range all {
		all[i] = f.owner(chat.WhatsApp, fmt.Sprint(i), true)
	}
	id := f.begun(storage.Broadcast{})
	f.settles(id, "w", storage.RecipientSent, f.leases(id, chat.WhatsApp, "w", 1)...)
	f.leases(id, chat.WhatsApp, "w", 1)
	for person := 1; person <= 2; person++ {
		s := storage.Sending{Network: chat.WhatsApp, Ref: fmt.Sprint("ref", person), Contact: all[person], Many: true, About: storage.AboutRecipient(id, person)}
		_, err := f.TakeTurn(t.Context(), s, func(storage.Standing) (d storage.Decision) { d.Take = true; return d })
		f.must(err)
	}
	f.must(f.Ticked(t.Context(), []chat.Tick{{Network: chat.WhatsApp, Ref: "ref1", At: f.clock.Now()}, {Network: chat.WhatsApp, Ref: "ref2", At: f.clock.Now(), Read: true}}))
	if got := f.said(id); got != "delivered 1, pending 1, read 1" {
		t.Error(got)
	}
}

func TestANewVersionIsNotSentToWhomTheFormerReached(t *testing.T) {
	f := setup(t)
	for i := range 3 {
		f.owner(chat.Telegram, fmt.Sprint(i), true)
	}
	id := f.begun(storage.Broadcast{Text: "salah ketik"})
	f.settles(id, "w", storage.RecipientSent, f.leases(id, chat.Telegram, "w", 1)...)
	if _, refused, err := f.DraftBroadcast(t.Context(), storage.Broadcast{Text: "x", Former: f.draft(storage.Broadcast{}), Audience: "semua", MadeBy: "x"}); refused != storage.RefusedFormerDraft || err != nil {
		t.Errorf("a version of a draft: %q %v", refused, err)
	}
	next := f.begun(storage.Broadcast{Text: "betul", Former: id})
	if got := f.said(next); got != "pending 2, skipped/had_it 1" {
		t.Error(got)
	}
	if got := f.said(id); got != "sent 1, skipped/cancelled 2" {
		t.Errorf("the former: %s", got)
	}
	b, err := f.Broadcast(t.Context(), next)
	f.must(err)
	if b.Version != 2 || b.Former != id || b.Text != "betul" {
		t.Errorf("%+v", b)
	}
	if leaked := f.count(`SELECT count(*) FROM broadcasts WHERE position('betul' IN encode(text_sealed, 'escape')) > 0`); leaked > 0 {
		t.Error("the text stands in clear")
	}
}
