package results

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// errNoDirSync is what file systems say that cannot sync a folder.
const errNoDirSync = syscall.EINVAL

// A LineError is a line that is no record. What stood before it was read.
type LineError struct {
	Line int // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong with the line.
func (e *LineError) Unwrap() error { return e.Err }

// ErrTruncated is a last line without its newline: its writer was stopped in the middle.
var ErrTruncated = errors.New("the line is cut short")

// Load reads the records of the run in dir. At a line that is no record it stops with a *LineError
// and returns everything before it.
func Load(dir string) (Table, error) {
	path := filepath.Join(dir, RecordsFile)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load records: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read from
	table, err := Read(f)
	if err != nil {
		return table, fmt.Errorf("load records %s: %w", path, err)
	}
	return table, nil
}

// Read reads records from JSON Lines as Load does.
func Read(r io.Reader) (Table, error) {
	var table Table
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return table, nil
		case errors.Is(err, io.EOF):
			return table, &LineError{n, ErrTruncated}
		case err != nil:
			return table, &LineError{n, err}
		}
		record, err := parse(line)
		if err != nil {
			return table, &LineError{n, err}
		}
		table = append(table, record)
	}
}

func parse(line []byte) (Record, error) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return Record{}, errors.New("empty line")
	}
	var version struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(line, &version); err != nil {
		return Record{}, err
	}
	if version.Schema != Schema {
		return Record{}, schemaError(version.Schema)
	}
	var r Record
	if err := json.Unmarshal(line, &r); err != nil {
		return Record{}, err
	}
	if err := r.Check(); err != nil {
		return Record{}, err
	}
	cell := r.Cell.today(renamed)
	if r.Trial == r.Cell.String() { // as versions named it that spelt every axis out
		r.Trial = cell.Key()
	}
	r.Cell = cell
	return r, nil
}

func schemaError(found int) error {
	return fmt.Errorf("schema %d: this program reads schema %d", found, Schema)
}
