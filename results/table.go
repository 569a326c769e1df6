package results

import (
	"slices"
)

// A Table is a set of records. Its methods never change it.
type Table []Record

// Valid returns the records that count.
func (t Table) Valid() Table { return t.filter((*Record).Valid) }

// Where returns the records whose cell has the axis at the value (see SameValue).
func (t Table) Where(axis string, value any) Table {
	return t.filter(func(r *Record) bool { return SameValue(r.Cell[axis], value) })
}

// Match returns the records whose cell has all the axes of want at its values; further axes may
// have any.
func (t Table) Match(want Cell) Table {
	return t.filter(func(r *Record) bool {
		for axis, value := range want {
			if !SameValue(r.Cell[axis], value) {
				return false
			}
		}
		return true
	})
}

// Trials returns the records of the trials with these keys.
func (t Table) Trials(keys ...string) Table {
	return t.filter(func(r *Record) bool { return slices.Contains(keys, r.Trial) })
}

// System returns the records of one system: workerlab, gunicorn …
func (t Table) System(name string) Table {
	return t.filter(func(r *Record) bool { return r.System == name })
}

// Origin returns the records of one origin: Measured, Simulated or Predicted.
func (t Table) Origin(origin string) Table {
	return t.filter(func(r *Record) bool { return r.Origin == origin })
}

// Cells returns the distinct cells in the order of their first record.
func (t Table) Cells() []Cell {
	var cells []Cell
	seen := make(map[string]bool)
	for _, r := range t {
		if name := r.Cell.Key(); !seen[name] {
			seen[name] = true
			cells = append(cells, r.Cell)
		}
	}
	return cells
}

// Levels returns the distinct values of an axis, numbers ascending and then text.
func (t Table) Levels(axis string) []any {
	var levels []any
	for _, r := range t {
		v, ok := r.Cell[axis]
		if ok && !slices.ContainsFunc(levels, func(w any) bool { return SameValue(v, w) }) {
			levels = append(levels, v)
		}
	}
	slices.SortFunc(levels, compareValues)
	return levels
}

// Values returns the named value of every record that has it.
func (t Table) Values(name string) []float64 {
	var values []float64
	for i := range t {
		if v, ok := t[i].Value(name); ok {
			values = append(values, v)
		}
	}
	return values
}

// Blocks returns the number of distinct repetitions.
func (t Table) Blocks() int {
	blocks := make(map[int]bool)
	for _, r := range t {
		blocks[r.Repetition] = true
	}
	return len(blocks)
}

// Validity tells how many runs there are, how many of them do not count, and which rules those
// broke how often (one run may break several).
func (t Table) Validity() (runs, invalid int, reasons map[string]int) {
	reasons = make(map[string]int)
	for i := range t {
		if !t[i].Valid() {
			invalid++
		}
		for _, reason := range t[i].Invalid {
			reasons[reason]++
		}
	}
	return len(t), invalid, reasons
}

func (t Table) filter(keep func(*Record) bool) Table {
	var kept Table
	for i := range t {
		if keep(&t[i]) {
			kept = append(kept, t[i])
		}
	}
	return kept
}
