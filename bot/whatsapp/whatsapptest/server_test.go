package whatsapptest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// setup is a server with a paired dinas and an owner.
func setup(t *testing.T) (d *dinas, office, owner *Phone) {
	t.Helper()
	t.Parallel()
	s := New(t)
	office, owner = s.Phone(t, "Dinas"), s.Phone(t, "Contoh Satu")
	d = newDinas(t, s)
	d.pair(office)
	return d, office, owner
}

// restart ends the dinas's client and opens it anew over the same database.
func (d *dinas) restart(meanwhile func()) {
	d.t.Helper()
	d.client.Disconnect()
	meanwhile()
	d.start()
	d.connect()
}

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func TestDeviceIsPairedAndAnOwnersTextArrivesDecrypted(t *testing.T) {
	d, office, owner := setup(t)
	id := owner.Send(office, says("halo"))
	m := await[*events.Message](d)
	if m.Message.GetConversation() != "halo" || m.Info.ID != id || m.Info.Sender != owner.JID(true) || m.Info.SenderAlt != owner.JID(false) || m.Info.PushName != "Contoh Satu" {
		t.Fatalf("it came as %+v", m.Info)
	}
	if err := owner.Tick(soon(t), id, types.ReceiptTypeDelivered); err != nil {
		t.Fatal(err)
	}
	if err := d.client.MarkRead(t.Context(), []types.MessageID{id}, time.Now(), m.Info.Chat, m.Info.Sender); err != nil {
		t.Fatal(err)
	}
	if err := owner.Tick(soon(t), id, types.ReceiptTypeRead); err != nil {
		t.Fatal(err)
	}
	d.send(owner, says("Selamat datang"))
	if got := hear(t, owner).Message.GetConversation(); got != "Selamat datang" {
		t.Fatalf("the owner heard %q", got)
	}
	hear(t, office)
	if own := hear(t, office); !own.Info.IsFromMe || own.Info.Chat != owner.JID(true) {
		t.Fatalf("the dinas's own phone saw %+v", own.Info)
	}
}

func TestPhonesOwnMessageReachesItsLinkedDeviceAsFromMe(t *testing.T) {
	d, office, owner := setup(t)
	office.Send(owner, says("saya petugas"))
	if m := await[*events.Message](d); !m.Info.IsFromMe || m.Info.Chat != owner.JID(true) {
		t.Fatalf("it came as %+v", m.Info)
	}
}

func TestSenderIsNamedByNumberOrHiddenIdAndOneMayChange(t *testing.T) {
	d, office, owner := setup(t)
	for i, way := range []Addressing{ByLIDOnly, ByNumber, ByLID, ByNumberAlone} {
		owner.Shows(way)
		owner.Send(office, says(fmt.Sprint(i)))
		m := await[*events.Message](d)
		number := way == ByNumber || way == ByNumberAlone
		if m.Message.GetConversation() != fmt.Sprint(i) || m.Info.Sender != owner.JID(!number) {
			t.Fatalf("%s came as %+v", way, m.Info)
		}
		if alt := m.Info.SenderAlt; way == ByLIDOnly && !alt.IsEmpty() || way == ByLID && alt != owner.JID(false) {
			t.Errorf("%s came with %v beside it", way, alt)
		}
	}
}

func TestMessageWhoseHandlerFailedComesAgainAndOneThatWasTakenDoesNot(t *testing.T) {
	d, office, owner := setup(t)
	d.refuse.Store(true)
	owner.Send(office, says("satu"))
	first := await[*events.Message](d)
	d.refuse.Store(false)
	d.restart(func() { owner.Send(office, says("dua")) })
	again, second := await[*events.Message](d), await[*events.Message](d)
	if again.Info.ID != first.Info.ID || again.Message.GetConversation() != "satu" || second.Message.GetConversation() != "dua" {
		t.Fatalf("%q and %q came", again.Message, second.Message)
	}
	d.restart(func() { owner.Send(office, says("tiga")) })
	if m := await[*events.Message](d); m.Message.GetConversation() != "tiga" {
		t.Fatalf("%q came again", m.Message)
	}
}

func TestBacklogComesInOrderBetweenItsMarks(t *testing.T) {
	d, office, owner := setup(t)
	const n = 50
	d.restart(func() {
		for i := range n {
			owner.Send(office, says(fmt.Sprint(i)))
		}
	})
	if preview := await[*events.OfflineSyncPreview](d); preview.Messages != n {
		t.Errorf("the preview counts %d messages", preview.Messages)
	}
	for i := range n {
		if m := await[*events.Message](d); m.Message.GetConversation() != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, m.Message)
		}
	}
	await[*events.OfflineSyncCompleted](d)
}

func TestDamagedMessageIsAskedForAgain(t *testing.T) {
	d, office, owner := setup(t)
	owner.Send(office, says("halo"))
	await[*events.Message](d)
	office.Garble(2) // one for the phone, one for the linked device
	id := owner.Send(office, says("rusak"))
	if u := await[*events.UndecryptableMessage](d); u.Info.ID != id {
		t.Fatalf("undecryptable: %+v", u.Info)
	}
	if m := await[*events.Message](d); m.Info.ID != id || m.Message.GetConversation() != "rusak" {
		t.Fatalf("%q came", m.Message)
	}
}

func TestFileGoesUpAndComesDownAndOneThatIsGoneIsUploadedAgain(t *testing.T) {
	d, office, owner := setup(t)
	content := bytes.Repeat([]byte("NIB "), 1<<18)
	owner.Send(office, owner.document("NIB.pdf", "application/pdf", content, ""))
	m := await[*events.Message](d)
	doc := m.Message.GetDocumentMessage()
	got, err := d.client.Download(t.Context(), doc)
	if err != nil || !bytes.Equal(got, content) || doc.GetFileName() != "NIB.pdf" {
		t.Fatalf("downloaded %d bytes: %v", len(got), err)
	}
	office.await(m.Info.ID)
	d.server.MediaGone()
	if _, err := d.client.Download(t.Context(), doc); !errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403) {
		t.Fatalf("a file that is gone: %v", err)
	}
	if err := d.client.SendMediaRetryReceipt(t.Context(), &m.Info, doc.GetMediaKey()); err != nil {
		t.Fatal(err)
	}
	news, err := whatsmeow.DecryptMediaRetryNotification(await[*events.MediaRetry](d), doc.GetMediaKey())
	if err != nil {
		t.Fatal(err)
	}
	doc.DirectPath = news.DirectPath
	if got, err := d.client.Download(t.Context(), doc); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("downloaded %d bytes again: %v", len(got), err)
	}
	office.Sleep()
	if err := d.client.SendMediaRetryReceipt(t.Context(), &m.Info, doc.GetMediaKey()); err != nil {
		t.Fatal(err)
	}
	if _, err := whatsmeow.DecryptMediaRetryNotification(await[*events.MediaRetry](d), doc.GetMediaKey()); !errors.Is(err, whatsmeow.ErrMediaNotAvailableOnPhone) {
		t.Fatalf("the phone has it not: %v", err)
	}
}

func TestSecondSendUnderOneIdArrivesUnderThatId(t *testing.T) {
	d, _, owner := setup(t)
	id := d.client.GenerateMessageID()
	for range 2 {
		d.send(owner, says("sekali"), whatsmeow.SendRequestExtra{ID: id})
		if m := hear(t, owner); m.Info.ID != id {
			t.Fatalf("it came as %s", m.Info.ID)
		}
	}
}

func TestVoteInAPollIsOpened(t *testing.T) {
	d, office, owner := setup(t)
	poll := d.client.BuildPollCreation("Setuju?", []string{"Ya", "Tidak"}, 1)
	d.send(owner, poll)
	question := hear(t, owner)
	vote, err := owner.client.BuildPollVote(t.Context(), &question.Info, []string{"Ya"})
	if err != nil {
		t.Fatal(err)
	}
	owner.Send(office, vote)
	opened, err := d.client.DecryptPollVote(t.Context(), await[*events.Message](d))
	if err != nil || len(opened.SelectedOptions) != 1 || !bytes.Equal(opened.SelectedOptions[0], whatsmeow.HashPollOptions([]string{"Ya"})[0]) {
		t.Fatalf("the vote is %v, %v", opened, err)
	}
}

func TestStrangerIsRefusedWith463AndSomebodyWhoWroteIsNot(t *testing.T) {
	d, office, owner := setup(t)
	office.Timelock(true)
	_, err := d.client.SendMessage(t.Context(), owner.JID(true), says("halo"))
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) || !strings.HasSuffix(err.Error(), " 463") {
		t.Fatalf("sent to a stranger: %v", err)
	}
	owner.Send(office, says("halo"))
	await[*events.Message](d)
	d.send(owner, says("balasan"))
}

func TestCallReachesTheLinkedDeviceAndIsDeclined(t *testing.T) {
	d, office, owner := setup(t)
	id := owner.Calls(office)
	offer := await[*events.CallOffer](d)
	if offer.CallID != id {
		t.Fatalf("the call is %q", offer.CallID)
	}
	if err := d.client.RejectCall(t.Context(), offer.From, offer.CallID); err != nil {
		t.Fatal(err)
	}
	owner.CallDeclined(id)
}

func TestConnectionThatIsCutComesBackAndLosesNothing(t *testing.T) {
	d, office, owner := setup(t)
	office.Drop()
	await[*events.Disconnected](d)
	owner.Send(office, says("masih ada?"))
	if m := await[*events.Message](d); m.Message.GetConversation() != "masih ada?" {
		t.Fatalf("%q came", m.Message)
	}
}

func TestReplacedUnlinkedBannedAndOutdatedClientsHearOfIt(t *testing.T) {
	t.Run("replaced", func(t *testing.T) {
		d, office, _ := setup(t)
		office.Replace()
		await[*events.StreamReplaced](d)
	})
	t.Run("unlinked", func(t *testing.T) {
		d, office, _ := setup(t)
		office.Unlink()
		if e := await[*events.LoggedOut](d); e.OnConnect {
			t.Errorf("%+v", e)
		}
	})
	t.Run("banned", func(t *testing.T) {
		d, office, _ := setup(t)
		office.Ban(104, time.Hour)
		if e := await[*events.TemporaryBan](d); e.Code != events.TempBanSentTooManySameMessage || e.Expire != time.Hour {
			t.Errorf("%+v", e)
		}
	})
	t.Run("outdated", func(t *testing.T) {
		d, office, _ := setup(t)
		office.Refuse("405", nil)
		await[*events.ClientOutdated](d)
	})
}

func TestEditRevokeAndReactionArrive(t *testing.T) {
	d, office, owner := setup(t)
	id := owner.Send(office, says("Sagu Mte"))
	m := await[*events.Message](d)
	owner.Send(office, owner.client.BuildEdit(office.JID(true), id, says("Sagu Mete")))
	if e := await[*events.Message](d); !e.IsEdit || e.Message.GetProtocolMessage().GetEditedMessage().GetConversation() != "Sagu Mete" {
		t.Errorf("the edit came as %v", e.Message)
	}
	owner.Send(office, owner.client.BuildReaction(office.JID(true), m.Info.Sender, id, "👍"))
	if e := await[*events.Message](d); e.Message.GetReactionMessage().GetText() != "👍" {
		t.Errorf("the reaction came as %v", e.Message)
	}
	owner.Send(office, owner.client.BuildRevoke(office.JID(true), types.EmptyJID, id))
	if e := await[*events.Message](d); e.Message.GetProtocolMessage().GetType() != waE2E.ProtocolMessage_REVOKE {
		t.Errorf("the deletion came as %v", e.Message)
	}
}

func TestServerRefusesWhatWhatsAppWould(t *testing.T) {
	d, _, owner := setup(t)
	nobody := types.NewJID("999999999999", types.HiddenUserServer)
	if _, err := d.client.SendMessage(t.Context(), nobody, says("halo")); err == nil {
		t.Error("a message to nobody was taken")
	}
	if resp, err := d.client.IsOnWhatsApp(t.Context(), []string{"+" + owner.Number(), "+628129999999"}); err != nil || len(resp) != 2 || !resp[0].IsIn || resp[1].IsIn {
		t.Errorf("on WhatsApp: %+v, %v", resp, err)
	}
	if _, err := d.client.SendMessage(t.Context(), owner.JID(false), &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("ke nomor")}}); err != nil {
		t.Fatal(err)
	}
	if got := hear(t, owner).Message.GetExtendedTextMessage().GetText(); got != "ke nomor" {
		t.Errorf("heard %q", got)
	}
}
