package judge

import (
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// Judging builds one verdict. What cannot be computed, for want of valid runs, is an unknown interval
// from which nothing follows; the verdict then says what was missing.
type Judging struct {
	Records
	Confidence float64 // of the verdict's intervals

	verdict results.Verdict
	missing []error
	against []text.Message // parts that are refuted
	open    []Part         // parts whose interval holds a bound
	need    need           // what would settle the open ones
}

// Confidence of the intervals that a verdict rests on. An interim analysis, after blocks were added because the
// planned ones had left a claim undecided, is paid for by wider intervals; see experiments.Verdicts for what
// that comes to.
//
// Judging several claims at once is paid for by Holm's correction (results.Adjust), and only so far as
// this: it covers the p-values of the claims' declared primary contrasts, among claims that have one, in
// one analysis. A claim whose primary contrast does not pass it stays undecided, whichever part decided. It
// covers nothing else. Parts beside the primary contrast rest on intervals of their own, each at
// Confidence. That all of them hold by chance is no likelier than that one does; but a claim of k parts
// that all hold, barely, is refuted by one of them with a probability of up to k·2.5 % in the planned one,
// and among many claims some such part will fail by chance. A claim without a primary contrast (P = 0)
// rests on its parts alone. Nor does Holm's correction count the analyses.
const (
	Confidence      = 0.95
	laterConfidence = 0.99
)

// New begins the verdict on the experiment's claim from its own records, valid or not.
func New(id, claim string, own results.Table) *Judging {
	j := &Judging{verdict: results.Verdict{ID: id, Claim: claim}, Records: Records{table: own}}
	j.Confidence = Confidence
	if slices.ContainsFunc(own, func(r results.Record) bool { return r.Look > 0 }) {
		j.Confidence = laterConfidence
	}
	j.verdict.Count(own)
	if names := own.Cells(); len(names) > 0 && len(own) > 0 {
		j.verdict.System = own[0].System
	}
	return j
}

// unknown is the interval of what could not be computed.
func (j *Judging) unknown() stat.Interval {
	return stat.Interval{Estimate: math.NaN(), Low: math.NaN(), High: math.NaN(), Confidence: j.Confidence}
}

// Known passes an interval on, or notes what it lacked.
func (j *Judging) Known(i stat.Interval, err error) stat.Interval {
	if err != nil {
		j.lack(err)
		return j.unknown()
	}
	return i
}

func (j *Judging) lack(err error) {
	if !slices.ContainsFunc(j.missing, func(e error) bool { return e.Error() == err.Error() }) {
		j.missing = append(j.missing, err)
	}
}

// Estimated is an estimate's interval, or the unknown one, and notes what was lacking.
func (j *Judging) Estimated(e stat.Estimate, err error) stat.Interval {
	if err != nil {
		return j.Known(stat.Interval{}, err)
	}
	return j.Known(e.Interval(j.Confidence))
}

// primary notes an estimate as the claim's primary contrast: its p-value at theta, in terms of the planned analysis. One at
// a level of 1 % that is to be compared with 5 % counts five times. Of what could not be estimated nothing is noted.
func (j *Judging) primary(theta float64, e stat.Estimate, err error) {
	if err != nil {
		return
	}
	if p, err := e.Test(theta); err == nil {
		j.verdict.P = min(1, p*(1-Confidence)/(1-j.Confidence))
		j.need.primary = j.settle(j.Estimated(e, nil), theta)
	}
}

// A Fit is a block fit of one value whose contrasts go into a verdict. Without enough runs it gives
// unknown intervals only.
type Fit struct {
	j   *Judging
	fit *regress.Fit
	err error // why there is none
}

// Fit fits the samples by block and cell.
func (j *Judging) Fit(samples []regress.Sample) Fit {
	fit, err := regress.FitBlocks(samples)
	if err != nil {
		j.lack(err)
	}
	return Fit{j, fit, err}
}

func (f Fit) ratio(a, b string) (stat.Estimate, error) {
	if f.err != nil {
		return stat.Estimate{}, f.err
	}
	return f.fit.Ratio(a, b)
}

func (f Fit) mean(cell string) (stat.Estimate, error) {
	if f.err != nil {
		return stat.Estimate{}, f.err
	}
	return f.fit.Mean(cell)
}

func (f Fit) meanRatio(ratios []float64) (stat.Estimate, error) {
	if f.err != nil {
		return stat.Estimate{}, f.err
	}
	return f.fit.MeanRatio(ratios)
}

// Ratio is the level of cell a over that of cell b.
func (f Fit) Ratio(a, b string) stat.Interval { return f.j.Estimated(f.ratio(a, b)) }

// Mean is the level of a cell.
func (f Fit) Mean(cell string) stat.Interval { return f.j.Estimated(f.mean(cell)) }

// MeanRatio is the mean of ratios each taken within a block (regress.Fit.MeanRatio).
func (f Fit) MeanRatio(ratios []float64) stat.Interval { return f.j.Estimated(f.meanRatio(ratios)) }

// Primary notes the claim's primary contrast: a over b against theta.
func (f Fit) Primary(a, b string, theta float64) {
	e, err := f.ratio(a, b)
	f.j.primary(theta, e, err)
}

// PrimaryMean is Primary for the level of one cell.
func (f Fit) PrimaryMean(cell string, theta float64) {
	e, err := f.mean(cell)
	f.j.primary(theta, e, err)
}

// PrimaryMeanRatio is Primary for a mean of ratios.
func (f Fit) PrimaryMeanRatio(ratios []float64, theta float64) {
	e, err := f.meanRatio(ratios)
	f.j.primary(theta, e, err)
}

// Control compares the cells of an A/A pair, which differ in nothing, and warns where the run made
// them differ by more than 5 %. The outcome does not rest on it: a twin that was lost is no lack.
func (f Fit) Control(a, b string) {
	if f.fit == nil {
		return
	}
	if noise, err := f.fit.Noise(a, b); err == nil && noise > 0.05 {
		f.j.Warn("the A/A pair, two cells that are the same, differs by %.0f %%: smaller effects mean nothing in this run", 100*noise)
	}
}

// Also adds a secondary effect, no part of the outcome. The interval of a share ends where shares end.
func (j *Judging) Also(unit string, i stat.Interval, name string, args ...any) {
	if unit == "share" {
		i.Low, i.High = max(i.Low, 0), min(i.High, 1)
	}
	if i.Known() || !math.IsNaN(i.Estimate) {
		j.verdict.Others = append(j.verdict.Others, results.Effect{Name: text.Of(name, args...), Unit: unit, Interval: i})
	}
}

// Warn adds a doubt.
func (j *Judging) Warn(format string, args ...any) {
	j.verdict.Warnings = append(j.verdict.Warnings, text.Of(format, args...))
}

// Blocks is the number of blocks with a valid run.
func (j *Judging) Blocks() int { return j.Table().Valid().Blocks() }

// Conclude ends the verdict. Where the outcome is inconclusive for want of runs, it says so, and
// whether the host is to blame.
func (j *Judging) Conclude(o results.Outcome, name, unit string, primary stat.Interval, format string, args ...any) results.Verdict {
	v := j.verdict
	v.Outcome, v.Effect = o, results.Effect{Name: text.Of(name), Unit: unit, Interval: primary}
	lost, planned := lost(j.Table())
	v.Lost = lost
	v.Why = text.Of(format, args...).Then(j.standing(o, lost))
	if o != results.Inconclusive {
		return v
	}
	v.More = j.need.blocks()
	if v.More == 0 && lost > 0 {
		v.More = 1 // lost runs are worth another block in any case
	}
	if len(j.missing) > 0 {
		v.Why, v.P = text.Of("Too little valid data: %s.", sentence(j.missing)), 0
		if few := (*stat.FewError)(nil); errors.As(errors.Join(j.missing...), &few) {
			v.Why = v.Why.Then(text.Of(" A longer --profile runs more blocks."))
		}
	}
	switch {
	case v.Runs == 0:
		v.Why = text.Of("Not run.")
	case len(j.missing) > 0 && lost > 0 || many*lost >= planned && lost > 0:
		v.Why = blame(v).Then(text.Plain(" "), v.Why)
	}
	return v
}

// many: where one run in so many is lost, that is why a claim is undecided.
const many = 5

// lost counts the repetitions of trials of which no try is valid, and all of them.
func lost(t results.Table) (n, all int) {
	type run struct {
		trial string
		block int
	}
	valid := make(map[run]bool)
	for i := range t {
		id := run{t[i].Trial, t[i].Repetition}
		valid[id] = valid[id] || t[i].Valid()
	}
	for _, ok := range valid {
		if !ok {
			n++
		}
	}
	return n, len(valid)
}

// blame says what an undecided claim lost its runs to. Reasons name the guilty before a colon.
func blame(v results.Verdict) text.Message {
	reason := chief(v.Reasons)
	if strings.HasPrefix(reason, "host: ") {
		return text.Of("Inconclusive because of the host: it spoiled %d of the runs, and %d of %d tries do not count (%s).", v.Lost, v.Invalid, v.Runs, reason)
	}
	return text.Of("%d of the runs had no valid try: %d of %d tries do not count (%s).", v.Lost, v.Invalid, v.Runs, reason)
}

// sentence joins what was missing. Errors that can be put into another language say so.
func sentence(errs []error) text.Message {
	var parts []text.Message
	for _, err := range errs {
		var said interface{ Said() text.Message }
		if errors.As(err, &said) {
			parts = append(parts, said.Said())
		} else {
			parts = append(parts, text.Plain(strings.TrimPrefix(err.Error(), "stat: ")))
		}
	}
	return text.Join("; ", parts...)
}

// chief is the reason most runs were invalid for.
func chief(reasons map[string]int) string {
	best := ""
	for reason, n := range reasons {
		if best == "" || n > reasons[best] || n == reasons[best] && reason < best {
			best = reason
		}
	}
	return best
}

// Named is the part of a cell that tells an experiment's cells apart: its values of the given axes.
func Named(cell results.Cell, axes ...string) string {
	part := make(results.Cell, len(axes))
	for _, axis := range axes {
		part[axis] = cell[axis]
	}
	return part.String()
}

// Samples takes a value of each valid record that has it, its cell named by the given axes.
func Samples(t results.Table, value string, axes ...string) []regress.Sample {
	taken := func(r *results.Record) (float64, bool) { return r.Value(value) }
	return samples(t, taken, func(r *results.Record) float64 { return r.Step(value) }, axes...)
}

// Derived is Samples for a value computed from the record.
func Derived(t results.Table, value func(*results.Record) (float64, bool), axes ...string) []regress.Sample {
	return samples(t, value, func(*results.Record) float64 { return 0 }, axes...)
}

func samples(t results.Table, value func(*results.Record) (float64, bool), step func(*results.Record) float64, axes ...string) []regress.Sample {
	var samples []regress.Sample
	valid := t.Valid()
	for i := range valid {
		if v, ok := value(&valid[i]); ok {
			samples = append(samples, regress.Sample{Block: valid[i].Repetition, Cell: Named(valid[i].Cell, axes...), Value: v, Step: step(&valid[i])})
		}
	}
	return samples
}

// ByBlock is the value of the valid record of each block in a table of one cell.
func ByBlock(t results.Table, value string) map[int]float64 {
	values := make(map[int]float64)
	for _, r := range t.Valid() {
		if v, ok := r.Value(value); ok {
			values[r.Repetition] = v
		}
	}
	return values
}

// MeanOf is the mean of a value over a table's valid runs, the run as the unit.
func (j *Judging) MeanOf(t results.Table, value string) stat.Interval {
	values := t.Valid().Values(value)
	i := j.Known(stat.Mean(values, j.Confidence))
	i.Basis.Blocks = t.Valid().Blocks()
	return i
}

// Estimate is the plain mean of a value over valid runs, for formulas that need a figure, not an
// interval. It is NaN, and noted as lacking, where there is none: what, a text or a message, names it.
func (j *Judging) Estimate(t results.Table, value string, what any) float64 {
	values := t.Valid().Values(value)
	if len(values) == 0 {
		j.lack(text.Errorf("%s: no valid run", what))
		return math.NaN()
	}
	return stat.Average(values)
}

// EstimateOf is Estimate of a figure of a trial's runs.
func (j *Judging) EstimateOf(figure Figure, t trial.Trial, what any) float64 {
	values := j.Figures(figure, t)
	if len(values) == 0 {
		j.lack(text.Errorf("%s: no valid run", what))
		return math.NaN()
	}
	return stat.Average(values)
}

// Levels are the numbers an axis takes in a table, ascending.
func Levels(t results.Table, axis string) []float64 {
	var levels []float64
	for _, level := range t.Levels(axis) {
		if n, ok := (results.Cell{axis: level}).Number(axis); ok {
			levels = append(levels, n)
		}
	}
	return levels
}
