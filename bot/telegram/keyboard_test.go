package telegram

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"titian/bot/chat"
	"titian/bot/telegram/telegramtest"
)

// rows shows buttons row by row.
func rows(of [][]telegramtest.Button) string {
	var lines []string
	for _, row := range of {
		var labels []string
		for _, b := range row {
			labels = append(labels, b.Text)
		}
		lines = append(lines, strings.Join(labels, " | "))
	}
	return strings.Join(lines, "\n")
}

func TestShortChoicesStandInPairsAndLongOnesAlone(t *testing.T) {
	_, c, u := sender(t, telegramtest.Options{})
	m := chat.Outgoing{
		Text: "Sektor apa?",
		Choices: []chat.Choice{
			{ID: "1", Label: "Pangan"}, {ID: "2", Label: "Sandang & Kulit"}, {ID: "3", Label: "Kimia & Bahan Bangunan"},
			{ID: "4", Label: "Furnitur"}, {ID: "5", Label: "Logam & Elektronika"}, {ID: "6", Label: "Kerajinan"},
		},
		Shortcuts: []chat.Choice{{ID: "kembali", Label: "Kembali"}, {ID: "batal", Label: "Batal"}},
	}
	if _, err := c.Send(t.Context(), to(u), m); err != nil {
		t.Fatal(err)
	}
	want := "Pangan | Sandang & Kulit\nKimia & Bahan Bangunan\nFurnitur\nLogam & Elektronika\nKerajinan\nKembali | Batal"
	if got := rows(u.Next(t).Buttons); got != want {
		t.Errorf("the buttons stand as\n%s\nwant\n%s", got, want)
	}
}

func TestAHundredChoicesFitAndOneMoreDoesNot(t *testing.T) {
	_, c, u := sender(t, telegramtest.Options{})
	var choices []chat.Choice
	for i := range maxButtons {
		choices = append(choices, chat.Choice{ID: fmt.Sprint("k", i), Label: fmt.Sprint("Kel. ", i)})
	}
	if _, err := c.Send(t.Context(), to(u), chat.Outgoing{Text: "Kelurahan?", Choices: choices}); err != nil {
		t.Fatal(err)
	}
	if got := len(u.Next(t).Labels()); got != maxButtons {
		t.Errorf("%d buttons", got)
	}
	_, err := c.Send(t.Context(), to(u), chat.Outgoing{Text: "Kelurahan?", Choices: append(choices, chat.Choice{ID: "x", Label: "x"})})
	if s := failed(t, err); s.Failure != chat.FailedInvalid {
		t.Errorf("failed as %+v", s)
	}
}

func TestAnIdThatDoesNotFitIsRefusedAndNeverCut(t *testing.T) {
	n, c, u := sender(t, telegramtest.Options{})
	for _, choice := range []chat.Choice{
		{ID: strings.Repeat("x", 65), Label: "Ya"}, {ID: "", Label: "Ya"}, {ID: "\xff", Label: "Ya"}, {ID: "ya", Label: ""},
	} {
		for _, m := range []chat.Outgoing{
			{Text: "?", Choices: []chat.Choice{choice}},
			{Text: "?", Shortcuts: []chat.Choice{choice}},
		} {
			_, err := c.Send(t.Context(), to(u), m)
			if s := failed(t, err); s.Failure != chat.FailedInvalid {
				t.Errorf("failed as %+v", s)
			}
		}
	}
	if n.Count("sendMessage") != 0 {
		t.Error("something was sent")
	}
}

func TestARequestIsAKeyboardWhoseChoicesAreWords(t *testing.T) {
	_, c, u := sender(t, telegramtest.Options{})
	m := chat.Outgoing{
		Text: "Nomor HP Bapak/Ibu?", Request: chat.RequestContact, Label: "📱 Bagikan nomor",
		Choices: []chat.Choice{{ID: "lewati", Label: "Lewati"}}, Shortcuts: []chat.Choice{{ID: "kembali", Label: "Kembali"}},
	}
	if _, err := c.Send(t.Context(), to(u), m); err != nil {
		t.Fatal(err)
	}
	question := u.Next(t)
	if len(question.Buttons) != 0 || rows(question.Keyboard) != "📱 Bagikan nomor\nLewati\nKembali" {
		t.Errorf("the keyboard stands as\n%s", rows(question.Keyboard))
	}
	if first := question.Keyboard[0][0]; !first.Contact || first.Location {
		t.Errorf("its first key is %+v", first)
	}
	m.Request, m.Label, m.Choices, m.Shortcuts = chat.RequestLocation, "📍 Kirim lokasi", nil, nil
	if _, err := c.Send(t.Context(), to(u), m); err != nil {
		t.Fatal(err)
	}
	if first := u.Next(t).Keyboard[0][0]; !first.Location {
		t.Errorf("its key is %+v", first)
	}
}

func TestAKeyboardIsGoneWithTheNextPlainMessage(t *testing.T) {
	_, c, u := sender(t, telegramtest.Options{})
	for _, m := range []chat.Outgoing{
		{Text: "Nomor HP?", Request: chat.RequestContact, Label: "Bagikan nomor"},
		{Text: "Nama usaha?"},
	} {
		if _, err := c.Send(t.Context(), to(u), m); err != nil {
			t.Fatal(err)
		}
	}
	if keyboard := u.Keyboard(); keyboard != nil {
		t.Errorf("the phone still shows %v", keyboard)
	}
}

func TestARequestThatCannotBeShownIsInvalid(t *testing.T) {
	_, c, u := sender(t, telegramtest.Options{})
	for _, m := range []chat.Outgoing{
		{Text: "?", Request: chat.RequestContact}, {Text: "?", Request: "fingerprint", Label: "x"},
	} {
		_, err := c.Send(t.Context(), to(u), m)
		if s := failed(t, err); s.Failure != chat.FailedInvalid {
			t.Errorf("failed as %+v", s)
		}
	}
}

func TestTextIsCutWhereAReaderWouldCutIt(t *testing.T) {
	for _, c := range []struct {
		what, text string
		want       []string
	}{
		{"short", "satu dua", []string{"satu dua"}},
		{"at the last line end", "aaa\nbbb\nccc", []string{"aaa\nbbb", "ccc"}},
		{"else at a space", "aaaaaa bbbb", []string{"aaaaaa", "bbbb"}},
		{"else anywhere", "aaaaaaaaaaa", []string{"aaaaaaaaaa", "a"}},
		{"never inside a family", "aaaaaaaa👨‍👩‍👧", []string{"aaaaaaaa", "👨‍👩‍👧"}},
		{"never before a mark", "aaaaaaaaae\u0301b", []string{"aaaaaaaaa", "e\u0301b"}},
		{"blank parts are not sent", "aaa\n\n\n\n\n\n\n\n\n\n\n\n\nbbb", []string{"aaa", "bbb"}},
		{"nothing", " \n ", nil},
	} {
		if got := split(c.text, 10); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}
