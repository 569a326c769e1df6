package regress

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// A Sample is one run's figure, in whatever unit; it must be above zero.
type Sample struct {
	Block int    // the repetition it belongs to
	Cell  string // what was varied, see results.Cell.String
	Value float64
	Step  float64 // in which the value was counted or read, in its unit; 0: too fine to matter
}

// A Fit is the additive model log y = block + cell + error, fitted by least squares. Cells may be
// missing in blocks, and may stand in one several times.
type Fit struct {
	cells  []string
	runs   int
	blocks int
	column map[string]int // of a cell's coefficient

	beta    *mat.VecDense // cell effects, averaged over the blocks; then block effects that sum to 0
	inverse *mat.SymDense // (X'X)⁻¹

	freedom  int     // degrees of freedom of the residual
	residual float64 // mean square of the residual, of logarithms, not below leastResidual
	between  float64 // variance component of the blocks, ≥ 0
	mean     meanSquare
}

// FitBlocks fits the model. The residual's standard deviation is taken to be 0.1 % at least,
// and what rounding to the samples' steps makes of it (step/√12). It fails with a *stat.DomainError for a value that has no logarithm and for
// cells that no chain of common blocks connects (they cannot be compared), and with a *stat.FewError if
// nothing is left to estimate the residual from.
func FitBlocks(samples []Sample) (*Fit, error) {
	if err := checkSamples(samples); err != nil {
		return nil, err
	}
	d := newDesign(samples)
	f := &Fit{cells: d.cells, runs: len(samples), blocks: len(d.blocks), column: d.column}
	f.freedom = len(samples) - len(d.cells) - len(d.blocks) + 1
	if f.freedom < 1 {
		return nil, &stat.FewError{
			What: text.Of("%d runs of %d cells in %d blocks leave no residual", len(samples), len(d.cells), len(d.blocks)),
			Hint: "run another block",
		}
	}
	x, y := d.matrix(samples)
	squares, err := f.solve(x, y)
	if err != nil {
		return nil, err
	}
	f.residual = max(squares/float64(f.freedom), leastResidual(samples))
	f.estimateBlocks(d, samples, squares)
	return f, nil
}

// Ratio estimates a's level over b's, the blocks' luck removed: â − b̂ ± t·s·√v of the logarithm.
func (f *Fit) Ratio(a, b string) (stat.Estimate, error) {
	i, err := f.columnOf(a)
	if err != nil {
		return stat.Estimate{}, err
	}
	j, err := f.columnOf(b)
	if err != nil {
		return stat.Estimate{}, err
	}
	v := f.inverse.At(i, i) + f.inverse.At(j, j) - 2*f.inverse.At(i, j)
	return f.estimate(f.beta.AtVec(i)-f.beta.AtVec(j), f.residual*v), nil
}

// Product estimates the product of the levels of cells, each raised to a power, the blocks' luck removed: a ratio of
// ratios, a level over a geometric mean of levels. The powers must sum to 0, so that the result is dimensionless
// and no block's luck is left in it.
func (f *Fit) Product(powers map[string]float64) (stat.Estimate, error) {
	weights := mat.NewVecDense(f.beta.Len(), nil)
	for cell, power := range powers {
		i, err := f.columnOf(cell)
		if err != nil {
			return stat.Estimate{}, err
		}
		weights.SetVec(i, power)
	}
	if sum := mat.Sum(weights); !(math.Abs(sum) < 1e-9) {
		return stat.Estimate{}, stat.Domain("the powers sum to %v, not 0", sum)
	}
	return f.estimate(mat.Dot(weights, f.beta), f.residual*mat.Inner(weights, f.inverse, weights)), nil
}

// MeanRatio estimates the geometric mean of ratios that were each taken of two runs in one block, with
// the fit's residual as their error: mean ± t·s·√(2/n) of the logarithm. It is for contrasts whose cells differ
// from block to block, as when the one to compare with is chosen in the other blocks.
func (f *Fit) MeanRatio(ratios []float64) (stat.Estimate, error) {
	if len(ratios) == 0 {
		return stat.Estimate{}, &stat.FewError{What: text.Of("no block holds both runs of a comparison")}
	}
	logs, err := stat.Logs(ratios)
	if err != nil {
		return stat.Estimate{}, err
	}
	return f.estimate(stat.Average(logs), 2*f.residual/float64(len(ratios))), nil
}

// estimate is that of a logarithm whose error comes from the residual.
func (f *Fit) estimate(log, variance float64) stat.Estimate {
	return stat.Estimate{
		Value: log, Deviation: math.Sqrt(max(variance, 0)), Log: true,
		Freedom: float64(f.freedom), Values: f.runs, Blocks: f.blocks,
	}
}

// Noise is by what share the cells of an A/A control differ: 0.03 says 3 %, whichever is larger. They are
// identical, so that this is noise.
func (f *Fit) Noise(a, b string) (float64, error) {
	ratio, err := f.Ratio(a, b)
	if err != nil {
		return 0, err
	}
	return math.Expm1(math.Abs(ratio.Value)), nil
}

func (f *Fit) columnOf(cell string) (int, error) {
	i, known := f.column[cell]
	if !known {
		return 0, stat.Domain("no cell %q among the %d fitted (%q …)", cell, len(f.cells), f.cells[0])
	}
	return i, nil
}

// solve finds the coefficients by the normal equations: the design holds only 0, 1 and −1, so that
// they are as well conditioned as the design itself. It returns the sum of squared residuals.
func (f *Fit) solve(x *mat.Dense, y *mat.VecDense) (squares float64, err error) {
	var cross mat.SymDense
	cross.SymOuterK(1, x.T())
	var chol mat.Cholesky
	if !chol.Factorize(&cross) {
		return 0, stat.Domain("the cells cannot be told from the blocks") // not reached: connected designs have full rank
	}
	var xy mat.VecDense
	xy.MulVec(x.T(), y)
	f.beta, f.inverse = new(mat.VecDense), new(mat.SymDense)
	if err := chol.SolveVecTo(f.beta, &xy); err != nil {
		return 0, fmt.Errorf("regress: fit blocks: %w", err)
	}
	if err := chol.InverseTo(f.inverse); err != nil {
		return 0, fmt.Errorf("regress: fit blocks: %w", err)
	}
	var rest mat.VecDense
	rest.MulVec(x, f.beta)
	rest.SubVec(y, &rest)
	return mat.Dot(&rest, &rest), nil
}

func checkSamples(samples []Sample) error {
	if len(samples) == 0 {
		return &stat.FewError{What: text.Of("no runs to fit")}
	}
	for _, s := range samples {
		if !(s.Value > 0) || !stat.Finite(s.Value) {
			return stat.Domain("cell %q, block %d: %v has no logarithm", s.Cell, s.Block, s.Value)
		}
	}
	return checkConnected(samples)
}

// checkConnected makes sure that every two cells are linked by a chain of common blocks.
func checkConnected(samples []Sample) error {
	byBlock := make(map[int][]string)
	byCell := make(map[string][]int)
	for _, s := range samples {
		byBlock[s.Block] = append(byBlock[s.Block], s.Cell)
		byCell[s.Cell] = append(byCell[s.Cell], s.Block)
	}
	start := samples[0].Cell
	seen := map[string]bool{start: true}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		for _, block := range byCell[queue[0]] {
			for _, cell := range byBlock[block] {
				if !seen[cell] {
					seen[cell] = true
					queue = append(queue, cell)
				}
			}
		}
	}
	for _, cell := range slices.Sorted(maps.Keys(byCell)) {
		if !seen[cell] {
			return stat.Domain("cells %q and %q share no block, nor does a chain of others link them", start, cell)
		}
	}
	return nil
}

// leastResidual is the least variance that the logarithms of the samples are taken to have: stat.LeastVariance, or
// what rounding to the samples' steps makes of it.
func leastResidual(samples []Sample) float64 {
	rounding := 0.0
	for _, s := range samples {
		rounding += s.Step * s.Step / (s.Value * s.Value) / 12 / float64(len(samples))
	}
	return max(stat.LeastVariance, rounding)
}
