package judge

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// A Figure is what is compared of a run: P50, CPU. It is false where a run has none.
type Figure func(*results.Record) (value float64, ok bool)

// Value is what records hold by a name.
func Value(name string) Figure {
	return func(r *results.Record) (float64, bool) { return r.Value(name) }
}

// CPU is the CPU time of a request in seconds.
func CPU(r *results.Record) (float64, bool) { return r.Value("cpu_per_request") }

// Of are the figures of a table's valid runs.
func (f Figure) Of(t results.Table) (values []float64) {
	for _, r := range t.Valid() {
		if v, ok := f(&r); ok {
			values = append(values, v)
		}
	}
	return values
}

// A Comparison contrasts one figure of some trials, on whatever software, for a verdict. A trial without a
// valid run, as where its software is not installed, makes its contrasts unknown and is noted as lacking
// once one of them is asked for.
type Comparison struct {
	j      *Judging
	figure Figure
	fit    func() Fit // of all the trials by block
}

// Compare compares a figure of the trials' runs.
func (j *Judging) Compare(figure Figure, trials ...trial.Trial) *Comparison {
	return j.compare(figure, func(*results.Record) float64 { return 0 }, trials)
}

// CompareValue compares a value that records hold by name.
func (j *Judging) CompareValue(name string, trials ...trial.Trial) *Comparison {
	return j.compare(Value(name), func(r *results.Record) float64 { return r.Step(name) }, trials)
}

// compare is told the step in which the figure was counted.
func (j *Judging) compare(figure Figure, step func(*results.Record) float64, trials []trial.Trial) *Comparison {
	return &Comparison{j, figure, sync.OnceValue(func() Fit {
		var samples []regress.Sample
		for _, t := range trials {
			for _, r := range j.Of(t).Valid() {
				if v, ok := figure(&r); ok {
					samples = append(samples, regress.Sample{Block: r.Repetition, Cell: j.name(t), Value: v, Step: step(&r)})
				}
			}
		}
		return j.Fit(samples)
	})}
}

// name is the trial's cell in fits. The claim's own trials name the software that it is put to, and the claim does not.
func (j *Judging) name(t trial.Trial) string {
	t.System = cmp.Or(j.system, t.System)
	return t.NameOfAnyWindow()
}

// Fit is that of all the trials compared.
func (c *Comparison) Fit() Fit { return c.fit() }

// Mean is the level of a trial.
func (c *Comparison) Mean(t trial.Trial) stat.Interval {
	if c.lacks(t) {
		return c.j.unknown()
	}
	return c.fit().Mean(c.j.name(t))
}

// PrimaryMean is Mean as the claim's primary effect: it notes the p-value of it being theta.
func (c *Comparison) PrimaryMean(t trial.Trial, theta float64) stat.Interval {
	mean := c.Mean(t)
	if mean.Known() {
		c.fit().PrimaryMean(c.j.name(t), theta)
	}
	return mean
}

// Ratio is the level of trial a over that of trial b.
func (c *Comparison) Ratio(a, b trial.Trial) stat.Interval {
	if c.lacks(a, b) {
		return c.j.unknown()
	}
	return c.fit().Ratio(c.j.name(a), c.j.name(b))
}

// PrimaryRatio is Ratio as the claim's primary contrast: it notes the p-value of it being theta.
func (c *Comparison) PrimaryRatio(a, b trial.Trial, theta float64) stat.Interval {
	ratio := c.Ratio(a, b)
	if ratio.Known() {
		c.fit().Primary(c.j.name(a), c.j.name(b), theta)
	}
	return ratio
}

// Twins compares a trial with its A/A twin, if both ran; see Control.
func (c *Comparison) Twins(t trial.Trial) {
	twin := t.Again()
	if c.has(t) && c.has(twin) {
		c.fit().Control(c.j.name(t), c.j.name(twin))
	}
}

// Added is what the figure of trial a exceeds that of trial b by, block by block.
func (c *Comparison) Added(a, b trial.Trial) stat.Interval {
	if c.lacks(a, b) {
		return c.j.unknown()
	}
	return c.j.Added(c.figure, c.j.Of(a), c.j.Of(b))
}

// PrimaryAdded is Added as the claim's primary contrast: it notes the p-value of it being theta.
func (c *Comparison) PrimaryAdded(a, b trial.Trial, theta float64) stat.Interval {
	if c.lacks(a, b) {
		return c.j.unknown()
	}
	return c.j.PrimaryAdded(c.figure, c.j.Of(a), c.j.Of(b), theta)
}

// Added is what a figure of the runs a exceeds that of the runs b by, block by block.
func (j *Judging) Added(figure Figure, a, b results.Table) stat.Interval {
	return j.Estimated(stat.Difference(figure.paired(a, b)))
}

// PrimaryAdded is Added as the claim's primary contrast: it notes the p-value of it being theta.
func (j *Judging) PrimaryAdded(figure Figure, a, b results.Table, theta float64) stat.Interval {
	e, err := stat.Difference(figure.paired(a, b))
	j.primary(theta, e, err)
	return j.Estimated(e, err)
}

// Paired are the figures of two trials in the blocks that hold a valid run of both.
func (r Records) Paired(figure Figure, a, b trial.Trial) (ofA, ofB []float64) {
	return figure.paired(r.Of(a), r.Of(b))
}

func (f Figure) paired(a, b results.Table) (ofA, ofB []float64) {
	inA, inB := f.byBlock(a), f.byBlock(b)
	for _, block := range slices.Sorted(maps.Keys(inA)) {
		if v, ok := inB[block]; ok {
			ofA, ofB = append(ofA, inA[block]), append(ofB, v)
		}
	}
	return ofA, ofB
}

// byBlock is the figure of the valid run of each block in a table of one trial.
func (f Figure) byBlock(t results.Table) map[int]float64 {
	values := make(map[int]float64)
	for _, r := range t.Valid() {
		if v, ok := f(&r); ok {
			values[r.Repetition] = v
		}
	}
	return values
}

// has reports whether the trial has a valid run with the figure.
func (c *Comparison) has(t trial.Trial) bool { return len(c.figure.Of(c.j.Of(t))) > 0 }

// lacks reports whether one of the trials has no valid run with the figure, and notes what is lacking.
func (c *Comparison) lacks(trials ...trial.Trial) (lacks bool) {
	for _, t := range trials {
		switch {
		case c.has(t):
			continue
		case c.j.system == "" && len(c.j.Table().System(t.Software())) == 0:
			c.j.lack(text.Errorf("%s was not put to the test", t.Software()))
		default:
			c.j.lack(text.Errorf("%s: no valid run", t.String()))
		}
		lacks = true
	}
	return lacks
}
