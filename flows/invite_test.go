package flows_test

import (
	"strconv"
	"strings"
	"time"

	"titian/locales"
	"titian/storage"
	"titian/storage/segment"
)

// other is somebody else who is invited, and registered before.
const other = "dua"

// invite sends an invitation to the one who writes and to another ("1 Studi tiru ke Makassar"), lets time decide ("waktu"), or lets
// the other answer ("dua ikut", "dua batal").
func (s *speaker) invite(words string) {
	s.h.T.Helper()
	before := len(s.h.Network.Sent(s.at))
	what, event, _ := strings.Cut(words, " ")
	heard := 1 // what the one who writes hears of it
	switch {
	case words == "dua ikut":
		s.others(storage.AnswerInvitation{Broadcast: s.event, Coming: true})
		heard = 0
	case words == "dua batal":
		s.others(storage.AnswerInvitation{Broadcast: s.event, Coming: false})
	case words == "waktu":
		if err := s.h.DB.TendInvitations(s.h.T.Context()); err != nil {
			s.h.T.Fatal(err)
		}
	default:
		places, err := strconv.Atoi(what)
		if err != nil {
			s.h.T.Fatalf("an invitation cannot %q", words)
		}
		s.others(registered("Contoh Dua"))
		s.commits(s.at, registered("Contoh Satu"))
		s.sends(storage.Invitation{Event: event, Places: places, Rule: storage.RuleRegister})
	}
	s.h.Network.Await(s.h.T, s.at, before+heard)
}

func registered(name string) storage.File {
	agrees := true
	return storage.File{Registration: storage.Registration{Name: name, Business: "Dapur " + name, Sector: "pangan", Products: []string{}, Permits: []string{}, Missing: []string{},
		Kecamatan: "Kadia", Kelurahan: "Bende", Workers: 1, Announcements: &agrees, TypedBy: storage.TypedBySelf, Network: "terminal", FlowVersion: 1, Answers: map[string]string{}}}
}

func (s *speaker) others(e storage.Effect) { s.commits(other, e) }

// commits carries out an effect of somebody's chat, beside their conversation.
func (s *speaker) commits(name string, e storage.Effect) {
	s.h.T.Helper()
	s.acts++
	k := storage.TurnKey{Contact: s.h.Contact(name), Seq: s.acts, MessageID: "x", Network: "terminal", At: s.h.Clock.Now()}
	if _, err := s.h.DB.Commit(s.h.T.Context(), k, []storage.Effect{e}, func(storage.Outcome) (storage.Record, error) {
		return storage.Record{Contact: k.Contact, Seq: k.Seq}, nil
	}); err != nil {
		s.h.T.Fatal(err)
	}
}

// sends starts a broadcast with places, and waits until the pumps have sent it.
func (s *speaker) sends(i storage.Invitation) {
	s.h.T.Helper()
	ctx, db := s.h.T.Context(), s.h.DB
	today := s.h.Clock.Now().In(locales.WITA)
	at := func(day, hour int) time.Time {
		return time.Date(today.Year(), today.Month(), today.Day()+day, hour, 0, 0, 0, locales.WITA)
	}
	id, _, err := db.DraftBroadcast(ctx, storage.Broadcast{Audience: "semua", Text: "Studi tiru ke Makassar, biaya ditanggung dinas.", MadeBy: "test"})
	if err != nil {
		s.h.T.Fatal(err)
	}
	s.event = id
	i.Broadcast, i.Deadline, i.Day = id, at(8, 16), at(15, 8)
	if _, refused, err := db.Invite(ctx, i, "test"); err != nil || refused != "" {
		s.h.T.Fatal(refused, err)
	}
	if refused, err := db.StartBroadcast(ctx, id, segment.Is{Field: segment.Everyone}, "test"); err != nil || refused != "" {
		s.h.T.Fatal(refused, err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(30 * time.Second); ; {
		b, err := db.Broadcast(ctx, id)
		if err != nil {
			s.h.T.Fatal(err)
		}
		if b.State == storage.BroadcastDone {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			s.h.T.Fatalf("the invitation is still %s", b.State)
		}
	}
}
