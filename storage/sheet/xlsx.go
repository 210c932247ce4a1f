package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// XLSX writes one worksheet. Its rows go to a temporary file when they are many; Close sends the whole and removes it.
type XLSX struct {
	w     io.Writer
	file  *excelize.File
	rows  *excelize.StreamWriter
	text  int // the style of a cell that stays text even when somebody edits it
	count int
}

// textFormat is the number format "@": what is typed into such a cell is never a formula.
const textFormat = 49

// NewXLSX begins a table on w. aside is the folder of the temporary file, which holds what the table holds: one that is
// closed to others. Close or Discard must be called.
func NewXLSX(w io.Writer, title, aside string) (*XLSX, error) {
	x := &XLSX{w: w, file: excelize.NewFile(excelize.Options{TmpDir: aside})}
	err := x.file.SetSheetName("Sheet1", title)
	if err == nil {
		x.text, err = x.file.NewStyle(&excelize.Style{NumFmt: textFormat})
	}
	if err == nil {
		x.rows, err = x.file.NewStreamWriter(title)
	}
	if err != nil {
		_ = x.file.Close()
		return nil, fmt.Errorf("begin a sheet: %w", err)
	}
	return x, nil
}

// Write adds a row; its cells are those of CSV.Write. A number stays one, and every text is kept as text, so that no
// digit of a NIK is rounded.
func (x *XLSX) Write(cells ...any) error {
	x.count++
	at, err := excelize.CoordinatesToCellName(1, x.count)
	if err != nil {
		return fmt.Errorf("write row %d of a sheet: %w", x.count, err)
	}
	row := make([]any, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case Text:
			row[i] = excelize.Cell{StyleID: x.text, Value: Defused(string(v))}
		case string:
			row[i] = excelize.Cell{StyleID: x.text, Value: v}
		case nil, int, int64, float64, bool:
			row[i] = v
		default:
			return fmt.Errorf("sheet: a cell cannot be a %T", cell)
		}
	}
	if err := x.rows.SetRow(at, row); err != nil {
		return fmt.Errorf("write row %d of a sheet: %w", x.count, err)
	}
	return nil
}

// Close ends the table and sends it.
func (x *XLSX) Close() error {
	err := x.rows.Flush()
	if err == nil {
		err = x.file.Write(x.w)
	}
	x.Discard()
	if err != nil {
		return fmt.Errorf("end a sheet: %w", err)
	}
	return nil
}

// Discard removes the temporary file. After Close it does nothing.
func (x *XLSX) Discard() { _ = x.file.Close() }
