package dossier

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"titian/flows/answer"
	"titian/storage"
)

var now = time.Date(2026, 11, 24, 3, 4, 5, 0, time.UTC)

// shelf is the files of the applications of a test.
type shelf struct {
	files map[storage.FileID]File
	data  map[storage.FileID][]byte
	reads int
}

func newShelf() *shelf {
	return &shelf{files: make(map[storage.FileID]File), data: make(map[storage.FileID][]byte)}
}

func (s *shelf) put(a storage.ApplicationID, id storage.FileID, mime string, data []byte) storage.FileID {
	sum := sha256.Sum256(data)
	s.files[id] = File{id, a, mime, int64(len(data)), hex.EncodeToString(sum[:])}
	s.data[id] = data
	return id
}

func (s *shelf) Look(_ context.Context, _ storage.ApplicationID, ids []storage.FileID) ([]File, error) {
	var found []File
	for _, id := range ids {
		if f, ok := s.files[id]; ok {
			found = append(found, f)
		}
	}
	return found, nil
}

func (s *shelf) Open(_ context.Context, id storage.FileID) (io.ReadCloser, error) {
	s.reads++
	data, ok := s.data[id]
	if !ok {
		return nil, fmt.Errorf("get file %s: no such file", id)
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// photo is a JPEG that no compression makes small: noise of a colour, on a gradient.
func photo(t testing.TB, w, h int, seed uint64) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(seed, 1))
	for y := range h {
		for x := range w {
			n := uint8(r.IntN(40))
			img.SetRGBA(x, y, color.RGBA{uint8(80+x*120/w) + n, uint8(90+y*100/h) + n, uint8(seed*37) + n, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func place(f float64) *float64 { return &f }

// abon is a complete application of an invented owner, with its files.
func abon(t testing.TB) (Case, *shelf) {
	t.Helper()
	s := newShelf()
	const id = storage.ApplicationID("a1")
	jpg := func(name string, seed uint64) storage.FileID {
		return s.put(id, storage.FileID(name), mimeJPEG, photo(t, 320, 240, seed))
	}
	turnover := answer.Rupiah(4_500_000)
	d := storage.Dossier{
		Applicant: storage.Applicant{Name: "Contoh Satu", NIK: "7471014101900001", Phone: "+6281200000001", Email: "contoh.satu@example.id",
			Business: "Abon Contoh", Address: "Jl. Contoh No. 1", Kecamatan: "Mandonga", Kelurahan: "Korumba",
			NIB: "9120001234567", KBLI: "10297", Scale: "micro", Turnover: &turnover},
		Eligibility: map[string]string{"has_nib": "yes", "separate": "yes", "zz_other": "no"},
		Supervisor:  storage.Supervisor{Self: true, Name: "Contoh Satu", NIK: "7471014101900001", Phone: "+6281200000001", Agreed: "self"},
		Factory: storage.Site{Name: "Dapur Abon Contoh", Address: "Jl. Contoh No. 1", Kecamatan: "Mandonga", Kelurahan: "Korumba",
			Ownership: "own", Latitude: place(-3.9778), Longitude: place(122.515)},
		Outlet: storage.Site{Name: "Kios Contoh", Address: "Pasar Contoh, Blok A No. 2", Kecamatan: "Mandonga", Ownership: "rent"},
		Materials: []storage.Material{
			{ID: "m1", Kind: storage.Ingredient, Name: "ikan cakalang segar", Exempt: "ikan segar"},
			{ID: "m2", Kind: storage.Ingredient, Name: "minyak goreng", Brand: "Merek Contoh", Producer: "PT Contoh Minyak", Halal: "ID00110000000000001", ExpiresAt: now.AddDate(2, 0, 0)},
			{ID: "m3", Kind: storage.Ingredient, Name: "gula merah", Open: "bulk", Photo: jpg("kemasan-gula", 3)},
			{ID: "m4", Kind: storage.Ingredient, Name: "kecap", Brand: "Kecap Contoh", Producer: "CV Contoh", Halal: "ID00110000000000002", ExpiresAt: now.AddDate(0, -1, 0)},
			{ID: "m5", Kind: storage.Cleaning, Name: "sabun cuci piring", Brand: "Sabun Contoh", Producer: "PT Contoh Sabun", Halal: "ID00110000000000003"},
			{ID: "m6", Kind: storage.Packaging, Name: "standing pouch", Exempt: "plastik tanpa bahan hewani"},
		},
		Products: []storage.Product{
			{ID: "p1", Name: "Abon Ikan Cakalang Original", Brand: "Abon Contoh", Photo: jpg("produk-1", 4), Materials: []string{"m1", "m2", "m3", "m6"}},
			{ID: "p2", Name: "Abon Ikan Cakalang Pedas", Brand: "Abon Contoh", Photo: jpg("produk-2", 5), Materials: []string{"m1", "m2", "m4", "m6"}, Doubtful: "setan"},
		},
		Process: []storage.ProcessStep{
			{Step: "buy", Text: "Ikan cakalang segar dibeli di pelelangan ikan setiap pagi; bumbu dan minyak di toko."},
			{Step: "receive", Text: "Bahan diperiksa: segar, kemasan utuh, ada logo halal."},
			{Step: "store", Text: "Bahan kering di rak tertutup, ikan langsung diolah."},
			{Step: "process", Text: "Ikan dicuci, dikukus, disuwir, ditumis dengan bumbu, lalu digoreng dan ditiriskan."},
			{Step: "pack", Text: "Ditimbang 100 gram, dikemas dan direkatkan."},
			{Step: "keep", Text: "Disimpan di lemari bersih, terpisah dari bahan lain."},
			{Step: "send", Text: "Diantar sendiri ke kios."},
		},
		Documents: []storage.DossierDocument{
			{Item: "ktp", Title: "KTP pemilik", Files: []storage.FileID{jpg("ktp", 6)}},
			{Item: "nib", Title: "NIB", Files: []storage.FileID{s.put(id, "nib", mimePDF, []byte("%PDF-1.4 contoh"))}},
			{Item: "foto_produk", Title: "Foto produk", Files: []storage.FileID{"produk-1", "produk-2"}},
			{Item: "foto_tempat", Title: "Foto tempat produksi", Files: []storage.FileID{jpg("tempat", 7)}},
			{Item: "foto_proses", Title: "Foto proses", Files: []storage.FileID{jpg("proses-1", 8), jpg("proses-2", 9)}},
		},
		Statement: storage.Consent{TextVersion: "2", Answer: "SETUJU", Given: true, At: now.AddDate(0, 0, -5)},
	}
	a := storage.Application{ID: id, Number: "HAL-2026-000001", State: storage.StateComplete, Since: now.AddDate(0, 0, -2),
		FiledAt: now.AddDate(0, 0, -5), RankAt: now.AddDate(0, 0, -5), Rank: 7, Name: "Contoh Satu", Business: "Abon Contoh",
		Product: "abon ikan", Registration: "IKM-2026-000001",
		Items: []storage.Item{
			{Key: "ktp", Kind: storage.ItemDocument, Title: "KTP pemilik", Verdict: storage.VerdictAccepted, Files: []storage.FileID{"ktp"}},
			{Key: "nib", Kind: storage.ItemDocument, Title: "NIB", Verdict: storage.VerdictFix, Words: "halaman kedua tidak ada", Files: []storage.FileID{"nib"}},
			{Key: "bahan", Kind: storage.ItemSection, Title: "Bahan", Verdict: storage.VerdictAccepted, VerdictAt: now},
			{Key: "produk", Kind: storage.ItemSection},
		},
		Tasks: []storage.Task{{Kind: "material_bulk", Subject: "gula merah"}, {Kind: "email", Done: true}},
	}
	return Case{Application: a, Dossier: d, Programme: "Fasilitasi Halal Contoh 2026", At: now,
		Questions: []Question{{"has_nib", "Sudah punya NIB"}, {"separate", "Tempat dan alat terpisah dari yang tidak halal"}}}, s
}

var (
	streams = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	shows   = regexp.MustCompile(`(?s)\(((?:\\.|[^\\()])*)\) Tj`)
	escaped = regexp.MustCompile(`(?s)\\(.)`)
)

// words is the text of a PDF that this package wrote, a line a string that was shown; text that is a picture is not found.
func words(t testing.TB, pdf []byte) string {
	t.Helper()
	var b strings.Builder
	for _, found := range streams.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(found[1]))
		if err != nil {
			continue
		}
		page, err := io.ReadAll(r)
		if err != nil || !bytes.Contains(page, []byte(" Tj")) {
			continue
		}
		for _, shown := range shows.FindAllSubmatch(page, -1) {
			raw := escaped.ReplaceAllFunc(shown[1], func(e []byte) []byte {
				if e[1] == 'r' {
					return []byte("\r")
				}
				return e[1:]
			})
			units := make([]uint16, len(raw)/2)
			for i := range units {
				units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
			}
			b.WriteString(string(utf16.Decode(units)) + "\n")
		}
	}
	return b.String()
}

// flat is text with every run of spaces and line ends as one space.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }
