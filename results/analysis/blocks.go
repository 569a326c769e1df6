package analysis

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// A Sample is one run's figure, in whatever unit; it must be above zero.
type Sample struct {
	Block int    // the repetition it belongs to
	Cell  string // what was varied, see results.Cell.String
	Value float64
	Step  float64 // in which the value was counted or read, in its unit; 0: too fine to matter
}

// Samples takes the named value of every valid record that has it, cell names as cells and
// repetitions as blocks. To tell an A/A control from its twin, it must be a cell of its own.
func Samples(table results.Table, value string) []Sample {
	var samples []Sample
	for _, r := range table.Valid() {
		if v, ok := r.Value(value); ok {
			samples = append(samples, Sample{r.Repetition, r.Cell.String(), v, Step(&r, value)})
		}
	}
	return samples
}

// Step is the Sample.Step of a record's value: throughput is a count of requests per window.
func Step(r *results.Record, value string) float64 {
	if value == "throughput" && r.Duration > 0 {
		return 1 / r.Duration.Seconds()
	}
	return 0
}

// A Fit is the additive model log y = block + cell + error, fitted by least squares. Cells may be
// missing in blocks, and may stand in one several times.
type Fit struct {
	cells  []string
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
// and what rounding to the samples' steps makes of it (step/√12). It fails with a *DomainError for a value that has no logarithm and for
// cells that no chain of common blocks connects (they cannot be compared), and with a *FewError if
// nothing is left to estimate the residual from.
func FitBlocks(samples []Sample) (*Fit, error) {
	if err := checkSamples(samples); err != nil {
		return nil, err
	}
	d := newDesign(samples)
	f := &Fit{cells: d.cells, blocks: len(d.blocks), column: d.column}
	f.freedom = len(samples) - len(d.cells) - len(d.blocks) + 1
	if f.freedom < 1 {
		return nil, &FewError{
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

// Ratio returns a's level over b's, the blocks' luck removed, with the t interval
// exp(â − b̂ ± t·s·√v). It is dimensionless.
func (f *Fit) Ratio(a, b string, confidence float64) (results.Interval, error) {
	estimate, sd, err := f.contrast(a, b)
	if err != nil {
		return results.Interval{}, err
	}
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	return logInterval(estimate, sd, float64(f.freedom), confidence), nil
}

// Test returns the two-sided p-value of a's level being theta times b's.
func (f *Fit) Test(a, b string, theta float64) (float64, error) {
	estimate, sd, err := f.contrast(a, b)
	if err != nil {
		return 0, err
	}
	if !(theta > 0) || !finite(theta) {
		return 0, domain("the ratio tested is %v, not above 0", theta)
	}
	return tTest(estimate-math.Log(theta), sd, float64(f.freedom)), nil
}

// MeanRatio returns the geometric mean of ratios that were each taken of two runs in one block, with
// the fit's residual as their error: exp(mean ± t·s·√(2/n)). It is for contrasts whose cells differ
// from block to block, as when the one to compare with is chosen in the other blocks.
func (f *Fit) MeanRatio(ratios []float64, confidence float64) (results.Interval, error) {
	estimate, sd, err := f.paired(ratios)
	if err != nil {
		return results.Interval{}, err
	}
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	return logInterval(estimate, sd, float64(f.freedom), confidence), nil
}

// TestMeanRatio returns the two-sided p-value of MeanRatio being theta.
func (f *Fit) TestMeanRatio(ratios []float64, theta float64) (float64, error) {
	estimate, sd, err := f.paired(ratios)
	if err != nil {
		return 0, err
	}
	if !(theta > 0) || !finite(theta) {
		return 0, domain("the ratio tested is %v, not above 0", theta)
	}
	return tTest(estimate-math.Log(theta), sd, float64(f.freedom)), nil
}

func (f *Fit) paired(ratios []float64) (estimate, sd float64, err error) {
	if len(ratios) == 0 {
		return 0, 0, &FewError{What: text.Of("no block holds both runs of a comparison")}
	}
	for _, r := range ratios {
		if !(r > 0) || !finite(r) {
			return 0, 0, domain("the ratio %v has no logarithm", r)
		}
		estimate += math.Log(r) / float64(len(ratios))
	}
	return estimate, math.Sqrt(2 * f.residual / float64(len(ratios))), nil
}

// Cells returns the cells fitted, in alphabetical order.
func (f *Fit) Cells() []string { return slices.Clone(f.cells) }

// Blocks returns the number of blocks.
func (f *Fit) Blocks() int { return f.blocks }

// Freedom returns the residual's degrees of freedom.
func (f *Fit) Freedom() int { return f.freedom }

// Noise returns the residual's standard deviation as a share: 0.03 says that a run scatters about
// ±3 % around what its cell and its block would make of it.
func (f *Fit) Noise() float64 { return math.Expm1(math.Sqrt(f.residual)) }

func (f *Fit) contrast(a, b string) (estimate, sd float64, err error) {
	i, j, err := f.columns(a, b)
	if err != nil {
		return 0, 0, err
	}
	v := f.inverse.At(i, i) + f.inverse.At(j, j) - 2*f.inverse.At(i, j)
	return f.beta.AtVec(i) - f.beta.AtVec(j), math.Sqrt(f.residual * max(v, 0)), nil
}

func (f *Fit) columns(a, b string) (i, j int, err error) {
	i, okA := f.column[a]
	j, okB := f.column[b]
	switch {
	case !okA:
		return 0, 0, f.unknown(a)
	case !okB:
		return 0, 0, f.unknown(b)
	}
	return i, j, nil
}

func (f *Fit) unknown(cell string) error {
	return domain("no cell %q among the %d fitted (%q …)", cell, len(f.cells), f.cells[0])
}

// solve finds the coefficients by the normal equations: the design holds only 0, 1 and −1, so that
// they are as well conditioned as the design itself. It returns the sum of squared residuals.
func (f *Fit) solve(x *mat.Dense, y *mat.VecDense) (squares float64, err error) {
	var cross mat.SymDense
	cross.SymOuterK(1, x.T())
	var chol mat.Cholesky
	if !chol.Factorize(&cross) {
		return 0, domain("the cells cannot be told from the blocks") // not reached: connected designs have full rank
	}
	var xy mat.VecDense
	xy.MulVec(x.T(), y)
	f.beta, f.inverse = new(mat.VecDense), new(mat.SymDense)
	if err := chol.SolveVecTo(f.beta, &xy); err != nil {
		return 0, fmt.Errorf("analysis: fit blocks: %w", err)
	}
	if err := chol.InverseTo(f.inverse); err != nil {
		return 0, fmt.Errorf("analysis: fit blocks: %w", err)
	}
	var rest mat.VecDense
	rest.MulVec(x, f.beta)
	rest.SubVec(y, &rest)
	return mat.Dot(&rest, &rest), nil
}

func checkSamples(samples []Sample) error {
	if len(samples) == 0 {
		return &FewError{What: text.Of("no runs to fit")}
	}
	for _, s := range samples {
		if !(s.Value > 0) || !finite(s.Value) {
			return domain("cell %q, block %d: %v has no logarithm", s.Cell, s.Block, s.Value)
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
			return domain("cells %q and %q share no block, nor does a chain of others link them", start, cell)
		}
	}
	return nil
}

// logInterval is exp(estimate ± t·sd).
func logInterval(estimate, sd, freedom, confidence float64) results.Interval {
	half := studentQuantile(freedom, confidence) * sd
	return results.Interval{
		Estimate: math.Exp(estimate), Low: math.Exp(estimate - half), High: math.Exp(estimate + half),
		Confidence: confidence,
	}
}

// studentQuantile is the t that holds the confidence between −t and t.
func studentQuantile(freedom, confidence float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(1 - (1-confidence)/2)
}

// tTest is the two-sided p-value of a distance from zero. It is never 0, so that 0 can say "no test".
func tTest(distance, sd, freedom float64) float64 {
	if sd == 0 {
		if distance == 0 {
			return 1
		}
		return math.SmallestNonzeroFloat64
	}
	p := 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.CDF(-math.Abs(distance)/sd)
	return min(max(p, math.SmallestNonzeroFloat64), 1)
}
