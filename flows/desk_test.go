package flows_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/flows/rules"
	"titian/locales"
	"titian/storage"
	"titian/storage/catalogue"
)

// desk does what staff do with the only application there is: "fix KEY REASON", "accept", "place", "handed NAME",
// "applied NUMBER", "code CODE", "returned KEY", "issued ID".
func (s *speaker) desk(words []string) {
	s.h.T.Helper()
	id := s.application1()
	claim, back := storage.ClaimApplication{Application: id}, storage.SendBack{Application: id}
	rest := strings.Join(words[1:], " ")
	moved := storage.MoveApplication{Application: id, To: storage.ApplicationState(words[0])}
	switch words[0] {
	case "fix":
		s.staff(claim)
		s.staff(storage.GiveVerdict{Application: id, Item: words[1], Revision: s.revision(id, words[1]), Verdict: storage.VerdictFix, Reason: words[2]})
		s.verdicts(id)
		s.staff(back)
	case "accept":
		s.staff(claim)
		s.verdicts(id)
		s.staff(back)
	case "place":
		s.staff(storage.GrantPlace{Application: id})
	case "handed":
		moved.Person = rest
		s.staff(moved)
	case "applied":
		moved.SiHalal = rest
		s.staff(moved)
	case "code":
		s.staff(storage.NoteCode{Application: id, Code: rest})
	case "returned":
		moved.Items, moved.Reason = words[1:], "diminta SiHalal"
		s.staff(moved)
	case "issued":
		file := storage.FileID(strings.Repeat("a", 26))
		if _, err := s.h.Vault.Put(context.Background(), string(file), strings.NewReader("%PDF-1.7 contoh"), 1<<20); err != nil {
			s.h.T.Fatal(err)
		}
		s.staff(storage.KeepFile{ID: file, Purpose: "certificate", MIME: "application/pdf", SizeBytes: 15, SHA256: "sum"})
		moved.Certificate, moved.File = rest, file
		s.staff(moved)
	default:
		s.h.T.Fatalf("staff cannot %q", words[0])
	}
}

// verdicts accepts every item without a verdict, marked ones too.
func (s *speaker) verdicts(id storage.ApplicationID) {
	for _, item := range must(s.h.DB.Application(context.Background(), string(id))).Items {
		if item.Verdict == storage.VerdictNone {
			s.staff(storage.GiveVerdict{Application: id, Item: item.Key, Revision: item.Revision, Verdict: storage.VerdictAccepted})
		}
	}
}

func (s *speaker) revision(id storage.ApplicationID, key string) int {
	for _, item := range must(s.h.DB.Application(context.Background(), string(id))).Items {
		if item.Key == key {
			return item.Revision
		}
	}
	s.h.T.Fatalf("the application has no item %q", key)
	return 0
}

func (s *speaker) application1() storage.ApplicationID {
	s.h.T.Helper()
	for name := range s.people {
		for _, a := range must(s.h.DB.Stands(context.Background(), s.h.Contact(name))) {
			return a.Application
		}
	}
	s.h.T.Fatal("there is no application")
	return ""
}

// staff carries out one act of an officer, who is invited at the first.
func (s *speaker) staff(e storage.Effect) {
	s.h.T.Helper()
	ctx := context.Background()
	contact := must(s.h.DB.Contact(ctx, chat.Address{Network: chat.Terminal, Key: "petugas"}, "", s.h.Clock.Now())).ID
	effects := []storage.Effect{e}
	if s.acts == 0 {
		effects = append([]storage.Effect{storage.JoinStaff{Code: must(s.h.DB.InviteStaff(ctx, "Contoh Petugas", storage.RoleOfficer)).Code}}, e)
	}
	s.acts++
	key := storage.TurnKey{Contact: contact, Seq: s.acts, Network: string(chat.Terminal), At: s.h.Clock.Now()}
	_, err := s.h.DB.Commit(ctx, key, effects, func(o storage.Outcome) (storage.Record, error) {
		if o.Halal.Refused != "" || o.Staff.Refused != "" {
			s.h.T.Fatalf("%T is refused: %s%s", e, o.Halal.Refused, o.Staff.Refused)
		}
		return storage.Record{Contact: contact, Seq: s.acts}, nil
	})
	if err != nil {
		s.h.T.Fatal(err)
	}
}

// bahan takes in confirmed brands as the command line does.
func (s *speaker) bahan(table string) {
	s.h.T.Helper()
	path := filepath.Join(s.h.T.TempDir(), "bahan.csv")
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		s.h.T.Fatal(err)
	}
	asks := must(rules.Read(locales.Files("")))
	list := must(catalogue.Read(path, catalogue.Options{
		Today:    s.h.Clock.Now().In(locales.WITA),
		Material: func(name string) (string, bool) { b, ok := asks.Branded(name); return b.ID, ok },
	}))
	if len(list.Bad) > 0 {
		s.h.T.Fatalf("the list is read as %+v", list)
	}
	must(s.h.DB.ImportBrands(context.Background(), "bahan.csv", "test", false, list.Brands))
	s.h.Book.Brands.Set(must(s.h.DB.Brands(context.Background())))
}

// application are the lines of one halal application.
func (s *speaker) application(now standing, stand storage.Stand) {
	if stand.State == storage.StateParked {
		now["5 halal"] = "parked: " + stand.Reason
		return
	}
	number := stand.Number
	if number == "" {
		number = "halal"
	}
	now["5 "+number] = string(stand.State)
	a := must(s.h.DB.Application(context.Background(), string(stand.Application)))
	var items, tasks, bahan []string
	for _, item := range a.Items {
		said := item.Key
		if len(item.Files) > 0 {
			said += "×" + strconv.Itoa(len(item.Files))
		}
		if item.Verdict != "" {
			said += " " + string(item.Verdict)
		}
		items = append(items, strings.TrimSpace(said+" "+strings.Join(item.Marks, " ")))
	}
	for _, task := range a.Tasks {
		if !task.Done {
			tasks = append(tasks, task.Kind+" ("+task.Subject+")")
		}
	}
	for name, list := range map[string][]string{"items": items, "tasks": tasks} {
		if len(list) > 0 {
			now["5 "+number+": "+name] = strings.Join(list, ", ")
		}
	}
	if number == "halal" {
		return
	}
	d := must(s.h.DB.Dossier(context.Background(), stand.Application))
	for _, m := range d.Materials {
		if m.Kind == storage.Ingredient || m.Halal != "" || m.Open != "" {
			bahan = append(bahan, strings.Join(strings.Fields(m.Name+" "+m.Brand+" "+m.Halal+" "+m.Open), " "))
		}
	}
	now["5 "+number+": bahan"] = strings.Join(bahan, ", ")
	now["5 "+number+": penyelia"] = strings.TrimSpace(d.Supervisor.Name + " " + d.Supervisor.Agreed)
	now["5 "+number+": rank"] = a.RankAt.In(locales.WITA).Format("2006-01-02 15.04")
}
