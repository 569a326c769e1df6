package origins

import (
	"math"
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
)

// A compared is one trial with what is known of it from each origin. The models are held against its base.
type compared struct {
	key    string
	cell   results.Cell
	base   results.Table // valid runs: measured, or simulated where no measured run counts
	models map[string]results.Table
}

// base is the origin that the models are held against in a run: what was measured, if any of that counts.
func base(table results.Table) string {
	if len(table.Origin(results.Measured).Valid()) > 0 {
		return results.Measured
	}
	return results.Simulated
}

// modelsBeside are the origins that are held against a base, in order.
func modelsBeside(base string) []string {
	if base == results.Measured {
		return []string{results.Simulated, results.Predicted}
	}
	return []string{results.Predicted}
}

// compare gathers the trials of those keys that have a base, and a model if the base was measured, in the
// order of the keys, without twins.
func compare(table results.Table, keys []string, against string) (all []compared) {
	byTrial := make(map[string]results.Table)
	for _, r := range table.Valid() {
		byTrial[r.Trial] = append(byTrial[r.Trial], r)
	}
	for _, key := range keys {
		of := byTrial[key]
		c := compared{key: key, base: of.Origin(against), models: make(map[string]results.Table)}
		for _, origin := range modelsBeside(against) {
			if records := last(of.Origin(origin)); len(records) > 0 {
				c.models[origin] = records
			}
		}
		if against == results.Simulated {
			c.base = last(c.base)
		}
		if len(c.base) == 0 || len(c.models) == 0 && against == results.Measured {
			continue
		}
		if c.cell = c.base[0].Cell; !results.SameValue(c.cell["twin"], true) {
			all = append(all, c)
		}
	}
	return all
}

// last are the records of a model that count: of each block the last.
func last(records results.Table) (kept results.Table) {
	for _, r := range records {
		kept = slices.DeleteFunc(kept, func(k results.Record) bool { return k.Repetition == r.Repetition })
		kept = append(kept, r)
	}
	return kept
}

// closed reports whether the trial's load is a closed loop, whose throughput is the server's; in an open one
// the generator sets it.
func (c *compared) closed() bool { return results.SameValue(c.cell["arrivals"], "closed") }

// A figure is something that a record says, if it does.
type figure func(*results.Record) (float64, bool)

func throughput(r *results.Record) (float64, bool) { return r.Value("throughput") }

// meanResponse is in seconds.
func meanResponse(r *results.Record) (float64, bool) {
	if v, ok := r.Value(MeanResponse); ok {
		return v, true
	}
	return judge.MeanResponse(r)
}

// over are the quotients of the base over a model, by block. A closed form says the same for every block.
func (c *compared) over(origin string, of figure) (samples []regress.Sample) {
	models := make(map[int]float64)
	for _, r := range c.models[origin] {
		if v, ok := of(&r); ok && v > 0 {
			models[r.Repetition] = v
		}
	}
	for i := range c.base {
		r := &c.base[i]
		block := r.Repetition
		if origin == results.Predicted {
			block = 0
		}
		v, ok := of(r)
		if m := models[block]; ok && v > 0 && m > 0 {
			samples = append(samples, regress.Sample{Block: r.Repetition, Cell: c.key, Value: v / m})
		}
	}
	return samples
}

// level is the geometric mean of quotients; false for none.
func level(samples []regress.Sample) (float64, bool) {
	var values []float64
	for _, s := range samples {
		values = append(values, s.Value)
	}
	return stat.GeometricMean(values), len(values) > 0
}

// quantileOver is the q quantile of all requests of the base over that of all requests of a model, of the
// blocks that both have; false where too few requests lie beyond either.
func (c *compared) quantileOver(origin string, q float64) (float64, bool) {
	models := c.models[origin]
	inBoth := func(t, other results.Table) (float64, bool) {
		pool := results.NewHistogram()
		for _, r := range t {
			if r.Response.Count() > 0 && slices.ContainsFunc(other, func(o results.Record) bool { return o.Repetition == r.Repetition }) {
				pool.Merge(r.Response.Histogram)
			}
		}
		return pool.Quantile(q)
	}
	a, enough := inBoth(c.base, models)
	b, enoughToo := inBoth(models, c.base)
	if !enough || !enoughToo {
		return 0, false
	}
	return a / b, true
}

// intervals are the geometric means of the cells' quotients with their intervals, the block as the unit: from
// one fit of them all where that can be had, so that cells of few blocks borrow their scatter from the others.
func intervals(samples []regress.Sample) map[string]stat.Interval {
	byCell := make(map[string][]regress.Sample)
	for _, s := range samples {
		byCell[s.Cell] = append(byCell[s.Cell], s)
	}
	fit, err := regress.FitBlocks(samples)
	out := make(map[string]stat.Interval)
	for cell, own := range byCell {
		if err == nil {
			if level, err := fit.Mean(cell); err == nil {
				if i, err := level.Interval(judge.Confidence); err == nil {
					out[cell] = i
					continue
				}
			}
		}
		out[cell] = alone(own)
	}
	return out
}

// alone is the geometric mean of one cell's quotients with Student's interval; without one of a single block.
func alone(samples []regress.Sample) stat.Interval {
	logs := make([]float64, len(samples))
	for i, s := range samples {
		logs[i] = math.Log(s.Value)
	}
	i, err := stat.Mean(logs, judge.Confidence)
	if err != nil {
		middle, _ := level(samples)
		return stat.Interval{Estimate: middle}
	}
	return stat.Interval{Estimate: math.Exp(i.Estimate), Low: math.Exp(i.Low), High: math.Exp(i.High), Confidence: i.Confidence}
}
