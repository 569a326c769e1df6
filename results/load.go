package results

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Load reads the records of the run in dir, packed or not. If they are not all there, each once and as it was written, they come
// with a *Damage; those of which that cannot be said are left out.
func Load(dir string) (Table, error) {
	expected, err := expectedOf(dir)
	if err != nil {
		return nil, err
	}
	name, err := RecordsIn(dir)
	if err != nil {
		return nil, err
	}
	return loadFile(filepath.Join(dir, name), expected)
}

// LoadFile reads a file of records, packed or not, as Load does.
func LoadFile(path string) (Table, error) { return loadFile(path, Manifest{}) }

func loadFile(path string, expected Manifest) (Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load records: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read from
	table, _, err := read(f, expected)
	if err != nil {
		return table, fmt.Errorf("load records %s: %w", path, err)
	}
	return table, nil
}

// expectedOf is the manifest that the records of the run in dir are held against: an empty one if there is none.
func expectedOf(dir string) (Manifest, error) {
	m, err := ReadManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, nil
	}
	return m, err
}

// Read reads records, packed or not, as Load does.
func Read(r io.Reader) (Table, error) {
	table, _, err := read(r, Manifest{})
	return table, err
}

// A reading is a file of records while it is read.
type reading struct {
	ledger
	table  Table
	lines  []int        // of the table's records
	denied map[int]bool // lines whose records others contradict
	damage Damage
}

// read reads records of the run that the manifest, if any, is of, at least as many as it counts.
func read(r io.Reader, m Manifest) (Table, ledger, error) {
	x := reading{ledger: ledger{run: m.Run}, denied: make(map[int]bool)}
	n := 1
	text, err := unpacked(r)
	if err != nil {
		x.fault(n, err)
		return nil, x.ledger, &x.damage
	}
	lines := bufio.NewReader(text)
	for ; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if errors.Is(err, io.EOF) {
			err = ErrTruncated
		}
		if err != nil {
			x.fault(n, err)
			break
		}
		x.line(n, line)
	}
	if missing := m.Records - x.next; missing > 0 {
		x.fault(n, fmt.Errorf("the file ends before it, and %s counts %d records: %d are missing", ManifestFile, m.Records, missing))
	}
	table := x.undenied()
	if len(x.damage.Faults) > 0 {
		return table, x.ledger, &x.damage
	}
	return table, x.ledger, nil
}

func (x *reading) fault(line int, err error) {
	x.damage.Faults = append(x.damage.Faults, &LineError{line, err})
}

// line takes a line's record, or notes what is wrong with it.
func (x *reading) line(n int, line []byte) {
	record, seal, isSealed, err := parse(line)
	if err != nil {
		x.skip()
		x.damage.Unused++
		x.fault(n, err)
		return
	}
	if err := x.admit(n, &record, seal, isSealed); err != nil {
		x.fault(n, err)
		if conflict, ok := errors.AsType[*conflict](err); ok && !conflict.copy {
			x.denied[conflict.line] = true
		}
		if _, whole := errors.AsType[*gap](err); !whole {
			x.damage.Unused++
			return
		}
	}
	x.table, x.lines = append(x.table, record), append(x.lines, n)
}

// undenied are the records that no other contradicts.
func (x *reading) undenied() Table {
	if len(x.denied) == 0 {
		return x.table
	}
	var kept Table
	for i, line := range x.lines {
		if x.denied[line] {
			x.damage.Unused++
			continue
		}
		kept = append(kept, x.table[i])
	}
	return kept
}
