package regress

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/workerlab/workerlab/results/stat"
)

// design is the layout of model (1): a column for each cell, then one for each block but the last,
// coded to sum to zero over the blocks, so that a cell's coefficient is its level in the average block.
type design struct {
	cells  []string
	blocks []int
	column map[string]int
	row    map[int]int // of a block among the blocks
}

func newDesign(samples []Sample) design {
	d := design{column: make(map[string]int), row: make(map[int]int)}
	for _, s := range samples {
		d.column[s.Cell], d.row[s.Block] = 0, 0
	}
	d.cells = slices.Sorted(maps.Keys(d.column))
	for i, cell := range d.cells {
		d.column[cell] = i
	}
	d.blocks = slices.Sorted(maps.Keys(d.row))
	for i, block := range d.blocks {
		d.row[block] = i
	}
	return d
}

func (d design) matrix(samples []Sample) (*mat.Dense, *mat.VecDense) {
	c, last := len(d.cells), len(d.blocks)-1
	x := mat.NewDense(len(samples), c+last, nil)
	y := mat.NewVecDense(len(samples), nil)
	for i, s := range samples {
		x.Set(i, d.column[s.Cell], 1)
		if b := d.row[s.Block]; b < last {
			x.Set(i, c+b, 1)
		} else {
			for k := range last {
				x.Set(i, c+k, -1)
			}
		}
		y.SetVec(i, math.Log(s.Value))
	}
	return x, y
}

// meanSquare is the blocks' mean square, adjusted for cells: its expectation is σ² + spread·σ²_block.
type meanSquare struct {
	value   float64
	freedom float64
	spread  float64
}

// estimateBlocks finds the blocks' variance component by equating mean squares with their
// expectations (Henderson's method 3: Searle, Casella & McCulloch, §5.5). squares is the residual's sum.
func (f *Fit) estimateBlocks(d design, samples []Sample, squares float64) {
	freedom := float64(f.blocks - 1)
	if freedom == 0 {
		return
	}
	cellsOnly, trace := withinCells(d, samples)
	f.mean = meanSquare{
		value:   max(cellsOnly-squares, 0) / freedom,
		freedom: freedom,
		spread:  trace / freedom,
	}
	f.between = max(f.mean.value-f.residual, 0) / f.mean.spread
}

// withinCells returns the residual sum of squares of the model without blocks, and the trace of
// Z'(I − P)Z, where Z codes the blocks and P projects on the cells: n − Σ over cells of Σ n²/n_cell.
func withinCells(d design, samples []Sample) (rss, trace float64) {
	logs := make(map[string][]float64)
	together := make(map[[2]int]float64)
	for _, s := range samples {
		logs[s.Cell] = append(logs[s.Cell], math.Log(s.Value))
		together[[2]int{d.column[s.Cell], d.row[s.Block]}]++
	}
	for _, cell := range d.cells {
		rss += stat.Squares(logs[cell])
	}
	trace = float64(len(samples))
	for at, n := range together {
		trace -= n * n / float64(len(logs[d.cells[at[0]]]))
	}
	return rss, trace
}

// Mean estimates the cell's geometric mean in the average block, in the samples' unit. Its error
// counts the blocks' luck too (it is for comparing with a formula, not with another cell: for that
// see Ratio): variance s²·v + s²_block/blocks, with Satterthwaite's degrees of freedom.
func (f *Fit) Mean(cell string) (stat.Estimate, error) {
	i, err := f.columnOf(cell)
	if err != nil {
		return stat.Estimate{}, err
	}
	variance, freedom := f.meanVariance(f.inverse.At(i, i))
	e := f.estimate(f.beta.AtVec(i), variance)
	e.Freedom = freedom
	return e, nil
}

// meanVariance is the variance of a cell's mean whose fixed part is v residual variances.
func (f *Fit) meanVariance(v float64) (variance, freedom float64) {
	if f.between == 0 {
		return f.residual * v, float64(f.freedom)
	}
	share := 1 / (f.mean.spread * float64(f.blocks)) // of the blocks' mean square in the variance
	fromBlocks, fromResidual := share*f.mean.value, (v-share)*f.residual
	variance = fromBlocks + fromResidual
	freedom = variance * variance /
		(fromBlocks*fromBlocks/f.mean.freedom + fromResidual*fromResidual/float64(f.freedom))
	return variance, freedom
}
