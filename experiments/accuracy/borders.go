package accuracy

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results/stat"
)

// A border is the load, in requests/s, from which on a size misses the objective.
type border struct {
	deployment, handler string
	size                capacity.Size
	predicted           float64
	measured            []float64 // in each repetition
}

// bordersOf are those of all sizes that were put under several loads.
func bordersOf(open []Result) (borders []border) {
	for _, first := range open {
		if !first.Cell.speaks() {
			continue
		}
		var cells []Result
		for _, r := range open {
			if r.Deployment == first.Deployment && r.Handler == first.Handler && r.Cell.Size == first.Cell.Size {
				cells = append(cells, r)
			}
		}
		slices.SortFunc(cells, func(a, b Result) int { return cmp.Compare(a.Rate, b.Rate) })
		b := border{first.Deployment, first.Handler, first.Cell.Size, first.Breaks.Estimate, nil}
		for n := range first.Measured {
			b.measured = append(b.measured, crossing(cells, n))
		}
		borders = append(borders, b)
	}
	return borders
}

// crossing is the rate at which p99 crosses the objective in a repetition, of cells by rising rate: between two of
// them p99 is taken for a line in the logarithm. Where it does not, the last rate before is returned, or the first:
// the truth is farther out.
func crossing(cells []Result, n int) float64 {
	excess := func(r Result) float64 { return math.Log(r.Measured[n].P99.Seconds() / r.Limit.Seconds()) }
	for i := len(cells) - 1; i >= 0; i-- { // from above: a single slow run at a lower rate is chance
		if excess(cells[i]) > 0 {
			continue
		}
		if i == len(cells)-1 {
			return cells[i].Rate
		}
		part := -excess(cells[i]) / (excess(cells[i+1]) - excess(cells[i]))
		return cells[i].Rate + part*(cells[i+1].Rate-cells[i].Rate)
	}
	return cells[0].Rate
}

// edgesOf is how far the loads are off at which the objective is predicted to break.
func edgesOf(borders []border) Row {
	misses := make([]miss, len(borders))
	for i, b := range borders {
		misses[i] = miss{math.Abs(b.predicted/stat.Average(b.measured) - 1), variation(b.measured)}
	}
	return heldTo("load at which p99 breaks the objective", misses, 0.07, 0.14)
}

// best is what the size that is predicted to bear the objective longest bears, over the most that any bears.
func best(borders []border) Row {
	row := Row{What: "the best size by it", Goal: "bears ≥ 95 % of the best"}
	type subject struct{ deployment, handler string }
	sizes := make(map[subject][]border)
	for _, b := range borders {
		k := subject{b.deployment, b.handler}
		sizes[k] = append(sizes[k], b)
	}
	worst, kept := 1.0, 0
	for _, of := range sizes {
		ours := slices.MaxFunc(of, func(a, b border) int { return cmp.Compare(a.predicted, b.predicted) })
		most := slices.MaxFunc(of, func(a, b border) int { return cmp.Compare(stat.Average(a.measured), stat.Average(b.measured)) })
		share := stat.Average(ours.measured) / stat.Average(most.measured)
		if worst = min(worst, share); share >= 0.95 {
			kept++
		}
	}
	if row.Cells = len(sizes); row.Cells == 0 {
		return row.without()
	}
	row.Value = float64(kept) / float64(row.Cells)
	row.Reached = fmt.Sprintf("in %d of %d, at worst %.0f %%", kept, row.Cells, 100*worst)
	row.Met = kept == row.Cells
	return row
}
