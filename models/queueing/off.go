package queueing

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
)

// errors are how far the approximations are off, as measured against the simulator. It is written by
//
//	go test ./models/sim -run TestErrorsOfTheApproximations -timeout 0 -tabulate FORM
//
//go:embed errors.csv
var errorsCSV string

// The approximations that are tabulated: General; Pool.Varied where cores are shared; the same of threads under an
// interpreter lock; and Loop.
const (
	FormAlone  = "alone"
	FormPool   = "pool"
	FormLocked = "locked"
	FormLoop   = "loop"
)

// A Setting is where an approximation is used: what its error depends on.
type Setting struct {
	Form    string
	Servers int // a loop is 1
	// Share is, of a pool, how many times the cores are wanted where all servers are busy, SD/C(D+I); of a loop how much of
	// a lone job's time is its wait; else 0.
	Share       float64
	Utilization float64
	CV          float64
}

// Off is by how much the mean response is off at most, as a share of it; false where that is not tabulated: for more
// servers, a higher utilisation or a larger CV than were measured. Between what was measured it is the largest around.
func Off(s Setting) (share float64, known bool) {
	rows := tabulated(s.Form)
	around := [4][2]float64{}
	for i, x := range s.numbers() {
		low, high, inside := bracket(rows, i, x)
		if !inside {
			return 0, false
		}
		around[i] = [2]float64{low, high}
	}
	for _, r := range rows {
		if r.among(around) {
			share, known = max(share, r.off), true
		}
	}
	return share, known
}

func (s Setting) numbers() [4]float64 {
	return [4]float64{float64(s.Servers), s.Share, s.Utilization, s.CV}
}

// A row is a line of the table.
type row struct {
	at  [4]float64
	off float64
}

func (r row) among(around [4][2]float64) bool {
	for i, x := range r.at {
		if x != around[i][0] && x != around[i][1] {
			return false
		}
	}
	return true
}

// bracket is the largest number of a column that is not above x and the smallest not below it. What is below all is as
// the smallest, since the error falls to nothing with the utilisation.
func bracket(rows []row, column int, x float64) (low, high float64, inside bool) {
	var all []float64
	for _, r := range rows {
		all = append(all, r.at[column])
	}
	slices.Sort(all)
	i, exact := slices.BinarySearch(all, x)
	switch {
	case i == len(all):
		return 0, 0, false
	case exact || i == 0:
		return all[i], all[i], true
	}
	return all[i-1], all[i], true
}

// tabulated are the rows of a form.
func tabulated(form string) (rows []row) {
	in := csv.NewReader(strings.NewReader(errorsCSV))
	in.Comment = '#'
	lines, err := in.ReadAll()
	if err != nil {
		panic("queueing: errors.csv: " + err.Error()) // it is part of the program, and a test reads it
	}
	for _, line := range lines {
		if line[0] != form {
			continue
		}
		var n [5]float64
		for i := range n {
			n[i], _ = strconv.ParseFloat(line[i+1], 64)
		}
		rows = append(rows, row{[4]float64(n[:4]), n[4]})
	}
	return rows
}
