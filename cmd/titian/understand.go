package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/locales"
)

// kinds are what `titian understand` can read.
var kinds = []string{"phone", "money", "yesno", "kecamatan", "date", "workers", "products", "nik", "nib"}

// understandCommand is `titian understand KIND`.
type understandCommand struct {
	Kind  string `arg:"" help:"phone, money, yesno, kecamatan, date, workers, products, nik or nib."`
	Today string `placeholder:"DATE" help:"The day it is, like 2026-11-23; default: today in Kendari."`
}

// maxLine is the longest line that is read as an answer; a longer one is null.
const maxLine = 1 << 20

// Run reads lines until the input ends, and answers each before the next.
func (c *understandCommand) Run(s streams) error {
	known := false
	for _, kind := range kinds {
		known = known || kind == c.Kind
	}
	if !known {
		return complain("%q is nothing Titian understands: KIND is one of %s", c.Kind, strings.Join(kinds, ", "))
	}
	today := time.Now().In(locales.WITA)
	if c.Today != "" {
		var err error
		if today, err = time.ParseInLocation(time.DateOnly, c.Today, locales.WITA); err != nil {
			return complain("--today is %q; it must be a date like 2026-11-23", c.Today)
		}
	}
	city, err := locales.City("", answer.ReadCity)
	if err != nil {
		return err
	}
	return understand(s.in, s.out, func(line string) (any, error) {
		return answer.Understand(c.Kind, line, city, today)
	})
}

// understand prints one JSON value for each line.
func understand(in io.Reader, out io.Writer, read func(line string) (any, error)) error {
	r := bufio.NewReaderSize(in, 64<<10)
	w := bufio.NewWriter(out)
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for {
		line, whole, err := readLine(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read a line: %w", err)
		}
		var value any
		if whole {
			if value, err = read(line); err != nil {
				return err
			}
		}
		if err := lines.Encode(value); err != nil {
			return fmt.Errorf("write a line: %w", err)
		}
		if err := w.Flush(); err != nil {
			return fmt.Errorf("write a line: %w", err)
		}
	}
}

// readLine reads one line without its end; whole is false when it was longer
// than maxLine and its rest was dropped. A last line needs no line end.
func readLine(r *bufio.Reader) (line string, whole bool, err error) {
	var read []byte
	for n := 0; ; {
		part, err := r.ReadSlice('\n')
		n += len(part)
		if n <= maxLine+2 {
			read = append(read, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (n == 0 || !errors.Is(err, io.EOF)) {
			return "", false, err
		}
		read = bytes.TrimSuffix(bytes.TrimSuffix(read, []byte("\n")), []byte("\r"))
		return string(read), n <= maxLine+2 && len(read) <= maxLine, nil
	}
}
