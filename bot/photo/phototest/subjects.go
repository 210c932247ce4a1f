package phototest

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// subjects are what is photographed, drawn large; nothing and nobody of it exists.
var subjects = map[string]func() *image.Gray{"card": card, "sheet": sheet, "jar": jar, "plate": plate, "oven": oven}

// card is like a KTP: 85.6 × 54 mm at 20 pixels a millimetre, a made-up person.
var card = sync.OnceValue(func() *image.Gray {
	img := paperOf(1712, 1080, 205)
	for y := range 1080 {
		for x := range 1712 {
			img.Pix[y*img.Stride+x] = uint8(205 + 10*math.Sin(float64(x)/23)*math.Sin(float64(y)/31))
		}
	}
	write(img, gobold.TTF, 64, 560, 90, "PROVINSI CONTOH")
	write(img, gobold.TTF, 64, 600, 160, "KOTA CONTOH")
	write(img, gobold.TTF, 72, 70, 260, "NIK : 7471050101900001")
	for i, line := range []string{
		"Nama                 : CONTOH SATU", "Tempat/Tgl Lahir : CONTOH, 01-01-1990", "Jenis Kelamin    : PEREMPUAN   Gol. Darah : -",
		"Alamat               : JL. CONTOH NO. 1", "      RT/RW        : 001/001", "      Kel/Desa     : CONTOH", "      Kecamatan  : CONTOH",
		"Agama               : -", "Status Perkawinan : KAWIN", "Pekerjaan          : WIRASWASTA", "Kewarganegaraan : WNI",
	} {
		write(img, goregular.TTF, 46, 70, 340+i*64, line)
	}
	portrait(img, image.Rect(1270, 250, 1650, 740))
	return img
})

// sheet is like a printed NIB: A4 at 8 pixels a millimetre.
var sheet = sync.OnceValue(func() *image.Gray {
	img := paperOf(1680, 2376, 238)
	write(img, gobold.TTF, 50, 420, 180, "PEMERINTAH REPUBLIK INDONESIA")
	write(img, gobold.TTF, 44, 430, 260, "PERIZINAN BERUSAHA BERBASIS RISIKO")
	write(img, gobold.TTF, 44, 400, 330, "NOMOR INDUK BERUSAHA : 0000000000017")
	lines := []string{
		"Berdasarkan ketentuan peraturan perundangan, diterbitkan Nomor Induk Berusaha", "kepada pelaku usaha berikut ini:",
		"1. Nama Pelaku Usaha      : CONTOH SATU", "2. Alamat                 : JL. CONTOH NO. 1, KEL. CONTOH, KOTA CONTOH", "3. Nomor Telepon Seluler  : 0812-0000-0001",
		"4. Skala Usaha            : Usaha Mikro", "5. KBLI                   : 10750 Industri Makanan dan Masakan Olahan",
	}
	for i := range 26 {
		write(img, goregular.TTF, 34, 180, 460+i*62, lines[i%len(lines)])
	}
	draw.Draw(img, image.Rect(200, 2110, 400, 2310), image.NewUniform(color.Gray{40}), image.Point{}, draw.Src)
	for i := range 100 { // something like a QR code
		x, y := 200+i%10*20, 2110+i/10*20
		if (i*7+i/10*3)%3 == 0 {
			draw.Draw(img, image.Rect(x, y, x+20, y+20), image.NewUniform(color.Gray{235}), image.Point{}, draw.Src)
		}
	}
	return img
})

// jar is a product on a table: few letters, large shapes.
var jar = sync.OnceValue(func() *image.Gray {
	img := paperOf(1200, 1200, 150)
	for y := range 1200 {
		for x := range 1200 {
			img.Pix[y*img.Stride+x] = uint8(140 + 30*math.Sin(float64(x+y)/300))
		}
	}
	draw.Draw(img, image.Rect(300, 250, 900, 1100), image.NewUniform(color.Gray{90}), image.Point{}, draw.Src)
	for i := range 60 {
		round(img, 330+i*97%540, 300+i*61%760, 18+i%14, uint8(60+i*13%110))
	}
	draw.Draw(img, image.Rect(280, 180, 920, 270), image.NewUniform(color.Gray{200}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(360, 560, 840, 860), image.NewUniform(color.Gray{225}), image.Point{}, draw.Src)
	write(img, gobold.TTF, 90, 390, 680, "ABON IKAN")
	write(img, goregular.TTF, 60, 400, 790, "Dapur Contoh")
	return img
})

// plate is fried food on a white plate, seen from above.
var plate = sync.OnceValue(func() *image.Gray {
	img := paperOf(1200, 1200, 120)
	round(img, 600, 600, 560, 232)
	round(img, 600, 600, 430, 222)
	for i := range 240 {
		a, far := float64(i)*2.4, 24*math.Sqrt(float64(i))
		round(img, 600+int(far*math.Cos(a)), 600+int(far*math.Sin(a)), 16+i%17, uint8(70+i*37%120))
	}
	return img
})

// oven is a dark kitchen where only the inside of the oven is lit.
var oven = sync.OnceValue(func() *image.Gray {
	img := paperOf(1200, 900, 22)
	draw.Draw(img, image.Rect(250, 250, 950, 700), image.NewUniform(color.Gray{120}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(280, 460, 920, 475), image.NewUniform(color.Gray{40}), image.Point{}, draw.Src)
	for i := range 14 {
		round(img, 320+i%7*90, 420+i/7*200, 34, uint8(170+i*11%60))
	}
	for i := range 4 {
		round(img, 350+i*160, 170, 24, 70)
	}
	return img
})

func paperOf(w, h int, v uint8) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{v}), image.Point{}, draw.Src)
	return img
}

//go:norace
func round(img *image.Gray, cx, cy, r int, v uint8) {
	for y := cy - r; y < cy+r; y++ {
		for x := cx - r; x < cx+r; x++ {
			if (x-cx)*(x-cx)+(y-cy)*(y-cy) < r*r {
				img.SetGray(x, y, color.Gray{v})
			}
		}
	}
}

func portrait(img *image.Gray, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			v := 170 - (y-r.Min.Y)/8
			dx, dy := x-(r.Min.X+r.Max.X)/2, y-(r.Min.Y+200)
			if dx*dx*2+dy*dy < 130*130 {
				v = 120 + dx/4
			}
			img.SetGray(x, y, color.Gray{uint8(v)})
		}
	}
}

func write(img *image.Gray, ttf []byte, size float64, x, y int, text string) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		panic(err)
	}
	d := font.Drawer{Dst: img, Src: image.NewUniform(color.Gray{35}), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(text)
}
