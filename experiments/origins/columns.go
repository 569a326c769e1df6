package origins

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
)

// columnsOf sorts cells into columns. One axis of numbers is found that every kind of cell has several levels
// of; where there is none the cells stand side by side.
func columnsOf(cells []compared, axes []string) []column {
	if len(cells) == 0 {
		return nil
	}
	varied := variedAxes(cells, axes)
	if len(varied) == 0 {
		return byName(cells, []string{"class", "workers", "threads", "do"})
	}
	if best := numericAxis(cells, axes, varied); best != "" {
		return overAxis(cells, best, varied)
	}
	return byName(cells, varied)
}

// variedAxes are those by which the cells can be told apart: the experiment's own as far as they vary, and
// others that are needed besides.
func variedAxes(cells []compared, axes []string) (varied []string) {
	for _, axis := range axes {
		if len(levelsOf(cells, axis)) > 1 {
			varied = append(varied, axis)
		}
	}
	var others []string
	for axis := range cells[0].cell {
		if !slices.Contains(axes, axis) && len(levelsOf(cells, axis)) > 1 {
			others = append(others, axis)
		}
	}
	slices.Sort(others)
	for _, axis := range others {
		if distinct(cells, varied) == len(cells) {
			break
		}
		if with := append(slices.Clone(varied), axis); distinct(cells, with) > distinct(cells, varied) {
			varied = with
		}
	}
	return varied
}

func levelsOf(cells []compared, axis string) []any {
	var t results.Table
	for _, c := range cells {
		t = append(t, c.base[0])
	}
	return t.Levels(axis)
}

func distinct(cells []compared, axes []string) int {
	names := make(map[string]bool)
	for _, c := range cells {
		names[judge.Named(c.cell, axes...)] = true
	}
	return len(names)
}

// kindOf names what a cell has in common with the others of its column.
func kindOf(c *compared, varied []string, but string) string {
	others := slices.DeleteFunc(slices.Clone(varied), func(axis string) bool { return axis == but })
	return fmt.Sprintf("%t %s", c.closed(), judge.Named(c.cell, others...))
}

// numericAxis is the experiment's axis of numbers over which the cells fall into the fewest kinds, of several
// levels each; "" if there is none.
func numericAxis(cells []compared, axes, varied []string) (best string) {
	fewest := math.MaxInt
	for _, axis := range axes {
		if !slices.Contains(varied, axis) {
			continue
		}
		count := make(map[string]int)
		numbers := true
		for i := range cells {
			_, ok := cells[i].cell.Number(axis)
			numbers = numbers && ok
			count[kindOf(&cells[i], varied, axis)]++
		}
		lone := false
		for _, n := range count {
			lone = lone || n < 2
		}
		if numbers && !lone && len(count) < fewest {
			best, fewest = axis, len(count)
		}
	}
	return best
}

func overAxis(cells []compared, axis string, varied []string) (columns []column) {
	at := make(map[string]int)
	for _, c := range cells {
		kind := kindOf(&c, varied, axis)
		i, known := at[kind]
		if !known {
			i = len(columns)
			at[kind] = i
			others := slices.DeleteFunc(slices.Clone(varied), func(a string) bool { return a == axis })
			columns = append(columns, column{axis: axis, title: label(c.cell, others)})
		}
		columns[i].cells = append(columns[i].cells, c)
	}
	for i := range columns {
		c := &columns[i]
		slices.SortStableFunc(c.cells, func(a, b compared) int {
			x, _ := a.cell.Number(axis)
			y, _ := b.cell.Number(axis)
			return cmp.Compare(x, y)
		})
	}
	return columns
}

// mostNames is how many cells stand side by side in one panel.
const mostNames = 9

// byName sets the cells of one demand and law of arrivals beside each other.
func byName(cells []compared, varied []string) (columns []column) {
	common := slices.DeleteFunc(slices.Clone(varied), func(axis string) bool { return axis != "do" && axis != "arrivals" })
	own := slices.DeleteFunc(slices.Clone(varied), func(axis string) bool { return slices.Contains(common, axis) })
	if len(own) == 0 { // nothing else tells them apart
		common, own = nil, varied
	}
	at := make(map[string]int)
	for _, c := range cells {
		kind := kindOf(&c, common, "")
		i, known := at[kind]
		if !known || len(columns[i].cells) == mostNames {
			i = len(columns)
			at[kind] = i
			columns = append(columns, column{title: label(c.cell, common)})
		}
		columns[i].cells, columns[i].names = append(columns[i].cells, c), append(columns[i].names, label(c.cell, own))
	}
	return columns
}

// label is a cell by some of its axes, in few words that are the same in every language. What is switched off
// or left to its default is not named where something else is.
func label(cell results.Cell, axes []string) string {
	has := func(axis string) bool { return slices.Contains(axes, axis) }
	var parts, off []string
	if has("class") {
		parts = append(parts, results.Text(cell["class"]))
	}
	if has("class") && (has("workers") || has("threads")) {
		parts = append(parts, results.Text(cell["workers"])+"×"+results.Text(cell["threads"]))
	}
	for _, axis := range axes {
		value := results.Text(cell[axis])
		switch {
		case axis == "class", has("class") && (axis == "workers" || axis == "threads"):
		case axis == "do", axis == "arrivals":
			parts = append(parts, value)
		case value == "0", value == "false", value == "":
			off = append(off, axis+"="+value)
		case axis == "gil":
			parts = append(parts, axis)
		default:
			parts = append(parts, axis+"="+value)
		}
	}
	if len(parts) == 0 {
		parts = off
	}
	return strings.Join(parts, " ")
}
