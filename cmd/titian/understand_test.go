package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestUnderstandAnswersEachLineWithOneValue(t *testing.T) {
	for kind, lines := range map[string][][2]string{
		"phone":     {{"0812-3456-7890", `"+6281234567890"`}, {"nanti sa kirim", "null"}, {"", "null"}},
		"money":     {{"2 juta", "2000000"}, {"2-3 juta", "null"}},
		"yesno":     {{"iye", "true"}, {"tidak", "false"}, {"iya tapi alamatnya salah", "null"}},
		"kecamatan": {{"mndonga", `"Mandonga"`}, {"Kendari", "null"}, {"kec. Kendari", `"Kendari"`}},
		"date":      {{"12 juni", `"2024-06-12"`}, {"selasa 12 juni 2024", "null"}},
		"workers":   {{"3 orang", "3"}, {"3-4 orang", "null"}},
		"products":  {{"Abon Cakalang, stik ikan", `["abon cakalang","stik ikan"]`}, {"macam-macam", "null"}},
		"nik":       {{"7471 0845 1290 0001", `"7471084512900001"`}, {"123", "null"}},
		"nib":       {{"1234567890123", `"1234567890123"`}, {"belum", "null"}},
	} {
		t.Run(kind, func(t *testing.T) {
			var in, want strings.Builder
			for _, l := range lines {
				in.WriteString(l[0] + "\r\n")
				want.WriteString(l[1] + "\n")
			}
			var out, err bytes.Buffer
			if code := run([]string{"understand", kind, "--today", "2024-06-10"}, streams{strings.NewReader(in.String()), &out, &err}); code != 0 {
				t.Fatalf("exit %d: %s", code, err.String())
			}
			if out.String() != want.String() {
				t.Errorf("got\n%swant\n%s", out.String(), want.String())
			}
		})
	}
}

func TestALineOverAMegabyteIsNullAndTheNextIsRead(t *testing.T) {
	long := strings.Repeat("x", maxLine+1)
	whole := strings.Repeat("y", maxLine)
	var out bytes.Buffer
	err := understand(strings.NewReader(long+"\n"+whole+"\nya"), &out, func(line string) (any, error) { return len(line), nil })
	if err != nil || out.String() != "null\n1048576\n2\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestAnAnswerIsPrintedBeforeTheNextLineIsTyped(t *testing.T) {
	typed, keyboard := io.Pipe()
	screen, printed := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- understand(typed, printed, func(line string) (any, error) { return line, nil })
	}()
	for _, line := range []string{"satu", "dua"} {
		go io.WriteString(keyboard, line+"\n")
		shown := make([]byte, len(line)+3)
		if _, err := io.ReadFull(screen, shown); err != nil || string(shown) != `"`+line+"\"\n" {
			t.Fatalf("got %q, %v", shown, err)
		}
	}
	keyboard.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestAnUnknownKindOrDayIsExplained(t *testing.T) {
	for _, args := range [][]string{{"understand", "weather"}, {"understand", "date", "--today", "besok"}, {"understand"}} {
		var out, err bytes.Buffer
		if code := run(args, streams{strings.NewReader(""), &out, &err}); code != exitComplaint || strings.Count(err.String(), "\n") != 1 {
			t.Errorf("%v: exit %d, %q", args, code, err.String())
		}
	}
}
