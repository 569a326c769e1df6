package compare

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/benchfmt"
	"github.com/workerlab/workerlab/results/stat"
)

// A Comparison is what changed from A to B.
type Comparison struct {
	Schema int    `json:"schema"`
	A      string `json:"a"`
	B      string `json:"b"`

	// Doubts come first, because they may explain everything else: hosts that differ, a median cell
	// that moved.
	Doubts   []string        `json:"doubts"`
	Verdicts []VerdictChange `json:"verdicts"` // that changed

	Changes  []Change `json:"changes"` // all compared: regressions, improvements, unchanged, each the largest first
	OnlyA    []string `json:"only_a"`  // cells with valid runs in A alone
	OnlyB    []string `json:"only_b"`
	TooFew   []string `json:"too_few"`  // cells with fewer than two valid runs on a side
	Warnings []string `json:"warnings"` // what could not be compared, and why
}

// A VerdictChange is a claim whose verdict is another one in B.
type VerdictChange struct {
	ID   string `json:"id"`
	From string `json:"from"` // "": it was not judged
	To   string `json:"to"`
}

// Kind says what a change is.
type Kind string

// The kinds. A difference that is not declared is no change.
const (
	Regression  Kind = "regression"
	Improvement Kind = "improvement"
	Unchanged   Kind = "unchanged"
)

// A Change is one figure of one cell.
type Change struct {
	Cell   string `json:"cell"` // as in the benchmark format
	Metric string `json:"metric"`
	Kind   Kind   `json:"kind"`
	Unit   string `json:"unit"`

	A     float64 `json:"a"` // geometric mean of the runs
	B     float64 `json:"b"`
	RunsA int     `json:"runs_a"`
	RunsB int     `json:"runs_b"`

	// Ratio is B/A. Its confidence is told with it; see the package comment. Where one side answered
	// nothing at all, it is 0 or infinite and has no interval.
	Ratio    stat.Interval `json:"-"`
	P        float64       `json:"p"`          // of no difference
	Adjusted float64       `json:"p_adjusted"` // after Benjamini and Hochberg
	Noise    float64       `json:"noise"`      // share that identical cells differed by

	fit    *stat.Estimate // of log(B/A); nil: one side answered nothing
	higher bool
}

// Worse is by what share B is worse than A: 0.05 says that throughput is 5 % lower, or a latency 5 %
// higher. It is negative where B is better.
func (x Change) Worse() float64 {
	if x.higher {
		return 1 - x.Ratio.Estimate
	}
	return x.Ratio.Estimate - 1
}

const (
	falseDiscovery = 0.05 // expected share of what is declared
	confidence     = 0.95
)

// Compare compares the valid runs of both sides, cell by cell.
func Compare(a, b Run, metrics []Metric) Comparison {
	c := Comparison{Schema: 1, A: a.Name, B: b.Name}
	c.Doubts = slices.Concat(a.Doubts, b.Doubts, hostDoubts(a, b))
	c.Verdicts = verdictChanges(a.Verdicts, b.Verdicts)
	c.Warnings = slices.Concat(a.Warnings, b.Warnings)
	c.countInvalid("A", a.Table)
	c.countInvalid("B", b.Table)
	left, right := byName(a.Table), byName(b.Table)
	both := c.match(left, right)
	for _, m := range metrics {
		c.compare(m, both, left, right)
	}
	c.declare()
	c.doubtShift(metrics)
	slices.SortStableFunc(c.Changes, func(x, y Change) int {
		return cmp.Or(cmp.Compare(rank(x.Kind), rank(y.Kind)), cmp.Compare(size(y), size(x)), cmp.Compare(x.Cell, y.Cell))
	})
	return c
}

// countInvalid tells how many runs of a side were left out, and why most of them.
func (c *Comparison) countInvalid(side string, table results.Table) {
	runs, invalid, reasons := table.Validity()
	if invalid == 0 {
		return
	}
	most := ""
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		if most == "" || reasons[reason] > reasons[most] {
			most = reason
		}
	}
	text := fmt.Sprintf("%d of %d runs of %s are invalid and left out, most of them for: %s", invalid, runs, side, most)
	if invalid == runs {
		c.Doubts = append(c.Doubts, text)
		return
	}
	c.Warnings = append(c.Warnings, text)
}

// Of returns the changes of a kind, the largest first.
func (c *Comparison) Of(k Kind) []Change {
	return slices.DeleteFunc(slices.Clone(c.Changes), func(x Change) bool { return x.Kind != k })
}

// Above returns the regressions that are worse by more than the share.
func (c *Comparison) Above(share float64) []Change {
	return slices.DeleteFunc(c.Of(Regression), func(x Change) bool { return x.Worse() <= share })
}

func rank(k Kind) int { return slices.Index([]Kind{Regression, Improvement, Unchanged}, k) }

func size(c Change) float64 { return math.Abs(math.Log(c.Ratio.Estimate)) }

// cells are a run's valid records by the name of their trial.
type cells map[string]results.Table

func byName(table results.Table) cells {
	valid := table.Valid()
	all := make(cells)
	for i, name := range benchfmt.Names(valid) {
		all[name] = append(all[name], valid[i])
	}
	return all
}

// match returns the cells that both runs have, and notes the others.
func (c *Comparison) match(left, right cells) (both []string) {
	for name, records := range left {
		switch other := right[name]; {
		case other == nil:
			c.OnlyA = append(c.OnlyA, name)
		case min(len(records), len(other)) < 2:
			c.TooFew = append(c.TooFew, name)
		default:
			both = append(both, name)
		}
	}
	for name := range right {
		if left[name] == nil {
			c.OnlyB = append(c.OnlyB, name)
		}
	}
	for _, list := range [][]string{both, c.OnlyA, c.OnlyB, c.TooFew} {
		slices.Sort(list)
	}
	return both
}

// compare adds the changes of one metric.
func (c *Comparison) compare(m Metric, both []string, left, right cells) {
	noiseA, noiseB := newTwins(m, left), newTwins(m, right)
	var changes []Change
	var pairs []stat.Pair
	for _, name := range both {
		a, b := newSample(m, left[name]), newSample(m, right[name])
		change := Change{Cell: name, Metric: m.Name, Unit: m.Unit, RunsA: a.n(), RunsB: b.n(), higher: m.Higher}
		change.Noise = max(noiseA.noise(left[name][0].Cell), noiseB.noise(right[name][0].Cell))
		switch {
		case min(a.n(), b.n()) < 2: // the runs did not obtain it
		case a.zeros+b.zeros > 0:
			c.stopped(change, a, b)
		default:
			changes, pairs = append(changes, change), append(pairs, stat.Pair{A: a.above, B: b.above})
		}
	}
	fits, err := stat.Unpaired(pairs)
	if err != nil {
		c.warn("%s was not compared: %v", m.Title, err)
		return
	}
	for i := range changes {
		x := &changes[i]
		x.fit, x.A, x.B = &fits[i], stat.GeometricMean(pairs[i].A), stat.GeometricMean(pairs[i].B)
		x.P, _ = fits[i].Test(1) // fails for ratios that have no logarithm
	}
	c.Changes = append(c.Changes, changes...)
}

// stopped is for cells where runs answered nothing: no ratio can be taken, and it must not be
// overlooked.
func (c *Comparison) stopped(x Change, a, b sample) {
	x.P = math.SmallestNonzeroFloat64
	switch {
	case a.zeros == 0 && len(b.above) == 0:
		x.A, x.Ratio.Estimate = stat.GeometricMean(a.above), 0
	case b.zeros == 0 && len(a.above) == 0:
		x.B, x.Ratio.Estimate = stat.GeometricMean(b.above), math.Inf(1)
	case len(a.above)+len(b.above) == 0:
		return // nothing before, nothing after
	default:
		c.warn("%s: %s is 0 in %d of %d runs of A and %d of %d of B: not compared", Label(x.Cell), x.Metric, a.zeros, a.n(), b.zeros, b.n())
		return
	}
	c.Changes = append(c.Changes, x)
}

func (c *Comparison) warn(format string, args ...any) {
	c.Warnings = append(c.Warnings, fmt.Sprintf(format, args...))
}

// declare adjusts the p-values, sets the intervals, and tells differences from noise.
func (c *Comparison) declare() {
	p := make([]float64, len(c.Changes))
	for i, x := range c.Changes {
		p[i] = x.P
	}
	rejected := 0
	for i, adjusted := range stat.BenjaminiHochberg(p) {
		c.Changes[i].Adjusted = adjusted
		if adjusted <= falseDiscovery {
			rejected++
		}
	}
	for i := range c.Changes {
		x := &c.Changes[i]
		level := confidence
		if x.Adjusted <= falseDiscovery {
			level = 1 - falseDiscovery*float64(rejected)/float64(len(c.Changes))
		}
		x.settle(level)
	}
}

func (x *Change) settle(level float64) {
	differs := x.fit == nil // one side answered nothing
	if x.fit != nil {
		x.Ratio = known(x.fit.Interval(level))
		differs = x.Adjusted <= falseDiscovery && stat.Declared(x.Ratio, x.Noise)
	}
	switch {
	case differs && x.Worse() > 0:
		x.Kind = Regression
	case differs:
		x.Kind = Improvement
	default:
		x.Kind = Unchanged
	}
}

// known is the interval, or one of which nothing is known.
func known(i stat.Interval, err error) stat.Interval {
	if err != nil {
		return stat.Unknown()
	}
	return i
}

func verdictChanges(a, b []results.Verdict) (changes []VerdictChange) {
	if a == nil || b == nil {
		return nil
	}
	outcome := func(verdicts []results.Verdict, id string) string {
		i := slices.IndexFunc(verdicts, func(v results.Verdict) bool { return v.ID == id })
		if i < 0 {
			return ""
		}
		return verdicts[i].Outcome.String()
	}
	var ids []string
	for _, v := range slices.Concat(a, b) {
		if !slices.Contains(ids, v.ID) {
			ids = append(ids, v.ID)
		}
	}
	for _, id := range ids {
		if from, to := outcome(a, id), outcome(b, id); from != to {
			changes = append(changes, VerdictChange{id, from, to})
		}
	}
	return changes
}
