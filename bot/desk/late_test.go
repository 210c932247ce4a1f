package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

// unavailable is a network whose files cannot be had for now.
func unavailable(chat.File) error {
	return &chat.FetchError{Cause: errors.New("download: HTTP 502")}
}

// atPhoto registers up to the question that wants a photo of the product.
func atPhoto(t *testing.T, h *bottest.House) *bottest.Person {
	t.Helper()
	p := h.Person("contoh")
	for _, line := range registering[:len(registering)-3] {
		p.Says(line)
	}
	return p
}

// sends gives a photo whose message is a minute old, so that it is not tried again at once.
func sends(t *testing.T, h *bottest.House, p *bottest.Person, shade uint8, album string) string {
	t.Helper()
	m := h.Network.Photo(p.Name, shot(t, shade), album)
	m.At = m.At.Add(-time.Minute)
	return p.Gives(m)
}

const photosKept = `SELECT count(*) FROM files WHERE purpose LIKE '%photo%' AND deleted_at IS NULL`

func TestAPhotoThatCouldNotBeFetchedAnswersItsQuestionLater(t *testing.T) {
	h := setup(t)
	p := atPhoto(t, h)
	h.Network.Lose(unavailable)
	said := sends(t, h, p, 50, "")
	has(t, said, "Tidak perlu kirim ulang")
	hasNot(t, said, "Langkah")
	for range 2 { // it fails again, and nothing more is said
		wake(t, h)
		idle(t, h)
	}
	if said := p.Hears(); said != "" {
		t.Errorf("the owner hears %q while the file is tried again, want silence", said)
	}
	if n := count(t, h, `SELECT count(*) FROM river_job WHERE kind = 'fetch_file' AND errors[1]->>'error' LIKE '%HTTP 502%'`); n != 1 {
		t.Errorf("%d jobs keep the cause, want one", n)
	}
	if n := count(t, h, `SELECT count(*) FROM fetches WHERE cause LIKE '%HTTP 502%' AND position('"file"'::bytea in body) = 0`); n != 1 {
		t.Errorf("%d files wait with their cause, sealed, want one", n)
	}
	has(t, p.Says("status"), "Langkah") // the conversation goes on meanwhile
	h.Network.Lose(nil)
	wake(t, h)
	idle(t, h)
	has(t, p.Hears(), "sudah berhasil diambil", "Langkah")
	if n := count(t, h, photosKept); n != 1 {
		t.Errorf("%d photos are kept, want one", n)
	}
	if n := count(t, h, `SELECT count(*) FROM fetches WHERE outcome = 'taken' AND body = ''`); n != 1 {
		t.Errorf("%d files were taken late, want one", n)
	}
}

func TestAPhotoWhoseQuestionIsOverWhenItIsFetchedGoesToStaff(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	p := atPhoto(t, h)
	h.Network.Lose(unavailable)
	sends(t, h, p, 50, "")
	p.Says("lewati")
	h.Network.Lose(nil)
	wake(t, h)
	idle(t, h)
	has(t, p.Hears(), "kami teruskan kepada petugas")
	has(t, hears(t, h, ani.Name, 0, "baru berhasil diambil"), "Foto untuk")
	idle(t, h)
	if sent := h.Network.Sent(ani.Name); sent[len(sent)-1].Attachment == nil {
		t.Error("the officer does not see the photo")
	}
}

func TestAPhotoThatWasSentAgainMeanwhileIsNotKeptTwice(t *testing.T) {
	h := setup(t)
	p := atPhoto(t, h)
	h.Network.Lose(unavailable)
	sends(t, h, p, 50, "")
	h.Network.Lose(nil)
	sends(t, h, p, 50, "")
	wake(t, h)
	idle(t, h)
	if said := p.Hears(); said != "" {
		t.Errorf("the owner hears %q of a photo they sent again", said)
	}
	if n := count(t, h, photosKept); n != 1 {
		t.Errorf("%d photos are kept, want one", n)
	}
}

func TestAnAlbumOfWhichAPartCameLateIsWhole(t *testing.T) {
	h := setup(t)
	p := atPhoto(t, h)
	sends(t, h, p, 50, "a")
	h.Network.Lose(unavailable)
	if said := sends(t, h, p, 70, "a") + sends(t, h, p, 90, "a"); strings.Count(said, "Tidak perlu kirim ulang") != 1 {
		t.Errorf("of an album it is said %q, want it once", said)
	}
	h.Network.Lose(nil)
	wake(t, h)
	idle(t, h)
	if n := count(t, h, photosKept); n != 3 {
		t.Errorf("%d photos are kept, want three", n)
	}
}

func TestAPhotoThatCannotBeFetchedForADayIsAskedForAgain(t *testing.T) {
	h := setup(t)
	p := atPhoto(t, h)
	h.Network.Lose(unavailable)
	sends(t, h, p, 50, "")
	h.Clock.Move(23 * time.Hour)
	wake(t, h)
	idle(t, h)
	if said := p.Hears(); said != "" {
		t.Fatalf("it is given up before its time: %q", said)
	}
	h.Clock.Move(61 * time.Minute)
	wake(t, h)
	idle(t, h)
	has(t, p.Hears(), "Mohon kirim sekali lagi")
	h.Network.Lose(nil)
	wake(t, h)
	idle(t, h)
	has(t, sends(t, h, p, 50, ""), "Langkah")
	if n := count(t, h, photosKept); n != 1 {
		t.Errorf("%d photos are kept, want one", n)
	}
}
