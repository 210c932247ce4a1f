package desk_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
	"titian/storage/postgres"
)

// complete lets an officer accept everything of the next file.
func complete(t *testing.T, officer *bottest.Person) {
	t.Helper()
	officer.Says("/berkas")
	officer.Taps("Berikutnya")
	officer.Taps("Terima sisanya")
	has(t, officer.Taps("Selesai memeriksa"), "lengkap, belum mendapat tempat")
}

// content is what a message's file holds.
func content(t *testing.T, m chat.Outgoing) []byte {
	t.Helper()
	r, err := m.Attachment.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// awaitNamed waits for a file whose name ends so.
func awaitNamed(t *testing.T, h *bottest.House, name, ending string, from int) chat.Outgoing {
	t.Helper()
	for n := from + 1; ; n++ {
		if m := h.Network.Await(t, name, n)[n-1]; m.Attachment != nil && strings.HasSuffix(m.Attachment.Name, ending) {
			return m
		}
	}
}

// scheduled are the times at which messages are taken out of chats, by their IDs.
func scheduled(t *testing.T, h *bottest.House) map[string]time.Time {
	t.Helper()
	list, err := h.Jobs.Client().JobList(t.Context(), river.NewJobListParams().Kinds(postgres.TakeAway{}.Kind()))
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]time.Time{}
	for _, job := range list.Jobs {
		_, rest, _ := strings.Cut(string(job.EncodedArgs), `"ref": "`)
		if rest == "" {
			_, rest, _ = strings.Cut(string(job.EncodedArgs), `"ref":"`)
		}
		ref, _, _ := strings.Cut(rest, `"`)
		times[ref] = job.ScheduledAt
	}
	return times
}

// isTakenAway checks that a message goes from a name's chat after a while.
func isTakenAway(t *testing.T, h *bottest.House, name string, m chat.Outgoing, after time.Duration) {
	t.Helper()
	at, ok := scheduled(t, h)[m.ID]
	if wait := at.Sub(h.Clock.Now()); !ok || wait > after || wait < after-time.Minute {
		t.Errorf("message %s is taken away after %s, want %s", m.ID, wait, after)
	}
	if err := h.Desk.TakeAway(t.Context(), h.Contact(name), m.ID); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(h.Network.Removed(name), m.ID) {
		t.Errorf("message %s stays", m.ID)
	}
}

func TestADocumentThatWasShownIsRemovedAfterTenMinutes(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	ani.Says("/berkas")
	ani.Taps("Berikutnya")
	before, done := len(h.Network.Sent("Ani")), events(t, h, river.EventKindJobCompleted)
	ani.Taps("7. KTP pemilik")
	shown := awaitFile(t, h, "Ani", before)
	awaitJob(t, done, postgres.ShowDocument{})
	isTakenAway(t, h, "Ani", shown, 10*time.Minute)
}

func TestAnOfficerGetsTheDossierInTheirOwnChatAndItGoesAfterADay(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	complete(t, ani)
	before, done := len(h.Network.Sent("Ani")), events(t, h, river.EventKindJobCompleted)
	has(t, ani.Taps("Berkas untuk SiHalal"), "HAL-2026-000001", "24 jam")
	pdf, packed := awaitNamed(t, h, "Ani", ".pdf", before), awaitNamed(t, h, "Ani", "-1.zip", before)
	if pdf.Protect || packed.Protect {
		t.Error("what is for SiHalal cannot be saved")
	}
	if !bytes.HasPrefix(content(t, pdf), []byte("%PDF-")) {
		t.Error("the PDF is none")
	}
	data := content(t, packed)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		if f.UncompressedSize64 > 2<<20 {
			t.Errorf("%s has %d bytes", f.Name, f.UncompressedSize64)
		}
	}
	has(t, strings.Join(names, " "), "KTP", "NIB", "DAFTAR_ISI.txt")
	awaitJob(t, done, postgres.HandOutDossier{})
	isTakenAway(t, h, "Ani", pdf, 24*time.Hour)
	isTakenAway(t, h, "Ani", packed, 24*time.Hour)
}

func TestAFileOfTheDossierThatArrivedIsNotSentAgainAfterAFailure(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	complete(t, ani)
	var tries atomic.Int32
	h.Network.Fail(func(_ chat.Address, m chat.Outgoing) error {
		if m.Attachment != nil && strings.HasSuffix(m.Attachment.Name, ".zip") && tries.Add(1) <= 2 { // a notice that is unsure goes twice
			return &chat.SendError{Failure: chat.FailedUnsure, Cause: errors.New("cut off")}
		}
		return nil
	})
	before := len(h.Network.Sent("Ani"))
	ani.Taps("Berkas untuk SiHalal")
	awaitNamed(t, h, "Ani", "-1.zip", before)
	pdfs := 0
	for _, m := range h.Network.Sent("Ani")[before:] {
		if m.Attachment != nil && strings.HasSuffix(m.Attachment.Name, ".pdf") {
			pdfs++
		}
	}
	if pdfs != 1 || tries.Load() != 3 {
		t.Errorf("the PDF came %d times, the ZIP was tried %d times", pdfs, tries.Load())
	}
}

func TestADossierOfWhatWasWithdrawnOrDeletedMeanwhileIsNotSent(t *testing.T) {
	for name, words := range map[string][]string{"withdrawn": {"mundur", "0001", "tarik"}, "deleted": {"hapus data", "0001", "hapus"}} {
		t.Run(name, func(t *testing.T) {
			h := setup(t)
			opens(t, h, 120)
			ani := h.Invite("Ani", storage.RoleOfficer)
			owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
			complete(t, ani)
			heldUp(t, h, ani, func() {
				said := ""
				for _, line := range words {
					said = owner.Says(line)
				}
				has(t, said, "sudah di")
			})
			for _, m := range h.Network.Sent("Ani") {
				if m.Attachment != nil && !m.Protect {
					t.Errorf("%s was sent", m.Attachment.Name)
				}
			}
		})
	}
}

// heldUp lets someone ask for a dossier whose sending fails, until something has happened; then it is tried again.
func heldUp(t *testing.T, h *bottest.House, who *bottest.Person, meanwhile func()) {
	t.Helper()
	failed, done := events(t, h, river.EventKindJobFailed), events(t, h, river.EventKindJobCompleted)
	h.Network.Fail(func(_ chat.Address, m chat.Outgoing) error {
		if m.Attachment != nil {
			return &chat.SendError{Failure: chat.FailedUnsure, Cause: errors.New("cut off")}
		}
		return nil
	})
	who.Taps("Berkas untuk SiHalal")
	job := awaitJob(t, failed, postgres.HandOutDossier{})
	meanwhile()
	h.Network.Fail(nil)
	if _, err := h.Jobs.Client().JobRetry(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	awaitJob(t, done, postgres.HandOutDossier{})
}

// awaitJob waits for an event of a kind of job, and says which one it was.
func awaitJob(t *testing.T, c <-chan *river.Event, kind river.JobArgs) int64 {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		select {
		case e := <-c:
			if e.Job.Kind == kind.Kind() {
				return e.Job.ID
			}
		case <-limit:
			t.Fatalf("no %s was worked", kind.Kind())
		}
	}
}
