package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/storage"
	"titian/storage/postgres"
)

// invitation is a study visit in ten days, with a lot.
func invitation(places int) storage.Invitation {
	return storage.Invitation{Event: "Studi tiru ke Makassar", Day: start.Add(10 * 24 * time.Hour), Places: places, Rule: storage.RuleLot,
		Deadline: start.Add(8 * 24 * time.Hour)}
}

// guests are n people with a chat each, number n at the front by date of registration.
func (f *fixture) guests(n int) {
	f.t.Helper()
	f.run(`INSERT INTO contacts (id, created_at) SELECT 'g' || i, $2 FROM generate_series(1, $1) i`, n, start)
	f.run(`INSERT INTO addresses (network, key_index, key_sealed, contact, used_at)
		SELECT CASE WHEN i % 2 = 0 THEN 'telegram' ELSE 'whatsapp' END, sha256(convert_to('g' || i, 'UTF8')), '', 'g' || i, $2 FROM generate_series(1, $1) i`, n, start)
	f.run(`INSERT INTO owners (id, created_at) SELECT 'o' || i, $2 FROM generate_series(1, $1) i`, n, start)
	f.run(`INSERT INTO speaks_for (contact, owner, role, since) SELECT 'g' || i, 'o' || i, 'self', $2 FROM generate_series(1, $1) i`, n, start)
	f.run(`INSERT INTO registrations (owner, number, name, business, sector, products, kecamatan, kelurahan, address, workers, nib, permits, photos, missing,
			announcements, typed_by, network, source, flow_version, filed_at, answers_sealed)
		SELECT 'o' || i, 'IKM-2026-' || lpad(i::text, 6, '0'), 'Contoh ' || i, 'Usaha ' || i, 'pangan', '{}', 'Kadia', 'Bende', '', 1, '', '{}', '{}', '{}',
			true, 'self', 'telegram', '', 1, $2::timestamptz - i * interval '1 hour', '' FROM generate_series(1, $1) i`, n, start)
}

// invite starts a broadcast with places to everybody who is registered.
func (f *fixture) invite(i storage.Invitation) storage.BroadcastID {
	f.t.Helper()
	i.Broadcast = f.draft(storage.Broadcast{Text: "Ikut?"})
	_, refused, err := f.Invite(f.t.Context(), i, "staff:budi")
	f.must(err)
	if refused != "" {
		f.t.Fatalf("the invitation is refused: %s", refused)
	}
	f.run(`UPDATE broadcasts SET state = 'confirmed', confirmed_by = 'staff:ani', confirmed_at = $2 WHERE id = $1`, int64(i.Broadcast), start)
	f.allowed(f.StartBroadcast(f.t.Context(), i.Broadcast, everyone, "staff:budi"))
	return i.Broadcast
}

// attempted says that everybody was sent to, now.
func (f *fixture) attempted(id storage.BroadcastID) {
	f.t.Helper()
	f.run(`UPDATE recipients SET state = 'sent', sent_at = $2, at = $2, ref = 'm' || person WHERE broadcast = $1 AND state = 'pending'`, int64(id), f.clock.Now())
	state, err := f.EndBroadcast(f.t.Context(), id)
	f.must(err)
	if state != storage.BroadcastDone {
		f.t.Fatalf("the broadcast is %s", state)
	}
}

func (f *fixture) tends() {
	f.t.Helper()
	f.must(f.TendInvitations(f.t.Context()))
}

var seqs sync.Map // by contact: the next turn

// turnOf is the next turn of guest n.
func (f *fixture) turnOf(n int) storage.TurnKey {
	c := storage.ContactID(fmt.Sprint("g", n))
	next, _ := seqs.LoadOrStore(fmt.Sprintf("%p %s", f, c), new(int64))
	seq := next.(*int64)
	*seq++
	k := key(c, *seq)
	k.At = f.clock.Now()
	return k
}

func (f *fixture) answers(id storage.BroadcastID, n int, coming bool) storage.InvitationOutcome {
	f.t.Helper()
	out, err := try(f.t.Context(), f.DB, f.turnOf(n), storage.AnswerInvitation{Broadcast: id, Coming: coming})
	f.must(err)
	return out.Invitation
}

// stand is where guest n stands, and their number on the waiting list.
func (f *fixture) stand(id storage.BroadcastID, n int) string {
	f.t.Helper()
	_, list, err := f.Participants(f.t.Context(), id)
	f.must(err)
	for _, p := range list {
		if p.Number == fmt.Sprintf("IKM-2026-%06d", n) {
			if p.Waits > 0 {
				return fmt.Sprint(p.State, " ", p.Waits)
			}
			return string(p.State)
		}
	}
	return ""
}

// told is the newest notice of a kind to guest n that is still true.
func (f *fixture) told(id storage.BroadcastID, n int, kind storage.InvitedKind) string {
	f.t.Helper()
	var event string
	f.must(f.raw.QueryRow(`
		SELECT n.id FROM invited_notices n JOIN recipients x ON x.broadcast = n.broadcast AND x.person = n.person
		WHERE n.broadcast = $1 AND x.owner = $2 AND n.kind = $3 AND n.ended_at IS NULL ORDER BY n.at DESC LIMIT 1`, int64(id), fmt.Sprint("o", n), string(kind)).Scan(&event))
	return event
}

func TestTwoThousandRaceForThirtyFivePlacesOnTwoReplicasAndNeverThirtySix(t *testing.T) {
	const people, places, typing = 2000, 35, 200 // the last of them at the same time as the places are filled
	f := setup(t)
	f.guests(people)
	i := invitation(places)
	i.Rule = storage.RuleFirst
	id := f.invite(i)
	replicas := []*postgres.DB{f.DB, f.another()}
	keys := make([]storage.TurnKey, people+1)
	for n := 1; n <= people; n++ {
		keys[n] = f.turnOf(n)
	}
	race := func(from, to int, beside func(*postgres.DB)) {
		var all sync.WaitGroup
		for w := range 12 {
			all.Go(func() {
				db := replicas[w%2]
				if w < 2 && beside != nil {
					beside(db)
				}
				for n := from + w; n <= to; n += 12 {
					if _, err := try(t.Context(), db, keys[n], storage.AnswerInvitation{Broadcast: id, Coming: true}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	race(1, typing, nil) // while it is being sent: without rank
	f.run(`INSERT INTO participants (broadcast, person, state, at, said_at, places) SELECT $1, i, 'coming', $2, $2, $3 FROM generate_series($4::int, $5::int) i`,
		int64(id), start, places, typing+1, people-typing) // others did the same
	if n := f.count(`SELECT count(*) FROM participants WHERE state = 'coming' AND rank IS NULL`); n != people-typing {
		t.Fatalf("%d are collected without a rank", n)
	}
	f.attempted(id)
	f.clock.Move(time.Second)
	for n := people - typing + 1; n <= people; n++ {
		keys[n].At = f.clock.Now().Add(time.Duration(n) * time.Microsecond)
	}
	race(people-typing+1, people, func(db *postgres.DB) { f.must(db.TendInvitations(t.Context())) })
	_, list, err := f.Participants(t.Context(), id)
	f.must(err)
	if len(list) != people {
		t.Fatalf("%d on the list", len(list))
	}
	for n, p := range list {
		want, waits := storage.ParticipantHeld, 0
		if n >= places {
			want, waits = storage.ParticipantWaiting, n-places+1
		}
		if p.State != want || p.Waits != waits || p.Rank != n+1 {
			t.Fatalf("number %d of the list is %s %d with rank %d", n+1, p.State, p.Waits, p.Rank)
		}
	}
	for n, p := range list[1 : people-typing] {
		if p.Lot < list[n].Lot {
			t.Fatal("those who answered before the opening do not stand by lot")
		}
	}
	if n := f.count(`SELECT count(*) FROM invited_notices WHERE kind = 'place'`); n > places {
		t.Errorf("%d were told that they have a place", n)
	}
}

func TestWhoWithdrawsGivesThePlaceToTheNextWhoHasTwentyFourWorkingHoursFromTheDelivery(t *testing.T) {
	f := setup(t)
	f.calendar()
	f.guests(6)
	i := invitation(2)
	i.Rule, i.Day, i.Deadline = storage.RuleRegister, start.Add(60*24*time.Hour), start.Add(50*24*time.Hour)
	id := f.invite(i)
	for n := 1; n <= 5; n++ { // the later number registered earlier
		if out := f.answers(id, n, true); out.State != storage.ParticipantComing || out.Waits != 0 {
			t.Fatalf("while it is being sent %d is %+v", n, out)
		}
	}
	f.answers(id, 6, false)
	f.tends()
	if n := f.count(`SELECT count(*) FROM participants WHERE rank IS NOT NULL`); n != 0 {
		t.Fatal("places were given before everybody was attempted")
	}
	f.attempted(id)
	f.tends()
	if f.stand(id, 5) != "coming" {
		t.Error("places were given before the last had a day to answer")
	}
	f.clock.Move(24 * time.Hour)
	f.tends()
	f.tends()
	said := func(want ...string) {
		t.Helper()
		for n, w := range want {
			if got := f.stand(id, 5-n); got != w {
				t.Errorf("%d is %q, want %q", 5-n, got, w)
			}
		}
	}
	said("held", "held", "waiting 1", "waiting 2", "waiting 3")
	for kind, n := range map[string]int{"place": 2, "waiting": 3, "offer": 0} {
		if got := f.count(`SELECT count(*) FROM invited_notices WHERE kind = $1`, kind); got != n {
			t.Errorf("%d hear of %s", got, kind)
		}
	}
	if jobs := f.count(`SELECT count(*) FROM river_job WHERE kind = 'notify_invited'`); jobs != 5 {
		t.Errorf("%d jobs", jobs)
	}
	if out := f.answers(id, 6, true); out.State != storage.ParticipantWaiting || out.Waits != 4 {
		t.Errorf("who changes their mind later stands at %+v", out)
	}
	if out := f.answers(id, 5, false); out.State != storage.ParticipantWithdrawn || out.Was != storage.ParticipantHeld {
		t.Errorf("%+v", out)
	}
	said("withdrawn", "held", "offered", "waiting 1", "waiting 2")
	f.clock.Move(30 * 24 * time.Hour) // not delivered: no clock runs
	f.tends()
	said("withdrawn", "held", "offered")
	if _, list, err := f.ToCall(t.Context(), id, "staff:budi"); err != nil || len(list) != 1 || list[0].Number != "IKM-2026-000003" {
		t.Errorf("to be called: %v, %v", list, err)
	}
	f.must(f.InvitedTold(t.Context(), f.told(id, 3, storage.InvitedOffer), "m", f.clock.Now()))
	for ref, want := range map[string]storage.BroadcastID{"m": id, "m3": id, "lain": 0} {
		if got, err := f.InvitationOf(t.Context(), "g3", chat.WhatsApp, ref); got != want || (err == nil) != (want != 0) {
			t.Errorf("a reply to %q is about %d, %v", ref, got, err)
		}
	}
	f.clock.Move(15 * 24 * time.Hour)
	f.tends()
	said("withdrawn", "held", "lapsed", "offered", "waiting 1")
	if f.told(id, 3, storage.InvitedLapsed) == "" {
		t.Error("nobody says that it lapsed")
	}
	if out := f.answers(id, 2, true); out.State != storage.ParticipantHeld || out.Was != storage.ParticipantOffered {
		t.Errorf("accepted: %+v", out)
	}
	if out := f.answers(id, 2, true); out.State != storage.ParticipantHeld || out.Was != out.State {
		t.Errorf("accepted twice: %+v", out)
	}
	if out := f.answers(id, 3, true); out.State != storage.ParticipantWaiting || out.Waits != 3 {
		t.Errorf("who let it pass stands at the end: %+v", out)
	}
	f.clock.Move(5 * 24 * time.Hour)
	if out := f.answers(id, 5, true); out.Refused != storage.InvitationLate {
		t.Errorf("after the deadline: %+v", out)
	}
	if out := f.answers(id, 4, false); out.State != storage.ParticipantWithdrawn || f.stand(id, 1) != "offered" {
		t.Errorf("after the deadline a place goes on: %+v, %s", out, f.stand(id, 1))
	}
}

func TestTheClockOfAnOfferSkipsWeekendsAndHolidays(t *testing.T) {
	f := setup(t)
	f.calendar()
	f.guests(2)
	i := invitation(1)
	i.Rule, i.Day, i.Deadline = storage.RuleRegister, wita("2027-03-01 08:00"), wita("2027-02-01 08:00")
	id := f.invite(i)
	f.answers(id, 1, true)
	f.answers(id, 2, true)
	f.attempted(id)
	f.clock.Move(24 * time.Hour)
	f.tends()
	f.answers(id, 2, false)
	event := f.told(id, 1, storage.InvitedOffer)
	for _, tt := range []struct{ name, told, due string }{
		{"a Monday morning", "2026-11-30 08:00", "2026-12-02 16:00"},
		{"a Thursday noon over a Friday of eight hours and a half, and a weekend", "2026-12-03 12:00", "2026-12-08 11:30"},
		{"a Sunday counts from Monday", "2026-11-29 10:00", "2026-12-02 16:00"},
		{"two days of Christmas and a weekend", "2026-12-23 12:00", "2026-12-30 12:00"},
		{"no longer than until it begins", "2027-02-25 12:00", "2027-03-01 08:00"},
	} {
		f.run(`UPDATE participants SET due_at = NULL WHERE state = 'offered'`)
		f.run(`UPDATE invited_notices SET delivered_at = NULL WHERE id = $1`, event)
		f.must(f.InvitedTold(t.Context(), event, "m", wita(tt.told)))
		var due time.Time
		f.must(f.raw.QueryRow(`SELECT due_at FROM participants WHERE state = 'offered'`).Scan(&due))
		if !due.Equal(wita(tt.due)) {
			t.Errorf("%s: until %v, want %s WITA", tt.name, due.In(wita(tt.due).Location()), tt.due)
		}
	}
}

func TestABroadcastThatWouldEndAfterItsDeadlineDoesNotStart(t *testing.T) {
	f := setup(t)
	f.guests(3)
	f.UseEstimate(func(due map[chat.Network]int, from time.Time) time.Time {
		return from.Add(time.Duration(due[chat.WhatsApp]) * 100 * time.Hour)
	})
	b := f.draft(storage.Broadcast{Places: 2})
	if refused, err := f.StartBroadcast(t.Context(), b, everyone, "x"); refused != storage.RefusedNoRule || err != nil {
		t.Errorf("without an invitation: %q %v", refused, err)
	}
	i := invitation(2)
	i.Broadcast = b
	for _, bad := range []func(*storage.Invitation){
		func(i *storage.Invitation) { i.Places = 0 }, func(i *storage.Invitation) { i.Deadline = start }, func(i *storage.Invitation) { i.Deadline = i.Day.Add(1) },
		func(i *storage.Invitation) { i.Opens = i.Deadline.Add(1) }, func(i *storage.Invitation) { i.Rule = "kenal" }, func(i *storage.Invitation) { i.Event = "" },
	} {
		wrong := i
		bad(&wrong)
		if _, refused, err := f.Invite(t.Context(), wrong, "x"); refused != storage.InvitationWrong || err != nil {
			t.Errorf("%+v: %q %v", wrong, refused, err)
		}
	}
	first, _, err := f.Invite(t.Context(), i, "x")
	f.must(err)
	if refused, err := f.StartBroadcast(t.Context(), b, everyone, "x"); refused != storage.RefusedDeadline || err != nil {
		t.Errorf("two days and more too late: %q %v", refused, err)
	}
	short, err := f.Shortfall(t.Context(), b, everyone)
	f.must(err)
	if short != 8*time.Hour {
		t.Errorf("it lacks %v", short)
	}
	i.Deadline = i.Day
	second, _, err := f.Invite(t.Context(), i, "x")
	f.must(err)
	if first.Seed == second.Seed || len(second.Seed) != 32 {
		t.Errorf("the seeds are %q and %q", first.Seed, second.Seed)
	}
	f.allowed(f.StartBroadcast(t.Context(), b, everyone, "x"))
	if _, refused, err := f.Invite(t.Context(), i, "x"); refused != storage.InvitationFixed || err != nil {
		t.Errorf("after the start: %q %v", refused, err)
	}
	if f.count(`SELECT count(*) FROM invitations WHERE position('Makassar' IN encode(event_sealed, 'escape')) > 0`) > 0 {
		t.Error("the event stands in clear")
	}
}

func TestStaffWriteDownWhatTheyHeardAndWhoCame(t *testing.T) {
	f := setup(t)
	f.calendar()
	ani := f.staff("Ani", storage.RoleOfficer)
	f.guests(4)
	stopped := storage.ContactID("g2")
	f.commit(stopped, 1, storage.StopAnnouncements{Consent: storage.Consent{Purpose: "announcements", At: start}})
	i := invitation(1)
	i.Rule = storage.RuleRegister
	id := f.invite(i)
	_, list, err := f.ToCall(t.Context(), id, "staff:budi")
	f.must(err)
	if len(list) != 1 || list[0].Number != "IKM-2026-000002" || list[0].Cause != storage.CauseOptedOut {
		t.Fatalf("to be called: %+v", list)
	}
	record := func(n int, state storage.ParticipantState, reason string) storage.InvitationOutcome {
		t.Helper()
		return f.does(ani, f.clock.Now(), storage.RecordInvited{Broadcast: id, Number: fmt.Sprintf("IKM-2026-%06d", n), State: state, Reason: reason}).Invitation
	}
	if out := record(2, storage.ParticipantComing, ""); out.State != storage.ParticipantComing {
		t.Errorf("who said BERHENTI and says yes to staff: %+v", out)
	}
	if out := record(99, storage.ParticipantComing, ""); out.Refused != storage.InvitationUnknown {
		t.Errorf("nobody of that number: %+v", out)
	}
	if out := record(2, storage.ParticipantHeld, "kenal"); out.Refused != storage.InvitationNotRule {
		t.Errorf("chosen against the rule: %+v", out)
	}
	f.answers(id, 1, true)
	f.attempted(id)
	f.clock.Move(24 * time.Hour)
	f.tends()
	if f.stand(id, 2) != "held" || f.stand(id, 1) != "waiting 1" {
		t.Errorf("the second is %s, the first %s", f.stand(id, 2), f.stand(id, 1))
	}
	_, on, err := f.Participants(t.Context(), id)
	f.must(err)
	if on[0].SaidBy != "Ani" || on[1].SaidBy != "" || on[0].Lot == "" {
		t.Errorf("the list says %+v", on)
	}
	if out := record(2, storage.ParticipantAttended, ""); out.Refused != storage.InvitationTooSoon {
		t.Errorf("there before the day: %+v", out)
	}
	f.clock.Move(9 * 24 * time.Hour)
	if out := record(1, storage.ParticipantAttended, ""); out.Refused != storage.InvitationNoPlace {
		t.Errorf("who waits: %+v", out)
	}
	if out := record(2, storage.ParticipantAttended, ""); out.State != storage.ParticipantAttended {
		t.Errorf("there: %+v", out)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'record invited' AND actor LIKE 'staff:%'`); n != 2 {
		t.Errorf("%d audit rows", n)
	}
	p := &person{contact: "g3"}
	if out := f.does(p, f.clock.Now(), storage.RecordInvited{Broadcast: id, Number: "IKM-2026-000003", State: storage.ParticipantComing}); out.Staff.Refused != storage.RefusedRights {
		t.Errorf("an owner writes down: %+v", out)
	}
}

func TestStaffChooseWithReasonsNeverAboveThePlaces(t *testing.T) {
	f := setup(t)
	f.guests(3)
	i := invitation(1)
	i.Rule = storage.RuleStaff
	id := f.invite(i)
	f.answers(id, 1, true)
	f.answers(id, 2, true)
	choose := func(n int, reason string) storage.InvitationOutcome {
		t.Helper()
		out, err := f.RecordInvited(t.Context(), storage.RecordInvited{Broadcast: id, Number: fmt.Sprintf("IKM-2026-%06d", n), State: storage.ParticipantHeld, Reason: reason}, "operator")
		f.must(err)
		return out
	}
	if out := choose(1, "pameran"); out.Refused != storage.InvitationTooSoon {
		t.Errorf("while it is being sent: %+v", out)
	}
	f.attempted(id)
	f.clock.Move(8 * 24 * time.Hour)
	f.tends()
	for _, tt := range []struct {
		n      int
		reason string
		want   storage.InvitationRefusal
	}{{1, "", storage.InvitationReason}, {3, "tidak menjawab", storage.InvitationNotComing}, {1, "pernah ikut pameran", ""}, {2, "juga baik", storage.InvitationNoPlace}} {
		if out := choose(tt.n, tt.reason); out.Refused != tt.want {
			t.Errorf("%d, %q: %+v", tt.n, tt.reason, out)
		}
	}
	refused, err := f.CloseChoice(t.Context(), id, "operator")
	f.must(err)
	if refused != "" || f.stand(id, 1) != "held" || f.stand(id, 2) != "unchosen" || f.told(id, 2, storage.InvitedUnchosen) == "" {
		t.Errorf("%q, %s, %s", refused, f.stand(id, 1), f.stand(id, 2))
	}
	_, on, err := f.Participants(t.Context(), id)
	f.must(err)
	if on[0].Reason != "pernah ikut pameran" {
		t.Errorf("%+v", on[0])
	}
	f.answers(id, 1, false)
	if out := choose(2, "yang berikut"); out.Refused != "" || f.stand(id, 2) != "held" {
		t.Errorf("after one withdrew: %+v", out)
	}
}

func TestWhoIsDeletedLeavesThePlaceToTheNextAndNoName(t *testing.T) {
	f := setup(t)
	f.guests(3)
	i := invitation(1)
	i.Rule = storage.RuleRegister
	id := f.invite(i)
	f.answers(id, 3, true)
	f.answers(id, 2, true)
	f.attempted(id)
	f.clock.Move(24 * time.Hour)
	f.tends()
	if f.stand(id, 3) != "held" {
		t.Fatalf("the third is %s", f.stand(id, 3))
	}
	k := f.turnOf(3)
	_, err := try(t.Context(), f.DB, k, storage.DeleteOwner{Owner: "o3"})
	f.must(err)
	if f.stand(id, 3) != "" || f.stand(id, 2) != "offered" {
		t.Errorf("the deleted is %q, the next %q", f.stand(id, 3), f.stand(id, 2))
	}
	_, list, err := f.Participants(t.Context(), id)
	f.must(err)
	if len(list) != 2 || list[1].State != storage.ParticipantWithdrawn || list[1].Name != "" || list[1].Number != "" {
		t.Errorf("the list is %+v", list)
	}
}

func TestTheSilentAndThoseWithAPlaceAreRemindedTheDayBeforeAndOnce(t *testing.T) {
	f := setup(t)
	f.guests(3)
	f.commit("g1", 1, storage.StopAnnouncements{Consent: storage.Consent{Purpose: "announcements", At: start}})
	i := invitation(2)
	i.Opens = i.Deadline
	id := f.invite(i)
	f.answers(id, 3, true)
	f.attempted(id)
	reminded := func(kind string) int {
		f.tends()
		f.tends()
		return f.count(`SELECT count(*) FROM invited_notices WHERE kind = $1`, kind)
	}
	f.clock.Move(7*24*time.Hour - time.Second) // nine in the morning, the day before
	if n := reminded("remind"); n != 0 {
		t.Errorf("%d reminded too early", n)
	}
	f.clock.Move(time.Second)
	if n := reminded("remind"); n != 1 || f.told(id, 2, storage.InvitedRemind) == "" {
		t.Errorf("%d reminded", n)
	}
	f.clock.Move(24 * time.Hour)
	f.tends()
	if f.stand(id, 3) != "held" {
		t.Fatalf("at the opening the third is %s", f.stand(id, 3))
	}
	if n := reminded("tomorrow"); n != 0 {
		t.Errorf("%d reminded two days before", n)
	}
	f.clock.Move(24 * time.Hour)
	if n := reminded("tomorrow"); n != 1 || f.told(id, 3, storage.InvitedTomorrow) == "" {
		t.Errorf("%d reminded", n)
	}
}

func TestAnInvitationIsNotSentToAnybodyAfterItsDeadlineHoweverLongTheBroadcastSlept(t *testing.T) {
	f := setup(t)
	for n := range 3 {
		f.owner(chat.Telegram, fmt.Sprint("Contoh ", n), true)
	}
	id := f.invite(storage.Invitation{Event: "Studi tiru", Places: 1, Deadline: start.Add(48 * time.Hour), Day: start.Add(200 * time.Hour)})
	f.settles(id, "a", storage.RecipientSent, f.leases(id, chat.Telegram, "a", 1)...)
	f.clock.Move(48 * time.Hour)
	if leased := f.leases(id, chat.Telegram, "a", 10); len(leased) != 0 {
		t.Fatalf("%d are sent an invitation that they cannot answer", len(leased))
	}
	counts, err := f.BroadcastCounts(t.Context(), id)
	f.must(err)
	if late := counts.Of(storage.RecipientSkipped); late != 2 || counts.Of() != 3 || counts.Of(storage.RecipientSent) != 1 {
		t.Fatalf("the ledger says %+v", counts)
	}
	_, call, err := f.ToCall(t.Context(), id, "staff:budi")
	f.must(err)
	if len(call) != 0 {
		t.Fatalf("%d are to be telephoned about what is over", len(call))
	}
}
