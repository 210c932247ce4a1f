package telegramtest

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"net/http"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// setup starts a server that ends with the test.
func setup(t *testing.T, opt Options) *Server {
	t.Helper()
	srv := New(opt)
	t.Cleanup(srv.Close)
	return srv
}

// library is a bot of go-telegram-bot-api against the server.
func library(t *testing.T, srv *Server) *tgbotapi.BotAPI {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
	t.Cleanup(client.CloseIdleConnections)
	bot, err := tgbotapi.NewBotAPIWithClient(srv.Token(), srv.Endpoint(), client)
	if err != nil {
		t.Fatal(err)
	}
	return bot
}

// picture is a small JPEG.
func picture(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// receive gets updates through the library and confirms them.
func receive(t *testing.T, bot *tgbotapi.BotAPI, offset *int) []tgbotapi.Update {
	t.Helper()
	updates, err := bot.GetUpdates(tgbotapi.UpdateConfig{Offset: *offset, Timeout: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(updates) > 0 {
		*offset = updates[len(updates)-1].UpdateID + 1
	}
	return updates
}

func TestTheLibraryHoldsAConversation(t *testing.T) {
	srv := setup(t, Options{})
	bot := library(t, srv)
	siti := srv.User(7001, "Siti")
	offset := 0

	siti.Start("pasar")
	got := receive(t, bot, &offset)
	if len(got) != 1 || got[0].Message.Command() != "start" || got[0].Message.CommandArguments() != "pasar" || got[0].Message.From.FirstName != "Siti" {
		t.Fatalf("start came as %+v", got)
	}

	msg := tgbotapi.NewMessage(7001, "Setuju?")
	msg.ReplyMarkup = tgbotapi.NewInlineKeyboardMarkup(tgbotapi.NewInlineKeyboardRow(tgbotapi.NewInlineKeyboardButtonData("Ya", "setuju:ya")))
	sent, err := bot.Send(msg)
	if err != nil {
		t.Fatal(err)
	}
	question := siti.Next(t)
	if question.ID != sent.MessageID || question.Text != "Setuju?" || question.Labels()[0] != "Ya" {
		t.Fatalf("Siti sees %+v", question)
	}

	tap, err := siti.Tap(question.ID, "Ya")
	if err != nil {
		t.Fatal(err)
	}
	got = receive(t, bot, &offset)
	if len(got) != 1 || got[0].CallbackQuery.Data != "setuju:ya" || got[0].CallbackQuery.Message.MessageID != sent.MessageID {
		t.Fatalf("the tap came as %+v", got)
	}
	if _, err := bot.Request(tgbotapi.NewCallback(got[0].CallbackQuery.ID, "Terima kasih")); err != nil {
		t.Fatal(err)
	}
	answer, err := tap.Await(t.Context())
	if err != nil || answer.Text != "Terima kasih" {
		t.Fatalf("answer %+v, %v", answer, err)
	}
	if _, err := bot.Send(tgbotapi.NewEditMessageText(7001, sent.MessageID, "Setuju.")); err != nil {
		t.Fatal(err)
	}
	if edit := siti.NextEdit(t); edit.Text != "Setuju." || edit.Buttons != nil {
		t.Fatalf("Siti sees the edit as %+v", edit)
	}
}

func TestTheLibraryDecodesEveryKindOfMessage(t *testing.T) {
	srv := setup(t, Options{})
	bot := library(t, srv)
	siti := srv.User(7001, "Siti")
	offset := 0
	for _, c := range []struct {
		name string
		act  func()
		want func(*tgbotapi.Message) bool
	}{
		{"photo", func() { siti.SendPhoto(picture(t, 1000, 700), "KTP") }, func(m *tgbotapi.Message) bool {
			return len(m.Photo) == 4 && m.Photo[3].Width == 1000 && m.Photo[3].FileSize > 0 && m.Caption == "KTP"
		}},
		{"document", func() { siti.SendDocument("nib.pdf", "application/pdf", []byte("%PDF")) }, func(m *tgbotapi.Message) bool {
			return m.Document.FileName == "nib.pdf" && m.Document.FileSize == 4 && m.Document.MimeType == "application/pdf"
		}},
		{"contact", func() { siti.ShareContact(true, "628110001") }, func(m *tgbotapi.Message) bool {
			return m.Contact.UserID == 7001 && m.Contact.PhoneNumber == "628110001"
		}},
		{"location", func() { siti.ShareLocation(-3.99, 122.51) }, func(m *tgbotapi.Message) bool { return m.Location.Longitude == 122.51 }},
		{"voice", func() { siti.SendVoice(7) }, func(m *tgbotapi.Message) bool { return m.Voice.Duration == 7 }},
		{"video", func() { siti.SendVideo(9) }, func(m *tgbotapi.Message) bool { return m.Video.Duration == 9 }},
		{"audio", func() { siti.SendAudio("lagu.mp3", 9) }, func(m *tgbotapi.Message) bool { return m.Audio.FileName == "lagu.mp3" }},
		{"sticker", func() { siti.SendSticker("👍") }, func(m *tgbotapi.Message) bool { return m.Sticker.Emoji == "👍" }},
		{"forward", func() { siti.Forward("Amir", "halo") }, func(m *tgbotapi.Message) bool { return m.Text == "halo" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.act()
			got := receive(t, bot, &offset)
			if len(got) != 1 || got[0].Message == nil || got[0].Message.Date == 0 || !c.want(got[0].Message) {
				t.Fatalf("came as %+v", got)
			}
		})
	}
}

func TestTheLibrarySendsFilesAndGetsThem(t *testing.T) {
	srv := setup(t, Options{})
	bot := library(t, srv)
	siti := srv.User(7001, "Siti")
	siti.Start()
	doc := tgbotapi.NewDocument(7001, tgbotapi.FileBytes{Name: "sertifikat.pdf", Bytes: []byte("%PDF-1.7")})
	doc.Caption = "Sertifikat"
	sent, err := bot.Send(doc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bot.Send(tgbotapi.NewPhoto(7001, tgbotapi.FileBytes{Name: "p.jpg", Bytes: picture(t, 90, 90)})); err != nil {
		t.Fatal(err)
	}
	if _, err := bot.Send(tgbotapi.NewDocument(7001, tgbotapi.FileID(sent.Document.FileID))); err != nil {
		t.Fatal(err)
	}
	if seen, err := siti.Await(t.Context(), 3); err != nil || seen[0].FileName != "sertifikat.pdf" || seen[1].Photo == "" || seen[2].Document != seen[0].Document {
		t.Fatalf("Siti sees %+v, %v", seen, err)
	}
	f, err := bot.GetFile(tgbotapi.FileConfig{FileID: sent.Document.FileID})
	if err != nil || f.FilePath == "" || f.FileSize != 8 {
		t.Fatalf("getFile: %+v, %v", f, err)
	}
}

func TestTheLibrarySeesErrorsAsItsOwnType(t *testing.T) {
	srv := setup(t, Options{})
	bot := library(t, srv)
	siti := srv.User(7001, "Siti")
	siti.Start()
	siti.Block()
	_, err := bot.Send(tgbotapi.NewMessage(7001, "halo"))
	var e *tgbotapi.Error
	if !errors.As(err, &e) || e.Code != 403 || e.Message != "Forbidden: bot was blocked by the user" {
		t.Fatalf("error %v", err)
	}
}
