package door

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"titian/bot"
	"titian/bot/photo/phototest"
	"titian/flows/flow"
	"titian/storage/vault"
)

// shelf is a vault that counts what is put into it.
type shelf struct{ files [][]byte }

func (s *shelf) Put(_ context.Context, _ string, r io.Reader, _ int64) (vault.Stored, error) {
	data, err := io.ReadAll(r)
	s.files = append(s.files, data)
	return vault.Stored{SizeBytes: int64(len(data)), SHA256: sum(data)}, err
}

func setup(t *testing.T) (*Door, *shelf) {
	t.Helper()
	s := &shelf{}
	return New(s, func() bool { return false }), s
}

func (d *Door) takes(t *testing.T, want flow.Wanted, data []byte) (flow.FileAnswer, *bot.Refusal) {
	t.Helper()
	kept, err := d.Keep(t.Context(), "a", want, bytes.NewReader(data))
	var r *bot.Refusal
	if err != nil && !errors.As(err, &r) {
		t.Fatal(err)
	}
	return kept, r
}

var readable = flow.Wanted{Want: flow.Want{Legible: flow.Readable}}

func TestABlurredCardIsRefusedAndTakenWithItsMarkOnceEnoughWere(t *testing.T) {
	d, s := setup(t)
	blurred := phototest.Scene{Subject: "card", W: 1000, H: 750, Fills: 0.85, Gain: 1, Noise: 3, Quality: 85, Defocus: 5}.Shoot(1)
	_, r := d.takes(t, readable, blurred)
	if r == nil || r.Reason != flow.MarkBlurred || !r.Quality {
		t.Fatalf("refused as %+v", r)
	}
	if len(s.files) > 0 {
		t.Fatal("what was refused is kept")
	}
	lenient := readable
	lenient.Lenient = true
	kept, r := d.takes(t, lenient, blurred)
	if r != nil || !slices.Contains(kept.Marks, flow.MarkBlurred) || len(s.files) != 1 {
		t.Fatalf("kept %+v, refused %v", kept, r)
	}
}

func TestAPlaceIsSeenWhereACardCannotBeRead(t *testing.T) {
	soft := phototest.Scene{Subject: "jar", W: 1000, H: 750, Fills: 0.6, Gain: 1, Noise: 4, Quality: 80, Defocus: 1.6}.Shoot(1)
	d, _ := setup(t)
	if _, r := d.takes(t, readable, soft); r == nil || r.Reason != flow.MarkSoft {
		t.Errorf("as a document: %+v", r)
	}
	kept, r := d.takes(t, flow.Wanted{Want: flow.Want{Legible: flow.Seen}}, soft)
	if r != nil || !slices.Contains(kept.Marks, flow.MarkSoft) {
		t.Errorf("as a product: %+v, %v", kept, r)
	}
}

func TestTheSameFileIsKnownAsItCameAndAsItIsStored(t *testing.T) {
	d, s := setup(t)
	photo := phototest.Scene{Subject: "card", W: 800, H: 600, Fills: 0.9, Gain: 1, Noise: 3, Quality: 85}.Shoot(1)
	kept, r := d.takes(t, readable, photo)
	if r != nil {
		t.Fatal(r)
	}
	again := readable
	again.Known = []string{kept.Source, kept.SHA256}
	if _, r := d.takes(t, again, photo); r == nil || r.Reason != "twice" || r.Sum != kept.Source {
		t.Errorf("the same bytes: %+v", r)
	}
	other := slices.Concat(photo[:2], []byte("\xff\xfe\x00\x09Contoh."), photo[2:]) // the same pixels with a comment
	if _, r := d.takes(t, again, other); r == nil || r.Sum != kept.SHA256 {
		t.Errorf("the same pixels: %+v", r)
	}
	if len(s.files) != 1 {
		t.Errorf("%d files kept", len(s.files))
	}
}
