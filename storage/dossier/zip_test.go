package dossier

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"titian/storage"
)

// tray keeps the parts of a ZIP.
type tray struct{ parts []*part }

type part struct {
	bytes.Buffer
	closed bool
}

func (p *part) Close() error { p.closed = true; return nil }

func (t *tray) part(n int) (io.WriteCloser, error) {
	if n != len(t.parts)+1 || n > 1 && !t.parts[n-2].closed {
		return nil, fmt.Errorf("part %d was asked for out of turn", n)
	}
	t.parts = append(t.parts, &part{})
	return t.parts[n-1], nil
}

func bindNone(context.Context, [][]byte) ([]byte, error) { return nil, errors.New("cannot be bound") }

func bindAll(_ context.Context, photos [][]byte) ([]byte, error) {
	return append([]byte("%PDF-1.4 "), bytes.Join(photos, nil)...), nil
}

func zipped(t testing.TB, c Case, s Files, bind Bind) (*tray, Report) {
	t.Helper()
	out := &tray{}
	report, err := WriteZIP(t.Context(), c, s, bind, out.part)
	if err != nil {
		t.Fatal(err)
	}
	return out, report
}

// contents are the files of all parts.
func contents(t testing.TB, from *tray) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	for n, p := range from.parts {
		r, err := zip.NewReader(bytes.NewReader(p.Bytes()), int64(p.Len()))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			opened, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(opened)
			if err != nil {
				t.Fatal(err)
			}
			name := f.Name
			if name == "DAFTAR_ISI.txt" {
				name = fmt.Sprint(n+1, " ", name)
			}
			if all[name] != nil {
				t.Errorf("%s is there twice", name)
			}
			all[name] = data
		}
	}
	return all
}

func TestTheZIPHoldsEveryFileNamedForSiHalal(t *testing.T) {
	c, s := abon(t)
	out, report := zipped(t, c, s, bindAll)
	all := contents(t, out)
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{
		"1 DAFTAR_ISI.txt", "Berkas_HAL-2026-000001.pdf", "Foto-produk-P1_Abon-Ikan-Cakalang-Original.jpg",
		"Foto-produk-P2_Abon-Ikan-Cakalang-Pedas.jpg", "Foto-proses_Contoh-Satu.pdf", "Foto-tempat-produksi_Contoh-Satu.jpg",
		"KTP-pemilik_Contoh-Satu.jpg", "Kemasan-B3_gula-merah.jpg", "NIB_Contoh-Satu.pdf",
	}
	if !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	if !bytes.Equal(all["KTP-pemilik_Contoh-Satu.jpg"], s.data["ktp"]) {
		t.Error("the KTP is not the file that was kept")
	}
	list := string(all["1 DAFTAR_ISI.txt"])
	for _, e := range report.Entries {
		if !strings.Contains(list, e.Name) {
			t.Errorf("%s is not in the list", e.Name)
		}
		if e.SizeBytes > MaxFile {
			t.Errorf("%s has %d bytes", e.Name, e.SizeBytes)
		}
	}
	if len(report.Missing)+len(report.Large) > 0 || !strings.Contains(list, "Bagian 1 dari 1") {
		t.Errorf("%+v\n%s", report, list)
	}
}

func TestTheSameCaseGivesTheSameZIP(t *testing.T) {
	c, s := abon(t)
	one, _ := zipped(t, c, s, bindAll)
	two, _ := zipped(t, c, s, bindAll)
	if !bytes.Equal(one.parts[0].Bytes(), two.parts[0].Bytes()) {
		t.Error("two ZIPs of one case differ")
	}
}

func TestNamesAreSafeAndNeverTwice(t *testing.T) {
	c, s := abon(t)
	c.Dossier.Documents = nil
	for i, h := range append([]string{"../../etc/passwd", "CON", "a/b\\c:d*?", "KTP", "ktp", "K T P"}, hostile...) {
		id := s.put("a1", storage.FileID(fmt.Sprint("f", i)), mimePDF, fmt.Append(nil, "%PDF", i))
		c.Dossier.Documents = append(c.Dossier.Documents, storage.DossierDocument{Item: h, Title: h, Files: []storage.FileID{id, id}})
	}
	for _, name := range append([]string{"Wa Ode ’Siti’ Nur-Aïni"}, hostile...) {
		c.Application.Name, c.Dossier.Applicant.Name = name, ""
		out, _ := zipped(t, c, s, bindNone)
		seen := make(map[string]bool)
		for name := range contents(t, out) {
			if strings.HasSuffix(name, " DAFTAR_ISI.txt") {
				continue
			}
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" || len(name) > 100 ||
				strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") || strings.Contains(name, "..") {
				t.Errorf("%q is no safe name", name)
			}
			if seen[strings.ToLower(name)] {
				t.Errorf("%q is there twice", name)
			}
			seen[strings.ToLower(name)] = true
		}
	}
}

func TestPhotosThatCannotBeBoundStandOneByOne(t *testing.T) {
	c, s := abon(t)
	out, _ := zipped(t, c, s, bindNone)
	all := contents(t, out)
	for n, id := range []storage.FileID{"proses-1", "proses-2"} {
		if !bytes.Equal(all[fmt.Sprintf("Foto-proses_Contoh-Satu_foto-%d.jpg", n+1)], s.data[id]) {
			t.Errorf("photo %d is not there", n+1)
		}
	}
}

func TestAPhotoThatIsTooLargeForSiHalalIsMadeLighter(t *testing.T) {
	c, s := abon(t)
	s.put("a1", "ktp", mimeJPEG, photo(t, 3600, 2400, 1))
	s.put("a1", "nib", mimePDF, make([]byte, MaxFile+1))
	if len(s.data["ktp"]) <= MaxFile {
		t.Fatalf("the photo has %d bytes only", len(s.data["ktp"]))
	}
	out, report := zipped(t, c, s, bindAll)
	if n := len(contents(t, out)["KTP-pemilik_Contoh-Satu.jpg"]); n > MaxFile || n < 100_000 {
		t.Errorf("the KTP has %d bytes", n)
	}
	if !slices.Equal(report.Large, []string{"NIB_Contoh-Satu.pdf"}) {
		t.Errorf("too large: %q", report.Large)
	}
	if list := contents(t, out)["1 DAFTAR_ISI.txt"]; !bytes.Contains(list, []byte("LEBIH DARI 2 MB")) {
		t.Error("the list does not say so")
	}
}

func TestADocumentThatWasReplacedOrBroughtToTheCounterCounts(t *testing.T) {
	c, s := abon(t)
	c.Application.Items[0].Files = []storage.FileID{s.put("a1", "ktp-2", mimeJPEG, photo(t, 60, 40, 3))}
	c.Application.Items = append(c.Application.Items, storage.Item{Key: "pirt", Kind: storage.ItemDocument, Title: "PIRT",
		Files: []storage.FileID{s.put("a1", "pirt", mimePDF, []byte("%PDF-1.4 pirt"))}})
	out, _ := zipped(t, c, s, bindAll)
	all := contents(t, out)
	if !bytes.Equal(all["KTP-pemilik_Contoh-Satu.jpg"], s.data["ktp-2"]) || !bytes.Equal(all["PIRT_Contoh-Satu.pdf"], s.data["pirt"]) {
		t.Error("not the files that staff look at")
	}
}

func TestWhatIsGoneIsReported(t *testing.T) {
	c, s := abon(t)
	delete(s.files, "ktp")
	delete(s.data, "nib")
	out, report := zipped(t, c, s, bindAll)
	if !slices.Equal(report.Missing, []string{"KTP pemilik", "NIB"}) {
		t.Errorf("missing: %q", report.Missing)
	}
	if list := contents(t, out)["1 DAFTAR_ISI.txt"]; !bytes.Contains(list, []byte("HILANG ATAU BERUBAH")) {
		t.Error("the list does not say so")
	}
}

// large is a dossier of n documents of two million bytes each.
func large(t testing.TB, n int) (Case, *shelf) {
	c, s := abon(t)
	data := append([]byte("%PDF-1.4 "), bytes.Repeat([]byte{7}, 2_000_000)...)
	for i := range n {
		id := s.put("a1", storage.FileID(fmt.Sprint("besar", i)), mimePDF, data)
		c.Dossier.Documents = append(c.Dossier.Documents, storage.DossierDocument{Item: fmt.Sprint("lain", i), Title: fmt.Sprint("Dokumen ", i), Files: []storage.FileID{id}})
	}
	return c, s
}

func TestALargeDossierComesInPartsThatTelegramTakes(t *testing.T) {
	c, s := large(t, 50)
	out, report := zipped(t, c, s, bindAll)
	if len(out.parts) != 3 || report.Parts != 3 {
		t.Errorf("%d parts", len(out.parts))
	}
	for n, p := range out.parts {
		if p.Len() > MaxPart || !p.closed {
			t.Errorf("part %d has %d bytes, closed: %v", n+1, p.Len(), p.closed)
		}
	}
	all := contents(t, out)
	if len(all) != 50+8+3 {
		t.Errorf("%d files", len(all))
	}
	if !strings.Contains(string(all["1 DAFTAR_ISI.txt"]), "masih ada bagian berikutnya") || !strings.Contains(string(all["3 DAFTAR_ISI.txt"]), "Bagian 3 dari 3") {
		t.Error("the lists do not say which part it is")
	}
}

// watched is a shelf of documents that are made when they are read; it notes the most memory that was in use.
type watched struct {
	*shelf
	most uint64
}

func (w *watched) Open(ctx context.Context, id storage.FileID) (io.ReadCloser, error) {
	w.most = max(w.most, inUse())
	return w.shelf.Open(ctx, id)
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// counted counts what is written and keeps nothing.
type counted struct{ n *int64 }

func (c counted) Write(p []byte) (int, error) { *c.n += int64(len(p)); return len(p), nil }
func (c counted) Close() error                { return nil }

func TestADossierOfAHundredMegabytesIsWrittenInThirtyMore(t *testing.T) {
	c, s := large(t, 50)
	w := &watched{shelf: s}
	runtime.GC()
	before, n := inUse(), int64(0)
	if _, err := WriteZIP(t.Context(), c, w, bindAll, func(int) (io.WriteCloser, error) { return counted{&n}, nil }); err != nil {
		t.Fatal(err)
	}
	more := int64(w.most) - int64(before)
	t.Logf("%d bytes were written with %d bytes more in use", n, more)
	if n < 100_000_000 || more > 30<<20 {
		t.Errorf("%d bytes were written with %d bytes more in use", n, more)
	}
}

// failing is a part whose disk is full.
type failing struct{ closed *int }

func (f failing) Write([]byte) (int, error) { return 0, errors.New("no space left") }
func (f failing) Close() error              { *f.closed++; return nil }

func TestAFullDiskEndsTheZIPAndLetsGoOfThePart(t *testing.T) {
	c, s := large(t, 2)
	closed := 0
	_, err := WriteZIP(t.Context(), c, s, bindAll, func(int) (io.WriteCloser, error) { return failing{&closed}, nil })
	if err == nil || closed != 1 {
		t.Errorf("%v, closed %d times", err, closed)
	}
}
