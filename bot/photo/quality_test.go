package photo

import (
	"bytes"
	"image"
	"image/jpeg"
	"runtime"
	"slices"
	"sync"
	"testing"

	"titian/bot/photo/phototest"
)

// marksOf takes all photos, as many at a time as there are processors, and says how each is marked.
func marksOf(t *testing.T, list []phototest.Scene) [][]string {
	t.Helper()
	marks := make([][]string, len(list))
	var all sync.WaitGroup
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, s := range list {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			data := s.Shoot(uint64(i + 1))
			f, err := look(data)
			if err != nil {
				t.Errorf("%s: %v", s.Name, err)
				return
			}
			img, err := decode(t.Context(), f, data)
			if err != nil {
				t.Errorf("%s: %v", s.Name, err)
				return
			}
			marks[i] = lumaOf(shrink(img, MaxSide)).marks(max(s.W, s.H))
		})
	}
	all.Wait()
	return marks
}

func TestReadablePhotosComeInAndUnreadableOnesDoNot(t *testing.T) {
	rate := func(name string, list []phototest.Scene, good func(marks []string) bool) {
		right := 0
		for i, marks := range marksOf(t, list) {
			if good(marks) {
				right++
			} else {
				t.Logf("%s: %s is marked %v", name, list[i].Name, marks)
			}
		}
		t.Logf("%s: %d of %d right", name, right, len(list))
		if 100*right < 95*len(list) {
			t.Errorf("%s: only %d of %d", name, right, len(list))
		}
	}
	rate("readable", some(readable()), func(marks []string) bool { return len(marks) == 0 })
	rate("unreadable", some(unreadable()), func(marks []string) bool { return len(marks) > 0 })
	// Of a product only what nobody can see counts.
	severe := func(marks []string) bool {
		return slices.ContainsFunc(marks, func(m string) bool { return m == "dark" || m == "bright" || m == "blurred" })
	}
	rate("products to be seen", some(seen()), func(marks []string) bool { return !severe(marks) })
	rate("products nobody sees", some(unseen()), severe)
	if n := len(some(readable())) + len(some(unreadable())) + len(some(seen())) + len(some(unseen())); n < 40 {
		t.Errorf("only %d photos", n)
	}
}

// some are all photos, or with the race detector, which makes each ten times
// slower, every second.
func some(list []phototest.Scene) (part []phototest.Scene) {
	for i := 0; i < len(list); i += photosApart {
		part = append(part, list[i])
	}
	return part
}

func seen() []phototest.Scene {
	base := phototest.Scene{Subject: "jar", W: 1280, H: 960, Fills: 0.6, Gain: 1, Noise: 4, Quality: 80}
	return variants(base, map[string]func(*phototest.Scene){
		"plate of food":                   func(s *phototest.Scene) { s.Subject = "plate" },
		"plate of food, close":            func(s *phototest.Scene) { s.Subject, s.Fills, s.Gain = "plate", 1.3, 1.1 },
		"plate of food, dim room":         func(s *phototest.Scene) { s.Subject, s.Gain, s.Noise = "plate", 0.35, 9 },
		"oven, lit inside":                func(s *phototest.Scene) { s.Subject, s.Fills = "oven", 0.95 },
		"oven, lit inside, tilted, noisy": func(s *phototest.Scene) { s.Subject, s.Fills, s.Tilt, s.Noise = "oven", 0.9, 8, 10 },
		"oven, close":                     func(s *phototest.Scene) { s.Subject, s.Fills, s.Defocus = "oven", 1.5, 1.5 },
		"jar":                             func(*phototest.Scene) {},
		"jar, a little soft":              func(s *phototest.Scene) { s.Defocus = 1.8 },
		"jar, kitchen light":              func(s *phototest.Scene) { s.Gain, s.Noise = 0.5, 9 },
		"jar, slight shake":               func(s *phototest.Scene) { s.Motion = 4 },
		"jar, lamp at one side":           func(s *phototest.Scene) { s.Shade = 0.6 },
		"jar, bright day":                 func(s *phototest.Scene) { s.Gain = 1.25 },
		"jar, small photo":                func(s *phototest.Scene) { s.W, s.H = 600, 450 },
		"jar, strong reflection":          func(s *phototest.Scene) { s.Glare = 0.12 },
	})
}

func unseen() []phototest.Scene {
	base := phototest.Scene{Subject: "jar", W: 1280, H: 960, Fills: 0.6, Gain: 1, Noise: 4, Quality: 80}
	return variants(base, map[string]func(*phototest.Scene){
		"plate of food, night":        func(s *phototest.Scene) { s.Subject, s.Gain, s.Noise = "plate", 0.07, 6 },
		"plate of food, out of focus": func(s *phototest.Scene) { s.Subject, s.Defocus = "plate", 14 },
		"oven, shaken":                func(s *phototest.Scene) { s.Subject, s.Fills, s.Motion = "oven", 0.95, 40 },
		"oven, switched off":          func(s *phototest.Scene) { s.Subject, s.Fills, s.Gain = "oven", 0.95, 0.1 },
		"jar, night":                  func(s *phototest.Scene) { s.Gain, s.Noise = 0.12, 6 },
		"jar, black":                  func(s *phototest.Scene) { s.Gain = 0.02 },
		"jar, far out of focus":       func(s *phototest.Scene) { s.Defocus = 9 },
		"jar, shaken":                 func(s *phototest.Scene) { s.Motion = 34 },
		"jar, shaken upwards":         func(s *phototest.Scene) { s.Motion, s.Heading = 34, 90 },
		"jar, everything white":       func(s *phototest.Scene) { s.Gain = 7 },
		"jar, a finger in front":      func(s *phototest.Scene) { s.Defocus = 40 },
	})
}

func variants(base phototest.Scene, changes map[string]func(*phototest.Scene)) []phototest.Scene {
	var list []phototest.Scene
	for name, change := range changes {
		s := base
		change(&s)
		s.Name = name
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b phototest.Scene) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return list
}

func TestAPhotoFitsInTwoMegabytesAndStaysLegible(t *testing.T) {
	noisy := phototest.Scene{Subject: "sheet", W: 1500, H: 2000, Fills: 0.95, Gain: 1, Noise: 60, Quality: 98}.Shoot(3)
	if len(noisy) <= MaxOut {
		t.Fatalf("the photo has only %d bytes", len(noisy))
	}
	p, err := New().Clean(t.Context(), noisy)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil || len(p.JPEG) > MaxOut {
		t.Fatalf("%d bytes, %v", len(p.JPEG), err)
	}
	if side := img.Bounds().Dy(); side < 1400 {
		t.Errorf("only %d pixels are left", side)
	}
}

func TestWhatIsAllNoiseStillFits(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 1500, 1500))
	x := uint32(1)
	for i := range img.Pix {
		x = x*1664525 + 1013904223
		img.Pix[i] = uint8(x >> 24)
	}
	p, err := New().Clean(t.Context(), asJPEG(t, img))
	if err != nil || len(p.JPEG) > MaxOut {
		t.Errorf("%d bytes, %v", len(p.JPEG), err)
	}
}

// BenchmarkClean6MP is the photo of a usual phone sent as a file: checked, stripped, recompressed.
func BenchmarkClean6MP(b *testing.B) {
	data := phototest.Scene{Subject: "card", W: 2828, H: 2121, Fills: 0.9, Gain: 1, Noise: 6, Quality: 92}.Shoot(1)
	c := New()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Clean(b.Context(), data); err != nil {
			b.Fatal(err)
		}
	}
}
