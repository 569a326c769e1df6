package arrival

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Parse reads a recorded schedule: one offset in seconds per line, as in "0.0125". Blank lines and
// lines that begin with # are skipped. Offsets must be finite, not negative and never decrease; an
// error names the line.
func Parse(r io.Reader) ([]time.Duration, error) {
	var offsets []time.Duration
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), byteOrderMark))
		if text == "" || text[0] == '#' {
			continue
		}
		var err error
		if offsets, err = appendOffset(offsets, text); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("after %d offsets: %w", len(offsets), err)
	}
	return nonEmpty(offsets)
}

// ParseCSV reads a recorded schedule from one column of a comma-separated file whose first record
// names the columns. The offsets obey the rules of Parse; an error names the line.
func ParseCSV(r io.Reader, column string) ([]time.Duration, error) {
	records := csv.NewReader(r)
	records.ReuseRecord = true
	header, err := records.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("line 1: no header")
	}
	if err != nil {
		return nil, err
	}
	index, err := find(header, column)
	if err != nil {
		return nil, err
	}
	return readColumn(records, index)
}

// byteOrderMark is what some spreadsheets begin a text file with.
const byteOrderMark = "\ufeff"

func find(header []string, column string) (int, error) {
	for i, name := range header {
		if strings.TrimSpace(strings.TrimPrefix(name, byteOrderMark)) == column {
			return i, nil
		}
	}
	return 0, fmt.Errorf("line 1: no column %q, it has %q", column, header)
}

func readColumn(records *csv.Reader, index int) ([]time.Duration, error) {
	var offsets []time.Duration
	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			return nonEmpty(offsets)
		}
		if err != nil {
			return nil, err // a csv.ParseError, which names the line
		}
		if offsets, err = appendOffset(offsets, strings.TrimSpace(record[index])); err != nil {
			line, _ := records.FieldPos(index)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func appendOffset(offsets []time.Duration, text string) ([]time.Duration, error) {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(seconds) {
		return nil, fmt.Errorf("%q is not a number of seconds", text)
	}
	if seconds < 0 {
		return nil, fmt.Errorf("offset %q is negative", text)
	}
	at, ok := offset(seconds)
	if !ok {
		return nil, fmt.Errorf("offset %q is longer than 292 years", text)
	}
	if n := len(offsets); n > 0 && at < offsets[n-1] {
		return nil, fmt.Errorf("offset %q is before the one above it (%v): sort the file", text, offsets[n-1])
	}
	return append(offsets, at), nil
}

func nonEmpty(offsets []time.Duration) ([]time.Duration, error) {
	if len(offsets) == 0 {
		return nil, errors.New("no offsets")
	}
	return offsets, nil
}
