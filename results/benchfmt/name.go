package benchfmt

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/workerlab/workerlab/results"
)

// always are the axes that are named even at none.
var always = []string{"class", "workers"}

// leading are the axes that a reader looks for first, in this order. The others follow in alphabetical order.
var leading = []string{"system", "class", "workers", "threads", "gil", "do", "clients", "rate", "burst"}

// protocol are axes that say how long was measured, not what: runs of different profiles compare.
var protocol = []string{"window_seconds"}

// Names returns the records' names without "Benchmark", one for each record of the table. Equal
// trials of one system have equal names.
func Names(table results.Table) []string {
	names := make([]string, len(table))
	first := make(map[string]string) // of a name without the protocol: whose it is
	shared := make(map[string]bool)
	for i := range table {
		cell := named(&table[i])
		names[i] = name(cell, protocol)
		if owner, taken := first[names[i]]; taken && owner != cell.String() {
			shared[names[i]] = true
		}
		first[names[i]] = cell.String()
	}
	for i := range table {
		if shared[names[i]] { // only the protocol tells it from another trial
			names[i] = name(named(&table[i]), nil)
		}
	}
	return names
}

// named is what is named of the record: the axes of its cell that are not at their default, and what else tells it
// from a record of an equal cell.
func named(r *results.Record) results.Cell {
	cell := maps.Clone(r.Cell)
	if cell == nil {
		cell = make(results.Cell)
	}
	cell["system"] = r.System
	sparse := cell.Sparse()
	if r.Origin != results.Measured {
		sparse["origin"] = r.Origin
	}
	for _, axis := range always {
		if value, ok := cell[axis]; ok {
			sparse[axis] = value
		}
	}
	return sparse
}

// name is the cell as "Trial/class=sync/workers=4", without the axes left out.
func name(cell results.Cell, leftOut []string) string {
	var b strings.Builder
	b.WriteString("Trial")
	for _, axis := range axes(cell) {
		if slices.Contains(leftOut, axis) {
			continue
		}
		b.WriteString("/" + clean(axis) + "=" + clean(valueText(axis, cell[axis])))
	}
	return withoutSuffix(b.String())
}

// axes are the cell's, the leading ones first.
func axes(cell results.Cell) []string {
	var order []string
	for _, axis := range leading {
		if _, ok := cell[axis]; ok {
			order = append(order, axis)
		}
	}
	for _, axis := range slices.Sorted(maps.Keys(cell)) {
		if !slices.Contains(leading, axis) {
			order = append(order, axis)
		}
	}
	return order
}

// valueText writes numbers without an exponent, whose minus sign could end a name; −1 seconds is
// "never".
func valueText(axis string, value any) string {
	number, ok := results.Cell{axis: value}.Number(axis)
	switch {
	case !ok:
		return results.Text(value)
	case strings.HasSuffix(axis, "_seconds") && number < 0:
		return "never"
	}
	return strconv.FormatFloat(number, 'f', -1, 64)
}

// clean replaces what would end a name or a part of it.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || unicode.IsSpace(r) || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, text)
}

var coresSuffix = regexp.MustCompile(`-\d+$`)

// withoutSuffix keeps an ending such as "-4" from being read as a number of cores: only the last
// one is taken for it.
func withoutSuffix(name string) string {
	if coresSuffix.MatchString(name) {
		return name + "-1"
	}
	return name
}
