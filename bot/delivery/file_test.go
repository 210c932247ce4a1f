package delivery

import (
	"context"
	"errors"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// filed is a reply with a sealed file.
func filed(c string, seq, n int64, vault string) Reply {
	r := owed(c, seq, n)
	r.Message.Attachment = &chat.Attachment{Name: "pdf", Vault: vault}
	return r
}

func TestAReplyWithASealedFileKeepsItsPlace(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = time.Second
		h.Reply(owed("siti", 1, 0), filed("siti", 1, 1, "there"), owed("siti", 1, 2))
		h.finish(t)
		wantTexts(t, h, "siti 1.0", "siti 1.1+pdf", "siti 1.2")
		wantTrimmed(t, h, "siti/1.0", "siti/1.1", "siti/1.2")
	})
}

func TestAFileMayTakeLongerThanAText(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = 5 * time.Minute
		h.Reply(filed("siti", 1, 0, "there"))
		h.finish(t)
		wantTexts(t, h, "siti 1.0+pdf")
	})
}

func TestAFileThatIsLostTakesNoWordsWithIt(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		bare := filed("siti", 2, 0, "lost")
		bare.Message.Text = ""
		h.Reply(filed("siti", 1, 0, "lost"), owed("siti", 1, 1), bare, owed("siti", 3, 0))
		h.finish(t)
		wantTexts(t, h, "siti 1.0+pdf", "siti 1.0", "siti 1.1", "+pdf", "siti 3.0")
		wantTrimmed(t, h, "siti/1.0", "siti/1.1", "siti/2.0", "siti/3.0")
	})
}

func TestAFileThatTheNetworkRefusesTakesNoWordsWithIt(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["siti 1.0"] = []error{errInvalid}
		h.Reply(filed("siti", 1, 0, "there"))
		h.finish(t)
		wantTexts(t, h, "siti 1.0+pdf", "siti 1.0")
	})
}

func TestAVaultThatIsDownIsWaitedOutButNotForEver(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.files.down = 3
		h.Reply(filed("siti", 1, 0, "there"))
		h.finish(t)
		wantTexts(t, h, "siti 1.0+pdf", "siti 1.0+pdf", "siti 1.0+pdf", "siti 1.0+pdf")
	})
	in(t, func(t *testing.T, h *house) {
		h.files.down = 1000
		h.Reply(filed("siti", 1, 0, "there"), owed("siti", 2, 0))
		h.finish(t)
		all := h.net.seen()
		if n := len(all); n != fileTries+3 || all[n-2].text != "siti 1.0" || all[n-1].text != "siti 2.0" || all[n-1].at > 15*time.Minute {
			t.Errorf("the network saw %v", all)
		}
	})
}

func TestANoticeSaysThatItsFileIsLostAndSendsNothingInItsPlace(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		send := func(vault string) error {
			_, err := h.Notice(context.Background(), storage.ContactID("siti"), at("siti"), chat.Outgoing{Text: "KTP", Attachment: &chat.Attachment{Name: "pdf", Vault: vault}}, Notice)
			return err
		}
		err := send("lost")
		wantFailure(t, err, chat.FailedInvalid)
		if !errors.Is(err, chat.ErrFile) || !errors.Is(err, errMissing) {
			t.Error(err)
		}
		h.files.down = 2
		if err := send("there"); err != nil {
			t.Error(err)
		}
		wantTexts(t, h, "KTP+pdf", "KTP+pdf", "KTP+pdf", "KTP+pdf")
	})
}
