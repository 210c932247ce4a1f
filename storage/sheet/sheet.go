// Package sheet writes tables that a spreadsheet opens (xlsx, csv) and reads the lists that come out of one. It imports
// nothing of this module and does not know what a table is about. What a person typed never reaches a spreadsheet as a
// formula, and a table of any length is written and read in bounded memory.
package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Text is a cell that a person typed: it is defused. A plain string is one that this program made.
type Text string

// Defused keeps a spreadsheet from taking what a person typed for a formula: what begins with = + - @, a tab or a line
// end, also behind spaces, gets an apostrophe in front.
func Defused(s string) string {
	start := strings.TrimLeft(s, " \u00a0\u3000")
	if start != "" && (strings.ContainsAny(start[:1], "=+-@\t\r\n") || fullwidth(start)) {
		return "'" + s
	}
	return s
}

// fullwidth are the signs that some spreadsheets read as = + - @ too.
func fullwidth(s string) bool {
	for _, sign := range []string{"＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, sign) {
			return true
		}
	}
	return false
}

// undefused is what stood there before Defused.
func undefused(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && Defused(rest) == s {
		return rest
	}
	return s
}

// CSV writes comma-separated values.
type CSV struct{ w *csv.Writer }

// NewCSV begins a table on w.
func NewCSV(w io.Writer) *CSV { return &CSV{csv.NewWriter(w)} }

// Write adds a row. A cell is Text, a string, int, int64, float64 (six places), bool, or nil for nothing.
func (c *CSV) Write(cells ...any) error {
	row := make([]string, len(cells))
	for i, cell := range cells {
		text, err := printed(cell)
		if err != nil {
			return err
		}
		row[i] = text
	}
	return c.w.Write(row)
}

// Close ends the table.
func (c *CSV) Close() error {
	c.w.Flush()
	return c.w.Error()
}

func printed(cell any) (string, error) {
	switch v := cell.(type) {
	case nil:
		return "", nil
	case Text:
		return Defused(string(v)), nil
	case string:
		return v, nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', 6, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	return "", fmt.Errorf("sheet: a cell cannot be a %T", cell)
}

// Discard does nothing: rows that were written are on their way.
func (c *CSV) Discard() {}
