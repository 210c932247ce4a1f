// Package papertest makes PDFs: sheets as offices print them, and files that no
// office made. Nobody on them exists. It is imported by tests only.
package papertest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/goregular"
)

// Sheet is a page with these lines, in a font that is embedded as browsers do it.
func Sheet(lines ...string) []byte { return Pages(1, lines...) }

// Pages is the same page n times.
func Pages(n int, lines ...string) []byte {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAuthor("Contoh Rahasia", true)
	pdf.AddUTF8FontFromBytes("go", "", goregular.TTF)
	for range n {
		pdf.AddPage()
		pdf.SetFont("go", "", 11)
		for _, line := range lines {
			pdf.CellFormat(0, 7, line, "", 1, "L", false, 0, "")
		}
	}
	return written(pdf)
}

// Plain is a page in a font that every reader has, as old programs write it.
func Plain(lines ...string) []byte {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddPage()
	pdf.SetFont("Helvetica", "", 11)
	for _, line := range lines {
		pdf.CellFormat(0, 7, line, "", 1, "L", false, 0, "")
	}
	return written(pdf)
}

// Locked is a sheet that opens with a password only.
func Locked() []byte {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetProtection(fpdf.CnProtectPrint, "contoh", "rahasia")
	pdf.AddPage()
	return written(pdf)
}

// NIB are the lines of a sheet of OSS.
func NIB(number, name string) []string {
	return []string{
		"PEMERINTAH REPUBLIK INDONESIA", "PERIZINAN BERUSAHA BERBASIS RISIKO", "NOMOR INDUK BERUSAHA: " + number,
		"1. Nama Pelaku Usaha : " + name, "2. Alamat : JL. CONTOH NO. 1, KOTA CONTOH", "3. Nomor Telepon Seluler : +6281200000001",
		"4. Skala Usaha : Usaha Mikro", "5. Kode KBLI : 10750",
	}
}

func written(pdf *fpdf.Fpdf) []byte {
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Write is a PDF of one page, with these entries in its catalog, and objects from
// number 5 on. Its page is object 3.
func Write(catalog string, objects ...string) []byte {
	return WritePage(catalog, "", objects...)
}

// WritePage is Write with entries in the page too.
func WritePage(catalog, page string, objects ...string) []byte {
	return Objects(slices.Concat([]string{
		"<</Type/Catalog/Pages 2 0 R" + catalog + ">>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R" + page + ">>",
		Stream("", []byte("q Q")),
	}, objects)...)
}

// Objects is a PDF of these, numbered from 1; the first is its catalog.
func Objects(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

// Stream is an object with content, its dictionary beginning with entries.
func Stream(entries string, content []byte) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", entries, len(content), content)
}

// Bomb is a stream of so many zeros, packed times over.
func Bomb(entries string, megabytes, times int) string {
	packed := bytes.NewBuffer(nil)
	w, _ := zlib.NewWriterLevel(packed, zlib.BestSpeed)
	block := make([]byte, 1<<20)
	for range megabytes {
		_, _ = w.Write(block)
	}
	_ = w.Close()
	for range times - 1 {
		packed = bytes.NewBuffer(zipped(packed.Bytes()))
	}
	filters := strings.Repeat("/FlateDecode", times)
	return Stream(entries+"/Filter["+filters+"]", packed.Bytes())
}

// Packed is a stream that is packed once.
func Packed(entries string, content []byte) string {
	return Stream(entries+"/Filter/FlateDecode", zipped(content))
}

func zipped(content []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(content)
	_ = w.Close()
	return b.Bytes()
}
