package postgres_test

import (
	"testing"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

func TestADossierIsForOfficersAndForThePendampingItWasHandedTo(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, sari, tono := f.staff("Ani", storage.RoleOfficer), f.staff("Sari", storage.RoleCompanion), f.staff("Tono", storage.RoleCompanion)
	owner := f.person(1)
	id := f.files(owner, start).Application.ID
	f.refused(owner, start, storage.SendDossier{Application: id}, storage.RefusedRights)
	f.refused(sari, start, storage.SendDossier{Application: id}, storage.RefusedUnknown)
	f.run(`UPDATE applications SET state = 'handed', pendamping = (SELECT id FROM staff WHERE name = 'Sari') WHERE id = $1`, id)
	f.done(ani, start, storage.SendDossier{Application: id})
	f.done(sari, start, storage.SendDossier{Application: id})
	f.refused(tono, start, storage.SendDossier{Application: id}, storage.RefusedUnknown)
	f.refused(sari, start.Add(time.Minute), storage.SendDossier{Application: id}, storage.RefusedAlready)
	if n := f.count(`SELECT count(*) FROM river_job WHERE kind = 'hand_out_dossier' AND queue = 'telegram'`); n != 2 {
		t.Errorf("%d dossiers are sent", n)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'take dossier' AND subject = $1 AND actor LIKE 'staff:%'`, id); n != 2 {
		t.Errorf("%d takings stand in the audit", n)
	}
	f.run(`UPDATE applications SET state = 'withdrawn' WHERE id = $1`, id)
	f.refused(ani, start.Add(2*time.Hour), storage.SendDossier{Application: id}, storage.RefusedMove)
}

func TestAHandoutRemembersWhatArrivedAndEndsOnceWithAReceipt(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	id := f.files(f.person(1), start).Application.ID
	f.done(ani, start, storage.SendDossier{Application: id})
	var handout string
	f.must(f.raw.QueryRow(`SELECT id FROM handouts`).Scan(&handout))
	to := chat.Address{Network: chat.Telegram, Key: "1"}
	f.must(f.HandedOut(t.Context(), handout, "sum", ani.contact, to, []string{"41", "42"}, 24*time.Hour))
	h, err := f.Handout(t.Context(), handout)
	f.must(err)
	if len(h.Sent) != 1 || h.Sent[0] != "sum" || !h.AskedAt.Equal(start) || h.Application != id {
		t.Errorf("%+v", h)
	}
	if n := f.count(`SELECT count(*) FROM river_job WHERE kind = 'take_away' AND scheduled_at = $1`, f.clock.Now().Add(24*time.Hour)); n != 2 {
		t.Errorf("%d messages are taken away", n)
	}
	for range 2 {
		f.must(f.EndHandout(t.Context(), h, "delivered", []string{"HAL-2026-000001.pdf"}))
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'dossier delivered' AND after->'files' ? 'HAL-2026-000001.pdf'`); n != 1 {
		t.Errorf("%d receipts", n)
	}
	_, err = f.Handout(t.Context(), handout)
	f.is(err, storage.ErrNotFound)
}

func TestAHandoutEndsForWhoeverMayNotKnowOfTheFileAnyMore(t *testing.T) {
	for name, change := range map[string]func(*fixture){
		"handed to another": func(f *fixture) { f.run(`UPDATE applications SET pendamping = NULL`) },
		"withdrawn":         func(f *fixture) { f.run(`UPDATE applications SET state = 'withdrawn'`) },
		"refused":           func(f *fixture) { f.run(`UPDATE applications SET state = 'refused'`) },
		"staff no longer": func(f *fixture) {
			_, err := f.RemoveStaff(f.t.Context(), "Sari")
			f.must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := setup(t)
			f.open(120)
			sari := f.staff("Sari", storage.RoleCompanion)
			id := f.files(f.person(1), start).Application.ID
			f.run(`UPDATE applications SET state = 'handed', pendamping = (SELECT id FROM staff) WHERE id = $1`, id)
			f.done(sari, start, storage.SendDossier{Application: id})
			var handout string
			f.must(f.raw.QueryRow(`SELECT id FROM handouts`).Scan(&handout))
			_, err := f.Handout(t.Context(), handout)
			f.must(err)
			change(f)
			_, err = f.Handout(t.Context(), handout)
			f.is(err, storage.ErrNotFound)
		})
	}
}
