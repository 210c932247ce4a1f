package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// The bounds of a list that is read: a dinas's own has some thousand rows.
const (
	MaxBytes = 32 << 20
	MaxRows  = 100_000
	maxZip   = 512 << 20 // what an xlsx may unpack to
)

// The errors a caller chooses by.
var (
	ErrTooLarge = errors.New("the list is larger than allowed")
	ErrNotSheet = errors.New("neither an xlsx nor a csv in UTF-8")
)

// Cell is one cell as it stands in the file. Rounded: it is a number of 16 digits or more, of which a spreadsheet keeps 15.
type Cell struct {
	Text    string
	Rounded bool
}

// Read yields the rows of the first worksheet, or of a csv with commas, semicolons or tabs, from row 1 on; also empty
// ones. What the file is called does not matter. Errors of yield end it.
func Read(path string, yield func(row int, cells []Cell) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || st.Size() > MaxBytes {
		return errors.Join(ErrTooLarge, err)
	}
	start := bufio.NewReader(io.LimitReader(f, MaxBytes+1))
	if magic, err := start.Peek(4); err == nil && bytes.Equal(magic, []byte("PK\x03\x04")) {
		return readXLSX(start, yield)
	}
	return readCSV(start, yield)
}

func readXLSX(r io.Reader, yield func(int, []Cell) error) error {
	f, err := excelize.OpenReader(r, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxZip, UnzipXMLSizeLimit: maxZip})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotSheet, err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	rows, err := f.Rows(name)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotSheet, err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
		if n > MaxRows {
			return ErrTooLarge
		}
		texts, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("read row %d: %w", n, err)
		}
		cells := make([]Cell, len(texts))
		for i, text := range texts {
			cells[i].Text = undefused(text)
			if !long(text) {
				continue
			}
			at, err := excelize.CoordinatesToCellName(i+1, n)
			if err != nil {
				return fmt.Errorf("read row %d: %w", n, err)
			}
			kind, err := f.GetCellType(name, at)
			cells[i].Rounded = err == nil && (kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber)
		}
		if err := yield(n, cells); err != nil {
			return err
		}
	}
	return rows.Error()
}

// long says whether a text may be a number that was rounded: 16 digits, or written with an exponent.
func long(text string) bool {
	if strings.Trim(text, "0123456789") == "" {
		return len(text) > 15
	}
	return len(text) > 4 && strings.ContainsAny(text, "eE") && strings.Trim(text, "0123456789.eE+") == ""
}

func readCSV(r *bufio.Reader, yield func(int, []Cell) error) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return ErrNotSheet
	}
	rows := csv.NewReader(bytes.NewReader(b))
	rows.Comma, rows.FieldsPerRecord, rows.LazyQuotes = comma(b), -1, true
	for n := 1; ; n++ {
		texts, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNotSheet, err)
		}
		if n > MaxRows {
			return ErrTooLarge
		}
		line, _ := rows.FieldPos(0)
		cells := make([]Cell, len(texts))
		for i, text := range texts {
			cells[i] = Cell{Text: undefused(text), Rounded: long(text) && strings.ContainsAny(text, "eE")}
		}
		if err := yield(line, cells); err != nil {
			return err
		}
	}
}

// comma is the sign that divides the first lines most often.
func comma(b []byte) rune {
	head := b[:min(len(b), 4096)]
	best, most := ',', 0
	for _, sign := range ",;\t" {
		if n := bytes.Count(head, []byte(string(sign))); n > most {
			best, most = sign, n
		}
	}
	return best
}
