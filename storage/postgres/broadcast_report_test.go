package postgres_test

import (
	"testing"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/storage"
	"titian/storage/segment"
)

func TestAReportAddsUpToTheAudienceToTheLastPersonAndSaysWhoCame(t *testing.T) {
	f := setup(t)
	f.guests(5)
	f.commit("g5", 1, storage.StopAnnouncements{Consent: storage.Consent{Purpose: "announcements", At: start}})
	i := invitation(2)
	i.Rule = storage.RuleRegister
	id := f.invite(i)
	f.answers(id, 4, true)
	f.answers(id, 3, true)
	f.answers(id, 2, false)
	f.attempted(id)
	f.clock.Move(24 * time.Hour)
	f.tends()
	if _, err := try(t.Context(), f.DB, f.turnOf(1), storage.DeleteOwner{Owner: "o1"}); err != nil {
		t.Fatal(err)
	}
	f.clock.Move(9 * 24 * time.Hour)
	out, err := f.RecordInvited(t.Context(), storage.RecordInvited{Broadcast: id, Number: "IKM-2026-000004", State: storage.ParticipantAttended}, "staff:budi")
	f.must(err)
	if out.Refused != "" {
		t.Fatalf("who came is not written down: %s", out.Refused)
	}
	counts, err := f.BroadcastCounts(t.Context(), id)
	f.must(err)
	states, stands := map[storage.RecipientState]int{}, map[storage.ParticipantState]int{}
	rows := 0
	f.must(f.ExportRecipients(t.Context(), id, func(r storage.BroadcastRow) error {
		rows++
		states[r.State]++
		stands[r.Stands]++
		if none := r.Name == "" && r.Number == "" && r.Business == ""; none != (r.Person == f.nameless(id)) {
			t.Errorf("row %+v: of the deleted, and of nobody else, no name is left", r)
		}
		return nil
	}))
	sum := 0
	for state, n := range states {
		sum += n
		if counts.Of(state) != n {
			t.Errorf("%d are counted as %s, %d rows are", counts.Of(state), state, n)
		}
	}
	if audience := f.count(`SELECT count(*) FROM recipients WHERE broadcast = $1`, int64(id)); rows != 5 || sum != audience || counts.Of() != audience {
		t.Errorf("%d rows, %d by state, %d counted, of an audience of %d", rows, sum, counts.Of(), audience)
	}
	if stands[storage.ParticipantAttended] != 1 || stands[storage.ParticipantHeld] != 1 || stands[storage.ParticipantDeclined] != 1 || stands[storage.ParticipantSilent] != 2 {
		t.Errorf("they stand as %v", stands)
	}
}

// nameless is the one of a broadcast whose data was deleted.
func (f *fixture) nameless(id storage.BroadcastID) int {
	return f.count(`SELECT person FROM recipients WHERE broadcast = $1 AND owner IS NULL`, int64(id))
}

func TestNumbersOfAFileThatNobodyRegisteredAreCountedAndNotWrittenTo(t *testing.T) {
	f := setup(t)
	f.owner(chat.Telegram, "satu", true)
	_, err := f.Contact(t.Context(), chat.Address{Network: chat.WhatsApp, Key: "6281200009999"}, "", f.clock.Now()) // wrote, and did not register
	f.must(err)
	_, err = f.SaveNumbers(t.Context(), "undangan", []answer.Phone{wati().Phone, "+6281200009999", "+6281200009998", "+6281200009998"}, "operator")
	f.must(err)
	lists := segment.Is{Field: segment.Numbers, Value: "undangan"}
	for _, tt := range []struct {
		e               segment.Expr
		people, unknown int
	}{
		{lists, 1, 2}, {segment.Or{lists, everyone}, 1, 2}, {segment.And{everyone, segment.Not{Of: lists}}, 0, 0}, {everyone, 1, 0},
	} {
		plan, err := f.PlanBroadcast(t.Context(), tt.e, 0)
		f.must(err)
		if plan.Counts.Of() != tt.people || plan.Unknown != tt.unknown {
			t.Errorf("%s: %d people, %d unknown", tt.e, plan.Counts.Of(), plan.Unknown)
		}
	}
}
