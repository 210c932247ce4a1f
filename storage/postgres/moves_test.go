package postgres_test

import (
	"slices"
	"testing"
	"time"

	"titian/storage"
)

// attempt is one effect on an application, and when it is a move: to where. Without it the states in which it works.
type attempt struct {
	name   string
	effect storage.Effect
	to     storage.ApplicationState
	works  []storage.ApplicationState
}

// attempts are all effects that an application can meet.
func attempts(owner *person, id storage.ApplicationID) []attempt {
	again := clean(owner, start)
	again.Application = id
	for i := range again.Items {
		again.Items[i].Digest += "'"
	}
	review := []storage.ApplicationState{storage.StateSubmitted, storage.StateReturned}
	counter := append([]storage.ApplicationState{storage.StateFixing}, review...)
	list := []attempt{
		{"file", again, storage.StateSubmitted, []storage.ApplicationState{storage.StateReturned}},
		{"withdraw", storage.WithdrawApplication{Application: id}, storage.StateWithdrawn, nil},
		{"verdict", storage.GiveVerdict{Application: id, Item: "ktp", Revision: 1, Verdict: storage.VerdictFix, Reason: "cut"}, "", review},
		{"rest", storage.AcceptRest{Application: id}, "", review},
		{"undo", storage.UndoVerdict{Application: id, Item: "ktp"}, storage.StateSubmitted, review},
		{"end", storage.SendBack{Application: id}, storage.StateComplete, nil},
		{"place", storage.GrantPlace{Application: id}, storage.StatePlaced, nil},
		{"add", storage.AddByStaff{Application: id, Item: "ktp", Files: []storage.FileID{"brought"}}, "", counter},
		{"correct", storage.CorrectAnswer{Application: id, Field: "applicant.name", Value: "Contoh Lain"}, "", counter},
		{"code", storage.NoteCode{Application: id, Code: "OF74"}, "", []storage.ApplicationState{storage.StateApplied, storage.StateReturned}},
	}
	for _, to := range append(states, "") {
		list = append(list, attempt{"move to " + string(to), storage.MoveApplication{
			Application: id, To: to, Person: "Pendamping Lain", SiHalal: "SH1", Items: []string{"nib"}, Reason: "alasan", Certificate: "ID1",
		}, to, nil})
	}
	return list
}

var states = []storage.ApplicationState{
	storage.StateParked, storage.StateSubmitted, storage.StateFixing, storage.StateComplete, storage.StatePlaced, storage.StateHanded,
	storage.StateApplied, storage.StateReturned, storage.StateIssued, storage.StateRefused, storage.StateWithdrawn,
}

// may says whether an attempt is one for this mover in this state: "" is nobody.
func (a attempt) may(from storage.ApplicationState, by storage.Mover) bool {
	if by == "" {
		return false
	}
	owners := a.name == "file" || a.name == "withdraw"
	if owners != (by == storage.MoverOwner) {
		return false
	}
	_, moves := a.effect.(storage.MoveApplication)
	if by == storage.MoverCompanion && !moves && a.name != "code" {
		return false
	}
	if moves && !slices.Contains([]storage.ApplicationState{storage.StateHanded, storage.StateApplied, storage.StateReturned,
		storage.StateIssued, storage.StateRefused}, a.to) {
		return false // another effect makes that move
	}
	return slices.Contains(a.works, from) || a.to != "" && storage.MayMove(from, a.to, by)
}

func TestNoEffectMakesAMoveThatIsNotInTheTable(t *testing.T) {
	f := setup(t)
	programme := f.open(120)
	ani, dewi := f.staff("Ani", storage.RoleOfficer), f.staff("Dewi", storage.RoleAdmin)
	citra, other := f.staff("Citra", storage.RoleCompanion), f.staff("Eka", storage.RoleCompanion)
	gone := f.staff("Budi", storage.RoleAdmin)
	owner, stranger := f.person(1), f.person(2)
	id := f.done(owner, start, clean(owner, start)).Application.ID
	if _, err := f.RemoveStaff(t.Context(), "Budi"); err != nil {
		t.Fatal(err)
	}
	staffID := func(name string) (id string) {
		f.must(f.raw.QueryRow(`SELECT id FROM staff WHERE name = $1`, name).Scan(&id))
		return id
	}
	// stands puts the application into a state, held by an officer and accepted by them.
	stands := func(s storage.ApplicationState, holder string) {
		f.run(`DELETE FROM owner_notices`)
		f.run(`DELETE FROM places`)
		f.run(`UPDATE application_items SET verdict = NULL`)
		f.run(`DELETE FROM verdicts`)
		f.run(`DELETE FROM applications WHERE id <> $1`, string(id))
		f.run(`INSERT INTO verdicts (id, application, item, revision, verdict, reason, by, at) SELECT 'v' || key, $1, key, 1, 'accepted', '', $2, $3
			FROM application_items`, string(id), holder, start)
		f.run(`UPDATE application_items SET verdict = 'v' || key, revision = 1, digest = 'x', sent = 'x', added_by = NULL`)
		f.run(`UPDATE applications SET state = $2, since = $3, pendamping = $4, handed_to = 'Citra', sihalal = 'SH0', sihalal_code = '', claimed_by = $5,
			claimed_until = $6 WHERE id = $1`, string(id), string(s), start, staffID("Citra"), holder, start.Add(time.Hour))
		if s.HoldsPlace() {
			f.run(`INSERT INTO places (programme, application, number, registration, nik_index, rank, rank_at, lot, granted_at, granted_by, override,
				accepted, sent_back, state) SELECT $1, id, number, '', nik_index, 1, rank_at, lot, $2, $3, '', 0, 0, '' FROM applications WHERE id = $4`,
				string(programme), start, holder, string(id))
		}
	}
	// looks is everything that a move would change.
	looks := func() (all string) {
		f.must(f.raw.QueryRow(`
			SELECT concat_ws(' ', (SELECT string_agg(id || state || since || coalesce(pendamping, '') || handed_to || sihalal || sihalal_code || certificate, ',' ORDER BY id)
				FROM applications WHERE state <> 'parked' OR id = $1), (SELECT count(*) FROM places WHERE released_at IS NULL),
				(SELECT count(*) FROM owner_notices), (SELECT count(*) FROM verdicts), (SELECT string_agg(key || revision || coalesce(verdict, ''), ',' ORDER BY key) FROM application_items))`,
			string(id)).Scan(&all))
		return all
	}
	for _, actor := range []struct {
		name string
		who  *person
		by   storage.Mover
	}{
		{"the owner", owner, storage.MoverOwner}, {"an officer", ani, storage.MoverOfficer}, {"an admin", dewi, storage.MoverOfficer},
		{"the pendamping", citra, storage.MoverCompanion}, {"another pendamping", other, ""}, {"another owner", stranger, ""}, {"who was removed", gone, ""},
	} {
		holder := staffID("Ani")
		if actor.who == dewi {
			holder = staffID("Dewi")
		}
		for _, from := range states {
			var not []storage.Effect
			stands(from, holder)
			for _, a := range attempts(owner, id) {
				if _, files := a.effect.(storage.FileApplication); files && actor.by != storage.MoverOwner {
					continue // an error of the program, not a refusal: see TestFilingIsRefused…
				}
				if !a.may(from, actor.by) {
					not = append(not, a.effect)
				}
			}
			before := looks()
			f.does(actor.who, start, not...)
			if after := looks(); after != before {
				t.Errorf("%s in %s: what is no move of theirs changed\n%s\nto\n%s", actor.name, from, before, after)
			}
			for _, a := range attempts(owner, id) {
				if !a.may(from, actor.by) {
					continue
				}
				stands(from, holder)
				out := f.says(actor.who, start, a.effect)
				want := a.to
				if want == "" || slices.Contains(a.works, from) {
					want = from
				}
				if a.name == "add" && from == storage.StateFixing {
					want = storage.StateSubmitted // nothing else was missing
				}
				var is string
				f.must(f.raw.QueryRow(`SELECT state FROM applications WHERE id = $1`, string(id)).Scan(&is))
				if out.Refused != "" || is != string(want) {
					t.Errorf("%s in %s: %s is %q and the file is %s, want %s", actor.name, from, a.name, out.Refused, is, want)
				}
			}
		}
	}
}
