package dossier

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"titian/storage"
)

func TestTheListOfParticipantsHasAColumnToSignInAndSaysHowThePlacesWereGiven(t *testing.T) {
	i := storage.Invitation{Broadcast: 7, Event: "Studi tiru ke Makassar", Day: now.AddDate(0, 0, 10), Places: 35, Rule: storage.RuleLot,
		Seed: "00112233445566778899aabbccddeeff", Deadline: now.AddDate(0, 0, 5)}
	rows := make([]storage.Participant, 80)
	for n := range rows {
		number := fmt.Sprintf("IKM-2026-%06d", n+1)
		rows[n] = storage.Participant{Number: number, Reached: storage.Reached{Name: fmt.Sprint("Contoh ", n+1), Business: "Usaha Contoh"}, Kecamatan: "Kadia",
			State: storage.ParticipantHeld, Rank: n + 1, Lot: storage.Lot(i.Seed, number)}
		if n >= 35 {
			rows[n].State, rows[n].Waits = storage.ParticipantWaiting, n-34
		}
	}
	rows[3].Reached = storage.Reached{}
	text := func(name string) string {
		t.Helper()
		var b bytes.Buffer
		if err := WriteParticipantsPDF(&b, i, rows, now); err != nil {
			t.Fatal(err)
		}
		kept(t, name, b.Bytes())
		return flat(words(t, b.Bytes()))
	}
	if said := text("participants-before"); strings.Contains(said, i.Seed) || !strings.Contains(said, i.Commitment()) {
		t.Error("before the places are given the seed is told, or nothing is that it can be held to")
	}
	i.FilledAt = now.Add(time.Hour)
	said := text("participants")
	for _, want := range []string{"Tanda tangan", i.Seed, i.Commitment(), "SHA-256 dari", "35, terisi 35", "Contoh 35", "(data dihapus atas permintaan pemilik)", "Mengetahui"} {
		if !strings.Contains(said, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	if n := strings.Count(said, "IKM-2026-"); n != 80 {
		t.Errorf("%d of 80 stand on it", n)
	}
}
