package photo

import "titian/bot/photo/phototest"

// readable and unreadable are what the thresholds of quality.go were chosen by.
func readable() (list []phototest.Scene) {
	base := phototest.Scene{Subject: "card", W: 1280, H: 960, Fills: 0.85, Gain: 1, Noise: 3, Quality: 85}
	add := func(name string, change func(*phototest.Scene)) {
		s := base
		change(&s)
		s.Name = name
		list = append(list, s)
	}
	add("card, straight", func(s *phototest.Scene) {})
	add("card, tilted and slanted", func(s *phototest.Scene) { s.Tilt, s.Slant = 7, 0.12 })
	add("card, a little out of focus", func(s *phototest.Scene) { s.Defocus = 1 })
	add("card, somewhat out of focus", func(s *phototest.Scene) { s.Defocus = 1.4 })
	add("card, a slight shake", func(s *phototest.Scene) { s.Motion = 3 })
	add("card, slight shake upwards", func(s *phototest.Scene) { s.Motion, s.Heading = 3.5, 90 })
	add("card, evening light, noisy", func(s *phototest.Scene) { s.Gain, s.Noise = 0.6, 10 })
	add("card, lamp at one side", func(s *phototest.Scene) { s.Shade = 0.55 })
	add("card, dim room", func(s *phototest.Scene) { s.Gain, s.Noise = 0.45, 7 })
	add("card, noisy sensor", func(s *phototest.Scene) { s.Noise = 14 })
	add("card, noisy and soft", func(s *phototest.Scene) { s.Noise, s.Defocus = 10, 1 })
	add("card, bright day", func(s *phototest.Scene) { s.Gain = 1.18 })
	add("card, upright phone", func(s *phototest.Scene) { s.W, s.H, s.Fills = 960, 1280, 0.94 })
	add("card, sent by WhatsApp", func(s *phototest.Scene) { s.W, s.H, s.Quality = 1600, 1200, 60 })
	add("card, strong compression", func(s *phototest.Scene) { s.Quality = 35 })
	add("card, small but sharp", func(s *phototest.Scene) { s.W, s.H = 900, 675 })
	add("card, 800 wide", func(s *phototest.Scene) { s.W, s.H, s.Fills = 800, 600, 0.92 })
	add("card, 6 MP", func(s *phototest.Scene) { s.W, s.H, s.Noise = 2828, 2121, 6 })
	add("card, small reflection beside the text", func(s *phototest.Scene) { s.Glare = 0.05 })
	add("card, tilted, shade, noise", func(s *phototest.Scene) { s.Tilt, s.Shade, s.Noise = -9, 0.4, 8 })
	base = phototest.Scene{Subject: "sheet", W: 960, H: 1280, Fills: 0.95, Gain: 1, Noise: 3, Quality: 85}
	add("sheet, straight", func(s *phototest.Scene) {})
	add("sheet, slanted", func(s *phototest.Scene) { s.Slant, s.Tilt = 0.1, 2 })
	add("sheet, a little out of focus", func(s *phototest.Scene) { s.Defocus = 0.8 })
	add("sheet, slight shake", func(s *phototest.Scene) { s.Motion = 2 })
	add("sheet, dim room", func(s *phototest.Scene) { s.Gain, s.Noise = 0.4, 6 })
	add("sheet, shade", func(s *phototest.Scene) { s.Shade = 0.6 })
	add("sheet, bright day", func(s *phototest.Scene) { s.Gain = 1.07 })
	add("sheet, scanned", func(s *phototest.Scene) { s.Gain, s.Noise, s.Fills = 1.12, 0, 1.6; s.W, s.H = 1240, 1754 })
	add("sheet, white on a dark desk", func(s *phototest.Scene) { s.Fills, s.Gain = 0.6, 1.08 })
	add("sheet, white, and a lamp far off", func(s *phototest.Scene) { s.Gain, s.Shade = 1.12, 0.25 })
	add("sheet, white, lit from one side", func(s *phototest.Scene) { s.Gain, s.Shade = 1.3, 0.35 })
	add("sheet, white, lit from one side, on a desk", func(s *phototest.Scene) { s.Gain, s.Shade, s.Fills = 1.25, 0.3, 0.7 })
	add("card, lit from one side", func(s *phototest.Scene) { s.Subject, s.Gain, s.Shade = "card", 1.5, 0.35 })
	add("sheet, noisy", func(s *phototest.Scene) { s.Noise = 12 })
	add("sheet, strong compression", func(s *phototest.Scene) { s.Quality = 40 })
	return list
}

func unreadable() (list []phototest.Scene) {
	base := phototest.Scene{Subject: "card", W: 1280, H: 960, Fills: 0.85, Gain: 1, Noise: 3, Quality: 85}
	add := func(name string, change func(*phototest.Scene)) {
		s := base
		change(&s)
		s.Name = name
		list = append(list, s)
	}
	add("card, out of focus", func(s *phototest.Scene) { s.Defocus = 4 })
	add("card, far out of focus", func(s *phototest.Scene) { s.Defocus = 7 })
	add("card, out of focus and noisy", func(s *phototest.Scene) { s.Defocus, s.Noise = 4.5, 10 })
	add("card, out of focus, strong compression", func(s *phototest.Scene) { s.Defocus, s.Quality = 4.5, 35 })
	add("card, shaken", func(s *phototest.Scene) { s.Motion = 16 })
	add("card, shaken upwards", func(s *phototest.Scene) { s.Motion, s.Heading = 18, 90 })
	add("card, shaken across", func(s *phototest.Scene) { s.Motion, s.Heading = 20, 40 })
	add("card, shaken and noisy", func(s *phototest.Scene) { s.Motion, s.Noise = 20, 9 })
	add("card, shaken in the evening", func(s *phototest.Scene) { s.Motion, s.Gain, s.Noise = 18, 0.55, 8 })
	add("card, night", func(s *phototest.Scene) { s.Gain, s.Noise = 0.08, 4 })
	add("card, night, noisy", func(s *phototest.Scene) { s.Gain, s.Noise = 0.14, 12 })
	add("card, nearly black", func(s *phototest.Scene) { s.Gain, s.Noise = 0.03, 2 })
	add("card, flash", func(s *phototest.Scene) { s.Gain = 6 })
	add("card, flash at its middle", func(s *phototest.Scene) { s.Glare = 0.33 })
	add("card, large reflection", func(s *phototest.Scene) { s.Glare = 0.24 })
	add("card, reflection, upright phone", func(s *phototest.Scene) { s.W, s.H, s.Fills, s.Glare = 960, 1280, 0.94, 0.3 })
	add("card, thumbnail", func(s *phototest.Scene) { s.W, s.H = 320, 240 })
	add("card, tiny", func(s *phototest.Scene) { s.W, s.H = 160, 120 })
	add("card, cut from a screen", func(s *phototest.Scene) { s.W, s.H = 420, 300 })
	add("card, 6 MP out of focus", func(s *phototest.Scene) { s.W, s.H, s.Defocus = 2828, 2121, 9 })
	base = phototest.Scene{Subject: "sheet", W: 960, H: 1280, Fills: 0.95, Gain: 1, Noise: 3, Quality: 85}
	add("sheet, out of focus", func(s *phototest.Scene) { s.Defocus = 3.2 })
	add("sheet, far out of focus", func(s *phototest.Scene) { s.Defocus = 6 })
	add("sheet, shaken", func(s *phototest.Scene) { s.Motion = 13 })
	add("sheet, shaken upwards", func(s *phototest.Scene) { s.Motion, s.Heading = 14, 90 })
	add("sheet, out of focus, noisy", func(s *phototest.Scene) { s.Defocus, s.Noise = 3.5, 8 })
	add("sheet, night", func(s *phototest.Scene) { s.Gain, s.Noise = 0.07, 4 })
	add("sheet, overexposed", func(s *phototest.Scene) { s.Gain = 5.5 })
	add("sheet, thumbnail", func(s *phototest.Scene) { s.W, s.H = 240, 320 })
	add("sheet, reflection, bright day", func(s *phototest.Scene) { s.Gain, s.Glare = 1, 0.3 })
	add("sheet, reflection, lit from one side", func(s *phototest.Scene) { s.Gain, s.Shade, s.Glare = 1.1, 0.4, 0.35 })
	add("sheet, reflection of a lamp", func(s *phototest.Scene) { s.Gain, s.Glare = 0.75, 0.36 })
	return list
}
